"""Staff pages of imports: upload, preview, mend, confirm."""

import io
from collections.abc import Callable
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from materiality.models import AuditEvent, Job
from materiality.models.people import Role
from materiality.platform import jobs
from surveys.actions.imports import match_import
from surveys.exports.exporting import header_of
from surveys.matching.match import Column, Match, Target
from surveys.models import ColumnMatch, Response, ResponseImport, Survey
from tests.factories.people import log_in
from tests.factories.responses import check_file, csv_file, on_disk, row, store_file
from tests.factories.surveys import make_open_survey, make_survey
from tests.factories.trail import told_of

pytestmark = pytest.mark.django_db


def upload(client, survey, contents, **data):
    file = SimpleUploadedFile("answers.csv", contents)
    return client.post(reverse("new_import", args=[survey.cycle.code, survey.code]), {"file": file, **data})


def run():
    """Do what waits, and return the import it was about."""
    for job in Job.objects.filter(state=Job.State.QUEUED):
        jobs.execute(str(job.pk))
    return ResponseImport.objects.first()


def address(name, imported):
    return reverse(name, args=[imported.survey.cycle.code, imported.pk])


def test_upload_with_errors_is_mended_and_imported_to_the_end(staff, survey):
    response = upload(staff, survey, csv_file(survey, row(survey, 9, "x"), row(survey, group="user"), row(survey)))
    imported = run()
    assert response.url.startswith(f"/jobs/{imported.job_id}/?next=")
    assert staff.get(response.url).url == address("response_import", imported)
    text = staff.get(address("response_import", imported)).content.decode()
    assert "2 rows have something to correct" in text
    assert "There is no stakeholder group “user” in this survey. Did you mean users?" in text
    assert [cell in text for cell in ("I2", "J2", "B3")] == [True] * 3
    workbook = staff.get(address("import_errors", imported))
    sheets = load_workbook(io.BytesIO(workbook.getvalue()))
    assert [sheet.max_row for sheet in sheets] == [3, 4]
    assert Response.objects.count() == 0

    upload(staff, survey, csv_file(survey, row(survey, 5, 4), row(survey, group="users"), row(survey)))
    mended = run()
    assert "Store 3 responses" in staff.get(address("response_import", mended)).content.decode()
    assert Response.objects.count() == 0
    response = staff.post(address("confirm_import", mended))
    run()
    assert staff.get(response.url).url == address("response_import", mended)
    assert "3 responses were stored" in staff.get(address("response_import", mended)).content.decode()
    assert Response.objects.count() == 3


def test_error_workbook_mended_is_an_import_itself(staff, survey):
    imported = check_file(survey, csv_file(survey, row(survey, 9), row(survey)))
    workbook = load_workbook(io.BytesIO(staff.get(address("import_errors", imported)).getvalue()))
    workbook.active["I2"] = 5
    buffer = io.BytesIO()
    workbook.save(buffer)
    store_file(survey, buffer.getvalue())
    assert [bytes(r.ratings)[0] for r in survey.responses.all()] == [5]


def test_confirm_with_bad_rows_takes_the_tick(staff, survey):
    imported = check_file(survey, csv_file(survey, row(survey, 9), row(survey)))
    response = staff.post(address("confirm_import", imported), follow=True)
    assert "Correct the bad rows" in response.content.decode()
    staff.post(address("confirm_import", imported), {"skip_bad_rows": "1"})
    run()
    assert Response.objects.count() == 1


def test_confirm_forged_a_second_time_stores_nothing_twice(staff, survey):
    imported = check_file(survey, csv_file(survey, row(survey)))
    for _ in range(2):
        staff.post(address("confirm_import", imported))
    run()
    response = staff.post(address("confirm_import", imported), follow=True)
    run()
    assert "not waiting for confirmation" in response.content.decode()
    assert (Response.objects.count(), Job.objects.filter(kind="store_import").count()) == (1, 1)


def test_confirm_by_get_or_of_another_cycle_does_nothing(staff, survey):
    imported = check_file(survey, csv_file(survey, row(survey)))
    assert staff.get(address("confirm_import", imported)).status_code == 405
    other = make_survey().cycle
    assert staff.post(reverse("confirm_import", args=[other.code, imported.pk])).status_code == 404
    assert Job.objects.filter(kind="store_import").count() == 0


