"""The workbook of a run: sheets for people in words of its language, and behind them those for scripts."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl import Workbook
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from materiality.models import Cycle, IssueScore, Run
from materiality.platform.bilingual import DEFAULT_LANGUAGES, suffix_of, text_of
from materiality.platform.organisation import organisation_name
from materiality.platform.words import word_for
from materiality.queries.indicators import rater_columns
from materiality.queries.scores import (
    MIDDLE,
    PRIMARY,
    SECONDARY,
    by_level,
    marks_of,
    shown_cells,
    shows_certainty,
    stated_of,
    undo_hidden_cells,
    warning_lines,
)
from materiality.scoring.cube import DIMENSIONS
from materiality.scoring.method import Method
from materiality.tables.write import workbook_bytes
from reports.documents.charts import put_matrix_sheet, put_scatter, scored_points, shown_names
from reports.documents.sheets import (
    AT_TOP,
    BOLD,
    NUMBER_HEAD,
    SOFT,
    TITLE,
    WRAP,
    lines_needed,
    on_paper,
    put,
    put_head,
    put_rows,
    set_widths,
)
from reports.queries.matrix import (
    TIERS,
    MatrixData,
    ShownNames,
    base_line,
    cut_line,
    decided_line,
    tier_told,
    weighting_line,
)
from reports.queries.outputs import (
    MATRIX_OPTIONS,
    OutputKind,
    Progress,
    frozen_text,
    scored_data,
    scored_inputs,
)

CHART_COLUMNS = ("code", "name", "category", "business", "society", "tier")


def put_chart(sheet: Worksheet, data: MatrixData, heading: str) -> None:
    """The table of the points that have both scores, and the chart that refers to it, words in the active language."""
    points = scored_points(data)
    put_head(sheet, 1, CHART_COLUMNS)
    rows = [(p.code, p.label, p.category, p.x, p.y, word_for("tier", p.tier)) for p in points]
    end = put_rows(sheet, 2, rows, {4: "0.0", 5: "0.0"})
    set_widths(sheet, (13, 30, 14, 10, 10, 12))
    on_paper(sheet, landscape=True, head_row=1, footer=heading)
    sheet.page_setup.fitToHeight = 1
    put_scatter(sheet, data, {"name": 2, "x": 4, "y": 5}, 2, end + 1, "I2")


SCORE, SHARE = "0.0", "0%"
SCORE_COLUMNS = (
    *("rank", "code", "name_zh", "name_en", "category"),
    *("society", "society_low", "society_high", "society_n"),
    *("business", "business_low", "business_high", "business_n"),
    *("priority", "tier", "tier_certainty", "rank_low", "rank_high", "decision", "reason"),
    *("plain_society", "plain_business"),
    *("society_asked", "society_counted", "business_asked", "business_counted"),
    *("disagreement_society", "disagreement_business"),
)
WIDTHS = (7, 13, 22, 34, 14, *(10,) * 8, 10, 11, 13, 10, 10, 11, 24, *(14,) * 8)
SCORED = {"priority"} | {
    pattern.format(dimension)
    for dimension in DIMENSIONS
    for pattern in ("{}", "{}_low", "{}_high", "plain_{}", "disagreement_{}")
}
IN_SCORES = {column: SCORE for column, name in enumerate(SCORE_COLUMNS, start=1) if name in SCORED}
IN_SCORES |= {SCORE_COLUMNS.index("tier_certainty") + 1: SHARE}
Names = Mapping[str, str]
Raters = Sequence[tuple[str, Mapping[str, float]]]
Decided = Mapping[str, Sequence[str]]  # code of an issue → tier after review, reason


def put_script_sheets(
    book: Workbook,
    run: Run,
    scores: Sequence[IssueScore],
    data: MatrixData,
    groups: Names,
    heading: str,
    raters: Raters,
    decided: Decided,
) -> None:
    """The sheets of formats.md. `scores` with issue and category, in code order; `data` is what the chart shows.

    `raters`: what a framework is called, and code of an issue → the number that it gives the issue; a column each.
    `groups` gives the names of groups by code; `heading` names organisation, cycle and run in page footers. Names of
    sheets and columns are the same in every language; words are in the active one.
    """
    levels = by_level(scores)
    _scores(book.create_sheet(), "scores", run, levels.get(SECONDARY, []), heading, raters, decided)
    _scores(book.create_sheet(), PRIMARY, run, levels.get(PRIMARY, []), heading, raters, decided)
    if MIDDLE in levels:
        _scores(book.create_sheet(), MIDDLE, run, levels[MIDDLE], heading, raters, decided)
    _by_group(book.create_sheet("by_group"), run, scores, groups, heading)
    _groups(book.create_sheet("groups"), run, groups, heading)
    _method(book.create_sheet("method"), run, groups, heading)
    _screening(book.create_sheet("screening"), run, groups, heading)
    put_chart(book.create_sheet("matrix"), data, heading)


def _scores(
    sheet: Worksheet, title: str, run: Run, scores: Sequence[IssueScore], heading: str, raters: Raters, decided: Decided
) -> None:
    sheet.title = title
    left_out = set()
    if not shows_certainty(stated_of(run, title)):
        left_out.add("tier_certainty")
    if undo_hidden_cells(run):
        left_out |= {"disagreement_society", "disagreement_business"}
    ranked = sorted(scores, key=lambda score: (score.rank is None, score.rank or 0, score.issue.code))
    named = _named(run)
    columns = [named.get(name, name) for name in SCORE_COLUMNS] + [*(label for label, _values in raters)]
    put_head(sheet, 1, columns)
    rows = [
        [
            None if name in left_out else _value(score, named.get(name, name), decided.get(score.issue.code))
            for name in SCORE_COLUMNS
        ]
        + [values.get(score.issue.code) for _label, values in raters]
        for score in ranked
    ]
    end = put_rows(sheet, 2, rows, IN_SCORES)
    set_widths(sheet, (*WIDTHS, *(14,) * len(raters)))
    sheet.auto_filter.ref = f"A1:{sheet.cell(1, len(columns)).column_letter}{max(end - 1, 1)}"
    on_paper(sheet, landscape=True, head_row=1, footer=heading)


def _value(score: IssueScore, name: str, decision: Sequence[str] | None) -> str | float | int | None:
    if name in ("decision", "reason"):
        return decision and decision[name == "reason"]
    if name == "code" or name.startswith("name_"):
        return getattr(score.issue, name)
    if name == "category":
        return score.issue.category.code
    if name.endswith("_n") and score.derived:
        return None
    if name.startswith("disagreement_"):
        return score.disagreement.get(name.removeprefix("disagreement_"))
    if name.endswith(("_asked", "_counted")):
        dimension, what = name.split("_")
        return score.base.get(dimension, (None, None))[what == "counted"]
    return getattr(score, name)


def _named(run: Run) -> dict[str, str]:
    """Of the two columns of names those that hold another language, as the cycle has one that is neither."""
    spoken = run.cycle.languages
    if set(spoken) <= set(DEFAULT_LANGUAGES):
        return {}
    one, other = [*spoken, "en"][:2]
    return {"name_zh": f"name_{suffix_of(one)}", "name_en": f"name_{suffix_of(other)}"}


def _by_group(sheet: Worksheet, run: Run, scores: Sequence[IssueScore], groups: Names, heading: str) -> None:
    """Score and n of every group; small cells without score (architecture.md, Small cells)."""
    names = [f"{group}:{dimension}{part}" for group in groups for dimension in DIMENSIONS for part in ("", ":n")]
    named = [_named(run).get(name, name) for name in ("name_zh", "name_en")]
    put_head(sheet, 1, ["code", *named, *names])
    rows = []
    for score in scores:
        if score.groups:
            cells = shown_cells(score.groups)
            row = [score.issue.code, *(getattr(score.issue, name) for name in named)]
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


def _groups(sheet: Worksheet, run: Run, groups: Names, heading: str) -> None:
    """Each group's responses, weights, habits of rating in points on 0–100, and share of the variance."""
    weights = [f"weight_{dimension}" for dimension in DIMENSIONS]
    habits = [f"habit_{dimension}" for dimension in DIMENSIONS]
    put_head(sheet, 1, ["group", "name", "responses", *weights, *habits, "variance_share"])
    figures, hidden = run.figures, undo_hidden_cells(run)
    rows = [
        (
            code,
            name,
            run.responses["groups"].get(code, {}).get("valid", 0),
            *(run.method["weights"].get(code, {}).get(d, 1) for d in DIMENSIONS),
            *(None if hidden else figures.get("habits", {}).get(code, {}).get(d) for d in DIMENSIONS),
            figures.get("variance_share", {}).get(code),
        )
        for code, name in groups.items()
    ]
    put_rows(sheet, 2, rows, {6: SCORE, 7: SCORE, 8: SHARE})
    set_widths(sheet, (18, 30, *(14,) * 6))
    on_paper(sheet, landscape=False, head_row=1, footer=heading)


