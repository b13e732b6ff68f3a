"""The last pages: about yourself, the open question, comments of any kind, notices and their versions."""

import pytest

from surveys.actions.change_open_survey import change_open_survey
from surveys.actions.open_survey import open_survey
from surveys.models import Draft, ProfileQuestion, Response, Survey
from tests.factories.respondent import RespondentClient
from tests.factories.surveys import make_open_survey, make_survey, make_survey_cycle

pytestmark = pytest.mark.django_db
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


def test_profile_text_that_is_too_long_is_refused_and_stays_in_the_field(client):
    response = client.send("about/", p_age="old", p_town="长" * 201, go="next")
    html = response.content.decode()
    assert response.status_code == 422 and "it has 201" in html and "长" * 201 in html
    assert 'value="old" checked' in html and Draft.objects.get().profile == {}


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


def test_comment_with_a_null_character_is_refused_kindly(client):
    assert client.send("end/", comment="a\x00b", go="submit").status_code == 422
    assert Response.objects.count() == 0


def test_notice_is_shown_and_its_version_kept(survey):
    change = {"thanks_zh": "", "thanks_en": "", "drafts_kept_days": 7, "recipients_kept_days": 30}
    change_open_survey(survey=survey, notice_zh="新说明", notice_en="A new notice", by=None, **change)
    client = RespondentClient(survey)
    html = client.page()
    assert "A new notice" in html and "deleted 7 days after they were begun" in html
    client.begin()
    assert Draft.objects.get().notice_version == 2
    client.send("end/", go="submit")
    assert Response.objects.get().notice_version == 2


def test_consent_to_an_earlier_notice_is_asked_for_again(survey):
    client = RespondentClient(survey)
    response = client.send(group="users", consent="yes", notice="7", go="start")
    assert response.status_code == 422 and "has changed in the meantime" in response.content.decode()
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
    assert "About 2 minutes: 6 issues" in html
