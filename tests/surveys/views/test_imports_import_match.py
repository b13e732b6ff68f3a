"""From a foreign file to stored responses: the guess, its confirmation, the saved match, the command."""

import csv
import io

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from materiality.models import AuditEvent, Job
from materiality.models.people import Role
from materiality.platform import jobs
from surveys.matching.answers import column_place
from surveys.models import ColumnMatch, ProfileQuestion, Response, ResponseImport
from tests.factories.people import log_in
from tests.factories.responses import csv_file, on_disk, row
from tests.factories.surveys import make_open_survey

pytestmark = pytest.mark.django_db


def foreign(survey, *, groups=("users", "employees"), words="1 2 3 4 5", email="x@example.org", last="") -> bytes:
    """A file as another tool would write it: issue names under a question, and an address."""
    items = list(survey.items.select_related("issue").order_by("position"))
    question = {"society": "Impact on society", "business": "Impact on the company"}
    header = ["Response ID", "E-mail", "Stakeholder group", "Comment"]
    header += [f"{question[item.dimension]} [{item.issue.name_en}]" for item in items]
    levels = words.split()
    rows = [
        [f"n{number}", email, group, "=1+1", *(levels[(place + number) % 5] for place in range(len(items)))]
        for number, group in enumerate(groups)
    ]
    if last:
        rows[-1][-1] = last
    text = io.StringIO(newline="")
    csv.writer(text).writerows([header, *rows])
    return text.getvalue().encode()


def upload(client, survey, contents, **data):
    file = SimpleUploadedFile("answers.csv", contents)
    client.post(reverse("new_import", args=[survey.cycle.code, survey.code]), {"file": file, **data})
    return run()


def run() -> ResponseImport:
    for job in Job.objects.filter(state=Job.State.QUEUED):
        jobs.execute(str(job.pk))
    return ResponseImport.objects.first()


def all_maps(page) -> list:
    """Those in question and all others."""
    return [*(each.map for each in page.decisions if each.map), *page.maps]


def address(name, imported):
    return reverse(name, args=[imported.survey.cycle.code, imported.pk])


def test_foreign_file_is_confirmed_checked_and_stored(staff, survey):
    imported = upload(staff, survey, foreign(survey))
    assert staff.get(address("response_import", imported)).url == address("import_match", imported)
    page = staff.get(address("import_match", imported)).content.decode()
    code = survey.items.first().issue.code
    assert (f'value="{code} ' in page, "x@example.org" in page, "x@example.org" in str(imported.summary)) == (
        True, False, False,
    )  # fmt: skip
    assert Response.objects.count() == 0
    response = staff.post(address("import_match", imported), {"save_as": "wave-1"})
    imported = run()
    assert f"next={address('response_import', imported).replace('/', '%2F')}" in response.url
    assert (imported.summary["good"], imported.match_name) == (2, "wave-1")
    columns = staff.get(address("response_import", imported)).context["preview"].balance["columns"]
    assert columns[0] == ("B", "E-mail", "", "about a person")
    staff.post(address("confirm_import", imported))
    run()
    stored = [(each.token, each.comment, list(bytes(each.ratings)[:5])) for each in survey.responses.order_by("id")]
    assert stored == [("n0", "=1+1", [1, 2, 3, 4, 5]), ("n1", "=1+1", [2, 3, 4, 5, 1])]
    assert AuditEvent.objects.filter(action="match_import").count() == 1


def test_saved_match_serves_the_next_file_without_asking(staff, survey):
    imported = upload(staff, survey, foreign(survey))
    staff.post(address("import_match", imported), {"save_as": "wave-1"})
    run()
    later = upload(staff, survey, foreign(survey, groups=("employees",)), match="wave-1")
    assert (later.state, later.summary["good"]) == ("checked", 1)
    call_command("import_responses", survey.code, str(on_disk(foreign(survey, groups=("users",)))), match="wave-1")
    assert Response.objects.count() == 1
    page = staff.get(reverse("new_import", args=[survey.cycle.code, survey.code])).content.decode()
    assert '<option value="wave-1">' in page