def _method(sheet: Worksheet, run: Run, groups: Names, heading: str) -> None:
    """Everything that the numbers can be made again from."""
    put_head(sheet, 1, ["parameter", "value"])
    rows: list[tuple[str, object]] = [
        ("cycle", run.cycle.code),
        ("run", run.number),
        ("edition", run.edition.code),
        ("surveys", ";".join(run.surveys)),
        ("software", run.software),
        ("scoring", run.scoring),
        ("responses_sha256", run.digest),
        *([("reported_by", run.source)] if run.source else []),
    ]
    rows += [(name, _plain(value)) for name, value in sorted(run.method.items()) if name not in ("weights", "names")]
    for about, found in run.method.get("names", {}).items():
        texts = [(name, *each) for name, held in found.items() for each in held.items()]
        rows += [(f"name_{about}_{name}_{language}", text) for name, language, text in texts]
    for title, found in (("cut", run.cuts), ("primary_cut", run.primary_cuts), ("pooled_cut", run.pooled_cuts)):
        rows += [(f"{title}_{name}_found", found.get(name)) for name in ("low", "high", *DIMENSIONS)]
    halo = run.figures.get("halo", {})
    rows += [("halo_r", halo.get("r")), ("halo_r_corrected", halo.get("r_corrected"))]
    rows += [("mark", mark.text) for mark in marks_of(run)]
    rows += [("warning", sentence) for sentence in warning_lines(run, groups)]
    put_rows(sheet, 2, rows)
    set_widths(sheet, (24, 60))
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


