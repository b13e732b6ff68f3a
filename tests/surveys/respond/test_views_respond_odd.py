"""Odd requests to respondents' pages: none ends in an error of ours, none changes anything."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.utils import timezone

from materiality.scoring.cube import DONT_KNOW
from surveys.actions.surveys import close_survey
from surveys.models import AnonymousComment, Draft, Response, SealedDraft, Survey, Tally
from surveys.respond.views import answers_given
from surveys.responses.tallies import in_passing
from tests.factories.respondent import RespondentClient
from tests.factories.surveys import make_open_survey, make_survey_cycle

pytestmark = pytest.mark.django_db


@pytest.fixture
def survey() -> Survey:
    return make_open_survey(make_survey_cycle({"society": 2}))


@pytest.mark.parametrize(
    "headers",
    [
        {"accept-language": "\x00;q=x,,,en;q=9"},
        {"accept-language": "x" * 9000},
        {"accept-encoding": "gzip;q=0.0.0, \x7f"},
        {"cookie": "yiti_draft=:::::; yiti_done=; yiti_size=huge; yiti_contrast=\x01; yiti_first=a:b:c"},
        {"cookie": "yiti_draft=" + "a" * 8000},
        {"x-forwarded-for": "1.2.3.4, <script>", "x-forwarded-proto": "gopher", "referer": "data:,x"},
        {"range": "bytes=0-1", "if-none-match": "*", "expect": "100-continue"},
    ],
)
def test_odd_headers_get_the_first_page(survey, headers):
    client = RespondentClient(survey)
    response = client.get(client.base, headers=headers)
    assert response.status_code == 200 and Draft.objects.count() == 0


@pytest.mark.parametrize("path", ["%00/", "a%00b/1/", "../s/", "%F0%9F%98%80/", "-/i/x/", "x/99999999999999999999/"])
def test_odd_addresses_lead_to_no_survey(path):
    client = RespondentClient(Survey(code="x"))
    assert client.get(f"/s/{path}", follow=True).status_code == 404


@pytest.mark.parametrize("method", ["put", "delete", "patch", "options"])
def test_other_methods_are_refused(survey, method):
    client = RespondentClient(survey)
    client.handler.enforce_csrf_checks = False
    assert getattr(client, method)(client.base).status_code == 405


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "multipart/form-data; boundary=x"])
def test_body_of_another_type_begins_nothing(survey, content_type):
    client = RespondentClient(survey)
    client.page()
    client.handler.enforce_csrf_checks = False
    response = client.generic("POST", client.base, b'{"group": "users", "consent": "yes"}', content_type=content_type)
    assert response.status_code in (303, 400) and Draft.objects.count() == 0


def test_junk_on_the_first_page_begins_nothing(survey):
    client = RespondentClient(survey)
    for junk in ({"group": "users\x00"}, {"group": "' OR 1=1 --"}, {"group": "users", "notice": "\x00"}):
        assert client.send(**junk, consent="yes", go="start").status_code == 303
    assert Draft.objects.count() == 0 and not Tally.objects.filter(measure="started").exists()


def test_names_and_values_given_twice_count_once(survey):
    client = RespondentClient(survey)
    client.begin()
    first = client.items("1/")[0]
    client.send("1/", **{f"r{first}": ["1", "4"], "go": "next"})
    assert bytes(Draft.objects.get().ratings)[first] == 4


SIZES = {"environment": 16, "society": 3}


@pytest.fixture
def client() -> RespondentClient:
    client = RespondentClient(make_open_survey(make_survey_cycle(SIZES)))
    client.begin()
    return client


def ratings() -> bytes:
    return bytes(Draft.objects.get().ratings)


def test_pages_show_every_item_once(client):
    shown = [client.items(f"{number}/") for number in (1, 2, 3, 4)]
    assert sorted(position for page in shown for position in page) == list(range(38))
    assert [len(page) for page in shown] == [10, 10, 10, 8]


def test_order_is_the_same_on_every_visit_and_another_for_others(client):
    orders = {tuple(client.items("1/")) for _visit in range(3)}
    assert len(orders) == 1
    survey = Survey.objects.get()
    for _other in range(4):
        other = RespondentClient(survey)
        other.begin()
        orders.add(tuple(other.items("1/")))
    assert len(orders) > 1


def test_next_and_back_save_what_is_chosen(client):
    first, second, *_rest = client.items("1/")
    response = client.send("1/", **{f"r{first}": "4", f"r{second}": "d", "go": "next"})
    assert (response.status_code, response["Location"]) == (303, f"{client.base}2/")
    assert (ratings()[first], ratings()[second]) == (4, DONT_KNOW)
    there = client.items("2/")[0]
    assert client.send("2/", **{f"r{there}": "1", "go": "back"})["Location"] == f"{client.base}1/"
    assert client.chosen("1/") == {first: "4", second: "d"}
    assert client.chosen("2/") == {there: "1"}


def test_page_posted_twice_is_stored_once(client):
    posted = {f"r{client.items('1/')[0]}": "4", "go": "next"}
    client.send("1/", **posted)
    before = ratings()
    client.send("1/", **posted)
    assert ratings() == before


def test_language_switch_saves_and_stays(client):
    first, second, *_rest = client.items("1/")
    there = client.send("1/", **{f"r{first}": "2", "language": "zh-hans"})["Location"]
    assert there == f"{client.base}1/#r{second}"
    html = client.page("1/")
    assert '<html lang="zh-Hans">' in html and "请按影响大小打分" in html
    assert client.chosen("1/") == {first: "2"}


def test_clearing_a_page_clears_that_page_only(client):
    here, there = client.items("1/")[0], client.items("2/")[0]
    client.send("1/", **{f"r{here}": "2", "go": "next"})
    client.send("2/", **{f"r{there}": "3", "go": "back"})
    client.send("1/", **{f"r{here}": "2", "go": "clear"})
    assert (ratings()[here], ratings()[there]) == (0, 3)


@pytest.mark.parametrize("value", ["9", "6", "0", "-1", "1.5", "x", "", "254", "255", "٣"])
def test_forged_rating_changes_nothing(client, value):
    first = client.items("1/")[0]
    client.send("1/", **{f"r{first}": "4", "go": "next"})
    assert client.send("1/", **{f"r{first}": value, "go": "next"}).status_code == 303
    assert ratings()[first] == 4


def test_items_of_other_pages_and_unknown_items_change_nothing(client):
    elsewhere = client.items("2/")[0]
    client.send("1/", **{f"r{elsewhere}": "4", "r999": "4", "r-1": "4", "go": "next"})
    assert ratings() == bytes(38)


def test_page_that_does_not_exist_leads_to_the_nearest(client):
    assert client.get(f"{client.base}9/")["Location"] == f"{client.base}4/"
    assert client.get(f"{client.base}0/")["Location"] == f"{client.base}1/"


def test_last_page_counts_what_is_left_and_keeps_the_comment(client):
    first = client.items("1/")[0]
    client.send("1/", **{f"r{first}": "4", "go": "next"})
    assert "37 questions are unanswered" in client.page("end/")
    client.send("end/", comment="<b>more</b> & less", go="back")
    assert "&lt;b&gt;more&lt;/b&gt; &amp; less</textarea>" in client.page("end/")


def test_line_break_in_a_comment_counts_as_one_character(client):
    assert client.send("end/", comment="长\r\n" * 5_000, go="submit").status_code == 303
    assert Response.objects.get().comment == ("长\n" * 5_000).strip()


def test_comment_that_is_too_long_is_kept_as_far_as_it_goes_and_not_submitted(client):
    assert client.send("end/", comment="长" * 10_001, go="submit")["Location"] == f"{client.base}end/"
    html = client.page("end/")
    assert "its first 10000 characters are kept" in html and "长" * 10_000 in html
    assert Response.objects.count() == 0


def test_submit_stores_the_answers_and_going_back_shows_that_they_are_in(client):
    first = client.items("1/")[0]
    client.send("1/", **{f"r{first}": "4", "go": "next"})
    response = client.send("end/", comment="好", go="submit")
    assert (response.status_code, response["Location"]) == (303, f"{client.base}thanks/")
    stored = Response.objects.get()
    assert (bytes(stored.ratings)[first], stored.comment, stored.language) == (4, "好", "en")
    assert "already in" in client.page("1/") and "already in" in client.page("end/")


def test_form_sent_again_after_submitting_stores_nothing_more(client):
    cookies = client.cookies["yiti_draft"].value
    client.send("end/", go="submit")
    client.cookies["yiti_draft"] = cookies
    again = client.send("end/", comment="again", go="submit")
    assert (again.status_code, Response.objects.count()) == (303, 1)
    assert "already in" in client.page("end/")


def just_before_it_is_taken(do):
    """A watcher of statements that does this once, when a draft that was opened is read, or finished, for its
    submission.
    """
    waiting = [do]

    def watch(execute, sql, values, many, context):
        if waiting and ("attention_value" in sql or "state = 'finished'" in sql):
            waiting.pop()()
        return execute(sql, values, many, context)

    return connection.execute_wrapper(watch)


@pytest.mark.parametrize("anonymous", [False, True])
def test_nobody_is_thanked_for_answers_that_are_deleted_as_they_submit(anonymous):
    client = RespondentClient(make_open_survey(make_survey_cycle({"society": 2}), anonymous=anonymous))
    client.begin()
    table = SealedDraft if anonymous else Draft
    with just_before_it_is_taken(lambda: table.objects.all().delete()):
        response = client.send("end/", go="submit")
    assert (response.status_code, Response.objects.count()) == (404, 0)
    assert "Your answers are not in this browser" in response.content.decode()


@pytest.mark.parametrize("anonymous", [False, True])
def test_second_of_two_clicks_is_thanked_too(anonymous):
    survey = make_open_survey(make_survey_cycle({"society": 2}), anonymous=anonymous)
    client, other = RespondentClient(survey), RespondentClient(survey)
    client.begin()
    other.cookies["yiti_draft"] = client.cookies["yiti_draft"].value
    with just_before_it_is_taken(lambda: other.send("end/", go="submit")):
        response = client.send("end/", go="submit")
    assert (response.status_code, response["Location"]) == (303, f"{client.base}thanks/")


def test_answers_are_in_where_many_came_from_one_address_and_that_cannot_be_counted(client):
    def watch(execute, sql, values, many, context):
        if Tally.Measure.BURST in (values or ()):
            raise OperationalError("database is locked")
        return execute(sql, values, many, context)

    client.defaults["REMOTE_ADDR"] = "192.0.2.9"
    for _answer in range(settings.USUAL_ANSWERS):
        answers_given.is_burst("192.0.2.9")
    with connection.execute_wrapper(watch):
        response = client.send("end/", go="submit")
    assert (response.status_code, Response.objects.count()) == (303, 1)
    assert in_passing.store() and Tally.objects.get(measure=Tally.Measure.BURST).number == 1


def test_tampered_cookie_changes_nothing_and_starts_over(client):
    draft = Draft.objects.get()
    client.cookies["yiti_draft"] = f"{draft.key.hex}:forged"
    response = client.get(f"{client.base}1/")
    assert response.status_code == 400 and "Your answers are not in this browser" in response.content.decode()
    token = client.page().split('csrfmiddlewaretoken" value="')[1].split('"')[0]
    client.cookies["yiti_draft"] = f"{draft.key.hex}:forged"
    posted = {"csrfmiddlewaretoken": token, "r0": "5", "go": "next"}
    assert client.post(f"{client.base}1/", posted).status_code == 303
    assert client.post(f"{client.base}1/", {**posted, "queue": "[]"}).status_code == 409
    assert client.get(f"{client.base}1/").status_code == 400
    assert ratings() == bytes(38)
    assert "Which describes you best?" in client.page()


def test_cookie_of_another_survey_opens_nothing(client):
    other = RespondentClient(make_open_survey(make_survey_cycle({"society": 2})))
    other.begin()
    other.cookies["yiti_draft"] = client.cookies["yiti_draft"].value
    assert other.get(f"{other.base}1/").status_code == 400


def test_answers_begun_before_the_closing_may_be_finished_within_the_grace(client):
    survey, now = Survey.objects.get(), timezone.now()
    Draft.objects.update(started_at=now - timedelta(hours=1))
    close_survey(survey=survey, by=None, now=now - timedelta(minutes=14))
    assert client.page("1/")
    Survey.objects.update(closed_at=now - timedelta(minutes=16))
    assert "This survey is closed" in client.page("1/")
    assert client.send("end/", go="submit").status_code == 303
    assert Response.objects.count() == 0


def test_anonymous_survey_tells_so_and_keeps_the_comment_apart():
    client = RespondentClient(make_open_survey(make_survey_cycle({"society": 2}), anonymous=True))
    assert "nobody can tell which are yours" in client.page()
    client.begin()
    client.send("end/", comment="apart", go="submit")
    assert "already in" in client.page("1/")
    close_survey(survey=Survey.objects.get(), by=None)
    assert (Response.objects.get().comment, AnonymousComment.objects.get().text) == ("", "apart")


def test_pages_ask_one_query_and_saving_two(client, django_assert_num_queries):
    first = client.items("1/")[0]
    with django_assert_num_queries(1):
        html = client.page("1/")
    token = html.split('csrfmiddlewaretoken" value="')[1].split('"')[0]
    with django_assert_num_queries(2):
        client.post(f"{client.base}1/", {"csrfmiddlewaretoken": token, f"r{first}": "4", "go": "next"})
