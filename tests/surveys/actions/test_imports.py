"""A file of responses on its way into the database: checked, confirmed, stored once."""

from datetime import date

import pytest
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import translation

from materiality.models import AuditEvent, Job
from materiality.platform import jobs
from materiality.platform.refusals import NotAllowed
from materiality.scoring.cube import DONT_KNOW, NOT_ASKED, SKIPPED
from surveys.actions.imports import confirm_import, discard_import
from surveys.models import AnonymousComment, Response, ResponseImport, Tally
from surveys.questionnaire.screening import FLAG_BIT
from tests.factories.responses import (
    at,
    check_file,
    csv_file,
    flags_by_token,
    make_response,
    row,
    store_file,
    xlsx_file,
)
from tests.factories.surveys import make_open_survey
from tests.materiality.tables.test_limited import workbook

pytestmark = pytest.mark.django_db
DUPLICATE = FLAG_BIT["duplicate"]


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def test_import_checked_stores_nothing_and_tells_what_it_holds(survey):
    rows = [row(survey, token="a"), row(survey, token="a"), row(survey, group="employees"), row(survey, 9)]
    imported = check_file(survey, csv_file(survey, *rows))
    summary = imported.summary
    assert Response.objects.count() == 0
    assert imported.state == ResponseImport.State.CHECKED
    assert {name: summary[name] for name in ("rows", "good", "bad_rows", "errors", "duplicates", "unfinished")} == {
        **{"rows": 4, "good": 3, "bad_rows": 1, "errors": 1},
        **{"duplicates": 1, "unfinished": 0},
    }
    assert summary["groups"] == {"users": 2, "employees": 1}
    assert [(e["cell"], e["code"], e["value"]) for e in summary["listed"]] == [("I5", "rating_out_of_range", "9")]


def test_import_confirmed_is_stored_exactly_once(survey):
    imported = check_file(survey, csv_file(survey, row(survey, "DK", "", "NA", comment="好"), row(survey, 5, 4)))
    confirmed = confirm_import(imported=imported, by=None, send=False)
    assert [jobs.execute(str(confirmed.job_id)) for _ in range(3)] == [True, False, False]
    stored = list(survey.responses.order_by("id"))
    assert [bytes(response.ratings)[:4] for response in stored] == [
        bytes([DONT_KNOW, SKIPPED, NOT_ASKED, 4]),
        bytes([5, 4, 3, 4]),
    ]
    assert [(response.group.code, response.comment, response.source_id) for response in stored] == [
        ("users", "好", imported.pk),
        ("users", "", imported.pk),
    ]
    imported.refresh_from_db()
    assert imported.state == ResponseImport.State.STORED
    actions = list(AuditEvent.objects.order_by("number").values_list("action", flat=True))
    assert actions[-4:] == ["request_import", "check_import", "confirm_import", "store_import"]


def test_import_confirmed_twice_is_refused_the_second_time(survey):
    imported = check_file(survey, csv_file(survey, row(survey)))
    confirm_import(imported=imported, by=None, send=False)
    with pytest.raises(NotAllowed, match="not waiting"):
        confirm_import(imported=imported, by=None, send=False)


def test_import_with_bad_rows_is_stored_only_if_they_are_left_out(survey):
    contents = csv_file(survey, row(survey, "x"), row(survey, group="nobody"), row(survey))
    imported = check_file(survey, contents)
    with pytest.raises(NotAllowed, match="Correct the bad rows"), transaction.atomic():
        confirm_import(imported=imported, by=None, send=False)
    assert Response.objects.count() == 0
    store_file(survey, contents, skip_bad_rows=True)
    assert Response.objects.count() == 1


def test_import_with_a_wrong_header_reads_no_row_and_cannot_be_confirmed(survey):
    header = ["group", "SOCIETY-01-01:societ"]
    imported = check_file(survey, csv_file(survey, ["users", 3], header=header))
    assert (imported.summary["rows"], imported.summary["header_ok"]) == (0, False)
    assert {e["code"] for e in imported.summary["listed"]} == {"unknown_column", "no_item_column"}
    with pytest.raises(NotAllowed, match="no row"):
        confirm_import(imported=imported, by=None, skip_bad_rows=True, send=False)


