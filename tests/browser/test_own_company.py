"""A company that is not the model case: fourteen issues in E, S and G, one language, five groups of its own, from the
first start to matrix and index."""

import csv
import random
import re
from pathlib import Path

import pytest
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
INSIDE = ("staff", "investors")  # who rate the impact on the business, too


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
        address = self.page.url
        self.page.goto("about:blank")  # whose page asks for nothing while the work is done
        for job in Job.objects.filter(state=Job.State.QUEUED):
            jobs.execute(str(job.pk))
            assert Job.objects.get(pk=job.pk).state == Job.State.DONE
        self.page.goto(address)


def begin_with_our_own_list(walk: Walk, folder: Path) -> None:
    page = walk.page
    walk.go("/")
    page.get_by_role("link", name="Make three choices").click()
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


def say_who_is_inside(walk: Walk) -> None:
    for group in INSIDE:
        walk.go(f"/library/groups/{group}/")
        expect(walk.page.get_by_label("Chinese name")).to_have_count(0)
        walk.page.get_by_label("Side").select_option("internal")
        walk.press("Save")


def open_a_cycle(walk: Walk) -> None:
    page = walk.page
    walk.go("/cycles/new/")
    page.get_by_label("Code").fill("own")
    expect(page.get_by_label("Chinese title")).to_have_count(0)
    page.get_by_label("English title").fill("Our year")
    walk.press("Create the cycle")
    walk.go("/cycles/own/groups/")
    for group in GROUPS:
        expect(page.get_by_role("main")).to_contain_text(group)


def ask(walk: Walk, folder: Path) -> None:
    page = walk.page
    walk.go("/cycles/own/surveys/new/")
    page.get_by_label("Code").fill("own")
    walk.press("Create the survey")
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


def see_matrix_and_index(walk: Walk, folder: Path) -> None:
    page = walk.page
    walk.go("/cycles/own/scores/")
    walk.press("Compute scores")
    walk.work_off()
    walk.go("/cycles/own/matrix/")
    expect(page.locator("svg g.point").filter(visible=True)).to_have_count(14)
    expect(page.locator("svg").filter(visible=True).first).to_contain_text("Governance")
    outline = [["order", "chapter", "section", "issues", "disclosures", "location"]]
    outline += [["1", "Governance", "", "", "", ""], ["2", "Governance", "Integrity", "G1", "205-2", "P12"]]
    walk.go("/cycles/own/outline/")
    page.locator("input[type=file]").set_input_files(written(folder / "outline.csv", outline))
    walk.press("Read it")
    walk.work_off()
    walk.press("Store 2 rows")
    walk.go("/cycles/own/outputs/")
    page.locator("select[name=document]").select_option("gri-index.csv")
    walk.press("Create the file")
    if page.locator(".gaps").count():
        page.locator(".gaps").get_by_role("checkbox").check()
        walk.press("Create the file")
    walk.work_off()
    walk.go("/cycles/own/outputs/")
    with page.expect_download() as waited:
        page.locator("table.outputs tbody tr").first.get_by_role("link").click()
    lines = Path(waited.value.path()).read_text("utf-8-sig").splitlines()
    assert [line for line in lines if "205-2" in line and "P12" in line and "Integrity" in line] != []


def test_own_company_goes_from_the_first_start_to_matrix_and_index(open_page, live_server, settings, tmp_path):
    settings.SHORT_JOB = 0  # nobody takes the jobs up before the test does
    client = Client()
    client.force_login(make_person(role=Role.LEAD))
    page = open_page("/login/", width=1440, height=900, accept_downloads=True)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page.set_default_timeout(40_000)
    walk = Walk(page, live_server.url)
    begin_with_our_own_list(walk, tmp_path)
    say_who_is_inside(walk)
    open_a_cycle(walk)
    ask(walk, tmp_path)
    see_matrix_and_index(walk, tmp_path)