# For people


COUNT = "#,##0"
LINE = 15.0  # points
MATERIAL = PatternFill("solid", fgColor="E8F2F1")


def _build(inputs: dict, progress: Progress) -> bytes:
    data, named = scored_data(inputs), shown_names(inputs)
    run = data.run
    groups = {group["code"]: frozen_text(group, "name") for group in inputs["groups"]}
    progress(40, _("Writing the file"))
    number = _("run %(number)s") % {"number": run.number}
    heading = f"{organisation_name()} · {frozen_text(inputs['cycle'], 'title')} · {number}"
    rows = run.scores.select_related("issue__category", "issue__parent").order_by("issue__code")
    scores, decided = list(rows), inputs.get("decided", {})
    book = Workbook()
    levels = by_level(scores)
    raters = [(each["label"], each["values"]) for each in inputs.get("raters", ())]
    _overview(book.active, data, named, groups, [_tier(score, decided) for score in levels.get(SECONDARY, [])])
    titles = {SECONDARY: _("Issues"), MIDDLE: _("Issues of the second level"), PRIMARY: _("Primary issues")}
    for level, title in titles.items():
        if level in levels:
            _issue_sheet(book.create_sheet(title), run, levels[level], level, title, heading, raters, decided)
    put_matrix_sheet(book.create_sheet(_("Chart")), data, named)
    put_script_sheets(book, run, scores, data, groups, heading, raters, decided)
    return workbook_bytes(book)


def _tier(score: IssueScore, decided: Decided) -> str:
    """After review, else by the rule."""
    return decided[score.issue.code][0] if score.issue.code in decided else score.tier


def _overview(
    sheet: Worksheet, data: MatrixData, named: ShownNames, groups: dict[str, str], tiers: Sequence[str]
) -> None:
    """What the figures are, what they rest on, who was asked, and how many issues are of each tier."""
    run, sheet.title = data.run, _("Overview")
    put(sheet, 1, 1, _("%(cycle)s: scores") % {"cycle": named.cycle}, TITLE)
    put(sheet, 2, 1, organisation_name(), SOFT)
    notes = [
        base_line(data, named),
        cut_line(data),
        decided_line(data),
        weighting_line(data),
        *warning_lines(run, groups),
    ]
    row = 4
    for note in filter(None, notes):
        put(sheet, row, 1, note).alignment = WRAP
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=4)
        sheet.row_dimensions[row].height = LINE * lines_needed(note, 80) + 3
        row += 1
    counted = run.responses["groups"]
    weights = run.method["weights"]
    heads = [_("Stakeholder group"), _("Valid responses"), *(word_for("head", f"weight_{d}") for d in DIMENSIONS)]
    lines = [
        (
            name,
            counted.get(code, {}).get("valid", 0),
            *(weights.get(code, {}).get(d, 1) for d in ("society", "business")),
        )
        for code, name in groups.items()
    ]
    row = _told_table(sheet, row + 1, heads, lines, {2: COUNT, 3: "0.##", 4: "0.##"})
    lines = [(word_for("tier", tier), tiers.count(tier)) for tier in TIERS if tier in tiers]
    set_widths(sheet, (34, 18, 18, 18))
    _told_table(sheet, row + 1, [_("Tier"), _("Number of issues")], lines, {2: COUNT})
    on_paper(sheet, landscape=False, head_row=1, footer=named.cycle)
    sheet.freeze_panes = None


