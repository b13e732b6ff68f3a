"""The last pages: about yourself, the open question, comments of any kind, notices and their versions."""

import gzip
import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from materiality.models import Organisation
from materiality.scoring.cube import NOT_ASKED, SKIPPED
from surveys.actions.surveys import change_open_survey, close_survey, open_survey
from surveys.models import Assignments, Draft, ItemText, ProfileQuestion, Response, Survey, Tally
from surveys.questionnaire.asking import Plan
from surveys.questionnaire.screening import flag_names
from surveys.responses.tallies import in_passing
from tests.factories.respondent import RespondentClient
from tests.factories.surveys import make_open_survey, make_survey, make_survey_cycle
from tests.factories.texts import reword

pytestmark = pytest.mark.django_db


def test_opening_a_survey_stores_nothing_and_sets_no_draft(plain_survey):
    client = RespondentClient(plain_survey)
    html = client.page()
    assert "Survey of issues" in html and "2–6 minutes: 17 issues" in html
    assert Draft.objects.count() == 0
    assert set(client.cookies) == {"csrftoken"}


@pytest.mark.parametrize("anonymous", [False, True])
def test_every_page_says_who_asks(anonymous):
    Organisation.objects.create(pk=1, name={"en": "Acme"})
    client = RespondentClient(make_open_survey(anonymous=anonymous))
    client.begin("employees")
    for page in ("1/", "end/"):
        assert '<p class="asker">Acme</p>' in client.page(page)


def test_consent_and_group_start_a_draft_whose_cookie_is_closed_in(plain_survey):
    client = RespondentClient(plain_survey)
    response = client.begin("employees")
    assert (response.status_code, response["Location"]) == (303, f"/s/{plain_survey.code}/1/")
    draft = Draft.objects.get()
    assert (draft.group.code, draft.language, bytes(draft.ratings)) == ("employees", "en", bytes(34))
    cookie = response.cookies["yiti_draft"]
    assert draft.key.hex in cookie.value and cookie.value != draft.key.hex
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (f"/s/{plain_survey.code}/", True, "Lax")


def test_without_consent_nothing_is_stored_and_the_group_stays_chosen(plain_survey):
    client = RespondentClient(plain_survey)
    response = client.send(group="employees", go="start")
    assert (response.status_code, response["Location"], Draft.objects.count()) == (303, client.base, 0)
    html = client.page()
    assert "Without your consent" in html and 'value="employees" id' not in html
    assert re.search(r'value="employees"[^>]* checked', html)


def test_group_of_another_cycle_is_refused(plain_survey):
    make_survey_cycle(groups=("strangers",))
    client = RespondentClient(plain_survey)
    assert (client.begin("strangers").status_code, Draft.objects.count()) == (303, 0)
    assert "Please choose one of the groups shown." in client.page()
    assert "Please choose one of the groups shown." not in client.page()


def test_language_switch_on_the_first_page_keeps_what_is_chosen(plain_survey):
    client = RespondentClient(plain_survey)
    assert client.send(group="employees", consent="yes", language="zh-hans").status_code == 303
    html = client.page()
    assert '<html lang="zh-Hans">' in html
    assert re.search(r'value="employees"[^>]* checked', html) and re.search(r'name="consent"[^>]* checked', html)
    assert Draft.objects.count() == 0


def test_large_text_is_remembered(plain_survey):
    client = RespondentClient(plain_survey)
    client.send(size="large")
    assert 'class="large"' in client.page()
    client.send(size="normal")
    assert 'class="large"' not in client.page()


def test_begun_answers_are_offered_to_go_on_with_or_to_leave(plain_survey):
    client = RespondentClient(plain_survey)
    client.begin()
    items = client.items("1/")
    client.send("1/", **{f"r{position}": "3" for position in items}, go="next")
    assert f"/s/{plain_survey.code}/2/" in client.page()
    client.send(go="anew")
    assert "Which describes you best?" in client.page()


