"""Respondents of an anonymous survey: their pages with the key, and without it."""

import pytest

from surveys.actions.responses import release_responses
from surveys.models import Assignments, SealedDraft
from surveys.respond import sealed
from surveys.respond.answers import delete_begun
from surveys.respond.drafts import begun_drafts, number_finished
from tests.factories.invitations import make_batch, token
from tests.factories.respondent import RespondentClient
from tests.factories.surveys import make_open_survey, make_survey_cycle

pytestmark = pytest.mark.django_db


@pytest.fixture
def survey():
    return make_open_survey(make_survey_cycle({"society": 3}), anonymous=True)


def test_answers_by_an_open_link_go_on_in_their_browser_only(survey):
    client = RespondentClient(survey)
    client.begin()
    client.send("1/", r0="4", r1="d", go="next")
    assert client.chosen("1/") == {0: "4", 1: "d"}
    assert "checked" not in RespondentClient(survey).get(client.base + "1/").content.decode()
    assert bytes(SealedDraft.objects.get().lookup).hex() not in str(client.cookies)


def test_answers_by_a_link_go_on_on_any_device_and_are_in_at_once(survey):
    batch = make_batch(survey)
    phone, laptop, late = (RespondentClient(survey) for _device in range(3))
    path = f"i/{token(batch)}/"
    phone.send(path, consent="yes", go="start")
    phone.send("1/", r0="4", go="next")
    laptop.send(path, consent="yes", go="start")
    assert laptop.chosen("1/") == {0: "4"} and begun_drafts(survey).count() == 1
    assert laptop.send("end/", comment="From the laptop", go="submit").status_code == 303
    assert "Your answers are already in" in phone.page("1/")
    assert "Your answers are in" in late.page(path)
    assert late.send(path, consent="yes", go="start").status_code == 200
    assert (number_finished(survey), SealedDraft.objects.count()) == (1, 1)
    release_responses(survey=survey, everything=True)
    assert "Your answers are in" in RespondentClient(survey).page(path)


def test_survey_without_its_key_says_so_on_every_page_and_takes_nothing(survey, settings, tmp_path):
    client, stranger = RespondentClient(survey), RespondentClient(survey)
    client.begin()
    batch = make_batch(survey)
    made = token(batch)
    settings.KEYS = tmp_path
    for browser, path in ((client, ""), (client, "1/"), (client, "end/"), (stranger, ""), (stranger, f"i/{made}/")):
        response = browser.get(browser.base + path)
        assert (response.status_code, response.headers["Retry-After"]) == (503, "300"), path
        assert "cannot be opened at the moment" in response.content.decode()
    assert list(tmp_path.iterdir()) == [] and SealedDraft.objects.count() == 1


def test_what_a_process_knows_of_a_survey_is_checked_against_the_database(survey, settings):
    """Another survey may have the address by now, as after a restore."""
    client = RespondentClient(survey)
    client.begin()
    client.send("1/", r0="4", go="next")
    other = make_open_survey(make_survey_cycle({"society": 3}), anonymous=True)
    for wrong in ((other.pk, other.key_check), (survey.pk, other.key_check), (0, survey.key_check), (0, "0" * 64)):
        sealed._known[survey.code] = wrong
        assert client.chosen("1/") == {0: "4"}, wrong
        assert sealed._known[survey.code] == (survey.pk, survey.key_check)


def test_save_asks_the_database_twice(survey, django_assert_num_queries):
    client = RespondentClient(survey)
    client.begin()
    client.send("1/", r0="4", go="next")
    carried = client.carried("1/")
    with django_assert_num_queries(2):
        sent = {"queue": '[["r0", "5", 1, 1500]]', "page": 7, "number": 1, "go": "keep"}
        assert client.post(f"{client.base}1/", sent | carried).status_code == 200
    assert client.chosen("1/") == {0: "5"}


def test_comment_has_the_room_that_is_sealed(survey):
    client = RespondentClient(survey)
    client.begin()
    long = "长" * 2001
    assert client.send("end/", comment=long, go="submit")["Location"] == f"{client.base}end/"
    page = client.page("end/")
    assert "its first 2000 characters are kept" in page and f">\n{long[:2000]}</textarea>" in page
    assert client.send("end/", comment="一\r\n" * 1000, go="submit").status_code == 303


def test_damaged_rows_are_told_and_keep_nobody_else_from_answering_or_from_the_end():
    survey = make_open_survey(make_survey_cycle({"society": 6}), anonymous=True, split=True)
    first, second = RespondentClient(survey), RespondentClient(survey)
    first.begin()
    SealedDraft.objects.update(sealed=b"x" * 400, part=b"x" * 40)
    Assignments.objects.update(counts=b"x" * 60)
    response = first.get(first.base + "1/")
    assert (response.status_code, "can no longer be read" in response.content.decode()) == (410, True)
    second.begin()
    assert second.get(second.base + "1/").status_code == 200
    assert delete_begun(survey, begun_drafts(survey)) == 2 and not SealedDraft.objects.exists()
