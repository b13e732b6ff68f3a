"""Answers that come otherwise: a file of another survey tool, and paper."""

import csv
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.story.stage import Stage
from tests.repository.tree import ROOT

ROWS = 60
GROUPS = ("users", "employees", "creators_partners", "government", "media", "community")
QUESTIONS = ("Impact on society", "Impact on the company")


def foreign_file(path: Path) -> Path:
    """Sixty answers as another tool writes them: names of issues under questions, and an address for each."""
    with (ROOT / "fixtures" / "issue_library.csv").open(encoding="utf-8") as stream:
        names = [row["name_en"] for row in csv.DictReader(stream)]
    header = ["Response ID", "E-mail", "Stakeholder group"]
    header += [f"{question} [{name}]" for question in QUESTIONS for name in names]
    rows = [
        [f"n{row}", f"p{row}@example.org", GROUPS[row % 6],
         *(str(1 + (row * 7 + place * place + row * place) % 5) for place in range(2 * len(names)))]
        for row in range(ROWS)
    ]  # fmt: skip
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([header, *rows])
    return path


def import_foreign_file(stage: Stage, path: str, folder: Path) -> None:
    """The columns are recognised, shown, confirmed, saved under a name; what nobody asked is left out, then stored."""
    page = stage.page
    stage.go(f"{path}import/")
    stage.look(page)
    page.get_by_label("File").set_input_files(foreign_file(folder / "elsewhere.csv"))
    stage.press("Upload and check")
    expect(page.get_by_role("heading", level=1)).to_have_text("Columns of the file", timeout=60_000)
    expect(page.locator("main")).to_contain_text("93 of the 93 issues of this survey were found.")
    expect(page.get_by_label("Column C is taken for")).to_have_value("Stakeholder group")
    expect(page.get_by_label("Column B is taken for")).to_have_value("")
    page.get_by_label("Remember all this under a name").fill("elsewhere")
    stage.look(page)
    stage.press("Check the file by these columns")
    page.get_by_role("radio", name="Leave these ratings out").check(timeout=60_000)
    page.get_by_role("button", name=f"Store {ROWS} responses").click()
    expect(page.get_by_role("link", name="See the responses")).to_be_visible(timeout=60_000)
    stage.go(f"{path}import/")
    expect(page.get_by_label("What the columns are").get_by_role("option", name="elsewhere")).to_have_count(1)


def print_sheet(stage: Stage, path: str) -> None:
    """One sheet for media, as a PDF made in the background."""
    page = stage.page
    stage.go(f"{path}paper/")
    page.get_by_label("Group").select_option(label="Media")
    page.get_by_label("How many sheets").fill("1")
    stage.press("Create the sheets")
    link = page.get_by_role("link", name=re.compile("Sheets 1–1"))
    expect(link).to_be_visible(timeout=60_000)
    with page.expect_download() as waited:
        link.click()
    assert Path(waited.value.path()).read_bytes().startswith(b"%PDF")


def enter_sheet_twice(stage: Stage, path: str) -> None:
    """Two entries that differ in one box: what the sheet says is chosen, then it is stored."""
    page = stage.page
    type_sheet(stage, path, last="2")
    expect(page.locator("main")).to_contain_text("has to be entered a second time")
    type_sheet(stage, path, last="5")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Entries differ")
    expect(page.locator("form.paper-differences fieldset")).to_have_count(1)
    stage.look(page)
    page.get_by_role("radio", name=re.compile("second entry")).check()
    stage.press("Store the sheet")
    expect(page.locator("main")).to_contain_text("Sheet 0001 is stored.")
    stage.look(page)


def type_sheet(stage: Stage, path: str, *, last: str) -> None:
    """Type the sheet by keyboard, as staff do: the field jumps on by itself."""
    page = stage.page
    stage.go(f"{path}paper/")
    page.get_by_label("Number on the sheet").fill("1")
    stage.press("Enter this sheet")
    page.get_by_role("checkbox", name="Consent is ticked on the sheet").check()
    boxes = typed_boxes(page)
    for place, box in enumerate(boxes):
        box.fill(last if place == len(boxes) - 1 else str(1 + place % 5))
    if last == "2":
        stage.look(page)
    stage.press("Save this entry")


def typed_boxes(page: Page) -> list:
    """The boxes of ratings in the order of the sheet; the split gives it twelve issues."""
    boxes = page.locator("form.paper-entry .grid input").all()
    assert len(boxes) == 12
    return boxes
