"""The way of a library file: uploaded, confirmed, changed meanwhile, undone."""

import pytest
from django.core.management import call_command
from django.utils.translation import override

from materiality.actions.tables import KINDS, check_again, confirm, undo
from materiality.models import AuditEvent, Edition, Issue, Lineage, Proposal, SheetImport
from materiality.platform.refusals import Conflict, NotAllowed
from materiality.platform.words import own_names
from materiality.tables.widgets import Scope
from tests.factories.cycles import make_cycle, small_library
from tests.factories.sheets import csv_file, draft_of_small_library, upload, xlsx_file
from tests.factories.texts import reword
from tests.factories.trail import told_of

pytestmark = pytest.mark.django_db

NEW = {"code": "SOC-01-05", "category": "society", "parent_code": "SOC-01", "name_zh": "新", "name_en": "New"}
KEPT = {"code": "SOC-01-01", "category": "society", "parent_code": "SOC-01", "name_zh": "改", "name_en": "Renamed"}
MAPPED = [{**NEW, "gri_2021": "305-1;305-7"}, {**KEPT, "gri_2021": "2-7"}]


@pytest.fixture
def draft() -> Edition:
    return draft_of_small_library()


def contents(edition: Edition) -> list[tuple]:
    """Everything that an import of issues can change."""
    names = ("code", "parent__code", "name", "status", "disclosures__code", "changed")
    return sorted(map(str, edition.issues.values_list(*names)))


def descent(edition: Edition) -> list[tuple]:
    rows = edition.lineage.values_list("kind", "source__code", "target__code", "reason")
    return sorted(map(str, rows))


def test_upload_of_a_good_file_waits_for_confirmation_and_stores_nothing(draft):
    before = contents(draft)
    imported = upload("issues", csv_file(MAPPED))
    assert (imported.state, imported.plan["counts"]) == (
        "checked",
        {"error": 0, "new": 1, "changed": 1, "unchanged": 0},
    )
    assert contents(draft) == before


def test_confirm_stores_rows_mappings_descent_and_one_event(draft):
    imported = confirm(upload("issues", csv_file(MAPPED)), by=None, reason="Half-yearly review")
    new, kept = draft.issues.get(code="SOC-01-05"), draft.issues.get(code="SOC-01-01")
    assert sorted(new.disclosures.values_list("code", flat=True)) == ["305-1", "305-7"]
    assert (new.parent.code, new.version, sorted(new.changed)) == ("SOC-01", 1, ["name_en", "name_zh"])
    assert (kept.name_en, kept.version, sorted(kept.changed)) == ("Renamed", 2, ["name_en", "name_zh"])
    rows = Lineage.objects.filter(target__in=[new, kept]).order_by("target__code")
    assert [(row.kind, row.reason) for row in rows] == [
        ("renamed", "Half-yearly review"),
        ("added", "Half-yearly review"),
    ]
    event = AuditEvent.objects.first()
    assert (event.action, event.object_id, event.reason) == ("confirm_sheet", str(imported.pk), "Half-yearly review")
    assert imported.state == "stored"


def test_confirm_without_a_reason_is_refused_where_identity_changes(draft):
    imported = upload("issues", csv_file(MAPPED))
    with pytest.raises(NotAllowed, match="Give a reason|原因|理由"):
        confirm(imported, by=None)
    assert not draft.issues.filter(code="SOC-01-05").exists()


def test_confirm_of_mappings_alone_needs_no_reason(draft):
    confirm(upload("issues", csv_file([{"code": "SOC-01-01", "gri_2021": "2-7"}])), by=None)
    assert list(draft.issues.get(code="SOC-01-01").disclosures.values_list("code", flat=True)) == ["2-7"]


def test_confirm_stores_nothing_where_one_row_is_wrong(draft):
    imported = upload("issues", csv_file([NEW, {**KEPT, "category": "environment"}]))
    before = contents(draft)
    with pytest.raises(NotAllowed):
        confirm(imported, by=None, reason="x")
    assert contents(draft) == before