def test_discard_leaves_nothing_to_confirm(staff, survey):
    imported = check_file(survey, csv_file(survey, row(survey)))
    staff.post(address("discard_import", imported))
    text = staff.get(address("response_import", imported)).content.decode()
    assert ("was discarded" in text, "Store 1 response" in text) == (True, False)


def test_upload_of_a_known_file_asks_once_more(staff, survey):
    contents = csv_file(survey, row(survey))
    assert (
        "Import this file once more"
        not in staff.get(reverse("new_import", args=[survey.cycle.code, survey.code])).content.decode()
    )
    store_file(survey, contents)
    refused = upload(staff, survey, contents)
    assert refused.status_code == 422
    assert "Import this file once more" in refused.content.decode()
    assert ResponseImport.objects.count() == 1
    assert upload(staff, survey, contents, again="on").status_code == 302
    assert ResponseImport.objects.count() == 2


def test_upload_over_the_limit_is_cut_off_and_says_so(staff, survey, settings):
    settings.MAX_UPLOAD_BYTES = 1_000_000
    response = upload(staff, survey, b"group\n" + b"x" * 1_500_000)
    assert response.status_code == 422
    assert "larger than 1 MB" in response.content.decode()
    response = upload(staff, survey, b"x" * 4_000_000)
    assert "larger than 1 MB" in response.content.decode()
    assert ResponseImport.objects.count() == 0


@pytest.mark.parametrize(("contents", "words"), [(None, "Choose a file first"), (b"", "The file is empty")])
def test_upload_of_nothing_says_so(staff, survey, contents, words):
    url = reverse("new_import", args=[survey.cycle.code, survey.code])
    data = {} if contents is None else {"file": SimpleUploadedFile("a.csv", contents)}
    assert words in staff.post(url, data).content.decode()


def test_upload_that_cannot_be_read_is_told_in_the_readers_language(staff, survey):
    upload(staff, survey, b"PK\x03\x04 not a workbook")
    imported = run()
    assert "cannot be read as one" in staff.get(address("response_import", imported)).content.decode()
    staff.cookies["django_language"] = "zh-hans"
    assert "XLSX 工作簿，但无法读取" in staff.get(address("response_import", imported)).content.decode()


def test_upload_with_wrong_columns_names_them(staff, survey):
    header = ["grup", *header_of(survey)[8:]]
    upload(staff, survey, csv_file(survey, ["users", *[3] * 34], header=header))
    text = staff.get(address("response_import", run())).content.decode()
    assert "The columns are not as they should be" in text
    assert "Did you mean group?" in text


def test_upload_into_a_draft_is_not_offered(staff):
    survey = make_survey()
    url = reverse("new_import", args=[survey.cycle.code, survey.code])
    assert 'type="file"' not in staff.get(url).content.decode()
    assert "Open the survey first" in upload(staff, survey, b"group\nusers\n").content.decode()


@pytest.mark.parametrize("number", [1, 30])
def test_preview_takes_a_fixed_number_of_queries(staff, survey, django_assert_max_num_queries, number):
    imported = check_file(survey, csv_file(survey, *[row(survey, 9)] * number))
    with django_assert_max_num_queries(15):
        context = staff.get(address("response_import", imported)).context
    assert len(context["listing"].page.object_list) == number


def test_preview_lists_the_first_thousand_bad_cells_in_pages(staff, survey):
    imported = check_file(survey, csv_file(survey, *[row(survey, *[9] * 34)] * 40))
    context = staff.get(address("response_import", imported) + "?bad-cells-page=20").context
    assert (context["preview"].errors, context["listing"].page.paginator.count) == (1360, 1000)
    last = list(context["listing"].page)[-1]
    assert (last.row, last.cell) == (31, "V31")