def test_page_puts_targets_and_values_right(staff, survey):
    imported = upload(staff, survey, foreign(survey, groups=("1", "2"), words="a b c d e"))
    assert {doubt["code"] for doubt in imported.summary["guess"]["doubts"]} == {"group_words", "unknown_values"}
    context = staff.get(address("import_match", imported)).context
    maps = sorted(all_maps(context["page"]), key=lambda each: each.title != "Stakeholder group")
    group, ratings, *_more = maps
    posted = {word.name: ("users" if word.text == "1" else "employees") for word in group.words}
    for each in maps:
        if each is not group:
            posted |= {word.name: str("abcde".index(word.text) + 1) for word in each.words}
    assert ratings.columns > 1
    staff.post(address("import_match", imported), {**posted, "t3": ""})
    imported = run()
    assert imported.summary["groups"] == {"users": 1, "employees": 1}
    staff.post(address("confirm_import", imported))
    run()
    assert [(each.comment, list(bytes(each.ratings)[:3])) for each in survey.responses.order_by("id")] == [
        ("", [1, 2, 3]), ("", [2, 3, 4]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("posted", "words"),
    [
        ({"t0": "SOC-99:society"}, "The survey has no such column"),
        ({"t0": "group"}, "Another column is that already"),
        ({"save_as": "auto"}, "ready-made match"),
        ({"save_as": "Wave 1!"}, "Use letters without accents"),
        ({"t2": ""}, "Say which column is the stakeholder group"),
    ],
)
def test_page_refuses_what_cannot_be(staff, survey, posted, words):
    imported = upload(staff, survey, foreign(survey))
    assert words in staff.post(address("import_match", imported), posted).content.decode()
    assert (ColumnMatch.objects.count(), Job.objects.filter(state=Job.State.QUEUED).count()) == (0, 0)


def with_columns(contents: bytes, **columns: list[str]) -> bytes:
    lines = contents.decode().replace("Comment", "Batch").splitlines()
    added = [",".join(each) for each in zip(*([name, *given] for name, given in columns.items()), strict=True)]
    return "\n".join(f"{line},{more}" for line, more in zip(lines, added, strict=True)).encode()


def test_two_columns_cannot_both_be_the_open_question(staff, survey):
    texts = {name: [f"{name} say what they think {n} times" for n in range(4)] for name in ("Wishes", "Worries")}
    imported = upload(staff, survey, with_columns(foreign(survey, groups=("users", "employees") * 2), **texts))
    doubts = [doubt["id"] for doubt in imported.summary["guess"]["doubts"]]
    page = staff.post(address("import_match", imported), {f"d-{name}": "comment" for name in doubts})
    assert {name.partition("@")[0] for name in doubts} == {"text_like"} and len(doubts) == 2
    assert "Another column is that already" in page.content.decode()
    typed = {f"t{column_place(doubts[1].partition('@')[2])}": "channel"}  # that counts more
    posted = {f"d-{name}": "comment" for name in doubts} | typed
    assert staff.post(address("import_match", imported), posted).status_code == 302
    imported.refresh_from_db()
    assert [column["target"]["code"] for column in imported.match["columns"][-2:]] == ["comment", "channel"]


def test_answers_can_mean_any_language_of_the_survey(staff):
    survey = make_open_survey(languages=["zh", "ko"], title_ko="설문", title_en="")
    imported = upload(staff, survey, with_columns(foreign(survey), Language=["Hangugeo", "Hangugeo"]))
    page = staff.get(address("import_match", imported)).context["page"]
    name = next(word.name for each in all_maps(page) for word in each.words if word.text == "Hangugeo")
    assert staff.post(address("import_match", imported), {name: "ko"}).status_code == 302


def test_group_of_everybody_stands_above_a_column_chosen_with_it(staff, survey):
    imported = upload(staff, survey, foreign(survey))
    staff.post(address("import_match", imported), {"everybody": "users", "t2": "", "t3": "group"})
    assert run().summary["groups"]["users"] == 2


def test_guess_that_was_stored_before_its_columns_had_letters_is_shown(staff, survey):
    imported = upload(staff, survey, with_columns(foreign(survey), **{"Your role": ["Users", "Employees"]}))
    doubts = imported.summary["guess"]["doubts"]
    assert [doubt["params"].pop("letters") for doubt in doubts if doubt["code"] == "several_groups"]
    imported.save()
    assert "As recognised" in staff.get(address("import_match", imported)).content.decode()


def test_saved_match_that_has_nothing_to_remember_is_not_changed(staff, survey):
    imported = upload(staff, survey, foreign(survey))
    staff.post(address("import_match", imported), {"save_as": "wave-1"})
    saved = ColumnMatch.objects.get()
    saved.columns.pop("meant", None)
    saved.save()
    staff.post(address("confirm_import", run()))
    assert ColumnMatch.objects.get().columns == saved.columns


def test_file_in_the_own_format_has_no_match_to_save(survey):
    file = on_disk(csv_file(survey, row(survey, 1)))
    with translation.override("en"), pytest.raises(CommandError, match="no column match to be saved"):
        call_command("import_responses", survey.code, str(file), save_match="wave")
    assert (Response.objects.count(), ResponseImport.objects.get().state) == (0, "discarded")


def test_bad_cells_stand_at_their_place_and_persons_are_in_no_workbook(staff, survey):
    imported = upload(staff, survey, foreign(survey))
    staff.post(address("import_match", imported), {"save_as": "wave-1"})
    run()
    bad = upload(staff, survey, foreign(survey, last="often"), match="wave-1")
    (error,) = bad.summary["listed"]
    assert (error["row"], error["value"], error["code"]) == (3, "often", "unknown_value")
    workbook = staff.get(address("import_errors", bad))
    cells = [cell.value for cell in load_workbook(io.BytesIO(workbook.getvalue())).worksheets[0][2]]
    assert ("often" in cells, "x@example.org" in cells) == (True, False)
    assert "Add it to the values" in staff.get(address("response_import", bad)).content.decode()
    page = staff.get(address("import_match", bad)).context["page"]
    (unknown,) = [word for each in all_maps(page) for word in each.words]
    assert (unknown.text, unknown.value) == ("often", "?")
    staff.post(address("import_match", bad), {unknown.name: "4"})
    assert (run().summary["bad_rows"], ColumnMatch.objects.count()) == (0, 1)


def test_stored_file_with_addresses_is_deleted(survey, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        call_command("import_responses", survey.code, str(on_disk(foreign(survey))), match="auto")
    imported = ResponseImport.objects.get()
    assert (imported.state, default_storage.exists(imported.path)) == ("stored", False)
    assert "x@example.org" not in str(list(Response.objects.values()))


def test_match_can_be_changed_until_it_is_confirmed(staff, survey):
    imported = upload(staff, survey, foreign(survey))
    staff.post(address("import_match", imported))
    imported = run()
    assert "Change what the columns are taken for" in staff.get(address("response_import", imported)).content.decode()
    staff.post(address("import_match", imported), {"t0": ""})
    imported = run()
    staff.post(address("confirm_import", imported))
    run()
    assert set(survey.responses.values_list("token", flat=True)) == {""}
    assert staff.get(address("import_match", imported)).url == address("response_import", imported)


def test_profile_answers_are_stored_with_the_response(survey):
    ProfileQuestion.objects.create(
        survey=survey, position=1, code="age", text_zh="年龄", text_en="Your age",
        options=[{"code": "a", "zh": "青年", "en": "Young"}],
    )  # fmt: skip
    contents = foreign(survey).decode().splitlines()
    contents = [f"{line},{'Your age' if number == 0 else 'Young'}" for number, line in enumerate(contents)]
    call_command("import_responses", survey.code, str(on_disk("\n".join(contents).encode())), match="auto")
    assert list(survey.responses.values_list("profile", flat=True)) == [{"age": "a"}] * 2


def test_profile_answers_of_an_anonymous_survey_stand_apart(survey):
    type(survey).objects.filter(pk=survey.pk).update(anonymous=True)
    survey.refresh_from_db()
    ProfileQuestion.objects.create(
        survey=survey, position=1, code="age", text_zh="年龄", text_en="Your age",
        options=[{"code": "a", "zh": "青年", "en": "Young"}],
    )  # fmt: skip
    contents = foreign(survey).decode().splitlines()
    contents = [f"{line},{'Your age' if number == 0 else 'Young'}" for number, line in enumerate(contents)]
    call_command("import_responses", survey.code, str(on_disk("\n".join(contents).encode())), match="auto")
    assert list(survey.responses.values_list("profile", "token", "language", "channel")) == [({}, "", "", "")] * 2
    assert list(survey.anonymous_answers.values_list("question", "answer")) == [("age", "a")] * 2


@pytest.mark.parametrize(
    ("file", "match", "words"),
    [
        ({}, "", "use --match auto"),
        ({"groups": ("1", "2")}, "auto", "1 doubts about the columns (34 of the 34 issues"),
        ({}, "wjx", "doubts about the columns"),
        ({}, "nothing", "There is no column match nothing"),
    ],
)
def test_command_refuses_and_stores_nothing(survey, file, match, words, capsys):
    survey_issues = survey.items.values("issue").distinct().count()
    with translation.override("en"), pytest.raises(CommandError) as refusal:
        call_command("import_responses", survey.code, str(on_disk(foreign(survey, **file))), match=match)
    assert words.replace("34", str(survey_issues)) in str(refusal.value)
    assert (Response.objects.count(), ResponseImport.objects.filter(state="stored").count()) == (0, 0)


def test_command_takes_the_plain_format_with_or_without_auto(survey):
    for number, match in enumerate(("", "auto")):
        call_command(
            "import_responses", survey.code, str(on_disk(csv_file(survey, row(survey, number + 1)))), match=match
        )
    assert Response.objects.count() == 2


def test_viewer_confirms_no_columns(client, survey):
    log_in(client)
    imported = upload(client, survey, foreign(survey))
    log_in(client, Role.VIEWER)
    assert client.get(address("import_match", imported)).status_code == 403


def test_match_page_takes_few_queries(staff, survey, django_assert_max_num_queries):
    imported = upload(staff, survey, foreign(survey))
    with django_assert_max_num_queries(16):
        staff.get(address("import_match", imported))