def test_starting_twice_makes_one_draft(plain_survey):
    client = RespondentClient(plain_survey)
    client.begin()
    assert client.send(group="users", consent="yes", go="start").status_code == 303
    assert Draft.objects.count() == 1


def test_post_without_a_csrf_token_is_refused_kindly(plain_survey):
    client = RespondentClient(plain_survey)
    client.page()
    response = client.post(client.base, {"group": "users", "consent": "yes", "go": "start"})
    assert (response.status_code, Draft.objects.count()) == (403, 0)
    assert "This page could not be sent" in response.content.decode()


def test_unknown_survey_has_a_kind_page(plain_survey):
    client = RespondentClient(plain_survey)
    response = client.get("/s/nothing-here/")
    assert response.status_code == 404
    assert "There is no survey at this address" in response.content.decode()
    assert client.get("/s/nothing-here/3/", follow=True).status_code == 404


@pytest.mark.parametrize("opens_in", [None, 3])
def test_survey_that_is_not_open_yet_takes_no_answers(opens_in):
    cycle = make_survey_cycle()
    if opens_in is None:
        survey = make_survey(cycle)
    else:
        survey = make_open_survey(cycle, opens_at=timezone.now() + timedelta(days=opens_in))
    client = RespondentClient(survey)
    html = client.page()
    assert "This survey is not open yet" in html and ("(Beijing time)" in html) is (opens_in is not None)
    assert client.begin().status_code == 303
    assert Draft.objects.count() == 0


def test_closed_survey_takes_no_new_answers(plain_survey):
    close_survey(survey=plain_survey, by=None)
    client = RespondentClient(plain_survey)
    assert "This survey is closed" in client.page()
    client.begin()
    assert Draft.objects.count() == 0


def test_thanks_are_only_for_those_who_answered(plain_survey):
    client = RespondentClient(plain_survey)
    assert client.get(f"{client.base}thanks/")["Location"] == client.base
    client.begin()
    assert client.send("end/", go="submit")["Location"] == f"{client.base}thanks/"
    assert "Thank you" in client.page("thanks/")


def test_one_response_per_browser_unless_the_survey_allows_more():
    cycle = make_survey_cycle()
    for several, expected in ((False, 1), (True, 2)):
        survey = make_open_survey(cycle, several_per_browser=several)
        client = RespondentClient(survey)
        for _round in range(2):
            client.begin()
            client.send("end/", go="submit")
        assert Response.objects.filter(survey=survey).count() == expected
        assert ("already in" in client.page()) is not several


def test_pages_carry_the_policy_and_no_session(plain_survey):
    client = RespondentClient(plain_survey)
    response = client.get(client.base)
    assert "script-src 'self'" in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "DENY"
    assert response["Cache-Control"] == "no-store, private"
    assert settings.SESSION_COOKIE_NAME not in response.cookies


def test_pages_are_compressed_for_those_who_can_read_it(plain_survey):
    client = RespondentClient(plain_survey, **{"accept-encoding": "gzip, deflate"})
    response = client.get(client.base)
    assert response["Content-Encoding"] == "gzip"
    assert b"Which describes you best?" in gzip.decompress(response.content)


def test_first_page_asks_few_queries_and_writes_nothing(django_assert_num_queries, settings, plain_survey):
    settings.OPENINGS_STORED_SECONDS = 3600
    client = RespondentClient(plain_survey)
    client.page()
    # The survey and its groups; openings are counted in memory.
    with django_assert_num_queries(2):
        client.page()
    assert not Tally.objects.filter(measure="opened").exists()
    assert in_passing.store() and Tally.objects.get(measure="opened").number == 2


AGES = [{"code": "young", "zh": "30 岁以下", "en": "Under 30"}, {"code": "old", "zh": "30 岁以上", "en": "30 or over"}]
WAYS = [{"code": "app", "zh": "应用", "en": "App"}, {"code": "web", "zh": "网站", "en": "Web"}]


