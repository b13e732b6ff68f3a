"""Pages of spreadsheet imports."""

import io
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from materiality.actions.library import start_first_draft
from materiality.models import AuditEvent, Job, SheetImport
from materiality.models.people import Role
from materiality.platform import jobs
from tests.factories.cycles import make_cycle
from tests.factories.people import log_in
from tests.factories.sheets import csv_file, draft_of_small_library, upload
from tests.factories.texts import reword
from tests.factories.uploads import upload_to

pytestmark = pytest.mark.django_db

ROW = {"code": "SOC-01-01", "name_zh": "改名", "name_en": "Renamed"}


@pytest.fixture
def draft():
    return draft_of_small_library()


def send(client, rows, kind: str = "issues"):
    return send_file(client, SimpleUploadedFile("my file.csv", csv_file(rows)), kind)


def send_file(client, file: SimpleUploadedFile, kind: str = "issues"):
    return upload_to(client, reverse("sheet_new", args=[kind]), file)


def page_of(client, imported: SheetImport, query: str = "") -> str:
    return client.get(reverse("sheet_import", args=[imported.pk]) + query).content.decode()


def test_sheets_list_offers_every_kind_of_the_library(client, draft):
    log_in(client)
    page = client.get(reverse("sheet_imports")).content.decode()
    for kind in ("issues", "mappings", "framework"):
        assert reverse("sheet_new", args=[kind]) in page
        assert reverse("sheet_template", args=[kind, "xlsx"]) in page


def test_sheets_imported_are_sorted_and_narrowed_by_the_address(client, draft):
    log_in(client)
    for name in ("b.csv", "a.csv"):
        upload("issues", csv_file([ROW]), name)
    address = reverse("sheet_imports")
    found = client.get(f"{address}?kind=issues&imported-sort=name").context["listing"]
    assert ([row.file_name for row in found.page], found.heads[0].state) == (["a.csv", "b.csv"], "ascending")
    assert "No file passes the filters." in client.get(f"{address}?state=undone").content.decode()


def test_sheets_upload_shows_old_and_new_value(client, draft):
    log_in(client)
    page = send(client, [ROW]).content.decode()
    assert "<del>Issue SOC-01-01</del>" in page and "<ins>Renamed</ins>" in page
    assert "Store 2 rows" not in page and "Store 1 row" in page


def test_sheets_upload_is_read_by_a_worker_alone(client, draft, monkeypatch):
    """Neither the upload nor anything that follows the check reads the file in a request."""
    log_in(client)
    opened = []
    monkeypatch.setattr("materiality.tables.records.open_sheets", lambda *_: opened.append(1) or iter([]))
    waiting = client.post(reverse("sheet_new", args=["issues"]), {"file": SimpleUploadedFile("a.csv", csv_file([ROW]))})
    assert (opened, SheetImport.objects.count(), Job.objects.get().state) == ([], 0, "queued")
    assert waiting.url == reverse("job", args=[Job.objects.get().pk]) + "?follow"
    monkeypatch.undo()
    jobs.execute(str(Job.objects.get().pk))
    imported = SheetImport.objects.get()
    default_storage.delete(imported.path)
    client.post(reverse("sheet_confirm", args=[imported.pk]), {"reason": "Clearer"})
    assert draft.issues.get(code="SOC-01-01").name_en == "Renamed"


def test_sheets_upload_that_no_worker_takes_up_says_so_after_five_seconds(client, draft, settings):
    log_in(client)
    file = SimpleUploadedFile("a.csv", csv_file([ROW]))
    waiting = client.post(reverse("sheet_new", args=["issues"]), {"file": file}).url
    assert "No worker is running" not in client.get(waiting).content.decode()
    Job.objects.update(created_at=timezone.now() - timedelta(seconds=6))
    assert "No worker is running" in client.get(waiting).content.decode()


def test_sheets_upload_is_confirmed_and_undone(client, draft):
    person = log_in(client)
    send(client, [ROW])
    imported = SheetImport.objects.get()
    client.post(reverse("sheet_confirm", args=[imported.pk]), {"reason": "Clearer"})
    assert draft.issues.get(code="SOC-01-01").name_en == "Renamed"
    client.post(reverse("sheet_undo", args=[imported.pk]))
    assert draft.issues.get(code="SOC-01-01").name_en == "Issue SOC-01-01"
    events = AuditEvent.objects.filter(object_type="materiality.sheetimport").order_by("number")
    assert [(event.action, event.person.user) for event in events] == [
        ("check_sheet", person),
        ("confirm_sheet", person),
        ("undo_sheet", person),
    ]


def test_sheets_confirm_after_a_change_shows_the_preview_anew(client, draft):
    log_in(client)
    send(client, [ROW])
    reword(draft.issues.filter(code="SOC-01-01"), name_en="Faster")
    imported = SheetImport.objects.get()
    page = client.post(reverse("sheet_confirm", args=[imported.pk]), {"reason": "x"}, follow=True).content.decode()
    assert "was changed after the preview" in page and "<del>Faster</del>" in page
    assert draft.issues.get(code="SOC-01-01").name_en == "Faster"


