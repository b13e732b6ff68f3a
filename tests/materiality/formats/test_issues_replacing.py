"""A file that is the whole list: what it retires, moves and takes up again; the same list as pasted text."""

import pytest
from django.db.models import Q

from materiality.actions.drafts import move_issue
from materiality.actions.library import publish_edition, start_first_draft
from materiality.actions.tables import confirm, put_in_force, scope_of, undo
from materiality.drafts.codes import texts_of
from materiality.formats.issues import IssueResource
from materiality.library_file.pasted import pasted_list
from materiality.library_file.read import shipped_library
from materiality.models import Edition
from materiality.platform import audit
from materiality.queries.library import library_contents
from materiality.queries.verification import row_findings
from materiality.tables.widgets import Scope, SheetPlan
from tests.factories.sheets import csv_file, draft_of_small_library, plan_of, problems_in, whole_list
from tests.materiality.library_file.issues_format import issues_rows

pytestmark = pytest.mark.django_db


def state_of(edition: Edition) -> list:
    edition.refresh_from_db()
    lines = edition.lineage.values_list("kind", "source__code", "target__code").order_by("source__code", "target__code")
    issues = [
        (row.code, row.category.code, row.parent_id and row.parent.code, row.status, vars(texts_of(row)))
        for row in edition.issues.select_related("category", "parent").order_by("code")
    ]
    return [edition.languages, list(edition.categories.values_list("code", "status")), issues, list(lines)]


OWN = [
    {"code": "E1", "category": "environment", "parent_code": "", "name_en": "Issue SOC-01-01"},
    {"code": "E2", "category": "governance", "parent_code": "", "name_en": "Issues SOC-01-02"},
    {"code": "SOC-01", "category": "environment", "parent_code": "", "name_en": "Issue SOC-01"},
    {"code": "SOC-01-03", "category": "environment", "parent_code": "SOC-01", "name_en": "Issue SOC-01-03"},
]


def test_whole_list_retires_moves_and_goes_on_what_there_was_and_is_undone():
    draft = draft_of_small_library()
    society = draft.categories.get(code="society")
    audit.record("add_category", society, by=None, touched=[draft])
    before = state_of(draft)
    imported = whole_list(OWN)
    plan = SheetPlan.from_json(imported.plan)
    assert plan.counts == {"error": 0, "new": 2, "changed": 10, "unchanged": 0}
    assert [(each.new, each.old, each.share == 1) for each in plan.descents[:1]] == [("E1", "SOC-01-01", True)]
    stored = confirm(imported, by=None, reason="Ours", descents={"E1": "SOC-01-01"})
    draft.refresh_from_db()
    assert draft.languages == ["en"]
    active = draft.issues.filter(status="active").order_by("code")
    assert [row.code for row in active] == ["E1", "E2", "SOC-01", "SOC-01-03"]
    assert dict(draft.categories.values_list("code", "status")) == {
        "environment": "active", "society": "retired", "governance": "active",
    }  # fmt: skip
    kinds = {(row.source and row.source.code, row.target and row.target.code): row.kind for row in draft.lineage.all()}
    assert kinds["SOC-01-01", "E1"] == "renamed" and kinds["SOC-01-03", "SOC-01-03"] == "moved"
    assert kinds[None, "E2"] == "added" and kinds["ENV-01-01", None] == "retired"
    assert list(row_findings()) == []
    undo(stored, by=None)
    assert state_of(draft) == before
    assert list(row_findings()) == []


def test_whole_list_takes_up_again_what_it_once_retired():
    draft = draft_of_small_library()
    confirm(whole_list(OWN), by=None, reason="Ours")
    publish_edition(edition=draft, by=None, acknowledged="Ours")
    back = {"code": "ENV-01", "category": "environment", "parent_code": "", "name_en": "Issue ENV-01"}
    edition = put_in_force(contents=csv_file([*OWN, back]), name="list.csv", by=None)
    assert edition.issues.get(code="ENV-01").status == "active"
    assert edition.lineage.get(target__code="ENV-01").source.code == "ENV-01"