@pytest.fixture
def survey() -> Survey:
    made = make_survey(make_survey_cycle({"society": 2}), question_en="Is an issue missing?", question_zh="还缺什么？")
    for position, (code, kind, options) in enumerate(
        [("age", "single", AGES), ("ways", "multiple", WAYS), ("town", "text", [])]
    ):
        texts = {"text_zh": f"问题{code}", "text_en": f"Question {code}"}
        ProfileQuestion.objects.create(survey=made, position=position, code=code, kind=kind, options=options, **texts)
    return open_survey(survey=made, by=None)


@pytest.fixture
def client(survey) -> RespondentClient:
    client = RespondentClient(survey)
    client.begin()
    return client


def test_profile_questions_come_on_a_page_before_the_end(client):
    assert client.send("1/", go="next")["Location"] == f"{client.base}about/"
    html = client.page("about/")
    assert "Page 2 of 3" in html and "Question age" in html and "30 or over" in html
    assert client.send("about/", go="back")["Location"] == f"{client.base}1/"
    assert client.send("about/", go="next")["Location"] == f"{client.base}end/"
    assert client.send("end/", go="back")["Location"] == f"{client.base}about/"
    assert Draft.objects.get().profile == {}


def test_profile_answers_are_kept_shown_and_stored(client):
    client.send("about/", p_age="old", p_ways=["app", "web"], p_town="<b>杭州</b>", go="next")
    expected = {"age": "old", "ways": ["app", "web"], "town": "<b>杭州</b>"}
    assert Draft.objects.get().profile == expected
    html = client.page("about/")
    assert 'value="old" checked' in html and html.count("checked") == 3
    assert "&lt;b&gt;杭州&lt;/b&gt;" in html
    client.send("end/", go="submit")
    assert Response.objects.get().profile == expected


def test_profile_answers_can_be_taken_back(client):
    client.send("about/", p_age="old", p_ways="app", p_town="x", go="next")
    client.send("about/", p_age="", p_town=" ", go="next")
    assert Draft.objects.get().profile == {}


def test_junk_in_profile_answers_changes_nothing(client):
    client.send("about/", p_age="99", p_ways=["app", "none"], p_other="x", go="next")
    assert Draft.objects.get().profile == {"ways": ["app"]}


def test_profile_text_that_is_too_long_is_kept_as_far_as_it_goes_and_that_is_told(client):
    assert client.send("about/", p_age="old", p_town="长" * 201, go="next")["Location"] == f"{client.base}about/"
    html = client.page("about/")
    assert "its first 200 characters are kept" in html and 'aria-invalid="true"' in html
    assert Draft.objects.get().profile == {"age": "old", "town": "长" * 200}
    assert "characters are kept" not in client.page("about/")


def test_survey_without_profile_questions_has_no_such_page():
    client = RespondentClient(make_open_survey(make_survey_cycle({"society": 2})))
    client.begin()
    assert client.get(f"{client.base}about/")["Location"] == f"{client.base}end/"


def test_open_question_has_its_own_wording(client):
    assert "Is an issue missing?" in client.page("end/")


def test_comment_of_ten_thousand_characters_with_script_and_formula_is_kept_as_it_is(client):
    comment = '=HYPERLINK("http://x")<script>alert(1)</script></textarea>' + "长" * 9900
    client.send("end/", comment=comment, go="back")
    html = client.page("end/")
    assert "<script>alert" not in html and "&lt;script&gt;alert(1)" in html
    client.send("end/", comment=comment, go="submit")
    assert Response.objects.get().comment == comment


def test_null_character_in_a_comment_is_left_out(client):
    client.send("end/", comment="a\x00b", go="submit")
    assert Response.objects.get().comment == "ab"