def test_list_of_imports_names_their_states(staff, survey):
    store_file(survey, csv_file(survey, row(survey)))
    check_file(survey, csv_file(survey, row(survey, 9)))
    check_file(survey, b"PK\x03\x04")
    failed = check_file(survey, csv_file(survey, row(survey, 2)))
    Job.objects.filter(pk=failed.job_id).update(state=Job.State.FAILED)
    context = staff.get(reverse("responses", args=[survey.cycle.code])).context
    found = [(stage, imported.rows, imported.bad_rows) for imported, stage in context["imports"]]
    assert found == [("failed", 1, 0), ("refused", None, None), ("unusable", 1, 1), ("stored", 1, 0)]
    query = "?import-state=checked&imports-sort=bad"
    found = staff.get(reverse("responses", args=[survey.cycle.code]) + query).context["imports"]
    assert [(stage, imported.bad_rows) for imported, stage in found] == [("unusable", 1), ("failed", 0)]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_template_has_the_columns_of_the_survey(staff, survey, kind):
    url = reverse("import_template", args=[survey.cycle.code, survey.code, kind])
    contents = staff.get(url).content
    if kind == "csv":
        assert contents.decode("utf-8-sig").strip().split(",") == header_of(survey)
        return
    sheet, codes = load_workbook(io.BytesIO(contents)).worksheets
    assert [cell.value for cell in sheet[1]] == header_of(survey)
    assert all(cell.comment for cell in sheet[1])
    assert [r[1].value for r in codes.iter_rows(min_row=2, max_row=3)] == ["users", "employees"]
    sheet.append(row(survey))
    path = on_disk(b"", "filled.xlsx")
    sheet.parent.save(path)
    assert store_file(survey, path.read_bytes()).summary["good"] == 1


def test_viewer_imports_nothing(client, survey):
    imported = check_file(survey, csv_file(survey, row(survey, 9), row(survey)))
    log_in(client, Role.VIEWER)
    where = [survey.cycle.code, survey.code]
    pages = [
        reverse("new_import", args=where),
        reverse("import_template", args=[*where, "csv"]),
        address("response_import", imported),
        address("import_errors", imported),
    ]
    assert [client.get(each).status_code for each in pages] == [403] * 4
    changes = [address("confirm_import", imported), address("discard_import", imported)]
    assert [client.post(each).status_code for each in changes] == [403] * 2


def match_for(survey: Survey) -> Match:
    code, dimension = survey.items.values_list("issue__code", "dimension").first()
    columns = (
        Column("E-mail", 0, Target("ignored"), why="personal"),
        Column("Group", 0, Target("field", "group"), "groups"),
        Column("How heavy?", 0, Target("item", code, dimension), "levels"),
    )
    maps = {"groups": {"staff": "employees"}, "levels": {"a lot": "5", "no idea": "DK"}, "unused": {"x": "1"}}
    return Match("limesurvey", columns, maps, dates="dmy")


def saved(name: str = "wave-1", **columns: object) -> ColumnMatch:
    return ColumnMatch.objects.create(name=name, tool="limesurvey", **{"columns": {}, **columns})


def read_by(survey: Survey, name: str = "wave-1") -> ResponseImport:
    return ResponseImport.objects.create(survey=survey, file_name="a.csv", match={"kept": 1}, match_name=name)


def page_of(client: Client, name: str, *args: str) -> str:
    return client.get(reverse(name, args=args)).content.decode()


def test_list_tells_tool_person_and_use(client: Client) -> None:
    person, survey = log_in(client), make_open_survey()
    saved(created_by=person)
    saved("other")
    for _ in range(2):
        read_by(survey)
    listing = client.get(reverse("column_matches")).context["listing"]
    assert [(match.name, match.used) for match in listing.page] == [("other", None), ("wave-1", 2)]
    text = page_of(client, "column_matches")
    assert person.username in text and text.count("LimeSurvey") == 2
    most = client.get(reverse("column_matches") + "?sort=used").context["listing"].page
    assert [match.name for match in most] == ["wave-1", "other"]


def test_list_is_paged_within_a_bounded_number_of_queries(client: Client, django_assert_max_num_queries: Callable):
    log_in(client)
    for number in range(51):
        saved(f"match-{number:02}")
    with django_assert_max_num_queries(15):
        listing = client.get(reverse("column_matches") + "?page=2").context["listing"]
    assert [match.name for match in listing.page] == ["match-50"]


