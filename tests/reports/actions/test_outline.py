"""Replacing the outline: whole, in one transaction, with an event."""

import pytest

from materiality.models import AuditEvent, Cycle
from materiality.platform.refusals import NotAllowed
from reports.actions.outline import import_outline, remove_section, save_section
from reports.gri.index import OutlineRow
from reports.models import IndexEntry, Section
from reports.outline.outline import parse_outline
from reports.queries.outline import books_of, outline_rows
from tests.factories.reports import OUTLINE, make_cycle

pytestmark = pytest.mark.django_db


def row(order=1, **fields) -> OutlineRow:
    return OutlineRow(order=order, chapter="章", **fields)


def test_import_outline_stores_what_the_file_says(library, analyst):
    cycle = make_cycle()
    rows = parse_outline(OUTLINE, books_of(cycle)).rows
    import_outline(cycle=cycle, rows=rows, by=analyst)
    assert outline_rows(cycle) == rows
    event = AuditEvent.objects.first()
    assert (event.action, event.object_text, event.person.user) == ("import_outline", cycle.code, analyst)
    assert (event.before["sections"], event.after["sections"], event.after["gri_edition"]) == (0, 24, "2016")


def test_import_outline_replaces_the_rows_of_its_cycle_only(library):
    cycle, other = make_cycle(), make_cycle()
    for each in (cycle, other):
        import_outline(cycle=each, rows=[row(1, disclosures=("102-1", "11.2.1")), row(2)], by=None)
    import_outline(cycle=cycle, rows=[row(7, issues=("SOC-03", "ENV-01-01"))], by=None)
    assert outline_rows(cycle) == [row(7, issues=("SOC-03", "ENV-01-01"))]
    assert [r.order for r in outline_rows(other)] == [1, 2] and IndexEntry.objects.count() == 2


def test_import_outline_with_another_edition_changes_the_cycle(library, analyst):
    cycle = make_cycle(gri_edition="2021")
    import_outline(cycle=cycle, rows=[row(disclosures=("102-55",))], gri_edition="2016", by=analyst)
    assert Cycle.objects.get(pk=cycle.pk).gri_edition == "2016"
    event = AuditEvent.objects.first()
    assert (event.before["gri_edition"], event.after["gri_edition"]) == ("2021", "2016")


@pytest.mark.parametrize(
    ("fields", "named"),
    [({"disclosures": ("2-1",)}, "2-1"), ({"issues": ("SOC-99",)}, "SOC-99"), ({"disclosures": ("x",)}, "x")],
)
def test_import_outline_with_an_unknown_code_changes_nothing(library, fields, named):
    cycle = make_cycle()
    import_outline(cycle=cycle, rows=[row(3)], by=None)
    with pytest.raises(NotAllowed, match=named):
        import_outline(cycle=cycle, rows=[row(1, **fields)], by=None)
    assert outline_rows(cycle) == [row(3)]


@pytest.mark.parametrize(("state", "edition", "allowed"), [
    (Cycle.State.SIGNED_OFF, "", True),
    (Cycle.State.SIGNED_OFF, "2021", False),
    (Cycle.State.ARCHIVED, "", False),
])  # fmt: skip
def test_import_outline_goes_by_the_state_of_the_cycle(library, state, edition, allowed):
    cycle = make_cycle()
    Cycle.objects.filter(pk=cycle.pk).update(state=state)
    if allowed:
        import_outline(cycle=cycle, rows=[row()], gri_edition=edition, by=None)
    else:
        with pytest.raises(NotAllowed):
            import_outline(cycle=cycle, rows=[row()], gri_edition=edition, by=None)
    assert Section.objects.count() == (1 if allowed else 0)


def test_outline_is_read_in_three_queries(cycle, django_assert_num_queries):
    with django_assert_num_queries(3):
        assert len(outline_rows(cycle)) == 24


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