def test_notice_is_shown_and_its_version_kept(survey):
    values = {"drafts_kept_days": 7, "notice_zh": "新说明", "notice_en": "A new notice"}
    change_open_survey(survey=survey, values=values, by=None)
    client = RespondentClient(survey)
    html = client.page()
    assert "A new notice" in html and "deleted 7 days after they were begun" in html
    client.begin()
    assert Draft.objects.get().notice_version == 2
    client.send("end/", go="submit")
    assert Response.objects.get().notice_version == 2


def test_consent_to_an_earlier_notice_is_asked_for_again(survey):
    client = RespondentClient(survey)
    client.send(group="users", consent="yes", notice="7", go="start")
    assert "has changed in the meantime" in client.page()
    assert Draft.objects.count() == 0
    assert client.send(group="users", consent="yes", notice="1", go="start").status_code == 303


def test_end_leads_to_the_first_unanswered_question_and_keeps_the_comment(client):
    html = client.page("end/")
    assert "4 questions are unanswered" in html and 'value="open"' in html
    response = client.send("end/", comment="So far", go="open")
    assert response["Location"] == f"{client.base}1/" and Draft.objects.get().comment == "So far"
    client.send("1/", **{f"r{position}": "2" for position in range(4)}, go="next")
    html = client.page("end/")
    assert "unanswered" not in html and 'value="open"' not in html


def test_notice_of_the_open_link_says_that_answers_cannot_be_found_again(survey):
    html = RespondentClient(survey).page()
    assert "all that you answer and write" in html and "we can neither show nor delete them" in html
    assert "personal link" not in html and "mail" not in html


def test_profile_questions_count_in_the_time_that_is_told():
    groups = make_survey_cycle({"society": 6})
    made = make_survey(groups)
    for position in range(10):
        texts = {"text_zh": f"问题{position}", "text_en": f"Question {position}"}
        ProfileQuestion.objects.create(survey=made, position=position, code=f"q{position}", kind="text", **texts)
    html = RespondentClient(open_survey(survey=made, by=None)).page()
    assert "2–5 minutes: 6 issues" in html


SIZES = {"environment": 16, "society": 14}


def split_survey(**values) -> Survey:
    many = {"users": Plan(expected=10_000), "employees": Plan(expected=10_000)}
    return make_open_survey(make_survey_cycle(SIZES), **{"split": True, "split_issues": 12, "plans": many, **values})


def begun(survey: Survey, group: str = "users") -> RespondentClient:
    client = RespondentClient(survey)
    client.begin(group)
    return client


def asked(draft: Draft) -> list[int]:
    return [position for position, code in enumerate(bytes(draft.ratings)) if code != NOT_ASKED]


def counts(survey: Survey, group: str = "users") -> list[int]:
    return memoryview(bytes(Assignments.objects.get(survey=survey, group__code=group).counts)).cast("I").tolist()


def test_respondent_gets_twelve_issues_on_two_pages():
    survey = split_survey()
    client = begun(survey)
    draft = Draft.objects.get()
    shown = [client.items(f"{number}/") for number in (1, 2)]
    assert [len(items) for items in shown] == [12, 12]
    assert sorted(shown[0] + shown[1]) == asked(draft)
    assert "Page 1 of 3" in client.page("1/")
    assert draft.counted and sum(counts(survey)) == 12


def test_page_names_the_categories_on_it():
    client = begun(split_survey())
    for number in (1, 2):
        html = client.page(f"{number}/")
        heading = re.search(r"<h1>(.*?)</h1>", html)[1].split("\u00a0· ")
        positions = client.items(f"{number}/")
        expected = {"Environment" if position < 32 else "Society" for position in positions}
        assert set(heading) == expected and len(heading) == len(expected)


def test_parts_of_a_group_stay_even():
    survey = split_survey()
    for _respondent in range(7):
        begun(survey)
        given = counts(survey)
        assert max(given) - min(given) <= 1
    assert sum(counts(survey, "employees")) == 0


