"""The page of missing translations, its export and its import."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse

from materiality.actions.library import discard_draft
from materiality.actions.translations import set_languages
from materiality.formats.translations import translation_columns
from materiality.models import Issue, SheetImport
from materiality.tables.widgets import SheetPlan
from materiality.tables.write import table_bytes
from tests.factories.cycles import make_cycle
from tests.factories.drafts import of
from tests.factories.people import log_in
from tests.factories.sheets import problems_in
from tests.factories.texts import reword
from tests.factories.trail import told_of
from tests.factories.uploads import upload_to

pytestmark = pytest.mark.django_db
PAGE = "/library/translations/"
COLUMNS = translation_columns(["zh", "en"])


@pytest.fixture
def draft(draft):
    edition = draft
    reword(Issue.objects.filter(edition=edition, code="SOC-01-01"), name_en="")
    reword(Issue.objects.filter(edition=edition, code="SOC-01-02"), definition_en="=1+1 is a definition")
    return edition


def rows_of(client) -> list[dict[str, str]]:
    contents = client.get(f"{PAGE}export.csv").content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(contents)))


def upload(client, kind: str, rows: list[list[str]], columns=COLUMNS):
    contents = table_bytes(kind, "translations", columns, rows)
    return upload_to(client, f"{PAGE}import/", SimpleUploadedFile(f"texts.{kind}", contents))


def press(client, button: str):
    return client.post(reverse(button, args=[SheetImport.objects.get().pk]), follow=True)


def test_translations_are_filled_in_on_the_page(client, draft):
    log_in(client)
    page = client.get(PAGE)
    text = page.content.decode()
    assert ("English is missing" in text, "Chinese is missing" in text) == (True, True)
    key, seen = next((each.key, each.seen) for each, _halves in page.context["lines"] if each.field == "name")
    sent = {"key": key, f"seen {key}": seen, f"en {key}": "Privacy"}
    assert client.post(f"{PAGE}save/?kind=issue", sent).url == f"{PAGE}?kind=issue"
    assert of(draft, "SOC-01-01").name_en == "Privacy"
    again = client.post(f"{PAGE}save/", sent | {f"en {key}": "Other"})
    assert (again.status_code, of(draft, "SOC-01-01").name_en) == (422, "Privacy")
    assert "Somebody else changed this text meanwhile" in again.content.decode()


def test_translations_are_filtered(client, draft):
    log_in(client)
    found = [text.key for text, _halves in client.get(PAGE, {"state": "missing_en"}).context["lines"]]
    assert found == [f"issue/{draft.code}/SOC-01-01/name"]
    assert list(client.get(PAGE, {"kind": "cycle"}).context["lines"]) == []


def test_translations_stand_in_the_order_chosen(client, draft):
    log_in(client)
    found = {
        sort: [text for text, _halves in client.get(PAGE, {"sort": sort}).context["lines"]]
        for sort in ("arranged", "lacks", "length")
    }
    assert [text.states for text in found["lacks"]] == sorted(text.states for text in found["arranged"])
    lengths = [sum(map(len, text.texts.values())) for text in found["length"]]
    assert len(lengths) > 1 and lengths == sorted(lengths)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_translations_import_shows_changes_and_stores_them_when_confirmed(client, draft, kind):
    log_in(client)
    told_of(draft.based_on)
    rows = rows_of(client)
    assert [row["text_en"] for row in rows] == ["", "'=1+1 is a definition"]
    filled = [[row[name].lstrip("'") for name in COLUMNS] for row in rows]
    filled[0][COLUMNS.index("text_en")], filled[1][COLUMNS.index("text_zh")] = (
        "Privacy",
        "一个定义",
    )
    assert "Store 2 rows" in upload(client, kind, filled).content.decode()
    assert of(draft, "SOC-01-01").name_en == ""
    press(client, "sheet_confirm")
    stored = of(draft, "SOC-01-02")
    assert of(draft, "SOC-01-01").name_en == "Privacy"
    assert (stored.definition_zh, stored.definition_en) == ("一个定义", "=1+1 is a definition")
    assert rows_of(client) == []
    press(client, "sheet_undo")
    assert (of(draft, "SOC-01-01").name_en, rows_of(client)) == ("", rows)
    call_command("verify_audit", stdout=io.StringIO())


def test_translations_export_then_import_changes_nothing(client, draft):
    log_in(client)
    contents = client.get(f"{PAGE}export.xlsx").content
    page = upload_to(client, f"{PAGE}import/", SimpleUploadedFile("texts.xlsx", contents))
    assert (page.status_code, "there is nothing to import" in page.content.decode()) == (200, True)


def test_translations_have_a_column_for_each_language_of_draft_and_cycles(client, draft):
    set_languages(row=draft, languages=["zh", "ko"], by=None)
    cycle = make_cycle()
    log_in(client)
    page = client.get(PAGE, {"state": "missing_ko", "kind": "category"})
    assert [half.language for half in page.context["lines"][0][1]] == ["zh", "ko"]
    assert "한국어 is missing" in page.content.decode()
    key = f"category/{draft.code}/society/name"
    rows = {row["key"]: row for row in rows_of(client)}
    assert list(rows[key])[4:] == ["text_zh", "text_ko", "text_en", "state"]
    assert (rows[key]["text_ko"], rows[key]["state"]) == ("", "missing_ko")
    upload(client, "csv", [[key, "사회"], [f"cycle/{cycle.code}/title", ""]], ("key", "text_ko"))
    press(client, "sheet_confirm")
    assert draft.categories.get(code="society").name_ko == "사회"
    assert key not in {row["key"] for row in rows_of(client)}


def test_translations_that_are_held_in_a_language_that_is_not_wanted_come_back_filled_in(client, draft):
    cycle = make_cycle(languages=["ko", "en"])
    was = cycle.groups.get(code="users").name.texts
    log_in(client)
    rows = [row for row in rows_of(client) if row["kind"] == "group"]
    upload(client, "csv", [list(row.values()) for row in rows], list(rows[0]))
    assert SheetImport.objects.get().plan["counts"] == {"error": 0, "new": 0, "changed": 0, "unchanged": len(rows)}
    SheetImport.objects.all().delete()
    for row in rows:
        row["text_ko"] = row["text_ko"] or ("고객" if row["key"] == f"group/{cycle.code}/users/name" else "")
    upload(client, "csv", [list(row.values()) for row in rows], list(rows[0]))
    press(client, "sheet_confirm")
    assert cycle.groups.get(code="users").name.texts == {**was, "ko": "고객"}


def test_translations_import_says_everything_that_is_wrong(client, draft):
    log_in(client)
    name = f"issue/{draft.code}/SOC-01-01/name"
    rows = [[name, "", "A"], [name, "甲", "A"], ["issue/none", "甲", "A"]]
    upload(client, "csv", rows, ("key", "chinese", "english"))
    told = problems_in(SheetPlan.from_json(SheetImport.objects.get().plan))
    assert sorted(told) == [(2, "text_zh", "removed_text"), (3, "key", "double_code"), (4, "key", "unknown_text")]


def test_translations_import_refuses_what_was_changed_since_the_preview(client, draft):
    log_in(client)
    name = f"issue/{draft.code}/SOC-01-01/name"
    upload(client, "csv", [[name, "甲", "A"]], ("key", "chinese", "english"))
    reword(Issue.objects.filter(edition=draft, code="SOC-01-01"), name_zh="乙")
    assert "changed after the preview" in press(client, "sheet_confirm").content.decode()
    assert of(draft, "SOC-01-01").name_zh == "乙"


def test_translations_are_read_only_for_viewers_and_without_a_draft(client, draft):
    log_in(client, "viewer")
    assert "<textarea" not in client.get(PAGE).content.decode()
    for path in ("save/", "import/"):
        assert client.post(PAGE + path).status_code == 403
    discard_draft(edition=draft, by=None)
    log_in(client)
    assert "<textarea" not in client.get(PAGE).content.decode()


def test_translations_page_takes_few_queries(client, draft, django_assert_max_num_queries):
    log_in(client)
    make_cycle()
    with django_assert_max_num_queries(15):
        assert client.get(PAGE).status_code == 200
