"""Whether codes, parents and categories of a library's rows make a tree of two levels."""

import re
import unicodedata
from collections.abc import Sequence

from materiality.library_file.issue_rows import IssueRow
from materiality.library_file.nearest import nearest
from materiality.library_file.problems import Problem

PRIMARY = re.compile(r"[A-Z]{2,8}-\d{2}")
SECONDARY = re.compile(r"[A-Z]{2,8}-\d{2}-\d{2}")


def check_tree(rows: Sequence[IssueRow], flat: bool) -> list[Problem]:
    """Problems of codes and parents. `flat`: primaries come from columns, so every row of the file is secondary."""
    first: dict[str, IssueRow] = {}
    problems: list[Problem] = []
    for row in rows:
        code = row.cells["code"]
        problems += _code(row, flat)
        if code and code in first:
            params = {"first": str(first[code].number)}
            problems.append(row.problem("double_code", "code", params=params))
        first.setdefault(code, row)
    for row in rows:
        if row.cells["parent_code"]:
            problems += _parent(row, first)
    return problems


def _code(row: IssueRow, flat: bool) -> list[Problem]:
    code, parent = row.cells["code"], row.cells["parent_code"]
    if not code:
        return [row.problem("empty", "code")]
    made_from_columns = row.column("code") == "primary_code"
    if not parent and not made_from_columns and (flat or SECONDARY.fullmatch(code)):
        offered = (code.rpartition("-")[0],) if SECONDARY.fullmatch(code) else ()
        return [row.problem("primary_missing", "parent_code", value=code, nearest=offered)]
    shape, example = (SECONDARY, "SOC-03-01") if parent else (PRIMARY, "SOC-03")
    if not shape.fullmatch(code):
        return [row.problem("bad_code", "code", nearest=_well_formed(code, shape), params={"example": example})]
    return []


def _well_formed(code: str, shape: re.Pattern) -> tuple[str, ...]:
    """The code with capital letters, hyphens and two digits, where that makes it right: `soc—3-1` → `SOC-03-01`."""
    plain = re.sub(r"[\s_.‐-―−]+", "-", unicodedata.normalize("NFKC", code).upper())
    padded = re.sub(r"(?<=-)(\d)(?=-|$)", r"0\1", plain)
    return (padded,) if shape.fullmatch(padded) else ()


def _parent(row: IssueRow, first: dict[str, IssueRow]) -> list[Problem]:
    code, parent = row.cells["code"], row.cells["parent_code"]
    above = first.get(parent)
    if above is None:
        primaries = [known for known, held in first.items() if not held.cells["parent_code"]]
        return [row.problem("no_primary", "parent_code", nearest=nearest(parent, primaries))]
    if above.cells["parent_code"]:
        return [row.problem("third_level", "parent_code", nearest=(above.cells["parent_code"],))]
    problems = []
    if SECONDARY.fullmatch(code) and not code.startswith(f"{parent}-"):
        problems.append(row.problem("other_branch", "code", params={"primary": parent}))
    if row.cells["category"] != above.cells["category"] and above.number != row.number:
        problems.append(row.problem("other_category", "category", nearest=(above.cells["category"],)))
    return problems