def test_core_is_in_every_part():
    survey = split_survey(core=["ENVIRONMENT-01-01", "SOCIETY-01-14"])
    for _respondent in range(3):
        begun(survey)
    assert all({0, 1, 58, 59} <= set(asked(draft)) for draft in Draft.objects.all())


def test_group_is_asked_what_its_plan_says():
    plans = {"users": Plan(business=False, left_out=("ENVIRONMENT-01-02",)), "employees": Plan()}
    survey = make_open_survey(make_survey_cycle({"environment": 4}), plans=plans)
    begun(survey)
    draft = Draft.objects.get()
    assert bytes(draft.ratings) == bytes([SKIPPED, NOT_ASKED, NOT_ASKED, NOT_ASKED, *[SKIPPED, NOT_ASKED] * 2])
    client = begun(survey, "employees")
    assert len(client.items("1/")) == 8


def test_group_that_is_asked_nothing_is_not_offered():
    survey = make_open_survey(make_survey_cycle({"environment": 2}), plans={"users": Plan(False, False)})
    client = RespondentClient(survey)
    assert 'value="users"' not in client.page() and 'value="employees"' in client.page()
    assert (client.begin("users").status_code, Draft.objects.count()) == (303, 0)


def test_answer_to_an_item_that_is_not_asked_is_not_kept():
    client = begun(split_survey())
    draft = Draft.objects.get()
    absent = next(position for position in range(60) if position not in asked(draft))
    client.send("1/", **{f"r{absent}": "4", "go": "next"})
    assert bytes(Draft.objects.get().ratings) == bytes(draft.ratings)


def test_coming_back_shows_what_is_left():
    client = begun(split_survey())
    client.send("1/", **{f"r{position}": "3" for position in client.items("1/")}, go="next")
    html = client.page()
    assert "6 of 12 issues are still open" in html and f'href="{client.base}2/"' in html


def test_furthest_page_and_time_of_the_last_save_are_kept():
    client = begun(split_survey())
    assert (Draft.objects.get().page, Draft.objects.get().saved_at) == (0, None)
    client.send("1/", go="next")
    client.send("2/", go="next")
    client.send("1/", go="next")
    draft = Draft.objects.get()
    assert draft.page == 2 and draft.saved_at > draft.started_at


def test_attention_question_stands_among_issues_and_its_answer_is_kept():
    client = begun(split_survey(attention=True, attention_value=2))
    assert Draft.objects.get().attention == SKIPPED
    pages = {number: client.page(f"{number}/") for number in (1, 2)}
    assert [number for number, html in pages.items() if 'name="attention"' in html] == [2]
    assert "please choose 2 here" in pages[2]
    for posted, kept in (("2", 2), ("9", 2), ("d", 254)):
        client.send("2/", attention=posted, go="back")
        assert Draft.objects.get().attention == kept
    client.send("end/", go="submit")
    assert Response.objects.get().attention == 254


def test_large_text_shows_one_question_a_screen_and_keeps_answers_when_switched():
    client = begun(split_survey())
    first, second, third, *_rest = client.items("1/")
    response = client.send("1/", **{f"r{first}": "4", f"r{third}": "5", "size": "large"})
    assert response["Location"] == f"{client.base}one/2/#r{second}"
    assert (client.items("one/2/"), client.chosen("one/1/")) == ([second], {first: "4"})
    assert "Page 1 of 25" in client.page("one/1/")
    client.send("one/3/", **{f"r{third}": "2", "go": "next"})
    assert client.get(f"{client.base}2/")["Location"] == f"{client.base}one/13/"
    seventh = client.items("one/13/")[0]
    assert client.send("one/13/", size="normal")["Location"] == f"{client.base}2/#r{seventh}"
    assert client.items("2/")[0] == seventh
    assert client.chosen("1/") == {first: "4", third: "2"}
    assert Draft.objects.get().page == 2


