"""Logging in in a real browser: a password that is looked at and measured, a passkey of a virtual authenticator."""

import pytest
from playwright.sync_api import expect

from materiality.platform.keys import ensure_installation_key
from tests.factories.people import make_person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "correct horse battery"


def test_passkey_is_made_and_asked_for_at_the_next_login(live_server, open_page):
    # Browsers make passkeys for https, and for localhost.
    assert "localhost" in live_server.url
    ensure_installation_key()
    person = make_person("lead", username="li")
    person.set_password(PASSWORD)
    person.save()
    page = open_page("/login/", width=1200)
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    def log_in() -> None:
        page.goto(f"{live_server.url}/login/?next=/account/")
        page.get_by_label("User name").fill("li")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in", exact=True).click()

    log_in()
    page.get_by_label("Name of the device").fill("laptop")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_text("Passkey laptop")).to_be_visible()
    page.context.clear_cookies()
    log_in()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account")


def test_password_is_shown_on_demand_and_sent_hidden(open_page):
    page = open_page("/login/", width=360)
    field = page.get_by_label("Password")
    field.fill(PASSWORD)
    expect(field).to_have_attribute("type", "password")
    page.get_by_label("Show what I type").check()
    expect(field).to_have_attribute("type", "text")
    page.get_by_label("Show what I type").uncheck()
    expect(field).to_have_attribute("type", "password")
    assert field.input_value() == PASSWORD


def test_strength_of_a_new_password_is_said_while_it_is_typed(live_server, open_page):
    ensure_installation_key()
    person = make_person("lead", username="li")
    person.set_password(PASSWORD)
    person.save()
    page = open_page("/login/?next=/password/", width=360)
    page.get_by_label("User name").fill("li")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    field, said = page.locator("#id_new_password1"), page.locator(".strength [role=status]")
    expect(said).to_be_hidden()
    examples = {
        "too short": ["Kx9#qLw2", "议题"],
        "weak": ["aaaaaaaaaaaaaaaa", "abcdefghijklmnop", "password2026!", "1234567890123456", "abababababababab"],
        "fair": ["correct horse", "marketplace7"],
        "strong": ["correct horse battery", "vT4#kQ9!mZ2@", "我们公司今年的重要议题有哪些"],
    }
    for words, passwords in examples.items():
        for password in passwords:
            field.fill(password)
            assert (password, said.inner_text()) == (password, words)
    field.fill("")
    expect(said).to_be_hidden()