def test_confirm_after_a_change_shows_the_preview_anew(draft):
    imported = upload("issues", csv_file(MAPPED))
    reword(draft.issues.filter(code="SOC-01-01"), name_en="Somebody was faster")
    with pytest.raises(Conflict):
        confirm(imported, by=None, reason="x")
    imported.refresh_from_db()
    assert not draft.issues.filter(code="SOC-01-05").exists()
    again = check_again(imported, None, by=None)
    assert again.plan["rows"][1][4]["name_en"] == ["Somebody was faster", "Renamed"]
    assert confirm(again, by=None, reason="x").state == "stored"


def test_confirm_without_a_draft_starts_one():
    published = small_library()
    imported = upload("issues", csv_file([KEPT]))
    assert imported.edition == published
    stored = confirm(imported, by=None, reason="x")
    assert (stored.edition.state, stored.edition.based_on) == ("draft", published)
    assert stored.edition.issues.get(code="SOC-01-01").name_en == "Renamed"
    assert published.issues.get(code="SOC-01-01").name_en == "Issue SOC-01-01"


def test_undo_puts_everything_back(draft):
    rows = [*MAPPED, {**KEPT, "code": "SOC-01-02", "status": "retired", "gri_2021": ""}]
    rows = [{"status": "active", **row} for row in rows]
    before, lineage = contents(draft), descent(draft)
    imported = confirm(upload("issues", csv_file(rows)), by=None, reason="x")
    assert contents(draft) != before
    assert undo(imported, by=None).state == "undone"
    assert contents(draft) == before
    assert descent(draft) == lineage


def test_undo_counts_versions_on(draft):
    imported = confirm(upload("issues", csv_file([KEPT])), by=None, reason="x")
    undo(imported, by=None)
    assert draft.issues.get(code="SOC-01-01").version == 3


def test_undo_is_refused_where_a_row_was_changed_since(draft):
    imported = confirm(upload("issues", csv_file(MAPPED)), by=None, reason="x")
    reword(draft.issues.filter(code="SOC-01-01"), definition_en="Written after the import")
    with pytest.raises(NotAllowed, match="SOC-01-01"):
        undo(imported, by=None)
    assert draft.issues.filter(code="SOC-01-05").exists()


def test_undo_is_refused_where_something_points_at_a_new_row(draft):
    imported = confirm(upload("issues", csv_file(MAPPED)), by=None, reason="x")
    Proposal.objects.create(kind="change", issue=draft.issues.get(code="SOC-01-05"))
    with pytest.raises(NotAllowed):
        undo(imported, by=None)
    assert SheetImport.objects.get(pk=imported.pk).state == "stored"


def test_undo_is_refused_twice(draft):
    imported = confirm(upload("issues", csv_file(MAPPED)), by=None, reason="x")
    undo(imported, by=None)
    imported.refresh_from_db()
    with pytest.raises(NotAllowed):
        undo(imported, by=None)


def test_headers_that_are_only_near_wait_for_a_person(draft):
    rows = [{"code": "SOC-01-01", "name en": "Renamed", "definition_englisch": "Text", "remarks": "?"}]
    imported = upload("issues", csv_file(rows))
    assert (imported.state, imported.plan) == ("uploaded", {})
    assert {name: said for name, said in imported.headers.items() if name != "rows"} == {
        "columns": [
            ("code", "code"),
            ("name en", "name_en"),
            ("definition_englisch", "definition_en"),
            ("remarks", ""),
        ],
        "guesses": ["definition_englisch"],
        "unknown": ["remarks"],
    }
    checked = check_again(imported, {"code": "code", "name en": "name_en"}, by=None)
    assert checked.state == "checked"
    assert checked.plan["rows"][0][4] == {"name_en": ["Issue SOC-01-01", "Renamed"]}