def _issue_sheet(
    sheet: Worksheet,
    run: Run,
    scores: Sequence[IssueScore],
    level: str,
    title: str,
    heading: str,
    raters: Raters,
    decided: Decided,
) -> None:
    """A row per issue in the order of the ranks, with intervals as ± and the bases beside them, then the raters."""
    certain = shows_certainty(stated_of(run, level))
    heads = _issue_heads(certain, raters)
    put(sheet, 1, 1, title, TITLE)
    put(sheet, 2, 1, _("Scores on 0–100; ± is half of the 95% interval, sampling error only."), SOFT)
    ranked = sorted(scores, key=lambda score: (score.rank is None, score.rank or 0, score.issue.code))
    lines = [
        _issue_line(score, certain, _tier(score, decided))
        + tuple(values.get(score.issue.code) for _label, values in raters)
        for score in ranked
    ]
    widths = (8, 36, 34, 14, 12, 10, 14, 7, 9, 14, 7, 9, 10, 10, 13)
    set_widths(sheet, (*(widths if certain or not raters else widths[:-1]), *(14,) * len(raters)))
    formats = {6: SCORE, 7: SCORE, 8: SCORE, 9: COUNT, 10: SCORE, 11: SCORE, 12: COUNT}
    formats |= {15: SHARE} if certain else {}
    # Nothing stands above the issues of a flat list.
    sheet.column_dimensions["C"].hidden = level == SECONDARY and not any(score.issue.parent for score in scores)
    end = _told_table(sheet, 4, heads, lines, formats)
    material = Method.from_stored(run.method).material
    for row, score in enumerate(ranked, start=5):
        if _tier(score, decided) in material:
            sheet.cell(row, 5).fill = MATERIAL
    sheet.auto_filter.ref = f"A4:{sheet.cell(4, len(heads)).coordinate.rstrip('0123456789')}{end - 1}"
    on_paper(sheet, landscape=True, head_row=4, footer=heading)
    sheet.freeze_panes = "C5"


def _issue_heads(certain: bool, raters: Raters) -> list[str]:
    return [
        *(_("Rank"), _("Issue"), _("Primary issue"), _("Category"), _("Tier"), _("Priority")),
        *(word_for("dimension", "society"), "±", "n", word_for("dimension", "business"), "±", "n"),
        *(_("Rank from"), _("Rank to")),
        *([_("Certainty of the tier")] if certain else []),
        *(label for label, _values in raters),
    ]


def _issue_line(score: IssueScore, certain: bool, tier: str) -> tuple:
    issue, parent = score.issue, score.issue.parent
    bases = (None, None) if score.derived else (score.society_n, score.business_n)
    sides = []
    for dimension, base in zip(("society", "business"), bases, strict=True):
        low, high = getattr(score, f"{dimension}_low"), getattr(score, f"{dimension}_high")
        half = None if low is None or high is None else (high - low) / 2
        sides += [getattr(score, dimension), half, base]
    named = (text_of(issue, "name"), text_of(parent, "name") if parent else "", text_of(issue.category, "name"))
    told = (tier_told(tier, score.tier), score.priority, *sides, score.rank_low, score.rank_high)
    return (score.rank, *named, *told, *([score.tier_certainty] if certain else []))


def _told_table(
    sheet: Worksheet, top: int, heads: Sequence[str], rows: Sequence[tuple], formats: dict[int, str]
) -> int:
    """A head and rows of words and numbers; the row below."""
    put_head(sheet, top, heads)
    numeric = {at for row in rows for at, value in enumerate(row, start=1) if isinstance(value, int | float)}
    for column in numeric:
        sheet.cell(top, column).alignment = NUMBER_HEAD
    widths = [sheet.column_dimensions[sheet.cell(top, at + 1).column_letter].width for at in range(len(heads))]
    for number, row in enumerate([heads, *rows], start=top):
        texts = zip(row, widths, strict=True)
        lines = max(lines_needed(each, width) if isinstance(each, str) else 1 for each, width in texts)
        sheet.row_dimensions[number].height = LINE * lines + 4
    for number, row in enumerate(rows, start=top + 1):
        for column, value in enumerate(row, start=1):
            cell = put(sheet, number, column, value)
            cell.alignment = WRAP if isinstance(value, str) else AT_TOP
            if column in formats and not isinstance(value, str):
                cell.number_format = formats[column]
    return top + 1 + len(rows)


def _inputs(cycle: Cycle, run: Run | None, options: Mapping[str, Any]) -> dict:
    """Those of the scores, and the numbers that frameworks give the issues, where any does."""
    inputs = scored_inputs(cycle, run, options)
    codes = IssueScore.objects.filter(run=inputs["run"]).values_list("issue__code", flat=True)
    raters = [{"label": each.label, "values": each.values} for each in rater_columns(codes)]
    return inputs | ({"raters": raters} if raters else {})


OUTPUT = OutputKind(
    code="workbook",
    word=gettext_lazy("Workbook of the scores"),
    of_file=gettext_lazy("scores"),
    formats=("xlsx",),
    inputs=_inputs,
    build=_build,
    place=3,
    options=MATRIX_OPTIONS,
)
