"""Pages of paper rounds: printing, the list, entering twice, differences."""

from urllib.parse import urlencode

import pytest
from django.urls import reverse

from materiality.models import Job
from materiality.models.people import Role
from materiality.platform import jobs
from materiality.scoring.cube import DONT_KNOW, NOT_ASKED, SKIPPED
from surveys.models import PaperSheet, Response
from surveys.paper.entry import asked_positions
from tests.factories.paper import answers_to, make_question, make_sheets
from tests.factories.people import log_in
from tests.factories.surveys import make_open_survey

pytestmark = pytest.mark.django_db


@pytest.fixture
def survey(client):
    log_in(client)
    return make_open_survey(split=True)


def address(survey, name="paper", *more):
    return reverse(name, args=[survey.cycle.code, survey.code, *more])


def form_of(sheet, entry, time=1, **more):
    """What a browser posts for an entry."""
    words = {SKIPPED: "", DONT_KNOW: "D", NOT_ASKED: ""}
    codes = {place: entry.ratings[place] for place in asked_positions(sheet.asked)}
    typed = {f"i{place}": words.get(code, str(code)) for place, code in codes.items()}
    profile = {f"p_{code}": answer for code, answer in entry.profile.items()}
    return {"consent": "yes", "time": time, "comment": entry.comment, **typed, **profile, **more}


def enter(client, sheet, entry, time=1, **more):
    return client.post(address(sheet.survey, "paper_entry", sheet.number), form_of(sheet, entry, time, **more))


def test_sheets_are_printed_by_the_page_and_downloaded(client, survey):
    chosen = {"group": "users", "number": "2", "language": "both", "definitions": "on"}
    response = client.post(address(survey, "print_paper"), chosen)
    job = Job.objects.get()
    assert response.url == f"/jobs/{job.pk}/?{urlencode({'next': address(survey)})}"
    assert client.get(address(survey, "printed_file", job.pk)).status_code == 404
    assert jobs.execute(str(job.pk))
    page = client.get(address(survey)).content.decode()
    file = client.get(address(survey, "printed_file", job.pk))
    assert (address(survey, "printed_file", job.pk) in page, file.getvalue()[:5]) == (True, b"%PDF-")
    assert f'filename="{survey.code}-sheets-0001-0002.pdf"' in file.headers["Content-Disposition"]
    other = make_open_survey(survey.cycle)
    assert client.get(address(other, "printed_file", job.pk)).status_code == 404


@pytest.mark.parametrize("number", ["0", "501", "many", ""])
def test_print_of_an_impossible_number_keeps_what_was_chosen(client, survey, number):
    response = client.post(address(survey, "print_paper"), {"group": "employees", "number": number, "language": "en"})
    assert (response.status_code, PaperSheet.objects.count()) == (422, 0)
    assert 'value="employees" selected' in response.content.decode()


@pytest.mark.parametrize("number", [1, 60])
def test_list_takes_few_queries_and_filters_by_state(client, survey, django_assert_max_num_queries, number):
    sheets = make_sheets(survey, number)
    enter(client, sheets[0], answers_to(sheets[0]))
    with django_assert_max_num_queries(15):
        page = client.get(address(survey))
    assert len(page.context["listing"].page) == min(number, 50)
    entered = client.get(address(survey), {"state": "entered"}).context["listing"].page
    assert [sheet.number for sheet in entered] == [1]


@pytest.mark.parametrize(
    ("typed", "found"), [("1", True), ("0001", True), ("№ 0001", True), ("2", False), ("x", False)]
)
def test_number_leads_to_the_sheet(client, survey, typed, found):
    make_sheets(survey)
    response = client.get(address(survey), {"number": typed})
    if found:
        assert response.url == address(survey, "paper_entry", 1)
    else:
        assert 'id="number-error"' in response.content.decode()


def test_two_entries_that_are_the_same_are_stored(client, survey):
    make_question(survey)
    (sheet,) = make_sheets(survey)
    entry = answers_to(sheet, profile={"age": "b"}, comment="more")
    assert enter(client, sheet, entry).url == address(survey)
    second = client.get(address(survey, "paper_entry", 1)).content.decode()
    assert ("more" in second, 'value="b" checked' in second, 'name="time" value="2"' in second) == (False, False, True)
    enter(client, sheet, entry, time=2)
    stored = Response.objects.get()
    assert (bytes(stored.ratings), stored.profile, stored.comment) == (entry.ratings, {"age": "b"}, "more")
    assert client.get(address(survey, "paper_entry", 1)).status_code == 200


