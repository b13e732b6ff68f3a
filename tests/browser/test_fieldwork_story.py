"""From a survey's making to the sentence of the report: staff, phones, mails, paper and another tool's file."""

import re
import tempfile
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from tests.browser.site import Site
from tests.browser.story import account, answering, building, figures, intake, invitations, people
from tests.browser.story.stage import WIDE, Stage, listen
from tests.browser.test_story import log_in, open_cycle
from tests.factories.mail_server import mail_server

pytestmark = [pytest.mark.browser, pytest.mark.services]

# Upkeep as it runs once a minute, after the time for answers begun before the closing.
SEAL = """
import json
from datetime import timedelta
from django.utils import timezone
from surveys.models import Survey
from surveys.actions.fieldwork import tend_all_surveys
tend_all_surveys(now=timezone.now() + timedelta(minutes=16))
print(json.dumps(list(Survey.objects.exclude(sealed_at=None).values_list("code", flat=True))))
"""


@pytest.fixture(scope="module")
def stage(chromium, sqlite_tables):
    """A site with a cycle, its own mail server, and staff who are logged in."""
    settings = SimpleNamespace()
    with mail_server(settings) as mails, tempfile.TemporaryDirectory(prefix="yiti-fieldwork-") as folder:
        site = Site(Path(folder), sqlite_tables, EMAIL_URL=f"smtp://127.0.0.1:{settings.EMAIL_PORT}")
        context = chromium.new_context(viewport=WIDE, locale="en-US", accept_downloads=True)
        try:
            site.start_all()
            site.manage("load_library")
            # Mails go out, and finished answers are released, by the clock.
            site.start_beat()
            made = Stage(site, chromium, context.new_page(), mails)
            listen(made.page, made.complaints)
            log_in(made.page, site)
            open_cycle(made.page, site)
            yield made
        finally:
            context.close()
            site.stop()


def test_story_from_a_split_survey_to_the_sentence_of_the_report(stage, tmp_path):
    path = building.build_survey(stage, "views")
    building.ask_about_people(stage, path)
    building.plan(stage, path)
    building.preview(stage, path)
    building.open_survey(stage, path)
    # Browsers answer faster than people read.
    figures.set_rule(stage, path, "Too fast", "off", "Pilot with colleagues who know the questions")
    links = invitations.make_links(stage, path, 6)
    answer_by_links(stage, links)
    assert answering.answer_inattentively(stage, "views") == 24
    check_funnel(stage, path)
    figures.page_follows(stage, path, lambda: by_link(stage, links[3], seed=4))
    stage.look(stage.page)
    by_link(stage, invitations.write_to_recipients(stage, path, tmp_path), seed=5)
    invitations.recipient_has_answered(stage, path)
    intake.import_foreign_file(stage, path, tmp_path)
    intake.print_sheet(stage, path)
    intake.enter_sheet_twice(stage, path)
    told = figures.set_rule(stage, path, "Attention", "reject", "Who does not read does not count")
    assert told.startswith("1 response would go and 0 come back: 65 → 64 valid.")
    check_exports(stage, path)
    figures.compute_scores(stage)
    account.check_sentence(figures.close(stage, path), stage.site.data / "yiti.sqlite3")
    walk_in_chinese(stage, path)
    assert (stage.complaints, stage.barriers) == ([], [])


def answer_by_links(stage: Stage, links: list[str]) -> None:
    """Five of six links are opened: one goes on elsewhere and is deleted, one in two tabs, one is left unfinished."""
    rated = answering.leave_after_one_page(stage, links[0])
    answering.go_on_elsewhere(stage, links[0], rated)
    answering.delete_by_link(stage, links[0])
    answering.meet_an_altered_link(stage, links[1])
    answering.submit_in_two_tabs(stage, links[2])
    answering.leave_after_one_page(stage, links[4])


def by_link(stage: Stage, link: str, seed: int) -> None:
    with stage.device(scripts=False) as device:
        assert people.answer(device, link, seed, comment="Noise at night") == 12


def check_funnel(stage: Stage, path: str) -> None:
    """Invited, opened, started, in progress, submitted, valid, flagged."""
    stage.go(f"{path}fieldwork/")
    assert figures.shown_funnel(stage.page) == {
        "Invited": "6", "Opened": "4", "Started": "4", "In progress": "1", "Submitted": "2", "Valid": "2",
    }  # fmt: skip
    assert figures.funnel_row(stage.page, "Users")[:6] == ["6", "3", "3", "1", "1", "1"]
    assert figures.funnel_row(stage.page, "Personal links")[:6] == ["6", "3", "3", "1", "1", "1"]
    assert figures.funnel_row(stage.page, "Employees")[:6] == ["–", "–", "1", "0", "1", "1"]
    assert figures.funnel_row(stage.page, "Group not chosen yet")[:6] == ["–", "1", "0", "0", "0", "0"]


def check_exports(stage: Stage, path: str) -> None:
    """Workbook and data for SPSS hold every response, and what was typed from paper."""
    rows = figures.rows_of_workbook(figures.exported(stage, path, "Excel"))
    assert Counter(row["channel"] or "" for row in rows) == {"": 60, "batch": 2, "link": 1, "mail": 1, "paper": 1}
    assert len(figures.lines_for_spss(figures.exported(stage, path, "SPSS"))) == 66


def walk_in_chinese(stage: Stage, path: str) -> None:
    """Every page of the survey is there in Chinese."""
    stage.press("中文")
    for part in ("", "share/", "invitations/", "fieldwork/", "screening/", "paper/",
                 "exports/", "responses/", "import/"):  # fmt: skip
        stage.go(path + part)
        assert re.search("[一-鿿]", stage.page.get_by_role("heading", level=1).inner_text()), part
        assert stage.page.locator("html").get_attribute("lang") == "zh-Hans"
    stage.press("English")


def test_anonymous_survey_says_that_nobody_can_find_the_answers(stage):
    path = building.build_survey(stage, "secret", anonymous=True)
    building.ask_about_people(stage, path)
    warned = stage.page.get_by_role("note").filter(has_text="these questions could give people away")
    expect(warned).to_be_visible()
    building.open_survey(stage, path)
    figures.set_rule(stage, path, "Too fast", "off", "Browsers answer faster than people read")
    link, other = invitations.make_links(stage, path, 2)
    answering.answer_anonymously(stage, link)
    answering.begin_only(stage, other)
    stage.go(f"{path}fieldwork/")
    assert figures.shown_funnel(stage.page)["Waiting for release"] == "1"
    stage.look(stage.page)
    # Somebody may still finish, so that the last ones wait for them.
    assert "1 waits to be released and is not counted as valid yet" in figures.close(stage, path)
    assert stage.site.python(SEAL) == ["secret"]
    stage.go(f"{path}fieldwork/")
    assert figures.shown_funnel(stage.page)["Waiting for release"] == "0"
    assert figures.funnel_row(stage.page, "Users")[4:7] == ["1", "0", "1"]
    assert figures.funnel_row(stage.page, "Personal links")[4:7] == ["1", "–", "–"]
    assert (stage.complaints, stage.barriers) == ([], [])
