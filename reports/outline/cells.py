"""Reading the cells of an outline: texts, order, issues, disclosures."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from reports.gri.catalogue import Catalogue
from reports.gri.codes import CodeProblem, parse_disclosures
from reports.gri.crosswalk import CrosswalkRow
from surveys.intake.cells import cell_text
from surveys.intake.formula import restore
from surveys.intake.nearest import Nearest, plain

HIGHEST_ORDER = 999_999
_SEPARATORS = re.compile(r"[;；,，、\s]+")
_SPACES = re.compile(r"\s+")


class BadCell(Exception):
    """A cell or a part of it cannot be taken; `code` is a key of `problems.MESSAGES`."""

    def __init__(self, code: str, suggestions: Iterable[str] = (), **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
        self.suggestions = tuple(suggestion for suggestion in suggestions if suggestion)


@dataclass(frozen=True)
class Books:
    """What codes are looked up in: the GRI edition in use, the other one, the crosswalk, the issues' codes."""

    catalogue: Catalogue
    other: Catalogue
    crosswalk: tuple[CrosswalkRow, ...] = ()
    issues: tuple[str, ...] = ()
    nearest_issue: Nearest = field(init=False)
    issue_by_plain: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "nearest_issue", Nearest(self.issues))
        object.__setattr__(self, "issue_by_plain", {plain(code): code for code in self.issues})


def read_text(cell: object, limit: int, *, lines: bool = False, neutralised: bool = False) -> str:
    """Trimmed text without control characters, on one line unless `lines`. BadCell where it cannot be taken.

    `neutralised`: the file is CSV, where a text like a formula came with an apostrophe (`intake.formula`).
    """
    if isinstance(cell, dt.date | dt.time):
        raise BadCell("date_cell", value=cell_text(cell).removesuffix(" 00:00:00"))
    text = tidy(cell_text(cell), lines=lines)
    text = restore(text) if neutralised else text
    if len(text) > limit:
        raise BadCell("text_too_long", length=len(text), limit=limit)
    return text


def tidy(text: str, *, lines: bool = False) -> str:
    """Text as it is stored: no control characters, no spaces around, runs of white space as one space."""
    if not lines:
        text = _SPACES.sub(" ", text)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(sign for sign in text if sign == "\n" or unicodedata.category(sign) not in ("Cc", "Cs")).strip()


def read_order(cell: object) -> int:
    """The order as a whole number. BadCell otherwise."""
    text = unicodedata.normalize("NFKC", cell_text(cell)).strip()
    if not re.fullmatch(r"[0-9]{1,9}", text) or not 1 <= int(text) <= HIGHEST_ORDER:
        raise BadCell("order_not_whole", limit=HIGHEST_ORDER)
    return int(text)


def read_issues(text: str, books: Books) -> tuple[list[str], list[tuple[str, BadCell]]]:
    """Issue codes in the order written, each once, and the parts that are none."""
    codes: dict[str, None] = {}
    bad = []
    for part in filter(None, _SEPARATORS.split(text)):
        code = books.issue_by_plain.get(plain(part))
        if code is None:
            bad.append((part, BadCell("unknown_issue", [books.nearest_issue(part)], value=part[:100])))
        else:
            codes[code] = None
    return list(codes), bad


def read_disclosures(cell: object, text: str, books: Books) -> tuple[list[str], list[CodeProblem]]:
    """Codes of the edition in use, and the parts that are none. BadCell for a number with decimals."""
    if isinstance(cell, float) and not cell.is_integer():
        raise BadCell("number_cell", value=text)
    parsed = parse_disclosures(text, books.catalogue, books.other, books.crosswalk)
    return parsed.codes, parsed.problems
