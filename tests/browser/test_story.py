"""The whole path as a new user walks it: log in, cycle, survey, phone, spreadsheet, scores, matrix, index."""

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.repository.tree import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.services]
GRI_CODES = re.compile(r"\b\d{3}-\d+\b")


def log_in(page: Page, site) -> None:
    page.goto(f"{site.address}/")
    name, password = (site.data / "first-login.txt").read_text().strip().split(" / ")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Welcome to Yiti|Start"))


def look_at_library(page: Page) -> None:
    page.get_by_role("link", name="Make three choices").click()
    expect(page.get_by_label("the default library")).to_be_checked()
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("main").get_by_role("searchbox").fill("305-1")
    page.get_by_role("main").get_by_role("searchbox").press("Enter")
    expect(page.get_by_role("link", name="Greenhouse Gas Reduction")).to_be_visible()


def open_cycle(page: Page, site) -> None:
    page.goto(f"{site.address}/cycles/new/")
    page.get_by_label("Code").fill("story")
    page.get_by_label("Chinese title").fill("故事评估")
    page.get_by_label("English title").fill("Story assessment")
    page.get_by_label("Period from").fill("2026-12-31")
    page.get_by_label("Period to").fill("2026-01-01")
    page.get_by_label("GRI edition").select_option("2016")
    page.get_by_role("button", name="Create the cycle").click()
    expect(page.get_by_text("The period ends before it starts.").first).to_be_visible()
    expect(page.get_by_label("English title")).to_have_value("Story assessment")
    page.get_by_label("Period from").fill("2026-01-01")
    page.get_by_label("Period to").fill("2026-12-31")
    page.get_by_role("button", name="Create the cycle").click()
    expect(page.get_by_role("navigation", name="Steps of the cycle")).to_contain_text("6 groups")


def make_survey(page: Page, site) -> None:
    page.goto(f"{site.address}/cycles/story/surveys/new/")
    page.get_by_label("Code").fill("story-1")
    page.get_by_label("Chinese title").fill("故事问卷")
    page.get_by_label("English title").fill("Story survey")
    page.get_by_role("button", name="Create the survey").click()
    page.get_by_role("button", name="Open the survey").click()
    expect(page.locator("main")).to_contain_text("/s/story-1/")


def answer_on_a_phone(browser, site) -> None:
    phone = browser.new_context(viewport={"width": 360, "height": 740}, locale="en-US", java_script_enabled=False)
    page = phone.new_page()
    page.goto(f"{site.address}/s/story-1/")
    page.get_by_role("radio", name="Employees").check()
    page.get_by_role("checkbox", name="I take part").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Begin the survey").click()
    pages = 0
    while page.get_by_role("button", name="Submit my answers").count() == 0:
        for scale in page.get_by_role("group").all():
            if scale.locator("input[type=radio]").count() == 6:
                scale.locator("input[type=radio]").nth(3).check()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        with page.expect_navigation():
            page.get_by_role("button", name="Next page").last.click()
        pages += 1
    assert pages == int(page.get_by_role("progressbar").get_attribute("max")) - 1
    page.get_by_role("button", name="Submit my answers").last.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")
    phone.close()


def response_rows(size: int) -> tuple[list[str], list[list[str]]]:
    with (ROOT / "fixtures" / "issue_library.csv").open(encoding="utf-8") as stream:
        codes = [row["code"] for row in csv.DictReader(stream)]
    header = ["token", "group", *(f"{code}:{side}" for code in codes for side in ("society", "business"))]
    groups = ("users", "employees", "creators_partners", "government", "media", "community")
    rows = [
        [f"T{n}", groups[n % 6], *(str(1 + (n * 7 + item * item) % 5) for item in range(len(header) - 2))]
        for n in range(size)
    ]
    return header, rows


