"""Sheets of an organisation that writes in neither Chinese nor English."""

import pytest

from materiality.actions.proposals import submit_proposal
from materiality.actions.tables import KINDS, confirm, undo
from materiality.forms.proposals import ProposalForm
from materiality.models import Indicator, OwnGroup, Proposal, StakeholderPoint
from materiality.tables.widgets import Scope
from tests.factories.cycles import make_cycle
from tests.factories.library import make_category, make_edition, make_issue
from tests.factories.people import log_in
from tests.factories.sheets import csv_file, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    made = make_edition(languages=["ko"], title={"ko": "이슈 목록"})
    make_issue(make_category(made, "people", name={"ko": "인력"}), "P1", name={"ko": "안전"})
    return made


@pytest.fixture
def cycle(edition):
    cycle = make_cycle(edition=edition, title_zh="", title_en="", title_ko="평가", languages=["ko"])
    cycle.groups.all().delete()
    return cycle


def headings(kind: str, scope: Scope) -> list[str]:
    return [column.name for column in KINDS[kind].columns(scope) if column.name.endswith(("_ko", "_zh", "_en"))]


def test_headings_are_in_the_languages_of_library_and_cycle(edition, cycle):
    library, of_cycle = Scope(), Scope(cycle=cycle)
    assert headings("own_groups", library) == ["name_ko", "definition_ko"]
    assert headings("indicators", library) == ["name_ko"]
    assert headings("proposals", library) == ["name_ko", "text_ko"]
    assert headings("groups", of_cycle) == ["name_ko", "definition_ko"]
    assert headings("stakeholders", of_cycle) == ["text_ko"]


def test_groups_points_and_indicators_are_stored(edition, cycle):
    confirm(upload("own_groups", csv_file([{"group": "workers", "name_ko": "임직원"}])), by=None)
    assert OwnGroup.objects.get().name.texts == {"ko": "임직원"}
    confirm(upload("groups", csv_file([{"group": "workers", "name_ko": "임직원"}]), cycle=cycle), by=None)
    assert str(cycle.groups.get().name) == "임직원"
    wide = csv_file([{"group": "임직원", "expectation": "안전한 일터; Fair pay", "channel": "간담회"}])
    confirm(upload("stakeholders", wide, cycle=cycle), by=None)
    texts = StakeholderPoint.objects.order_by("kind", "order").values_list("text", flat=True)
    assert sorted(text["ko"] for text in texts) == ["Fair pay", "간담회", "안전한 일터"]
    told = {"issue": "P1", "indicator": "hours", "name_ko": "교육 시간", "unit": "시간", "2025": "12"}
    confirm(upload("indicators", csv_file([told])), by=None)
    assert Indicator.objects.get().name.texts == {"ko": "교육 시간"}


def test_texts_in_chinese_and_english_are_taken_where_a_file_has_them(edition, cycle):
    row = {"group": "workers", "name_ko": "임직원", "name_zh": "员工", "name_en": "", "definition_en": "On our sites"}
    imported = confirm(upload("groups", csv_file([row]), cycle=cycle), by=None)
    group = cycle.groups.get()
    assert (group.name.texts, group.definition.texts) == ({"ko": "임직원", "zh": "员工"}, {"en": "On our sites"})
    changed = confirm(upload("groups", csv_file([{"group": "workers", "name_en": "Workers"}]), cycle=cycle), by=None)
    assert cycle.groups.get().name.texts == {"ko": "임직원", "zh": "员工", "en": "Workers"}
    undo(changed, by=None)
    assert {**cycle.groups.get().name.texts, "en": ""} == {"ko": "임직원", "zh": "员工", "en": ""}
    undo(imported, by=None)
    assert not cycle.groups.exists()


def test_suggestions_are_made_by_sheet_and_page(edition, client):
    row = {"kind": "new", "issue": "", "name_ko": "소음", "text_ko": "", "reason": "주민", "source": ""}
    confirm(upload("proposals", csv_file([row])), by=None)
    form = ProposalForm({"kind": "new", "name_ko": "물", "reason": "주민"})
    assert form.is_valid(), form.errors
    submit_proposal(values=form.values(), by=None)
    assert [row.name.texts for row in Proposal.objects.order_by("pk")] == [{"ko": "소음"}, {"ko": "물"}]
    log_in(client)
    page = client.get("/library/proposals/new/").content.decode()
    assert 'name="name_ko"' in page and 'name="name_en"' not in page
    assert 'value="Issue library' in client.get("/library/editions/start/").content.decode()
