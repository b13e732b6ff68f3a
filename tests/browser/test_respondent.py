"""The questionnaire as people meet it: on a phone, in both languages, with and without JavaScript, by keyboard."""

import re
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from materiality.scoring.cube import DONT_KNOW
from surveys.models import Draft, Response
from tests.factories.surveys import make_open_survey, make_survey_cycle

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WORDS = {
    "en": {
        "begin": "Begin the survey",
        "next": "Next page",
        "back": "Previous page",
        "submit": "Submit my answers",
        "other": "中文",
        "thanks": "Thank you",
        "clear": "Clear all answers on this page",
        "know": "Don't know",
    },
    "zh-CN": {
        "begin": "开始填写",
        "next": "下一页",
        "back": "上一页",
        "submit": "提交问卷",
        "other": "English",
        "thanks": "感谢您的参与",
        "clear": "清除本页全部回答",
        "know": "不了解",
    },
}
BOTH = pytest.mark.parametrize("language", ["en", "zh-CN"])
SOON = timedelta(hours=5)
SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])


@pytest.fixture
def survey():
    return make_open_survey(make_survey_cycle({"environment": 1, "society": 13}))


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def begin(page: Page, words: dict[str, str]) -> None:
    page.locator("input[name=group]").first.check()
    page.locator("input[name=consent]").check()
    press(page, words["begin"])
    expect(page).to_have_url(re.compile("/1/$"))
    page.wait_for_load_state()