def test_import_of_a_file_that_cannot_be_read_is_refused_with_a_sentence(survey):
    imported = check_file(survey, b"PK\x03\x04 not a workbook")
    assert imported.state == ResponseImport.State.REFUSED
    assert imported.summary == {"problem": {"code": "not_xlsx", "params": {}}}
    assert "XLSX" in imported.problem


def test_import_of_a_file_that_unfolds_past_the_memory_allowed_is_refused_and_the_worker_lives(survey, monkeypatch):
    monkeypatch.setattr("materiality.tables.limited.MEGABYTES", 200)
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 9_000))
    imported = check_file(survey, workbook(cells, shared="x" * 1_000_000))
    assert imported.state == ResponseImport.State.REFUSED
    assert imported.summary["problem"] == {"code": "too_much_memory", "params": {"limit": 200}}


def test_import_whose_group_is_gone_since_the_check_stores_nothing(survey):
    imported = check_file(survey, csv_file(survey, row(survey), row(survey, group="employees")))
    confirmed = confirm_import(imported=imported, by=None, skip_bad_rows=True, send=False)
    survey.cycle.groups.get(code="employees").delete()
    jobs.execute(str(confirmed.job_id))
    confirmed.job.refresh_from_db()
    assert confirmed.job.state == "failed"
    assert "has changed" in confirmed.job.error
    assert Response.objects.count() == 0


def test_import_without_consent_keeps_neither_ratings_nor_comment(survey):
    store_file(survey, csv_file(survey, row(survey, consent="no", comment="secret"), row(survey, comment="kept")))
    refused, kept = survey.responses.order_by("id")
    assert (set(bytes(refused.ratings)), refused.comment, refused.consent) == ({NOT_ASKED}, "", False)
    assert refused.flags & FLAG_BIT["no_consent"]
    assert (kept.comment, kept.consent, kept.flags) == ("kept", True, 0)


def test_import_with_an_earlier_response_takes_the_flag_from_it_to_the_stored_one(survey):
    make_response(survey, token="a", submitted_at=at("2026-03-02T10:00"))
    make_response(survey, token="b", submitted_at=at("2026-03-02T10:00"), flags=FLAG_BIT["speeding"])
    make_response(survey, token="b", submitted_at=at("2026-03-03T10:00"), flags=DUPLICATE)
    store_file(survey, csv_file(survey, row(survey, token="a", submitted_at="2026-03-01 10:00:00")))
    flags = [(r.token, r.flags) for r in survey.responses.order_by("id")]
    assert flags == [("a", DUPLICATE), ("b", FLAG_BIT["speeding"]), ("b", DUPLICATE), ("a", 0)]


def test_import_with_a_later_response_flags_the_imported_one(survey):
    make_response(survey, token="a", submitted_at=at("2026-03-02T10:00"))
    store_file(survey, csv_file(survey, row(survey, token="a", submitted_at="2026-03-04 10:00:00")))
    assert [r.flags for r in survey.responses.order_by("id")] == [0, DUPLICATE]


def test_import_unfinished_rows_are_stored_as_such_and_are_no_duplicates(survey):
    rows = [row(survey, token="a"), row(survey, token="a", submitted_at="2026-03-04 10:00:00")]
    imported = store_file(survey, csv_file(survey, *rows))
    assert imported.summary["unfinished"] == 1
    assert [(r.unfinished, r.flags) for r in survey.responses.order_by("id")] == [(True, 0), (False, 0)]