def test_bad_values_keep_what_was_typed_and_are_marked_one_by_one(client, survey):
    (sheet,) = make_sheets(survey)
    first, second = asked_positions(sheet.asked)[:2]
    wrong = {f"i{first}": "7", f"i{second}": "x", "comment": "a" * 10_001}
    response = enter(client, sheet, answers_to(sheet), **wrong)
    assert set(response.context["typed"].errors) == {f"i{first}", f"i{second}", "comment"}
    text = response.content.decode()
    assert (response.status_code, f'name="i{first}" maxlength="2" size="2" value="7"' in text) == (422, True)
    assert ("a" * 10_001 in text, PaperSheet.objects.get().state) == (True, "printed")


def test_sheet_without_consent_is_not_stored(client, survey):
    (sheet,) = make_sheets(survey)
    data = form_of(sheet, answers_to(sheet))
    del data["consent"]
    response = client.post(address(survey, "paper_entry", 1), data)
    assert (set(response.context["typed"].errors), PaperSheet.objects.get().state) == ({"consent"}, "printed")


def test_second_form_that_was_opened_as_the_first_is_refused(client, survey):
    (sheet,) = make_sheets(survey)
    enter(client, sheet, answers_to(sheet, 1), time=1)
    response = enter(client, sheet, answers_to(sheet, 1), time=1)
    assert (response.url, PaperSheet.objects.get().state) == (address(survey), "entered")


def differing(client, survey):
    make_question(survey)
    (sheet,) = make_sheets(survey)
    enter(client, sheet, answers_to(sheet, 1, 2, 3, profile={"age": "a"}, comment="one"))
    response = enter(client, sheet, answers_to(sheet, 2, 2, 4, profile={"age": "b"}, comment="two"), time=2)
    assert response.url == address(survey, "paper_entry", 1)
    return sheet, asked_positions(sheet.asked)[:3]


def test_differences_are_shown_and_what_is_chosen_is_stored(client, survey):
    _sheet, (one, _same, three) = differing(client, survey)
    page = client.get(address(survey, "paper_entry", 1))
    assert [(line.place, line.first, line.second) for line in page.context["lines"]] == [
        (one, "1", "2"),
        (three, "3", "4"),
    ]
    chosen = {f"c{one}": "2", f"c{three}": "3", f"t{three}": "5", "q_age": "1", "comment": "2"}
    assert client.post(address(survey, "paper_entry", 1), chosen).url == address(survey)
    stored = Response.objects.get()
    assert (stored.ratings[one], stored.ratings[three], stored.profile, stored.comment) == (2, 5, {"age": "a"}, "two")


def test_differences_not_all_decided_are_marked_and_stay(client, survey):
    _sheet, (one, _same, three) = differing(client, survey)
    chosen = {f"c{one}": "2", f"c{three}": "3", f"t{three}": "9", "q_age": "1"}
    response = client.post(address(survey, "paper_entry", 1), chosen)
    assert (response.status_code, response.context["missing"]) == (422, {f"c{three}", "comment"})
    text = response.content.decode()
    assert f'name="c{one}" value="2" checked' in text and f'name="t{three}" maxlength="2" size="2" value="9"' in text
    assert Response.objects.count() == 0


def test_viewer_sees_no_sheet_and_enters_none(client, survey):
    (sheet,) = make_sheets(survey)
    log_in(client, Role.VIEWER)
    assert client.get(address(survey)).status_code == 403
    assert enter(client, sheet, answers_to(sheet)).status_code == 403
    assert client.post(address(survey, "print_paper"), {"group": "users", "number": "1"}).status_code == 403


def test_what_is_wrong_with_an_entry_is_said_in_chinese_too(client, plain_survey):
    sheet = make_sheets(plain_survey)[0]
    log_in(client, language="zh-hans")
    address = reverse("paper_entry", args=[plain_survey.cycle.code, plain_survey.code, sheet.number])
    text = client.post(address, {"time": "1", "i0": "9"}).content.decode()
    assert "填 1 至 5、D，或留空" in text
    assert "未勾选同意的纸质问卷不得存入任何内容" in text


def test_sheet_whose_sealed_row_is_damaged_is_said_to_be(client):
    survey = make_open_survey(anonymous=True)
    log_in(client)
    (sheet,) = make_sheets(survey)
    PaperSheet.objects.filter(pk=sheet.pk).update(sealed=b"x" * 200)
    page = client.get(address(survey, "paper_entry", sheet.number), follow=True)
    assert (page.status_code, page.redirect_chain) == (200, [(address(survey), 302)])
    assert "is damaged and cannot be read" in page.content.decode()
