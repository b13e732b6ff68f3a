"""How respondents may have the questionnaire shown: large text with one question a screen, high contrast."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_respondent import SCRIPTS, WORDS, begin, press
from tests.factories.surveys import make_open_survey, make_survey_cycle

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def survey():
    return make_open_survey(make_survey_cycle({"environment": 1, "society": 13}))


@SCRIPTS
def test_large_text_shows_one_question_a_screen_with_every_value_worded(open_page, survey, scripts):
    page = open_page(f"/s/{survey.code}/", java_script_enabled=scripts)
    begin(page, WORDS["en"])
    usual = page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") if scripts else 18
    first = page.locator(".issue h2").first.inner_text()
    page.locator("button[name=size]").click()
    expect(page.locator(".issue fieldset")).to_have_count(1)
    expect(page.locator(".issue h2")).to_have_text(first)
    page.locator(".issue input[value='4']").check()
    if scripts:
        assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") == 1.5 * usual
        heights = (
            "[...document.querySelectorAll('.answer label, .onward button')].map(e => e.getBoundingClientRect().height)"
        )
        assert min(page.evaluate(heights)) >= 56
        expect(page.get_by_role("button", name="Next page", exact=True)).to_be_in_viewport()
    for word in ("very little", "little", "medium", "much", "very much"):
        expect(page.locator(".scale").first.get_by_text(word, exact=True)).to_be_visible()
    press(page, "Next page")
    expect(page.locator(".issue h2")).to_have_text(first)
    expect(page.locator(".issue input:checked")).to_have_count(0)
    press(page, "Next page")
    expect(page.locator(".issue h2")).not_to_have_text(first)
    page.locator("button[name=size]").click()
    expect(page.locator(".issue")).not_to_have_count(1)
    expect(page.locator(".issue input:checked")).to_have_count(1)


def test_high_contrast_is_remembered_and_asked_for_by_the_device(open_page, survey):
    page = open_page(f"/s/{survey.code}/")
    body = page.locator("body")
    expect(body).not_to_have_css("color", "rgb(0, 0, 0)")
    press(page, "High contrast")
    expect(body).to_have_css("color", "rgb(0, 0, 0)")
    begin(page, WORDS["en"])
    expect(body).to_have_css("color", "rgb(0, 0, 0)")
    press(page, "Normal contrast")
    expect(body).not_to_have_css("color", "rgb(0, 0, 0)")
    page.emulate_media(contrast="more")
    expect(body).to_have_css("color", "rgb(0, 0, 0)")


# Text spacing that WCAG 2.2 (1.4.12) asks a page to stand.
SPACING = "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }"


@pytest.mark.parametrize("k", [5, 10])
def test_smallest_screen_stands_large_text_and_text_spacing(open_page, k):
    texts = {"contact": "Sustainability department, sustainability.department@company.example.com"}
    survey = make_open_survey(make_survey_cycle({"society": 3}), k=k, title_en="Materiality questionnaire", **texts)
    page = open_page(f"/s/{survey.code}/", width=320, bypass_csp=True)
    wide = []
    page.locator("button[name=size]").click()
    expect(page.locator("html")).to_have_class("large")
    page.add_style_tag(content=SPACING)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("button[name=size]").click()
    begin(page, WORDS["en"])
    for size in ("normal", "large"):
        page.add_style_tag(content=SPACING)
        wide.append(page.evaluate("document.documentElement.scrollWidth > innerWidth"))
        # Nothing reaches out of its box either.
        boxes = "[...document.querySelectorAll('.answer span, button:not(.vh)')]"
        wide.append(page.evaluate(f"{boxes}.filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.textContent)"))
        if size == "normal":
            page.locator("button[name=size]").click()
            expect(page.locator(".issue fieldset")).to_have_count(1)
    assert wide == [False, [], False, []]


def test_switching_language_or_size_keeps_the_question_on_the_screen(open_page, survey):
    page = open_page(f"/s/{survey.code}/")
    begin(page, WORDS["en"])
    third = page.locator(".issue fieldset").nth(4)
    name = third.get_attribute("id")
    third.evaluate("e => scrollTo(0, e.getBoundingClientRect().top + scrollY - 20)")
    page.locator("button[name=language]").evaluate("e => e.click()")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    expect(page.locator(f"#{name}")).to_be_in_viewport()
    page.locator(f"#{name}").evaluate("e => scrollTo(0, e.getBoundingClientRect().top + scrollY - 20)")
    page.locator("button[name=size]").evaluate("e => e.click()")
    expect(page.locator(f"#{name}")).to_be_visible()


def test_printed_page_shows_the_chosen_number(open_page, survey):
    page = open_page(f"/s/{survey.code}/")
    begin(page, WORDS["en"])
    page.locator(".issue input[value='4']").first.check()
    page.emulate_media(media="print")
    chosen = page.locator("input:checked + span").first
    expect(chosen).to_have_css("border-top-width", "3px")
    expect(chosen).to_have_css("color", "rgb(0, 0, 0)")
    assert "✓" in chosen.locator("b").evaluate("e => getComputedStyle(e, '::before').content")
