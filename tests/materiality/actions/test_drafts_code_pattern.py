"""The pattern that an edition states for its codes: set, proposed by, checked against, kept."""

import pytest
from django.urls import reverse
from django.utils.translation import override

from materiality.actions.drafts import add_issue, move_issue, set_code_pattern
from materiality.actions.library import publish_edition, start_edition_draft, start_first_draft
from materiality.actions.tables import confirm, scope_of, undo
from materiality.drafts.codes import proposed_code
from materiality.formats.issues import IssueResource
from materiality.models import AuditEvent, Edition
from materiality.platform.refusals import NotAllowed
from materiality.tables.widgets import Scope, SheetPlan
from tests.factories.drafts import new_texts
from tests.factories.library import make_category
from tests.factories.people import log_in
from tests.factories.sheets import OWN_LIST, csv_file, plan_of, problems_in, take_in, whole_list

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(own_list_rows):
    return Edition.objects.get()


def add(draft, place, **more):
    return add_issue(edition=draft, place=place, texts=new_texts(), by=None, reason="New", **more)


def test_whole_list_takes_the_pattern_that_its_codes_show(draft):
    assert draft.code_pattern == "A9; A9-9"


def test_default_library_states_its_own_and_the_next_draft_keeps_it(library_rows):
    assert Edition.objects.get().code_pattern == "AAA-99; AAA-99-99"
    assert start_edition_draft(by=None).code_pattern == "AAA-99; AAA-99-99"


def test_new_codes_are_proposed_in_the_pattern(draft):
    new = make_category(draft, "governance")
    places = [new, draft.categories.get(code="environment"), *draft.issues.filter(code__in=["E1", "S2"])]
    assert [proposed_code(place) for place in places] == ["G1", "E2", "E1-2", "S2-1"]
    assert [add(draft, place).code for place in places] == ["G1", "E2", "E1-2", "S2-1"]


@pytest.mark.parametrize(("pattern", "code"), [("AAA-99", "GOV-01"), ("a9", "g1"), ("Z99", "Z01"), ("99.A", "")])
def test_first_code_of_a_category_is_of_the_pattern(draft, pattern, code):
    set_code_pattern(edition=draft, pattern=pattern, by=None)
    draft.refresh_from_db()
    place = make_category(draft, "governance")
    assert proposed_code(place) == code
    if not code:
        with override("en"), pytest.raises(NotAllowed, match="Write the code"):
            add(draft, place)
        assert add(draft, place, code="07.G").code == "07.G"


@pytest.mark.parametrize(
    ("place", "code", "said"),
    [
        ("E1", "E1-x", "“E1-x” is not of the pattern A9-9 of this edition, as A1-1 is."),
        ("E1", "S2-7", "does not begin with that of its primary issue, E1"),
        ("E1", "E11-1", "does not begin with that of its primary issue, E1"),
        ("E1", "E1-1", "already an issue with the code E1-1"),
    ],
)
def test_code_of_another_pattern_is_refused_with_an_example(draft, place, code, said):
    with override("en"), pytest.raises(NotAllowed) as refused:
        add(draft, draft.issues.get(code=place), code=code)
    assert said in str(refused.value.reason)


def test_issues_move_where_the_pattern_counts_by_letters():
    start_first_draft(languages=["en"], by=None)
    rows = [("E1", ""), ("E1a", "E1"), ("E1b", "E1"), ("E2", ""), ("E2a", "E2")]
    known = {"category": "environment"}
    confirm(whole_list([{**known, "code": code, "parent_code": up, "name_en": code} for code, up in rows]), by=None)
    draft = Edition.objects.get()
    assert draft.code_pattern == "A9; A9a"
    first, other = draft.issues.get(code="E1"), draft.issues.get(code="E2")
    assert (proposed_code(first), add(draft, other).code) == ("E1c", "E2b")
    moved = move_issue(issue=draft.issues.get(code="E1a"), primary=other, by=None, reason="Closer")
    assert moved.code == "E2c"


def test_code_below_one_of_no_pattern_begins_with_it(draft):
    set_code_pattern(edition=draft, pattern="AAA9; AAA9-9", by=None)
    draft.refresh_from_db()
    above = draft.issues.get(code="S2")
    assert add(draft, above, code=proposed_code(above)).code == "S2-1"


def test_category_without_a_letter_gets_codes(draft):
    set_code_pattern(edition=draft, pattern="A9; AA-99", by=None)
    draft.refresh_from_db()
    category = make_category(draft, "1")
    primary = add(draft, category, code="Z1")
    assert proposed_code(primary) == "XX-01"


