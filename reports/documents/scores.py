"""The scores of a run as a workbook in the format `scores` (formats.md)."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from materiality.models import IssueScore, Run
from materiality.queries.small_cells import shown_cells
from materiality.scoring.codes import DIMENSIONS
from materiality.words import word_for
from reports.documents.package import workbook_bytes
from reports.documents.scores_chart import put_chart
from reports.documents.sheets import BOLD, SOFT, on_paper, put, put_head, put_rows, set_widths
from reports.queries.matrix import MatrixData

SCORE, SHARE = "0.0", "0 %"
COLUMNS = (
    *("rank", "code", "name_zh", "name_en", "category"),
    *("society", "society_low", "society_high", "society_n"),
    *("business", "business_low", "business_high", "business_n"),
    *("priority", "tier", "tier_certainty", "rank_low", "rank_high", "decision", "reason"),
)
WIDTHS = (7, 13, 22, 34, 14, *(10,) * 8, 10, 11, 13, 10, 10, 11, 24)
IN_SCORES = {
    column: SCORE for column, name in enumerate(COLUMNS, start=1) if name in ("society", "business", "priority")
}
IN_SCORES |= {
    column: SCORE
    for column, name in enumerate(COLUMNS, start=1)
    if name in ("society_low", "society_high", "business_low", "business_high")
}
IN_SCORES |= {COLUMNS.index("tier_certainty") + 1: SHARE}
Names = Mapping[str, str]


def scores_workbook(run: Run, scores: Sequence[IssueScore], data: MatrixData, groups: Names, heading: str) -> bytes:
    """All sheets. `scores` with issue and category, in code order; `data` is what the chart shows.

    `groups` gives the names of groups by code; `heading` names organisation, cycle and run in page footers. Names of
    sheets and columns are the same in every language; words are in the active one.
    """
    book = Workbook()
    _scores(book.active, "scores", [score for score in scores if not score.issue.is_primary], heading)
    _scores(book.create_sheet(), "primary", [score for score in scores if score.issue.is_primary], heading)
    _groups(book.create_sheet("groups"), scores, groups, heading)
    _method(book.create_sheet("method"), run, groups, heading)
    _screening(book.create_sheet("screening"), run, groups, heading)
    put_chart(book.create_sheet("matrix"), data, heading)
    return workbook_bytes(book)


def _scores(sheet: Worksheet, title: str, scores: Sequence[IssueScore], heading: str) -> None:
    sheet.title = title
    ranked = sorted(scores, key=lambda score: (score.rank is None, score.rank or 0, score.issue.code))
    put_head(sheet, 1, COLUMNS)
    end = put_rows(sheet, 2, [[_value(score, name) for name in COLUMNS] for score in ranked], IN_SCORES)
    set_widths(sheet, WIDTHS)
    sheet.auto_filter.ref = f"A1:{sheet.cell(1, len(COLUMNS)).column_letter}{max(end - 1, 1)}"
    on_paper(sheet, landscape=True, head_row=1, footer=heading)


def _value(score: IssueScore, name: str) -> str | float | int | None:
    if name in ("code", "name_zh", "name_en"):
        return getattr(score.issue, name)
    if name == "category":
        return score.issue.category.code
    if name in ("decision", "reason"):  # no review has been held on this run
        return None
    if name.endswith("_n") and score.derived:
        return None
    return getattr(score, name)


def _groups(sheet: Worksheet, scores: Sequence[IssueScore], groups: Names, heading: str) -> None:
    """Score and n of every group; small cells without score (architecture.md, Small cells)."""
    names = [f"{group}:{dimension}{part}" for group in groups for dimension in DIMENSIONS for part in ("", ":n")]
    put_head(sheet, 1, ["code", "name_zh", "name_en", *names])
    rows = []
    for score in scores:
        if score.groups:
            cells = shown_cells(score.groups)
            row = [score.issue.code, score.issue.name_zh, score.issue.name_en]
            for group in groups:
                found = cells.get(group, {})
                for dimension in DIMENSIONS:
                    cell = found.get(dimension)
                    row += [cell.score, cell.n] if cell else [None, None]
            rows.append(row)
    end = put_rows(sheet, 2, rows, dict.fromkeys(range(4, 4 + len(names), 2), SCORE))
    put(sheet, end + 1, 1, _("Cells with n < 5 are empty; where one is, a second is too."), SOFT)
    set_widths(sheet, (13, 22, 34, *(14,) * len(names)))
    on_paper(sheet, landscape=True, head_row=1, footer=heading)
    sheet.freeze_panes = "D2"


def _method(sheet: Worksheet, run: Run, groups: Names, heading: str) -> None:
    """Everything that the numbers can be made again from."""
    put_head(sheet, 1, ["parameter", "value"])
    rows: list[tuple[str, object]] = [
        ("cycle", run.cycle.code),
        ("run", run.number),
        ("edition", run.edition.code),
        ("surveys", ";".join(run.surveys)),
        ("software", run.software),
        ("responses_sha256", run.digest),
    ]
    rows += [(name, _plain(value)) for name, value in sorted(run.method.items()) if name != "weights"]
    for title, cuts in (("cut", run.cuts), ("primary_cut", run.primary_cuts), ("pooled_cut", run.pooled_cuts)):
        rows += [(f"{title}_{name}_found", cuts.get(name)) for name in ("low", "high")]
    end = put_rows(sheet, 2, rows)
    put_head(sheet, end + 1, ["group", *(f"weight_{dimension}" for dimension in DIMENSIONS), "name"])
    weights = run.method["weights"]
    put_rows(
        sheet,
        end + 2,
        [(code, *(weights.get(code, {}).get(d, 1) for d in DIMENSIONS), name) for code, name in groups.items()],
    )
    set_widths(sheet, (24, 30, 18, 30))
    on_paper(sheet, landscape=False, head_row=1, footer=heading)


def _plain(value: object) -> object:
    return ";".join(map(str, value)) if isinstance(value, list | tuple) else value


def _screening(sheet: Worksheet, run: Run, groups: Names, heading: str) -> None:
    put_head(sheet, 1, ["responses", "count", "words"])
    counts = run.responses
    words = {
        "total": _("All responses"),
        "unfinished": _("Never submitted"),
        "submitted": _("Submitted"),
        "valid": _("Valid"),
    }
    rows = [(name, counts[name], word) for name, word in words.items()]
    rows += [(flag, number, word_for("flag", flag)) for flag, number in counts["flags"].items()]
    end = put_rows(sheet, 2, rows)
    put_head(sheet, end + 1, ["group", "total", "submitted", "valid", "name"])
    found = counts["groups"]
    lines = [
        (code, *(found[code][n] for n in ("total", "submitted", "valid")), groups.get(code, code)) for code in found
    ]
    end = put_rows(sheet, end + 2, lines)
    if counts.get("screening"):
        put_head(sheet, end + 1, ["survey", "rules_version", "rule", "effect", "parameters"])
        put_rows(sheet, end + 2, _rules(counts["screening"]))
    sheet.cell(5, 2).font = BOLD
    set_widths(sheet, (22, 14, 22, 12, 30))
    on_paper(sheet, landscape=False, head_row=1, footer=heading)


def _rules(screening: Sequence[Mapping]) -> list[tuple]:
    """The rules that the run counted by, a row per survey and rule."""
    return [
        (
            used["survey"],
            used["version"],
            rule,
            values["effect"],
            ";".join(f"{name}={value}" for name, value in values.items() if name != "effect"),
        )
        for used in screening
        for rule, values in used["rules"].items()
    ]