def test_whole_list_takes_up_again_what_the_same_draft_retired():
    draft = draft_of_small_library()
    confirm(whole_list(OWN), by=None, reason="Ours")
    before = state_of(draft)
    back = {"code": "ENV-01", "category": "environment", "parent_code": "", "name_en": "Issue ENV-01"}
    stored = confirm(whole_list([*OWN, back]), by=None, reason="Missed")
    assert state_of(draft) != before
    publish_edition(edition=draft, by=None, acknowledged="Ours")
    rows = draft.lineage.filter(Q(source__code="ENV-01") | Q(target__code="ENV-01"))
    assert [(row.kind, row.source.code, row.target.code) for row in rows] == [("kept", "ENV-01", "ENV-01")]
    assert draft.lineage.get(source__code="ENV-01-01").kind == "retired"
    assert stored.edition == draft


def test_taking_up_again_is_undone():
    draft = draft_of_small_library()
    confirm(whole_list(OWN), by=None, reason="Ours")
    before = state_of(draft)
    back = {"code": "ENV-01", "category": "environment", "parent_code": "", "name_en": "Issue ENV-01"}
    undo(confirm(whole_list([*OWN, back]), by=None, reason="Missed"), by=None)
    assert state_of(draft) == before


def test_issue_with_another_code_in_the_draft_is_the_same_when_it_is_taken_up_again():
    draft = draft_of_small_library()
    moved = draft.issues.get(code="SOC-01-04")
    under = draft.issues.get(code="ENV-01")
    code = move_issue(issue=moved, primary=under, by=None, reason="Belongs there").code
    assert code != "SOC-01-04"
    above = {"code": "ENV-01", "category": "environment", "parent_code": "", "name_en": "Issue ENV-01"}
    confirm(whole_list([*OWN, above]), by=None, reason="Ours")
    before = state_of(draft)
    back = {"code": code, "category": "environment", "parent_code": "ENV-01", "name_en": "Issue SOC-01-04"}
    stored = confirm(whole_list([*OWN, above, back]), by=None, reason="Missed")
    rows = draft.lineage.filter(Q(source__code="SOC-01-04") | Q(target__code=code))
    assert [(row.kind, row.source.code, row.target.code) for row in rows] == [("moved", "SOC-01-04", code)]
    undo(stored, by=None)
    assert state_of(draft) == before


def test_issue_that_went_on_another_goes_on_it_again_when_it_is_taken_up_again():
    draft = draft_of_small_library()
    confirm(whole_list(OWN), by=None, reason="Ours", descents={"E1": "SOC-01-01"})
    confirm(whole_list(OWN[1:]), by=None, reason="Without")
    assert draft.lineage.get(source__code="SOC-01-01").target is None
    stored = confirm(whole_list(OWN), by=None, reason="Missed")
    line = draft.lineage.get(target__code="E1")
    assert (line.kind, line.source.code) == ("moved", "SOC-01-01")
    undo(stored, by=None)
    assert draft.lineage.get(source__code="SOC-01-01").target is None
    assert list(row_findings()) == []


@pytest.mark.parametrize("published", [False, True])
def test_issue_retired_before_goes_on_under_another_code(published):
    draft = draft_of_small_library()
    confirm(whole_list(OWN), by=None, reason="Ours")
    if published:
        publish_edition(edition=draft, by=None, acknowledged="Ours")
    again = {"code": "N1", "category": "environment", "parent_code": "", "name_en": "Issue ENV-01"}
    imported = whole_list([*OWN, again])
    proposed = SheetPlan.from_json(imported.plan).descents
    assert [(each.new, each.old, each.share) for each in proposed] == [("N1", "ENV-01", 1.0)]
    edition = confirm(imported, by=None, reason="Again", descents={"N1": "ENV-01"}).edition
    rows = edition.lineage.filter(Q(source__code="ENV-01") | Q(target__code="N1"))
    assert [(row.kind, row.source.code, row.target.code) for row in rows] == [("renamed", "ENV-01", "N1")]


def test_queries_of_a_whole_list_do_not_grow_with_what_it_retires(django_assert_max_num_queries):
    start_first_draft(languages=["en"], by=None)
    old = [{"code": f"A{place}", "category": "environment", "name_en": f"Old {place}"} for place in range(60)]
    confirm(whole_list(old), by=None)
    publish_edition(edition=Edition.objects.get(), by=None, acknowledged="Ours")
    with django_assert_max_num_queries(230):
        put_in_force(contents=csv_file([{**old[0], "code": "B", "name_en": "New"}]), name="list.csv", by=None)