def test_own_groups_are_read_under_the_axes_of_the_newest_cycle():
    cycle = make_cycle()
    cycle.method |= {"names": {"axis": {"society": {"en": "Impact on people"}}}}
    cycle.save()
    with override("en"), own_names(cycle.method["names"]):
        heading = next(
            str(each.title) for each in KINDS["own_groups"].columns(Scope()) if each.name == "weight_society"
        )
    assert "Impact on people" in heading
    row = {"group": "users", "name_en": "Users", heading: "2"}
    with override("en"):
        held = upload("own_groups", csv_file([row]))
    assert (dict(held.headers["columns"])[heading], held.headers["guesses"]) == ("weight_society", [])


def test_missing_column_that_is_needed_is_told_with_the_nearest_heading(draft):
    checked = check_again(upload("issues", csv_file([{"codex": "SOC-01-01"}])), {"codex": ""}, by=None)
    problem = checked.plan["problems"][0]
    assert (problem["kind"], problem["value"], problem["nearest"]) == ("missing_column", "code", ("codex",))


@pytest.mark.parametrize(
    ("contents", "name", "kind"),
    [
        (b"code,name_zh\nSOC-01-01,\xff\xfe\x80\n", "x.csv", "broken_encoding"),
        (b"no workbook at all", "x.xlsx", "not_a_workbook"),
        (b"PK\x03\x04 half a workbook", "x.csv", "not_a_workbook"),
        (b"", "x.csv", "no_columns"),
    ],
)
def test_files_that_cannot_be_read_are_refused_with_the_reason(draft, contents, name, kind):
    imported = upload("issues", contents, name)
    assert (imported.state, imported.plan["problems"][0]["kind"]) == ("refused", kind)


def test_gb18030_and_bom_are_read(draft):
    for encoding in ("gb18030", "utf-8-sig"):
        imported = upload("issues", csv_file([{**KEPT, "name_zh": "实质性议题"}], encoding))
        assert imported.plan["rows"][0][4]["name_zh"] == ["议题 SOC-01-01", "实质性议题"]


def test_formula_that_was_never_computed_is_an_error_of_its_cell(draft):
    rows = [{"code": "SOC-01-01", "name_en": '=CONCATENATE("a","b")'}]
    imported = upload("issues", xlsx_file({"issues": rows}), "x.xlsx")
    (row,) = imported.plan["rows"]
    assert [(p["kind"], p["column"]) for p in row[5]] == [("formula_without_value", "name_en")]


def test_all_sheets_with_the_columns_are_read_and_the_others_named(draft):
    sheets = {"社会": [KEPT], "环境": [{"code": "ENV-01-01", "name_en": "Air"}], "notes": [{"remark": "x"}]}
    imported = upload("issues", xlsx_file(sheets), "x.xlsx")
    assert [(row[0], row[1], row[2]) for row in imported.plan["rows"]] == [
        ("社会", 2, ["SOC-01-01"]),
        ("环境", 2, ["ENV-01-01"]),
    ]
    assert imported.plan["left_out"] == ["notes"]


def test_code_that_stands_on_two_sheets_is_told_with_both(draft):
    imported = upload("issues", xlsx_file({"a": [KEPT], "b": [KEPT]}), "x.xlsx")
    problem = imported.plan["rows"][1][5][0]
    assert (problem["kind"], problem["params"]) == ("double_code", {"first": "a 2"})


def test_import_and_undo_leave_the_audit_trail_whole(draft):
    told_of(draft.based_on)
    undo(confirm(upload("issues", csv_file(MAPPED)), by=None, reason="x"), by=None)
    call_command("verify_audit")  # raises CommandError where it is not sound


def test_published_draft_takes_no_undo(draft):
    imported = confirm(upload("issues", csv_file(MAPPED)), by=None, reason="x")
    Edition.objects.filter(state="published").update(state="superseded")
    Edition.objects.filter(pk=draft.pk).update(state="published", published_at=draft.created_at)
    with pytest.raises(NotAllowed):
        undo(SheetImport.objects.get(pk=imported.pk), by=None)
    assert Issue.objects.filter(edition=draft, code="SOC-01-05").exists()
