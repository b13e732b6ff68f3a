"""A company that is not the model case: fourteen issues in E, S and G, one language, five groups of its own, from the
first start to matrix and index."""

import csv
import random
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from materiality.models import Job
from materiality.models.people import Role
from materiality.platform import jobs
from tests.factories.people import make_person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CODES = [*(f"E{n}" for n in range(1, 6)), *(f"S{n}" for n in range(1, 6)), *(f"G{n}" for n in range(1, 5))]
PARTS = {"E": "Environment", "S": "Social", "G": "Governance"}
GROUPS = ("customers", "staff", "investors", "suppliers", "neighbours")


def written(path: Path, rows: list[list[object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    return path


class Walk:
    """A page of a person who is logged in, with the work of background jobs done in between."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address

    def go(self, path: str) -> None:
        self.page.goto(self.address + path)

    def press(self, name: str | re.Pattern) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name).first.click()

    def work_off(self) -> None:
        for job in Job.objects.filter(state=Job.State.QUEUED):
            jobs.execute(str(job.pk))
            assert Job.objects.get(pk=job.pk).state == Job.State.DONE
        self.page.reload()


def begin_with_our_own_list(walk: Walk, folder: Path) -> None:
    page = walk.page
    walk.go("/library/")
    page.get_by_role("link", name="Choose what it begins with").click()
    page.get_by_label("our own list").check()
    walk.press("Go on")
    expect(page.get_by_label("is the whole list")).to_be_checked()
    head = ["code", "category", "name_en", "gri_2021", "groups"]
    rows = [
        [code, PARTS[code[0]], f"Topic {code}", "205-2" if code == "G1" else "", ";".join(GROUPS)] for code in CODES
    ]
    page.get_by_label("File").set_input_files(written(folder / "list.csv", [head, *rows]))
    walk.press("Upload and check")
    walk.work_off()
    walk.press("Store 14 rows")
    expect(page.get_by_text("The import is stored.")).to_be_visible()
    walk.go("/library/")
    page.get_by_role("link", name="Open the draft").click()
    page.get_by_role("link", name="Publish").click()
    walk.press(re.compile("^Publish"))
    walk.go("/library/")
    expect(page.get_by_role("main")).to_contain_text("Governance")
    assert "Economy" not in page.content()


def open_a_cycle(walk: Walk) -> None:
    page = walk.page
    walk.go("/cycles/new/")
    page.get_by_label("Code").fill("own")
    expect(page.get_by_label("Chinese title")).to_have_count(0)
    page.get_by_label("English title").fill("Our year")
    walk.press("Open the cycle")
    walk.go("/cycles/own/groups/")
    for group in GROUPS:
        expect(page.get_by_role("main")).to_contain_text(group)


def ask(walk: Walk, folder: Path) -> None:
    page = walk.page
    walk.go("/cycles/own/surveys/new/")
    page.get_by_label("Code").fill("own")
    walk.press("Make the survey")
    walk.press("Open the survey")
    rng = random.Random(1)
    head = ["group", *(f"{code}:{side}" for code in CODES for side in ("society", "business"))]
    rows = [[group, *(rng.randint(1, 5) for _ in head[1:])] for group in GROUPS for _ in range(8)]
    walk.go("/cycles/own/surveys/own/import/")
    page.locator("input[type=file]").set_input_files(written(folder / "answers.csv", [head, *rows]))
    walk.press("Upload and check")
    walk.work_off()
    if page.get_by_role("radio", name="Leave these ratings out").count():
        page.get_by_role("radio", name="Leave these ratings out").check()
    walk.press(re.compile("Store 40 responses"))
    walk.work_off()


def see_matrix_and_index(walk: Walk) -> None:
    page = walk.page
    walk.go("/cycles/own/scores/")
    walk.press("Compute scores")
    walk.work_off()
    walk.go("/cycles/own/matrix/")
    expect(page.locator("svg g.point").filter(visible=True)).to_have_count(14)
    expect(page.locator("svg").filter(visible=True).first).to_contain_text("Governance")
    walk.go("/cycles/own/index/")
    expect(page.get_by_role("main")).to_contain_text("205-2")


def test_own_company_goes_from_the_first_start_to_matrix_and_index(open_page, live_server, tmp_path):
    client = Client()
    client.force_login(make_person(role=Role.LEAD))
    page = open_page("/login/", width=1440, height=900)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    walk = Walk(page, live_server.url)
    begin_with_our_own_list(walk, tmp_path)
    open_a_cycle(walk)
    ask(walk, tmp_path)
    see_matrix_and_index(walk)
