"""The list of issues with tiers and definitions, and what changed since an earlier cycle."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from materiality.models import Cycle, Run
from materiality.platform.refusals import NotAllowed
from materiality.platform.words import word_for
from materiality.queries.scores import marks_of
from materiality.queries.years import compared_json, earlier_runs, line_of
from materiality.scoring.cube import DIMENSIONS
from reports.documents.tables import Column, Table, TableRow
from reports.documents.written import table_kind
from reports.queries.outputs import Option, frozen_text
from reports.queries.tables import ScoredIssue, issues_of, own_text, priority_inputs, run_inputs


def issue_list(inputs: Mapping) -> Table:
    """A row per issue under its category and primary issue."""
    columns = [
        Column("primary", _("Primary issue"), once=True),
        Column("code", _("Code")),
        Column("issue", _("Issue")),
        Column("definition", _("Definition")),
        Column("rank", _("Rank"), right=True),
        Column("tier", _("Tier")),
    ]
    rows = [
        TableRow(
            [each.primary, each.code, each.name, each.definition, str(each.rank or "–"), word_for("tier", each.tier)],
            bands=(each.category,),
        )
        for each in issues_of(inputs)
    ]
    runs = Run.objects.filter(pk=inputs["run"]).defer("cube", "back")
    notes = [mark.text for run in runs for mark in marks_of(run)]
    return Table(columns, rows, name=_("Issues"), bands=("category",), notes=notes)


def work_priorities(inputs: Mapping) -> Table:
    """A row per primary issue with material issues, and what the company does about them this year."""
    columns = [
        Column("primary", _("Primary issue")),
        Column("issues", _("Material issues")),
        Column("priorities", _("Work priorities of the year"), least=40.0),
    ]
    rows, codes = {}, {row["code"]: row["primary_code"] for row in inputs["issues"]}
    for each in issues_of(inputs):
        if each.material:
            rows.setdefault((each.category, each.primary, codes[each.code]), []).append(each.name)
    lines = [
        TableRow([primary, _("; ").join(names), own_text(inputs, code)], bands=(category,))
        for (category, primary, code), names in rows.items()
    ]
    return Table(columns, lines, name=_("Work priorities"), bands=("category",))


def _compared_inputs(cycle: Cycle, run: Run | None, options: Mapping) -> dict:
    """The run, and that of the earlier cycle that was named, else the newest one before."""
    inputs = run_inputs(cycle, run)
    run = Run.objects.select_related("edition", "cycle").defer("cube").get(pk=inputs["run"])
    earlier = earlier_runs(run.cycle, line_of(run.edition))
    wanted = options.get("against", "")
    before = next((each for each in earlier if wanted in ("", each.cycle.code)), None)
    if before is None and not earlier:
        raise NotAllowed(_("There is no earlier cycle with a run on this library to compare with."))
    if before is None:
        given = {"code": wanted, "known": ", ".join(each.cycle.code for each in earlier)}
        raise NotAllowed(
            _("“%(code)s” is not an earlier cycle with a run on this library. There are: %(known)s.") % given
        )
    titles = {f"title_{language}": getattr(before.cycle, f"title_{language}") for language in ("zh", "en")}
    then = {"run": before.pk, "issues": run_inputs(before.cycle, before)["issues"], **titles}
    return inputs | {"before": then, "parameters": {"against": before.cycle.code}}


def year_comparison(inputs: Mapping) -> list[Table]:
    """Issues in both years with the change on each dimension, then those that came and went."""
    runs = Run.objects.select_related("edition").in_bulk([inputs["before"]["run"], inputs["run"]])
    found = compared_json(runs[inputs["before"]["run"]], runs[inputs["run"]])
    then, now = ({each.code: each for each in issues_of(held)} for held in (inputs["before"], inputs))
    pairs = [each for each in found["issues"] if each["code_a"] in then and each["code_b"] in now]
    titles = frozen_text(inputs["before"], "title"), frozen_text(inputs["cycle"], "title")
    marks = [mark.text for mark in marks_of(runs[inputs["run"]])]
    changed = _changes(pairs, then, now, *titles, marks)
    came = _list(_("New issues"), [now[code] for code in found["entries"] if code in now])
    went = _list(_("Issues no longer there"), [then[code] for code in found["exits"] if code in then])
    return [changed, *(table for table in (came, went) if table.rows)]


def _changes(
    pairs: list[dict],
    then: Mapping[str, ScoredIssue],
    now: Mapping[str, ScoredIssue],
    before: str,
    after: str,
    marks: list[str],
) -> Table:
    columns = [
        Column("code", _("Code")),
        Column("issue", _("Issue")),
        Column("was", _("Before"), may_go=True),
        Column("society", word_for("head", "change_society"), right=True),
        Column("business", word_for("head", "change_business"), right=True),
        Column("rank_before", _("Rank before"), right=True),
        Column("rank", _("Rank now"), right=True),
        Column("tier_before", _("Tier before")),
        Column("tier", _("Tier now")),
    ]
    pairs = sorted(pairs, key=lambda each: (now[each["code_b"]].rank is None, now[each["code_b"]].rank))
    rows = [TableRow(_cells(each, then[each["code_a"]], now[each["code_b"]])) for each in pairs]
    notes = [
        _("From %(before)s to %(after)s. Points on 0–100, with 95%% intervals.") % {"before": before, "after": after},
        _("Both years are scored again by this year's method over the groups that count in both."),
        *marks,
    ]
    return Table(columns, rows, name=_("Changes"), heading=_("Issues in both years"), notes=notes).without_empty()


def _cells(pair: Mapping, before: ScoredIssue, after: ScoredIssue) -> list[str]:
    was = [text for text, other in ((before.code, after.code), (before.name, after.name)) if text != other]
    ranks = [str(each.rank or "–") for each in (before, after)]
    moved = [_moved(pair[dimension]) for dimension in DIMENSIONS]
    return [after.code, after.name, " ".join(was), *moved, *ranks, *(word_for("tier", e.tier) for e in (before, after))]


def _moved(change: Mapping) -> str:
    """`3.1 (0.4 to 5.8)`."""
    if change["change"] is None:
        return "–"
    if change["low"] is None:
        return _signed(change["change"])
    shown = {name: _signed(change[name]) for name in ("change", "low", "high")}
    return _("%(change)s (%(low)s to %(high)s)") % shown


def _signed(points: float) -> str:
    """With the sign of print: what begins with a hyphen is taken for a formula by spreadsheets."""
    return f"{points:.1f}".replace("-0.0", "0.0").replace("-", "−")


def _list(heading: str, issues: list[ScoredIssue]) -> Table:
    columns = [Column("code", _("Code")), Column("issue", _("Issue")), Column("tier", _("Tier"))]
    rows = [TableRow([each.code, each.name, word_for("tier", each.tier)]) for each in issues]
    return Table(columns, rows, name=heading, heading=heading)


ISSUE_LIST = table_kind(
    "issue-list",
    gettext_lazy("List of issues"),
    4,
    lambda cycle, run, _options: run_inputs(cycle, run),
    issue_list,
    wide=True,
)
WORK_PRIORITIES = table_kind(
    "work-priorities",
    gettext_lazy("Work priorities of the year"),
    11,
    lambda cycle, run, _options: priority_inputs(cycle, run),
    work_priorities,
)
YEAR_COMPARISON = table_kind(
    "year-comparison",
    gettext_lazy("Comparison of years"),
    10,
    _compared_inputs,
    year_comparison,
    wide=True,
    options=(Option("against", "", hidden=True),),
)