def test_first_list_may_be_corrected_without_a_reason_and_leaves_nothing_behind():
    start_first_draft(languages=["en"], by=None)
    slips = [{"code": "X1", "category": "Umwelt & mehr", "name_en": "Slip"}]
    slips += [{"code": "X2", "category": "社会", "name_en": "Kept"}]
    confirm(whole_list(slips), by=None)
    confirm(whole_list(slips[1:]), by=None)
    edition = publish_edition(edition=Edition.objects.get(), by=None)
    assert [row.code for row in edition.issues.all()] == ["X2"]
    held = edition.categories.order_by("order")
    assert [(row.code, row.name.texts, row.status) for row in held] == [
        ("umwelt-mehr", {"en": "Umwelt & mehr"}, "retired"),
        ("social", {"en": "社会"}, "active"),
    ]


def test_default_library_in_the_issues_format_changes_nothing(library_rows):
    head, *rows = issues_rows(shipped_library())
    resource = IssueResource(Scope(Edition.objects.get(), replaces=True))
    found = plan_of(resource, [dict(zip(head, map(str, row), strict=True)) for row in rows])
    assert (found.is_good, found.changes_anything, found.others) == (True, False, 0)
    assert library_contents(Edition.objects.get()) == shipped_library()


@pytest.mark.parametrize(
    ("code", "column", "value", "kind", "nearest"),
    [
        ("ENV-01-02", "parent_code", "ENV-11", "no_primary", ("ENV-01",)),
        ("ENV-01-02", "parent_code", "", "primary_missing", ("ENV-01",)),
        ("ENV-01-02", "category", "society", "other_category", ("environment",)),
        ("ENV-01-02", "category", "enviroment", "unknown_category", ("environment",)),
        ("ENV-01-02", "status", "activ", "unknown_status", ("active",)),
        ("ENV-01-02", "hkex", "A9", "unknown_code", ("A1",)),
        ("ENV-01-02", "code", "ENV-1-9", "bad_code", ("ENV-01-09",)),
    ],
)
def test_mistake_in_a_whole_list_is_found(code, column, value, kind, nearest, library_rows):
    head, *rows = issues_rows(shipped_library())
    cells = [dict(zip(head, map(str, row), strict=True)) for row in rows]
    place = next(number for number, row in enumerate(cells) if row["code"] == code)
    cells[place][column] = value
    found = plan_of(IssueResource(Scope(Edition.objects.get(), replaces=True)), cells)
    told = [(each.kind, each.row, each.column, each.nearest) for row in found.rows for each in row.problems]
    assert (kind, place + 2, column, nearest) in told


PASTED = """Environment:
- Climate change: what we emit
	Energy
- Water
社会：
1. 员工健康
S9 Safety	At work
# Governance
G1 Bribery"""


def test_pasted_lines_are_rows_of_the_format():
    head, *rows = pasted_list(PASTED, "en")
    assert head == ["code", "category", "parent_code", "name_en", "definition_en"]
    assert rows == [
        ["E1", "Environment", "", "Climate change", "what we emit"],
        ["E1-1", "Environment", "E1", "Energy", ""],
        ["E2", "Environment", "", "Water", ""],
        ["S1", "社会", "", "员工健康", ""],
        ["S9", "社会", "", "Safety", "At work"],
        ["G1", "Governance", "", "Bribery", ""],
    ]
    start_first_draft(languages=["en"], by=None)
    resource = IssueResource(scope_of("issues", replaces=True))
    assert problems_in(plan_of(resource, [dict(zip(head, row, strict=True)) for row in rows])) == []


def test_category_that_many_rows_name_is_no_slip_of_a_usual_one():
    start_first_draft(languages=["en"], by=None)
    rows = [{"code": f"E{n}", "category": "Environmental", "name_en": f"Topic {n}"} for n in range(1, 4)]
    confirm(whole_list(rows), by=None)
    assert [row.name for row in Edition.objects.get().categories.all()] == ["Environmental"]
    slip = [*rows, {"code": "S1", "category": "Socety", "name_en": "Work"}]
    found = SheetPlan.from_json(whole_list(slip).plan)
    assert problems_in(found) == [(5, "category", "unknown_category")]
