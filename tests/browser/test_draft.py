"""Editing a draft in place, by label and role, with and without JavaScript."""

import re

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from tests.factories.drafts import make_draft_edition, of
from tests.factories.people import make_person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def draft_page(open_page, live_server):
    """`draft_page(**options)`: the page of a draft as a logged-in analyst sees it, and the draft."""

    def open_draft(**options):
        draft = make_draft_edition()
        client = Client()
        client.force_login(make_person())
        page = open_page("/login/", width=1200, **options)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        page.goto(f"{live_server.url}/library/drafts/{draft.code}/")
        return page, draft

    return open_draft


def test_issue_is_changed_in_place_and_undone(draft_page):
    page, draft = draft_page()
    line = page.locator("#i-SOC-01-02")
    line.get_by_role("link", name="Change SOC-01-02").click()
    line.get_by_label("English name").fill("Renamed in place")
    line.get_by_role("button", name="Save").click()
    page.get_by_text("Last change:").wait_for()
    expect(line.locator(".text[lang=en] strong")).to_have_text("Renamed in place")
    expect(line).to_be_focused()
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("Undone:").wait_for()
    assert of(draft, "SOC-01-02").name_en == "Issue SOC-01-02"


def test_form_in_place_is_closed_without_a_trace(draft_page):
    page, draft = draft_page()
    line = page.locator("#i-SOC-01-02")
    line.locator("summary").click()
    line.get_by_role("link", name="Split").click()
    line.get_by_role("link", name="One more part").click()
    line.get_by_text("Part 3").wait_for()
    line.get_by_role("link", name="Cancel").click()
    expect(line.locator(".editing")).to_have_count(0)
    assert draft.changes.count() == 0


def test_issue_is_moved_up_and_changed_without_javascript(draft_page):
    page, draft = draft_page(java_script_enabled=False)
    with page.expect_navigation():
        page.get_by_role("button", name="Up SOC-01-02").click()
    order = draft.issues.filter(parent__code="SOC-01").order_by("order").values_list("code", flat=True)
    assert list(order)[:2] == ["SOC-01-02", "SOC-01-01"]
    page.get_by_role("link", name="Change SOC-01-02").click()
    page.get_by_label("English name").fill("Changed on a page")
    page.get_by_role("button", name="Save").click()
    expect(page).to_have_url(re.compile(r"\?at=SOC-01-02#i-SOC-01-02$"))
    assert of(draft, "SOC-01-02").name_en == "Changed on a page"
