"""Languages beside Chinese and English: with messages of their own (a `.po`), and as texts of a survey alone."""

import pytest
from django.core.management import call_command
from openpyxl import load_workbook

from materiality.environment import further_languages
from materiality.platform.bilingual import LANGUAGES, _content_language, tag_of
from surveys.invitations.mail import addressee_of, texts_for
from surveys.models import Delivery, Draft, Mailing, Survey
from surveys.queries.questionnaire import questionnaire_of
from surveys.questionnaire.contents import Contents, pack, unpack
from tests.factories.cycles import make_cycle
from tests.factories.invitations import make_batch, make_recipient
from tests.factories.respondent import RespondentClient
from tests.factories.scores import make_run
from tests.factories.surveys import make_open_survey

pytestmark = pytest.mark.django_db
PO = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"
"""
TEXTS = {
    "Begin the survey": "설문 시작",
    "very much": "매우 크다",
    "Sir or Madam": "귀하",
    "Anonymous: nobody can tell which answers are yours.": "익명입니다.",
    "Overview": "개요",
    "Rank": "순위",
    "Log in": "로그인",
}
KOREAN = {"title_ko": "중요 이슈 설문", "title_zh": "", "title_en": "", "languages": ["ko"]}


@pytest.fixture
def korean(tmp_path, settings):
    """Messages in Korean, as somebody puts them into the folder of an installation."""
    path = tmp_path / "locale" / "ko" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    path.write_text(PO + "".join(f'\nmsgid "{text}"\nmsgstr "{said}"\n' for text, said in TEXTS.items()), "utf-8")
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    call_command("compile_messages")
    settings.LANGUAGES = [*settings.LANGUAGES, *further_languages(*settings.LOCALE_PATHS)]


def korean_survey(**values) -> Survey:
    return make_open_survey(**KOREAN | values)


def browser(survey: Survey, asks: str) -> RespondentClient:
    return RespondentClient(survey, **{"accept-language": asks})


def test_respondent_pages_come_in_a_language_that_has_messages(korean):
    client = browser(korean_survey(), "ko-KR,ko;q=0.9,en;q=0.8")
    first = client.page()
    assert '<html lang="ko"' in first and "설문 시작" in first and "중요 이슈 설문" in first
    assert '<button form="answers" name="language" value="en" lang="en">English</button>' in first
    client.begin("employees")
    assert Draft.objects.get().language == "ko"
    page = client.page("1/")
    assert '<html lang="ko"' in page and "매우 크다" in page and 'value="zh-hans"' in page
    client.send("1/", language="en")
    assert "very much" in client.page("1/")
    client.send("1/", language="ko")
    assert "매우 크다" in client.page("1/")


def test_browser_that_asks_for_no_language_of_the_survey_gets_its_first(korean, survey):
    assert "설문 시작" in browser(korean_survey(), "fr").page()
    assert "Begin the survey" in browser(make_open_survey(title_zh="", languages=["en"]), "fr").page()
    assert "开始填写" in browser(survey, "fr").page()


def test_mail_comes_in_a_language_that_has_messages(korean):
    survey = korean_survey(anonymous=False)
    recipient = make_recipient(make_batch(survey), name="", language="ko")
    mailing = Mailing.objects.create(
        survey=survey, kind="invitation", subject={"ko": "{title}"}, body={"ko": "{name} {link}"}
    )
    subject, body = texts_for(
        mailing, survey, addressee_of(Delivery(mailing=mailing, recipient=recipient), survey, "https://a.example"), ()
    )
    assert subject == "중요 이슈 설문" and body.startswith("귀하 https://a.example/s/")


def test_headings_of_a_file_and_pages_of_staff_come_in_a_language_that_has_messages(korean, client, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"
    cycle = make_cycle(code="own", languages=["ko"], title_zh="", title_en="", title_ko="평가")
    make_run(cycle)
    out = str(tmp_path / "w.xlsx")
    call_command("build_output", "own", "scores", "--format", "xlsx", "--language", "ko", "--out", out)
    book = load_workbook(out)
    assert "개요" in book.sheetnames
    page = client.get("/login/", headers={"accept-language": "ko"}).content.decode()
    assert '<html lang="ko"' in page and "로그인" in page and 'value="zh-hans"' in page and 'value="en"' in page


def test_texts_can_be_read_in_a_language_that_has_no_messages():
    survey = make_open_survey(languages=["zh", "ko"], title_ko="중요 이슈 설문", title_en="")
    client = browser(survey, "ko")
    first = client.page()
    assert "중요 이슈 설문" in first and "开始填写" in first  # the survey's first of the two
    assert 'value="ko"' not in first and 'value="en"' in first
    client.begin("employees")
    assert Draft.objects.get().language == "ko"
    page = client.page("1/")
    assert (
        page.count("fieldset") > 0
        and '<html lang="zh-Hans"' in page
        and '<main id="main" tabindex="-1" lang="ko">' in page
    )
    client.send("1/", language="zh-hans")
    assert 'value="ko" lang="ko">한국어<' in client.page("1/")


@pytest.mark.parametrize("asks", ["zh-hant", "zh-TW", "zh-Hant-HK", "en-GB"])
def test_texts_can_be_read_in_a_language_that_the_interface_has_a_near_one_of(asks, settings):
    survey = make_open_survey(languages=["zh", "zh-hant", "en-gb"], title_zh_hant="議題", title_en_gb="Colours")
    title = "Colours" if asks == "en-GB" else "議題"
    assert title in browser(survey, asks).page()
    client = browser(survey, "zh-CN")
    assert title not in client.page()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = asks.lower()
    assert title in client.page()


def test_what_is_longer_than_any_language_is_none_and_kept_by_nobody(survey, settings):
    client = browser(survey, "zh-CN")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en-" + "x" * 10_000
    kept = _content_language.cache_info().currsize
    assert "开始填写" in client.page()
    assert _content_language.cache_info().currsize <= kept + 2


def test_a_survey_without_simplified_chinese_asks_in_chinese_whoever_reads_traditional():
    survey = make_open_survey(languages=["zh-hant", "en"], title_zh_hant="議題")
    page = browser(survey, "zh-TW").page()
    assert "議題" in page and "开始填写" in page
    assert "Begin" in browser(survey, "en").page()


def test_survey_that_was_opened_before_there_were_messages_asks_in_english(korean, settings, survey):
    spoken, settings.LANGUAGES = settings.LANGUAGES, settings.LANGUAGES[:2]
    settings.LANGUAGES = spoken
    questionnaire_of.cache_clear()
    client = browser(survey, "ko")
    client.begin("employees")
    assert "Issue" in client.page("1/")


def test_every_content_language_is_kept_with_sealed_answers():
    for language in map(tag_of, LANGUAGES):
        assert unpack(pack(Contents(ratings=b"\0", language=language), 200)).language == language
