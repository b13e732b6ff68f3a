"""What staff see of it all: fieldwork, screening, exports, scores, the sentence for the report."""

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.browser.story.stage import Stage

FUNNEL = ("Invited", "Opened", "Started", "In progress", "Submitted", "Waiting for release", "Valid")


def shown_funnel(page: Page) -> dict[str, str]:
    """The figures at the top of the page of fieldwork."""
    names = page.locator("#figures > dl dt").all_inner_texts()
    values = page.locator("#figures > dl dd").all_inner_texts()
    return {name: value.split()[0] for name, value in zip(names, values, strict=True) if name in FUNNEL}


def funnel_row(page: Page, name: str, under: str = "") -> list[str]:
    """Invited to flagged of a line of the funnel; a channel's `under` its group."""
    table = page.locator("table.funnel").first
    body = table.locator("tbody").filter(has_text=under) if under else table
    cells = body.get_by_role("row").filter(has=page.get_by_role("rowheader", name=name, exact=True)).get_by_role("cell")
    return cells.all_inner_texts()[:8]


def page_follows(stage: Stage, path: str, act: Callable[[], None]) -> None:
    """The figures change by themselves while somebody answers."""
    page = stage.page
    stage.go(f"{path}fieldwork/")
    before = int(shown_funnel(page)["Submitted"])
    act()
    submitted = page.locator("#figures > dl > div").filter(has_text="Submitted").locator("dd")
    expect(submitted).to_have_text(str(before + 1), timeout=40_000)


def set_rule(stage: Stage, path: str, rule: str, effect: str, reason: str) -> str:
    """Try a rule out, then put it in force with a reason; returns what the trial says."""
    page = stage.page
    stage.go(f"{path}screening/")
    page.get_by_role("group", name=rule).get_by_label("Effect").select_option(effect)
    stage.press("Try these rules out")
    expect(page.get_by_role("heading", level=1)).to_have_text("Rules on trial")
    told = page.locator("p.lead").inner_text()
    stage.look(page)
    page.get_by_label("Reason").fill(reason)
    stage.press("Put these rules in force")
    expect(page.locator("main")).to_contain_text(reason)
    return told


def exported(stage: Stage, path: str, kind: str) -> bytes:
    """A file of the page of exports."""
    stage.go(f"{path}exports/")
    stage.page.get_by_role("radio", name=re.compile(kind)).check()
    with stage.page.expect_download() as waited:
        stage.page.get_by_role("button", name="Download", exact=True).click()
    return Path(waited.value.path()).read_bytes()


def rows_of_workbook(contents: bytes) -> list[dict]:
    """The rows of an exported workbook by the names of their columns."""
    rows = load_workbook(io.BytesIO(contents), read_only=True).worksheets[0].iter_rows(values_only=True)
    header = next(rows)
    return [dict(zip(header, row, strict=False)) for row in rows]


def lines_for_spss(contents: bytes) -> list[str]:
    """The lines of the data in the ZIP for SPSS, its header included."""
    with zipfile.ZipFile(io.BytesIO(contents)) as archive:
        data = next(name for name in archive.namelist() if name.endswith(".csv") and "codebook" not in name)
        assert any(name.endswith(".sps") for name in archive.namelist())
        return archive.read(data).decode("utf-8-sig").splitlines()


def compute_scores(stage: Stage) -> None:
    """A run over all valid responses."""
    stage.go("/cycles/story/scores/")
    stage.press("Compute scores")
    expect(stage.page.get_by_text("93 issues")).to_be_visible(timeout=60_000)


def close(stage: Stage, path: str) -> str:
    """Close the survey; returns the English sentence for the report."""
    page = stage.page
    stage.go(path)
    page.get_by_text("Close the survey", exact=True).first.click()
    stage.press("Close the survey")
    expect(page.locator("main")).to_contain_text("It takes no more answers.")
    stage.go(f"{path}fieldwork/")
    return page.get_by_label("English", exact=True).input_value()