def test_import_says_which_new_code_is_not_of_the_pattern_and_takes_it(draft):
    rows = [{"code": code, "category": "society", "parent_code": up, "name_en": code} for code, up in (
        ("S3", ""), ("SOC-04", ""), ("S2-01", "S2"), ("S2-2", "S2"))]  # fmt: skip
    imported = take_in("issues", scope_of("issues"), "more.csv", csv_file(rows))
    plan = SheetPlan.from_json(imported.plan)
    assert plan.is_good
    assert [(row.number, each.kind, each.params) for row in plan.rows for each in row.warnings] == [
        (3, "other_pattern", {"pattern": "A9", "example": "A1"}),
        (4, "other_pattern", {"pattern": "A9-9", "example": "A1-1"}),
    ]
    stored = confirm(imported, by=None, reason="More")
    draft.refresh_from_db()
    assert draft.code_pattern == ""  # theirs show none any more
    undo(stored, by=None)
    draft.refresh_from_db()
    assert draft.code_pattern == "A9; A9-9"


def test_list_that_takes_the_place_of_the_default_one_goes_in_by_change_and_retirement(library_rows):
    """Case lib-flat-list."""
    own = [
        {"code": "FL-01", "category": "environment", "name_zh": "气候", "name_en": "Climate"},
        {"code": "FL-02", "category": "society", "name_zh": "安全", "name_en": "Safety"},
    ]
    confirm(take_in("issues", scope_of("issues"), "own.csv", csv_file(own)), by=None, reason="Ours")
    draft = Edition.objects.get(state="draft")
    codes = draft.issues.exclude(code__startswith="FL").values_list("code", flat=True)
    gone = [{"code": code, "status": "retired"} for code in codes]
    confirm(take_in("issues", scope_of("issues"), "gone.csv", csv_file(gone)), by=None, reason="Ours")
    publish_edition(edition=draft, by=None, acknowledged="Ours")
    assert list(draft.issues.filter(status="active").values_list("code", flat=True)) == ["FL-01", "FL-02"]


def test_issues_that_are_there_keep_their_codes(draft):
    set_code_pattern(edition=draft, pattern="AAA-99", by=None)
    draft.refresh_from_db()
    rows = [{**row, "name_en": f"{row['name_en']} again"} for row in OWN_LIST]
    assert problems_in(plan_of(IssueResource(Scope(draft)), rows)) == []


def test_undone_list_brings_the_pattern_back(draft):
    imported = whole_list([{**OWN_LIST[2], "code": "S2.5"}])
    confirm(imported, by=None, reason="Another list")
    assert Edition.objects.get().code_pattern == "A9.9"
    imported.refresh_from_db()
    undo(imported, by=None)
    assert Edition.objects.get().code_pattern == "A9; A9-9"


def test_pattern_is_set_on_the_page_of_the_draft_and_refused_in_words(client, draft):
    log_in(client, "analyst")
    address = f"/library/drafts/{draft.code}/codes/"
    assert 'value="A9; A9-9"' in client.get(address).content.decode()
    refused = client.post(address, {"code_pattern": "[A-Z]+"})
    assert "is not a pattern of codes" in refused.content.decode()
    assert client.post(address, {"code_pattern": "SOC-03"}).status_code == 302
    draft.refresh_from_db()
    assert draft.code_pattern == "AAA-99"
    event = AuditEvent.objects.get(action="set_code_pattern")
    assert (event.before, event.after) == ({"code_pattern": "A9; A9-9"}, {"code_pattern": "AAA-99"})
    page = client.get(f"/library/drafts/{draft.code}/").content.decode()
    assert f'href="{address}"' in page and "AAA-99" in page
    assert "of the pattern AAA-99 (" in client.get(reverse("sheet_new", args=["issues"])).content.decode()


def test_pattern_of_a_published_edition_and_for_a_viewer_is_refused(client, draft):
    log_in(client, "viewer")
    assert client.post(f"/library/drafts/{draft.code}/codes/", {"code_pattern": "A9"}).status_code == 403
    publish_edition(edition=draft, by=None)
    with pytest.raises(NotAllowed):
        set_code_pattern(edition=draft, pattern="A9", by=None)


def test_add_form_proposes_the_code(client, draft):
    log_in(client, "analyst")
    page = client.get(f"/library/drafts/{draft.code}/add/?category=environment").content.decode()
    assert "Empty: the next free code, E2." in page


def test_ring_is_told_and_what_stands_below_it_asks_for_no_level(draft):
    rows = [{"code": code, "category": "society", "parent_code": up, "name_en": code} for code, up in (
        ("S3", "S4"), ("S4", "S3"), ("S5", "S4"))]  # fmt: skip
    kinds = [kind for _row, _column, kind in problems_in(plan_of(IssueResource(Scope(draft)), rows))]
    assert kinds[:2] == ["cycle", "cycle"]