def test_sheets_confirm_without_the_needed_reason_says_so(client, draft):
    log_in(client)
    send(client, [ROW])
    url = reverse("sheet_confirm", args=[SheetImport.objects.get().pk])
    assert "Give a reason" in client.post(url, follow=True).content.decode()


def test_sheets_unknown_headings_are_chosen_by_a_person(client, draft):
    log_in(client)
    page = send(client, [{"code": "SOC-01-01", "name_englisch": "Renamed", "owner": "CSR"}]).content.decode()
    assert "nearest name, please check" in page and "resembles no column" in page
    imported = SheetImport.objects.get()
    url = reverse("sheet_columns", args=[imported.pk])
    answer = client.post(url, {"column_0": "name_en", "column_1": "name_en", "column_2": ""})
    assert answer.status_code == 422 and "Chosen for two headings: name_en." in answer.content.decode()
    client.post(url, {"column_0": "code", "column_1": "name_en", "column_2": ""})
    imported.refresh_from_db()
    assert imported.plan["rows"][0][4] == {"name_en": ["Issue SOC-01-01", "Renamed"]}


def test_sheets_errors_are_listed_with_row_column_and_value(client, draft):
    log_in(client)
    page = send(client, [{**ROW, "gri_2021": "305-99"}]).content.decode()
    assert "“305-99” is not in GRI 2021. Nearest: 305-7" in page
    assert "sheet_confirm" not in page and "Store" not in page


def test_sheets_rows_are_paged_and_queries_few(client, draft, django_assert_max_num_queries):
    log_in(client)
    imported = upload("issues", csv_file([{**ROW, "code": f"SOC-{n:02}-01"} for n in range(2, 80)]))
    with django_assert_max_num_queries(15):
        page = page_of(client, imported)
    assert page.count('<tbody class="row-error">') == 50
    assert page_of(client, imported, "?rows-page=2").count('<tbody class="row-error">') == 28


def test_sheets_file_that_is_no_workbook_is_refused_on_its_page(client, draft):
    log_in(client)
    file = SimpleUploadedFile("x.xlsx", b"this is no workbook")
    page = send_file(client, file).content.decode()
    assert "This is not an XLSX workbook" in page and "Upload a corrected file" in page


def test_sheets_discarded_import_is_over(client, draft):
    log_in(client)
    send(client, [ROW])
    imported = SheetImport.objects.get()
    client.post(reverse("sheet_discard", args=[imported.pk]))
    client.post(reverse("sheet_confirm", args=[imported.pk]), {"reason": "x"})
    imported.refresh_from_db()
    assert imported.state == "discarded"
    assert draft.issues.get(code="SOC-01-01").name_en == "Issue SOC-01-01"


@pytest.mark.parametrize(("role", "allowed"), [(Role.VIEWER, False), (Role.COMMITTEE, False), (Role.ANALYST, True)])
def test_sheets_import_is_for_those_who_edit(client, draft, role, allowed):
    log_in(client, role)
    status = 200 if allowed else 403
    assert client.get(reverse("sheet_new", args=["issues"])).status_code == status
    imported = upload("issues", csv_file([ROW]))
    answers = [client.post(reverse(name, args=[imported.pk])) for name in ("sheet_discard", "sheet_columns")]
    assert all((answer.status_code != 403) is allowed for answer in answers)
    assert client.get(reverse("sheet_export", args=["issues", "csv"])).status_code == 200


def test_sheets_of_a_cycle_stand_below_it(client):
    log_in(client)
    cycle = make_cycle()
    assert client.get(reverse("cycle_sheet_new", args=[cycle.code, "groups"])).status_code == 200
    assert client.get(reverse("cycle_sheet_new", args=[cycle.code, "issues"])).status_code == 404
    assert client.get(reverse("sheet_new", args=["groups"])).status_code == 404
    export = client.get(reverse("cycle_sheet_export", args=[cycle.code, "stakeholders", "xlsx"]))
    assert export["Content-Disposition"] == f'attachment; filename="{cycle.code}-stakeholders.xlsx"'
    assert io.BytesIO(export.content).read(2) == b"PK"


def test_sheets_page_reads_in_chinese(client, draft):
    log_in(client, language="zh-hans")
    page = send(client, [{**ROW, "status": "gone"}]).content.decode()
    assert "有误" in page and "没有" in page and "row_state" not in page


@pytest.mark.parametrize(("language", "words"), [("en", "Choose a file"), ("zh-hans", "选择文件")])
def test_file_field_is_worded_by_the_page(client, draft, language, words):
    log_in(client, Role.LEAD)
    client.cookies["django_language"] = language
    page = client.get(reverse("sheet_new", args=["issues"])).content.decode()
    assert f'<label class="button" for="id_file">{words}</label>' in page and 'class="chosen-file"' in page


def test_columns_are_those_of_the_languages_of_the_edition(client):
    start_first_draft(languages=["ko"], by=None)
    log_in(client)
    page = client.get(reverse("sheet_new", args=["issues"])).content.decode()
    assert "name_ko" in page and "name_zh" not in page
    page = send(client, [{"code": "E1", "category": "environment", "what": "기후"}]).content.decode()
    assert 'value="name_ko"' in page and 'value="name_zh"' not in page
