"""Links handed out and mails sent: what staff press, and what leaves the house."""

import csv
import io
import re
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.story.stage import Stage
from tests.services.installation import wait_for

RECIPIENTS = """email,name,group,language
an@example.com,An,users,zh-hans
ben@example.com,Ben,users,en
chu@example.com,Chu,employees,zh-hans
"""


def make_links(stage: Stage, path: str, number: int) -> list[str]:
    """A batch for users, and the links of its file."""
    page = stage.page
    stage.go(f"{path}invitations/")
    stage.look(page)
    page.get_by_role("link", name="New personal links").click()
    page.get_by_label("Group").select_option(label="Users")
    page.get_by_label("Number of links").fill(str(number))
    page.get_by_label("Label").fill("=members")
    stage.press("Create the links")
    with page.expect_download() as waited:
        page.get_by_role("link", name="Download the links (CSV)").click()
    rows = list(csv.DictReader(io.StringIO(Path(waited.value.path()).read_text(encoding="utf-8-sig"))))
    assert [(row["serial"], row["group"]) for row in rows] == [(str(serial), "users") for serial in range(number)]
    stage.look(page)
    return [row["url"] for row in rows]


def write_to_recipients(stage: Stage, path: str, folder: Path) -> str:
    """Three people by spreadsheet are written to, each in their language; returns Ben's link."""
    page = stage.page
    (folder / "people.csv").write_text(RECIPIENTS, encoding="utf-8")
    stage.go(f"{path}invitations/")
    page.get_by_role("link", name="Add recipients").click()
    page.get_by_label("File").set_input_files(folder / "people.csv")
    stage.press("Upload and check")
    expect(page.locator("main")).to_contain_text("The list holds 3 recipients and nothing to correct.")
    stage.press("Store these recipients")
    stage.look(page)
    stage.go(f"{path}invitations/")
    page.get_by_role("link", name="Write an invitation").click()
    page.get_by_label("English subject").fill("What matters to you, {name}?")
    page.get_by_label("Mails a minute").fill("600")
    stage.press("Preview")
    expect(page.get_by_role("heading", name="What matters to you")).to_be_visible()
    stage.look(page)
    stage.press("Send to 3 recipients")
    wait_for(lambda: len(stage.mails.mails) == 3, "the third mail", 60)
    taken = dict(stage.mails.mails)
    assert sorted(taken) == ["an@example.com", "ben@example.com", "chu@example.com"]
    assert taken["ben@example.com"]["Subject"] == "What matters to you, Ben?"
    assert re.search("[一-鿿]", taken["an@example.com"].get_body(("plain",)).get_content())
    return link_in(taken["ben@example.com"].get_body(("plain",)).get_content())


def link_in(text: str) -> str:
    """The personal link of a mail."""
    return re.search(r"http\S+/s/\S+/i/\w+/(?=\s)", text)[0]


def recipient_has_answered(stage: Stage, path: str) -> None:
    """Who has answered is known, so that reminders go to the others only."""
    stage.go(f"{path}invitations/recipients/?answered=yes")
    rows = stage.page.locator("table tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("ben@example.com")