def write(path: Path, header: list[str], rows: list[list[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([header, *rows])
    return path


def import_with_errors_and_mend(page: Page, site, folder: Path) -> None:
    header, rows = response_rows(60)
    spoilt = [row[:] for row in rows]
    spoilt[3][1], spoilt[5][10] = "emploees", "9"
    page.goto(f"{site.address}/cycles/story/surveys/story-1/import/")
    page.locator("input[type=file]").set_input_files(write(folder / "spoilt.csv", header, spoilt))
    page.get_by_role("button", name="Upload and check").click()
    expect(page.locator("main")).to_contain_text("emploees", timeout=30_000)
    expect(page.locator("main")).to_contain_text("employees")
    page.goto(f"{site.address}/cycles/story/surveys/story-1/import/")
    page.locator("input[type=file]").set_input_files(write(folder / "corrected.csv", header, rows))
    page.get_by_role("button", name="Upload and check").click()
    page.get_by_role("radio", name="Leave these ratings out").check(timeout=30_000)
    page.get_by_role("button", name=re.compile("Store 60 responses")).click()
    expect(page.get_by_role("link", name="See the responses")).to_be_visible(timeout=30_000)
    page.goto(f"{site.address}/cycles/story/responses/")
    expect(page.locator("main")).to_contain_text("61")


def compute_scores(page: Page, site) -> None:
    page.goto(f"{site.address}/cycles/story/scores/")
    page.get_by_role("button", name="Compute scores").click()
    expect(page.get_by_role("heading", name="Scores")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("93 issues")).to_be_visible(timeout=30_000)


def see_matrix(page: Page, site) -> None:
    page.goto(f"{site.address}/cycles/story/matrix/")
    points = page.locator("svg g.point").filter(visible=True)
    # By the default plan nobody rates how ENV-01-02 touches the business, so it has no place.
    expect(points).to_have_count(92)
    points.first.focus()
    code = points.first.get_attribute("data-code")
    expect(page.locator(f"tr[data-code='{code}']")).to_have_class("lit")


def import_outline(page: Page, site) -> None:
    page.goto(f"{site.address}/cycles/story/outline/")
    page.locator("input[type=file]").set_input_files(ROOT / "fixtures" / "demo_outline.csv")
    page.get_by_role("button", name="Read it").click()
    page.get_by_role("button", name="Store 24 rows").click()
    expect(page.locator("table.outline tbody tr")).to_have_count(24)


def download(page: Page, site, document: str, name: str) -> bytes:
    page.goto(f"{site.address}/cycles/story/outputs/")
    page.locator("select[name=document]").select_option(document)
    page.get_by_role("button", name="Create the file").click()
    link = page.locator("table.outputs tbody tr").first.get_by_role("link")
    expect(link).to_contain_text(name, timeout=40_000)
    with page.expect_download() as waited:
        link.click()
    return Path(waited.value.path()).read_bytes()


def walk_every_page_in_chinese(page: Page, site) -> None:
    page.get_by_role("button", name="中文").click()
    steps = ("", "groups/", "method/", "surveys/", "surveys/story-1/", "responses/", "scores/", "matrix/", "outline/",
             "outputs/")  # fmt: skip
    for path in ("/", "/library/", "/cycles/", *(f"/cycles/story/{step}" for step in steps)):
        answer = page.goto(site.address + path)
        assert answer.status == 200, path
        assert re.search("[一-鿿]", page.get_by_role("heading", level=1).inner_text()), path
        assert page.locator("html").get_attribute("lang") == "zh-Hans"


def is_complaint(message) -> bool:
    """An error on the console; not htmx's words on a poll that was cut off because the page was left."""
    return message.type == "error" and not message.text.startswith("htmx:")


def test_story_from_login_to_matrix_and_index(chromium, site, tmp_path):
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="en-US", accept_downloads=True)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if is_complaint(message) else None)
    page.on("pageerror", lambda problem: complaints.append(str(problem)))
    log_in(page, site)
    look_at_library(page)
    open_cycle(page, site)
    make_survey(page, site)
    answer_on_a_phone(chromium, site)
    import_with_errors_and_mend(page, site, tmp_path)
    compute_scores(page, site)
    see_matrix(page, site)
    import_outline(page, site)
    assert download(page, site, "matrix.pdf", ".pdf").startswith(b"%PDF")
    assert download(page, site, "matrix.png", ".png").startswith(b"\x89PNG")
    assert download(page, site, "gri-index.xlsx", ".xlsx").startswith(b"PK")
    index = download(page, site, "gri-index.csv", ".csv").decode("utf-8-sig")
    with (ROOT / "fixtures" / "demo_outline.csv").open(encoding="utf-8") as stream:
        wanted = [code for row in csv.DictReader(stream) for code in GRI_CODES.findall(row["disclosures"])]
    assert GRI_CODES.findall(index) == wanted
    walk_every_page_in_chinese(page, site)
    context.close()
    assert complaints == []


COUNT_CLICKS = "addEventListener('pointerdown', () => window.clicked(), true)"


def pressed(page: Page, role: str, name: str | re.Pattern, **options) -> None:
    """Click what the page offers, and wait for the page that it leads to."""
    with page.expect_navigation():
        page.get_by_role(role, name=name, **options).first.click()


def chosen(page: Page, path: Path) -> None:
    """Choose the file with a click, as a person does."""
    with page.expect_file_chooser() as waited:
        page.get_by_text("Choose a file", exact=True).click()
    waited.value.set_files(path)


def created(page: Page, button: str, suffix: str) -> bytes:
    """The file that a button creates on its page, without leaving it."""
    page.get_by_role("button", name=button).first.click()
    link = page.locator("#made").get_by_role("link", name=re.compile(rf"{re.escape(suffix)}$"))
    expect(link).to_be_visible(timeout=40_000)
    with page.expect_download() as waited:
        link.click()
    return Path(waited.value.path()).read_bytes()


def walk_the_main_job(page: Page, folder: Path) -> tuple[bytes, bytes]:
    """From the start page to matrix and index by what each page offers next; nothing is typed."""
    rail = page.get_by_role("navigation", name="Steps of the cycle")
    pressed(page, "link", "New cycle")
    pressed(page, "button", "Create the cycle")
    with page.expect_navigation():
        rail.get_by_role("link", name=re.compile("Questionnaire")).click()
    pressed(page, "button", "Create the survey")
    pressed(page, "button", "Open the survey")
    pressed(page, "link", "Import responses")
    chosen(page, write(folder / "main.csv", *response_rows(500)))
    pressed(page, "button", "Upload and check")
    page.get_by_role("radio", name="Leave these ratings out").check(timeout=60_000)
    pressed(page, "button", "Store 500 responses")
    expect(page.get_by_role("button", name="Compute scores")).to_be_visible(timeout=60_000)
    pressed(page, "button", "Compute scores")
    expect(page.get_by_role("heading", name="Scores", exact=True)).to_be_visible(timeout=60_000)
    pressed(page, "link", "Matrix", exact=True)
    matrix = created(page, "Create a PDF", ".pdf")
    with page.expect_navigation():
        rail.get_by_role("link", name=re.compile("Outline and index")).click()
    chosen(page, ROOT / "fixtures" / "demo_outline.csv")
    pressed(page, "button", "Read it")
    pressed(page, "button", "Store 24 rows")
    return matrix, created(page, "GRI index as XLSX", ".xlsx")


def test_main_job_takes_at_most_20_clicks_and_15_pages(chromium, site, tmp_path):
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="en-US", accept_downloads=True)
    page, clicks, loads = context.new_page(), [], []
    log_in(page, site)
    context.expose_binding("clicked", lambda source: clicks.append(source["page"].url))
    context.add_init_script(COUNT_CLICKS)
    page.on("load", lambda loaded: loads.append(loaded.url))
    page.reload()
    matrix, index = walk_the_main_job(page, tmp_path)
    context.close()
    assert (matrix[:4], index[:2]) == (b"%PDF", b"PK")
    assert (len(clicks) <= 20, len(loads) <= 15) == (True, True), (clicks, loads)