def test_import_into_an_anonymous_survey_keeps_no_token_time_or_order():
    survey = make_open_survey(anonymous=True)
    times = {"started_at": "2026-03-01 10:00:00", "submitted_at": "2026-03-01 10:00:17"}
    rows = [
        row(survey, place % 5 + 1, place // 5 + 1, token=f"t{place}", comment=f"c{place}", language="en", **times)
        for place in range(25)
    ]
    store_file(survey, csv_file(survey, *rows))
    stored = list(survey.responses.order_by("id"))
    told = ("token", "started_at", "submitted_at", "comment", "channel", "language", "notice_version", "attention")
    assert set(survey.responses.values_list(*told)) == {("", None, None, "", "", "", None, None)}
    # 17 seconds for 34 answers: they are counted, and the flag stands as all share it.
    assert {(r.seconds_per_item, r.flags) for r in stored} == {(None, FLAG_BIT["speeding"])}
    counted = Tally.objects.filter(measure="seconds").values_list("group", "place", "number")
    assert list(counted) == [("users", 5, 25)]
    pairs = [tuple(bytes(r.ratings)[:2]) for r in stored]
    in_file = [(place % 5 + 1, place // 5 + 1) for place in range(25)]
    assert sorted(pairs) == sorted(in_file)
    # 25! orders: the file's own comes up by chance never.
    assert pairs != in_file
    assert {r.pk.version for r in stored} == {4}
    assert sorted(c.text for c in AnonymousComment.objects.all()) == sorted(f"c{place}" for place in range(25))


def test_import_into_an_anonymous_survey_counts_channels_and_days():
    survey = make_open_survey(anonymous=True)
    # The second row was submitted on the second of March in UTC, but on the third in the survey's zone; the last never.
    rows = [
        row(survey, 1, channel="paper", submitted_at="2026-03-02 10:00:00"),
        row(survey, 2, channel="paper", submitted_at="2026-03-02T17:00:00Z"),
        row(survey, 3, channel="kiosk", group="employees", submitted_at="2026-03-02 11:00:00"),
        row(survey, 4, channel="kiosk"),
    ]
    store_file(survey, csv_file(survey, *rows))
    counted = set(Tally.objects.values_list("measure", "group", "channel", "place", "number"))
    second, third = date(2026, 3, 2).toordinal(), date(2026, 3, 3).toordinal()
    assert counted == {
        ("submitted", "users", "paper", 0, 2),
        ("submitted", "employees", "kiosk", 0, 1),
        ("day", "users", "", second, 1),
        ("day", "users", "", third, 1),
        ("day", "employees", "", second, 1),
    }


def test_files_of_an_anonymous_import_are_deleted_once_it_is_stored(django_capture_on_commit_callbacks):
    survey = make_open_survey(anonymous=True)
    with django_capture_on_commit_callbacks(execute=True):
        store_file(survey, csv_file(survey, row(survey, 4, token="t1")))
    assert survey.responses.count() == 1
    assert not default_storage.exists(survey.imports.get().path)


def test_anonymous_import_forgets_the_answers_that_its_columns_were_guessed_from():
    survey = make_open_survey(anonymous=True)
    imported = check_file(survey, csv_file(survey, row(survey, 4, token="t1", comment="好")))
    imported.summary["guess"] = {"doubts": [], "examples": [["t1"], ["好"]]}
    imported.save(update_fields=["summary"])
    confirmed = confirm_import(imported=imported, by=None, send=False)
    jobs.execute(str(confirmed.job_id))
    kept = survey.imports.get()
    assert (kept.state, kept.summary["good"], "guess" in kept.summary) == (ResponseImport.State.STORED, 1, False)


def test_file_that_another_import_of_it_has_deleted_has_to_be_uploaded_again(django_capture_on_commit_callbacks):
    survey = make_open_survey(anonymous=True)
    contents = csv_file(survey, row(survey, 4, token="t1"))
    waiting = check_file(survey, contents)
    with django_capture_on_commit_callbacks(execute=True):
        discard_import(imported=check_file(survey, contents), by=None)
    confirmed = confirm_import(imported=waiting, by=None, send=False)
    jobs.execute(str(confirmed.job_id))
    assert "Upload it again" in Job.objects.get(pk=confirmed.job_id).error
    assert survey.responses.count() == 0


def test_import_from_a_workbook_equals_that_from_csv(survey):
    rows = [row(survey, 5, "DK", "", token="a", comment="=1+1"), row(survey, group="employees", token="b")]
    store_file(survey, csv_file(survey, *rows))
    other = make_open_survey(survey.cycle)
    store_file(other, xlsx_file(other, *rows))
    columns = ("token", "group", "comment", "ratings", "flags")
    one, two = (
        [
            tuple(bytes(v) if isinstance(v, memoryview) else v for v in r)
            for r in s.responses.order_by("id").values_list(*columns)
        ]
        for s in (survey, other)
    )
    assert one == two


def test_flags_of_an_import_name_the_duplicate(survey):
    store_file(survey, csv_file(survey, row(survey, token="a"), row(survey, token="b"), row(survey, token="a")))
    assert flags_by_token(survey) == {"a": DUPLICATE, "b": 0}