def test_display_is_switched_at_the_question_on_top_of_the_screen():
    client = begun(split_survey())
    items = client.items("1/")
    answers = {f"r{position}": "3" for position in items}
    there = client.send("1/", **answers, language="zh-hans", at=f"r{items[7]}")["Location"]
    assert there == f"{client.base}1/#r{items[7]}"
    assert f'id="r{items[7]}"' in client.page("1/")
    assert client.send("1/", **answers, size="large", at=f"r{items[7]}")["Location"].endswith(f"/one/8/#r{items[7]}")
    client.cookies.pop("yiti_size")
    assert client.send("1/", **answers, language="en", at="r999")["Location"] == f"{client.base}1/"


def test_large_text_has_no_screen_for_what_a_group_does_not_rate():
    client = RespondentClient(make_open_survey(plans={"users": Plan(business=False)}))
    client.begin()
    client.send("1/", size="large")
    assert "Page 1 of 18" in client.page("one/1/")
    shown = [client.items(f"one/{number}/") for number in range(1, 18)]
    assert sorted(shown) == [[2 * issue] for issue in range(17)]


def test_survey_opened_with_the_first_instrument_keeps_its_pages(plain_survey):
    html = (
        '<div class="issue">\n<h2>Issue</h2>\n<details><summary>What it means</summary><p>Definition</p></details>\n'
        '<fieldset class="k5"><input type="radio" name="r{0}" value="1"></fieldset>\n'
        '<fieldset class="k5"><input type="radio" name="r{1}" value="1"></fieldset>\n</div>\n'
    )
    for place, text in enumerate(ItemText.objects.filter(survey=plain_survey).order_by("issue__code", "language")):
        text.html = html.format(place // 2 * 2, place // 2 * 2 + 1)
        text.save()
    Survey.objects.update(instrument_version=1, opened_at=timezone.now() - timedelta(seconds=1))
    client = RespondentClient(plain_survey)
    client.begin()
    page = client.page("1/")
    assert "surveys/respond-1." in page and "<summary>What it means" in page
    pages = [client.items(f"{number}/") for number in (1, 2, 3)]
    assert sorted(len(items) for items in pages) == [6, 14, 14]
    assert all(items[::2] == [position - 1 for position in items[1::2]] for items in pages)


def test_page_is_saved_as_it_was_shown_though_the_display_changed_in_another_tab():
    client = begun(split_survey())
    first, *_between, last = client.items("1/")
    client.send("1/", **{f"r{first}": "4", f"r{last}": "3", "go": "next"})
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', client.page("2/"))[1]
    client.cookies["yiti_size"] = "large"
    posted = {"csrfmiddlewaretoken": token, f"r{first}": "5", f"r{last}": "3", "go": "next"}
    assert client.post(f"{client.base}1/", posted)["Location"] == f"{client.base}2/"
    ratings = bytes(Draft.objects.get().ratings)
    assert (ratings[first], ratings[last]) == (5, 3)


def test_pages_of_a_split_survey_ask_one_query_and_saving_two(django_assert_num_queries):
    client = begun(split_survey())
    with django_assert_num_queries(1):
        html = client.page("1/")
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', html)[1]
    with django_assert_num_queries(2):
        client.post(f"{client.base}1/", {"csrfmiddlewaretoken": token, "go": "next"})


def test_attention_question_alone_on_a_screen_has_a_heading():
    client = begun(split_survey(attention=True))
    client.send("1/", size="large")
    headings = [re.search(r"<h1>(.*?)</h1>", client.page(f"one/{number}/"))[1] for number in range(1, 14)]
    assert headings.count("A short check") == 1 and "" not in headings


def test_first_page_says_in_five_lines_what_it_is_about_and_folds_the_rest():
    closes = timezone.now() + timedelta(days=9)
    values = {"contact": "CSR team, csr@example.com", "introduction_en": "We ask.\n\nAll the rest.", "anonymous": True}
    survey = make_open_survey(closes_at=closes, **values)
    html = RespondentClient(survey).page()
    brief, rest = html.split('<dl class="brief">')[1].split("</dl>", 1)
    told = re.findall(r"<dd>(.*?)</dd>", brief)
    assert told[0] == "We ask." and told[1].startswith("2–6 minutes: 17 issues")
    assert told[2].startswith("2") and told[2].endswith("(Beijing time)")
    assert told[3:] == ["Anonymous: nobody can tell which answers are yours.", "CSR team, csr@example.com"]
    assert "All the rest." in rest.split("<details")[1].split("</details>")[0]
    assert "do not count" not in html
    chinese = RespondentClient(survey, **{"accept-language": "zh-CN"}).page()
    assert "（北京时间）" in chinese and " (北京时间)" not in chinese


def test_first_page_says_what_was_changed_since_it_was_shown(plain_survey):
    client, group = RespondentClient(plain_survey), plain_survey.cycle.groups.first()
    assert "Another name" not in client.page()
    reword(Survey.objects.all(), title_en="Another name")
    reword(plain_survey.cycle.groups.filter(pk=group.pk), name_en="Other people")
    html = client.page()
    assert "Another name" in html and "Other people" in html


def test_last_day_is_warned_of():
    survey = make_open_survey(closes_at=timezone.now() + timedelta(days=2))
    client = RespondentClient(survey)
    assert "not submitted 15 minutes later do not count" not in client.page()
    Survey.objects.update(closes_at=timezone.now() + timedelta(hours=5))
    assert "not submitted 15 minutes later do not count" in client.page()
    client.begin()
    assert "not submitted 15 minutes later do not count" in client.page()


def test_closed_survey_says_what_becomes_of_unfinished_answers():
    survey = make_open_survey(drafts_kept_days=7)
    close_survey(survey=survey, by=None)
    assert "they are deleted 7 days after they were begun" in RespondentClient(survey).page()


@pytest.mark.parametrize(
    ("asked", "title_zh", "language"),
    [("fr,de;q=0.8", "", "en"), ("fr", "问卷", "zh-Hans"), ("", "", "en"), ("fr,en;q=0.3", "问卷", "en")],
)
def test_browser_that_asks_for_neither_language_gets_the_first_of_the_survey(asked, title_zh, language, plain_survey):
    reword(Survey.objects.all(), title_zh=title_zh)
    html = RespondentClient(plain_survey, **{"accept-language": asked}).page()
    assert f'<html lang="{language}">' in html


def test_page_whose_answers_are_in_another_browser_says_how_to_come_back(plain_survey):
    client = RespondentClient(plain_survey)
    response = client.get(f"{client.base}1/")
    assert response.status_code == 404
    assert "If you came by a personal link, open it again" in response.content.decode()


@pytest.mark.parametrize(("last", "flags"), [("4", ["straight_short"]), ("3", [])])
def test_twelve_equal_ratings_of_a_group_that_rates_one_dimension_are_flagged(last, flags):
    survey = make_open_survey(make_survey_cycle({"society": 12}), plans={"users": Plan(business=False)})
    client = RespondentClient(survey)
    client.begin()
    Draft.objects.update(started_at=timezone.now() - timedelta(minutes=2))
    for number in (1, 2):
        client.send(f"{number}/", **{f"r{2 * place}": "4" for place in range(12)} | {"r0": last}, go="next")
    client.send("end/", go="submit")
    assert flag_names(Response.objects.get().flags) == flags


def test_full_questionnaire_is_offered_in_large_text_as_a_part_alone():
    survey = make_open_survey(make_survey_cycle(SIZES), split_issues=5)
    client = RespondentClient(survey)
    assert "30 issues" in client.page()
    client.send(size="large")
    assert "5 issues" in client.page()
    client.begin()
    ratings = bytes(Draft.objects.get().ratings)
    assert (ratings.count(SKIPPED), ratings.count(NOT_ASKED)) == (10, 50)
    assert "Page 1 of 11" in client.page("one/1/")
