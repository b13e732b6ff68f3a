"""Adding, changing and removing one section."""

import pytest

from materiality.models import AuditEvent, Cycle
from materiality.refusals import NotAllowed
from reports.actions.remove_section import remove_section
from reports.actions.save_section import save_section
from reports.gri.index import OutlineRow
from reports.queries.outline import outline_rows
from tests.factories.reports import make_cycle

pytestmark = pytest.mark.django_db


@pytest.fixture
def outlined(library):
    row = make_cycle()
    save_section(cycle=row, row=OutlineRow(1, "一", disclosures=("102-1",)), by=None)
    save_section(cycle=row, row=OutlineRow(2, "二"), by=None)
    return row


def test_save_section_replaces_and_may_move(outlined, analyst):
    wanted = OutlineRow(9, "一", "节", issues=("SOC-03-01",), disclosures=("201-1", "102-1"), location="P3")
    save_section(cycle=outlined, row=wanted, replacing=1, by=analyst)
    assert outline_rows(outlined) == [OutlineRow(2, "二"), wanted]
    event = AuditEvent.objects.first()
    assert (event.action, event.before["disclosures"], event.after["location"]) == ("save_section", ["102-1"], "P3")


@pytest.mark.parametrize(("order", "replacing"), [(2, 1), (2, None), (5, 4)])
def test_save_section_on_a_taken_or_missing_place_is_refused(outlined, order, replacing):
    with pytest.raises(NotAllowed):
        save_section(cycle=outlined, row=OutlineRow(order, "三"), replacing=replacing, by=None)
    assert [row.chapter for row in outline_rows(outlined)] == ["一", "二"]


def test_remove_section_leaves_the_others(outlined):
    remove_section(cycle=outlined, order=1, by=None)
    assert outline_rows(outlined) == [OutlineRow(2, "二")]
    assert AuditEvent.objects.first().before["chapter"] == "一"


def test_remove_section_that_is_gone_or_of_an_archived_cycle_is_refused(outlined):
    with pytest.raises(NotAllowed):
        remove_section(cycle=outlined, order=5, by=None)
    Cycle.objects.filter(pk=outlined.pk).update(state=Cycle.State.ARCHIVED)
    with pytest.raises(NotAllowed):
        remove_section(cycle=outlined, order=1, by=None)
    assert len(outline_rows(outlined)) == 2
