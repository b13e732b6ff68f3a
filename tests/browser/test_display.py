"""How respondents may have the questionnaire shown: large text with one issue a screen, high contrast."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_respondent import SCRIPTS, WORDS, begin, press
from tests.factories.surveys import make_open_survey, make_survey_cycle

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HEIGHTS = "[...document.querySelectorAll('.scale label, .onward button')].map(one => one.offsetHeight)"


@pytest.fixture
def survey():
    return make_open_survey(make_survey_cycle({"environment": 1, "society": 13}))


@SCRIPTS
def test_large_text_shows_one_issue_a_screen_with_every_value_worded(open_page, survey, scripts):
    page = open_page(f"/s/{survey.code}/", java_script_enabled=scripts)
    begin(page, WORDS["en"])
    usual = page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") if scripts else 18
    first = page.locator(".issue h2").first.inner_text()
    page.locator(".issue input[value='4']").first.check()
    page.locator("button[name=size]").click()
    expect(page.locator(".issue")).to_have_count(1)
    expect(page.locator(".issue h2")).to_have_text(first)
    expect(page.locator(".issue input:checked")).to_have_count(1)
    if scripts:
        assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") == 1.5 * usual
        heights = (
            "[...document.querySelectorAll('.scale label, .onward button')].map(e => e.getBoundingClientRect().height)"
        )
        assert min(page.evaluate(heights)) >= 56
    for word in ("very little", "little", "some", "much", "very much"):
        expect(page.locator(".scale").first.get_by_text(word, exact=True)).to_be_visible()
    press(page, "Next page")
    expect(page.locator(".issue h2")).not_to_have_text(first)
    page.locator("button[name=size]").click()
    expect(page.locator(".issue")).not_to_have_count(1)


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