def test_page_says_what_columns_and_answers_are(client: Client) -> None:
    log_in(client)
    survey = make_open_survey()
    match = match_for(survey)
    saved(columns=match.to_json())
    context = client.get(reverse("column_match", args=["wave-1"])).context
    said = [(column.header, column.target) for column in context["listing"].page]
    assert said == [("Group", "group"), ("How heavy?", match.columns[2].target.text), ("E-mail", "")]
    assert (context["taken"], "31/12" in context["dates"]) == (2, True)
    assert [dict(each.words) for each in context["maps"]] == [
        {"staff": "employees"}, {"a lot": "5", "no idea": "Don't know"},
    ]  # fmt: skip


def test_renaming_goes_with_the_imports_and_leaves_their_columns(client: Client) -> None:
    log_in(client)
    survey = make_open_survey()
    saved()
    imported = read_by(survey)
    response = client.post(reverse("column_match", args=["wave-1"]), {"name": "wave-2"})
    imported.refresh_from_db()
    assert (response.url, imported.match_name, imported.match) == (
        reverse("column_match", args=["wave-2"]), "wave-2", {"kept": 1},
    )  # fmt: skip
    event = AuditEvent.objects.get(action="rename_match")
    assert (event.before, event.after) == ({"name": "wave-1"}, {"name": "wave-2"})


@pytest.mark.parametrize(
    ("name", "words"),
    [("taken", "already"), ("auto", "ready-made"), ("wjx", "ready-made"), ("a b", "Use letters"), ("", "required")],
)
def test_name_that_cannot_be_is_refused(client: Client, name: str, words: str) -> None:
    log_in(client)
    saved()
    saved("taken")
    response = client.post(reverse("column_match", args=["wave-1"]), {"name": name})
    assert (response.status_code, words in response.content.decode()) == (422, True)
    assert set(ColumnMatch.objects.values_list("name", flat=True)) == {"wave-1", "taken"}


def test_deletion_takes_a_tick_and_leaves_the_imports(client: Client) -> None:
    log_in(client)
    survey = make_open_survey()
    saved()
    imported = read_by(survey)
    assert client.post(reverse("delete_match", args=["wave-1"])).status_code == 422
    assert ColumnMatch.objects.count() == 1
    assert client.post(reverse("delete_match", args=["wave-1"]), {"sure": "1"}).url == reverse("column_matches")
    imported.refresh_from_db()
    assert (ColumnMatch.objects.count(), imported.match, imported.match_name) == (0, {"kept": 1}, "")
    assert AuditEvent.objects.get(action="delete_match").before["imports"] == 1
    assert client.get(reverse("column_match", args=["wave-1"])).status_code == 404


def test_renamed_and_deleted_matches_keep_the_audit_trail_whole(client: Client) -> None:
    person, survey = log_in(client), make_open_survey()
    told_of(survey.cycle, survey.cycle.edition)
    imported = read_by(survey, "")
    ResponseImport.objects.filter(pk=imported.pk).update(state="checked")
    match_import(imported=imported, match=match_for(survey), save_as="wave-1", by=person)
    client.post(reverse("column_match", args=["wave-1"]), {"name": "wave-2"})
    client.post(reverse("delete_match", args=["wave-2"]), {"sure": "1"})
    call_command("verify_audit", stdout=StringIO(), stderr=StringIO())
    assert ColumnMatch.objects.count() == 0


def test_viewer_sees_and_changes_no_match(client: Client) -> None:
    log_in(client, Role.VIEWER)
    saved()
    answers = [
        client.get(reverse("column_matches")),
        client.post(reverse("delete_match", args=["wave-1"]), {"sure": 1}),
    ]
    assert [answer.status_code for answer in answers] == [403, 403]
    assert ColumnMatch.objects.count() == 1


def test_list_and_match_lead_back(client: Client) -> None:
    log_in(client)
    saved()
    assert f'<p class="back quiet"><a href="{reverse("cycles")}">' in page_of(client, "column_matches")
    assert f'<p class="back quiet"><a href="{reverse("column_matches")}">' in page_of(client, "column_match", "wave-1")