def fits(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{item['id']}: {[node['target'] for node in item['nodes']][:3]}" for item in found]


def ratings() -> bytes:
    return bytes(Draft.objects.get().ratings)


@BOTH
@SCRIPTS
def test_respondent_answers_everything(open_page, survey, language, scripts):
    words = WORDS[language]
    page = open_page(f"/s/{survey.code}/", language=language, java_script_enabled=scripts)
    begin(page, words)
    expected = bytearray(28)
    for number in (1, 2, 3):
        for place, scale in enumerate(page.get_by_role("group").filter(has=page.locator("legend")).all()):
            position = int(scale.locator("input").first.get_attribute("name")[1:])
            value = 1 + place % 6
            scale.locator(f'input[value="{value if value < 6 else "d"}"]').check()
            expected[position] = value if value < 6 else DONT_KNOW
        press(page, words["next"])
        expect(page).to_have_url(re.compile(f"/{number + 1 if number < 3 else 'end'}/$"))
        page.wait_for_load_state()
    page.locator("textarea").fill("再加一点")
    press(page, words["submit"])
    expect(page.get_by_role("heading", level=1)).to_have_text(words["thanks"])
    response = Response.objects.get()
    assert (bytes(response.ratings), response.comment) == (bytes(expected), "再加一点")


@BOTH
@SCRIPTS
def test_back_and_language_switch_lose_nothing(open_page, survey, language, scripts):
    words, others = WORDS[language], WORDS["en" if language == "zh-CN" else "zh-CN"]
    page = open_page(f"/s/{survey.code}/", language=language, java_script_enabled=scripts)
    page.locator("input[name=group]").nth(1).check()
    press(page, words["other"])
    expect(page.get_by_role("button", name=others["begin"], exact=True)).to_be_visible()
    expect(page.locator("input[name=group]").nth(1)).to_be_checked()
    page.locator("input[name=consent]").check()
    press(page, others["begin"])
    name = page.locator(".issue input").first.get_attribute("name")
    page.locator(f'input[name={name}][value="4"]').check()
    press(page, others["other"])
    expect(page.locator(f'input[name={name}][value="4"]')).to_be_checked()
    press(page, words["next"])
    press(page, words["back"])
    expect(page.locator(f'input[name={name}][value="4"]')).to_be_checked()
    # Where scripts run there is no button by which a page is wiped at one touch: each rating has its own.
    expect(page.get_by_role("button", name=words["clear"], exact=True)).to_have_count(0 if scripts else 1)
    if not scripts:
        press(page, words["clear"])
        expect(page.locator(f'input[name={name}][value="4"]')).not_to_be_checked()
        assert ratings() == bytes(28)


@BOTH
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_an_accessibility_violation_or_is_too_wide(open_page, survey, language, scheme):
    words = WORDS[language]
    page = open_page(f"/s/{survey.code}/", language=language, color_scheme=scheme)
    found = {"introduction": violations(page)}
    begin(page, words)
    page.locator(".issue label").first.click()
    found["questions"] = violations(page)
    widths = [fits(page)]
    page.locator("button[name=contrast]").click()
    expect(page.locator("button[name=contrast]")).to_have_attribute("value", "normal")
    found["high contrast"] = violations(page)
    page.locator("button[name=size]").click()
    expect(page.locator(".issue")).to_have_count(1)
    found["large"] = violations(page)
    widths.append(fits(page))
    page.goto(page.url.split("/one/")[0] + "/end/")
    found["end"] = violations(page)
    widths.append(fits(page))
    press(page, words["submit"])
    expect(page.get_by_role("heading", level=1)).to_have_text(words["thanks"])
    found["thanks"] = violations(page)
    page.go_back()
    found["already in"] = violations(page)
    assert found == dict.fromkeys(found, [])
    assert widths == [True, True, True]


@BOTH
def test_first_question_is_in_view_on_the_last_day_too(open_page, language):
    survey = make_open_survey(make_survey_cycle({"social": 1}), anonymous=True, closes_at=timezone.now() + SOON)
    page = open_page(f"/s/{survey.code}/", language=language)
    expect(page.locator(".brief strong")).to_be_in_viewport(ratio=1)
    expect(page.locator(".choice input").first).to_be_in_viewport(ratio=1)


# What somebody who reads badly may set (WCAG 1.4.12).
SPACED = """
const sheet = new CSSStyleSheet();
sheet.replaceSync("* { letter-spacing: .12em !important; word-spacing: .16em !important; line-height: 1.5 !important }"
  + " p { margin-bottom: 2em !important }");
document.adoptedStyleSheets = [sheet];
"""


@BOTH
def test_large_and_spaced_text_fits_the_narrowest_screen(open_page, survey, language):
    words, widths = WORDS[language], {}
    page = open_page(f"/s/{survey.code}/", language=language, width=320)
    page.locator("button[name=size]").click()
    expect(page.locator("button[name=size]")).to_have_attribute("value", "normal")
    page.evaluate(SPACED)
    widths["introduction"] = fits(page)
    begin(page, words)
    for path in ("/1/", "/12/", "/end/"):
        page.goto(page.url.replace("/1/", path))
        page.evaluate(SPACED)
        widths[path] = fits(page)
        page.goto(re.sub(r"/(12|end)/$", "/1/", page.url))
    assert widths == dict.fromkeys(widths, True)


def test_errors_of_the_first_page_are_told_at_its_top(chromium, live_server, survey):
    context = chromium.new_context(viewport={"width": 360, "height": 740}, locale="en")
    page = context.new_page()
    page.goto(f"{live_server.url}/s/{survey.code}/")
    press(page, "Begin the survey")
    expect(page.get_by_role("alert")).to_contain_text("Please choose what fits you best.")
    expect(page.get_by_role("alert")).to_be_focused()
    assert violations(page) == []
    page.get_by_role("alert").get_by_role("link").first.click()
    expect(page.locator("input[name=group]").first).to_be_focused()
    context.close()


@SCRIPTS
def test_respondent_needs_no_mouse(open_page, survey, scripts):
    page = open_page(f"/s/{survey.code}/", java_script_enabled=scripts)

    def tab_to(selector: str) -> None:
        for _step in range(60):
            page.keyboard.press("Tab")
            if page.locator(f"{selector}:focus").count():
                return
        raise AssertionError(f"no way to {selector} by keyboard")

    tab_to("input[name=group]")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    tab_to("input[name=consent]")
    page.keyboard.press("Space")
    tab_to("button.primary")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/1/$"))
    assert Draft.objects.get().group.code == "employees"
    tab_to(".issue input")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    name = page.locator("input:focus").get_attribute("name")
    tab_to("button.primary")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/2/$"))
    assert ratings()[int(name[1:])] == 3


@SCRIPTS
def test_enter_in_a_scale_neither_turns_the_page_nor_switches_the_language(open_page, survey, scripts):
    page = open_page(f"/s/{survey.code}/", java_script_enabled=scripts)
    begin(page, WORDS["en"])
    page.locator(".issue input").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    expect(page).to_have_url(re.compile("/1/$"))
    expect(page.locator(".issue input").first).to_be_checked()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_digits_answer_the_scale_that_has_the_focus(open_page):
    survey = make_open_survey(make_survey_cycle({"society": 2}), k=10)
    page = open_page(f"/s/{survey.code}/")
    begin(page, WORDS["en"])
    for place, (key, value) in enumerate([("3", "3"), ("0", "10"), ("9", "9")]):
        scale = page.locator(".issue fieldset").nth(place)
        scale.locator("input").first.focus()
        page.keyboard.press(key)
        expect(scale.locator("input:checked")).to_have_value(value)
    expect(page).to_have_url(re.compile("/1/$"))


def test_first_stop_of_the_keyboard_skips_to_the_questions(open_page, survey):
    page = open_page(f"/s/{survey.code}/")
    begin(page, WORDS["en"])
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the questions")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator(".issue input").first).to_be_focused()


def test_one_answer_can_be_cleared_where_scripts_run_and_that_undone(open_page, survey):
    page = open_page(f"/s/{survey.code}/")
    begin(page, WORDS["en"])
    scale = page.locator(".issue fieldset").first
    expect(scale.locator(".clear")).to_be_hidden()
    scale.locator("label").nth(1).click()
    scale.get_by_role("button", name="Clear the answer").click()
    expect(scale.locator("input:checked")).to_have_count(0)
    scale.get_by_role("button", name="Undo").click()
    expect(scale.locator("input:checked")).to_have_value("2")
    expect(page.locator("#saved")).to_contain_text("Saved")
    assert sorted(ratings())[-2:] == [0, 2]
    scale.get_by_role("button", name="Clear the answer").click()
    press(page, "Next page")
    expect(page).to_have_url(re.compile("/2/$"))
    assert ratings() == bytes(28)


def test_answers_are_kept_when_the_page_is_put_aside(open_page, survey):
    page = open_page(f"/s/{survey.code}/")
    begin(page, WORDS["en"])
    page.locator(".issue label").nth(2).click()
    with page.expect_response(lambda response: "/1/" in response.url):
        page.evaluate(
            "Object.defineProperty(document, 'visibilityState', {value: 'hidden'});"
            "document.dispatchEvent(new Event('visibilitychange'))"
        )
    assert 3 in ratings()


@pytest.mark.parametrize("width", [320, 360])
def test_targets_are_large_enough_for_thumbs(open_page, survey, width):
    page = open_page(f"/s/{survey.code}/", width=width)
    begin(page, WORDS["en"])
    page.locator(".issue label").first.click()
    small = page.evaluate(
        "[...document.querySelectorAll('.answer label, .onward button, .switches button, .clear:not([hidden])')"
        "]"
        ".map(target => target.getBoundingClientRect()).filter(box => box.height < 48 || box.width < 48).length"
    )
    assert small == 0


@SCRIPTS
def test_three_that_matter_most_are_named_by_keyboard(open_page, scripts):
    survey = make_open_survey(make_survey_cycle({"society": 5}), ranking=True)
    page = open_page(f"/s/{survey.code}/", java_script_enabled=scripts)
    begin(page, WORDS["en"])
    for scale in page.locator(".issue fieldset").all():
        scale.locator("input").nth(3).check()
    press(page, "Next page")
    expect(page.get_by_role("heading", level=1)).to_have_text("Of the issues you rated, which three matter most?")
    boxes = page.locator("input[name=top]")
    expect(boxes).to_have_count(5)
    boxes.first.focus()
    for _step in range(3):
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
    expect(page.locator("input[name=top]:checked")).to_have_count(3)
    if scripts:
        expect(boxes.nth(4)).to_be_disabled()
        assert (violations(page), fits(page)) == ([], True)
        boxes.first.uncheck()
        expect(boxes.nth(4)).to_be_enabled()
        boxes.first.check()
    press(page, "Next page")
    expect(page).to_have_url(re.compile("/end/$"))
    press(page, "Submit my answers")
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    assert len(Response.objects.get().named) == 3


def test_switches_lead_to_the_question_at_which_somebody_was(open_page, survey):
    """From the page's top, where they are, to the first that is not answered; by keyboard from amid the page, back
    there, whatever room the text takes above it.
    """
    page = open_page(f"/s/{survey.code}/")
    begin(page, WORDS["en"])
    scales = page.locator(".issue fieldset")
    names = scales.evaluate_all("(found) => found.map((each) => each.id)")
    for name in names[:5]:
        page.locator(f'label:has(> input[name={name}][value="4"])').click()
    page.locator("button[name=size]").click()
    expect(page).to_have_url(re.compile(f"/one/[56]/#{names[5]}$"))
    page.locator("button[name=size]").click()
    expect(page).to_have_url(re.compile(f"/1/#{names[5]}$"))
    for _language in range(2):
        at = page.locator(f"#{names[7]}")
        at.evaluate("(each) => scrollBy(0, each.getBoundingClientRect().top - 100)")
        was = page.locator("html").get_attribute("lang")
        page.locator("button[name=language]").evaluate("(each) => each.click()")
        expect(page.locator("html")).not_to_have_attribute("lang", was)
        page.wait_for_load_state()
        assert 170 < at.bounding_box()["y"] < 190
