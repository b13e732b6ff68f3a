"""Pages of a run: its scores, how far its tiers hold, and why an issue stands where it stands."""

from collections.abc import Mapping, Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from materiality.models import Cycle, Group, IssueScore, Run
from materiality.platform.lists import Chip, Head, Listing, Words, choices_of
from materiality.platform.people import can_edit_cycle
from materiality.platform.words import later_word_for, say_names, word_for
from materiality.queries.cycles import chosen_run, groups_of, listed_runs, run_with_cube
from materiality.queries.indicators import RaterColumn, rater_columns
from materiality.queries.mappings import covered_frameworks
from materiality.queries.ranking import named_of, took_ranking
from materiality.queries.robustness import RobustnessTable
from materiality.queries.scores import (
    SECONDARY,
    TIER_PLACES,
    ScoreFilter,
    ScoreRow,
    all_rows,
    cut_lines,
    erased_since,
    flag_lines,
    group_lines,
    held_names,
    level_of,
    level_words,
    method_has_changed,
    shows_certainty,
    stated_of,
    wanted_rows,
    warning_lines,
)
from materiality.queries.stakeholders import touching
from materiality.queries.why import Why
from materiality.queries.years import years_of
from materiality.scoring.cube import DIMENSIONS
from materiality.tables.lists import listed
from materiality.templatetags.yiti import percent
from materiality.views.cycles import cycle_of, in_cycle

PER_PAGE = 100


def _side(name: str, place: int) -> list[Head]:
    """The columns of a dimension, the first or the second of a row's sides."""

    def interval(row: ScoreRow) -> str:
        low, high = row.sides[place].low, row.sides[place].high
        return "" if low is None else f"{low:.1f}–{high:.1f}"

    return [
        Head(later_word_for("side", name), name, css="num", falling=True, said=lambda row: row.sides[place].score),
        Head(_("95% interval"), css="num", said=interval),
        Head(
            "n",
            f"{name}_n",
            css="num",
            falling=True,
            said=lambda row: None if row.score.derived else row.sides[place].n,
        ),
    ]


_HEADS = (
    Head(_("Rank"), "rank", css="num", said="score.rank"),
    Head(_("Issue"), "name", said=lambda row: f"{row.issue.code} {row.issue.name}"),
    *(head for place, name in enumerate(DIMENSIONS) for head in _side(name, place)),
    Head(_("Priority"), "priority", css="num", falling=True, said="score.priority"),
    Head(_("Tier"), "tier", css="tight", said=lambda row: word_for("tier", row.score.tier)),
    Head(_("Pooled"), "pooled", css="num", falling=True, said="score.pooled_priority"),
    Head(_("Pooled tier"), css="tight", said=lambda row: word_for("tier", row.score.pooled_tier)),
)


def scores(request: HttpRequest, code: str) -> HttpResponse:
    """The table of a run with its method beside it; `?run=` chooses another run than the newest."""
    cycle = cycle_of(code)
    context = in_cycle(cycle, "scores", may_edit=can_edit_cycle(request.user))
    runs = list(listed_runs(cycle))
    if not runs:
        return render(request, "materiality/scores.html", context)
    run = _found(chosen_run(cycle, runs, request.GET.get("run", "")))
    say_names(run.method)
    wanted, groups = ScoreFilter.from_query(request.GET), groups_of(cycle)
    found = all_rows(run, wanted.group, spark=wanted.spark)
    level = wanted.level if wanted.level in found else SECONDARY
    rows = found.get(level, [])
    raters = rater_columns(row.issue.code for row in rows)
    chosen_group = next((group for group in groups if group.code == wanted.group), None)
    listing = Listing(
        request,
        wanted_rows(rows, wanted),
        heads=_heads(wanted, chosen_group, raters, named=took_ranking(run)),
        chips=[*_levels(level_words(found), level), *_chips(rows, groups, runs, run)],
        noun=ngettext_lazy("%(shown)s issue", "%(shown)s issues", "number"),
        search=_("name or code"),
        sort="rank",
        per_page=PER_PAGE,
        name=f"{code}-run-{run.number}-scores",
    )
    context |= {
        "runs": runs,
        "run": run,
        "wanted": wanted,
        "tier_words": {tier: word_for("tier", tier) for tier in TIER_PLACES},
        "listing": listing,
        "named_shares": took_ranking(run) and named_of(run, [row.issue.code for row in listing.page]),
        "chosen_group": chosen_group,
        "raters": raters,
    }
    return listed(request, "materiality/scores.html", context | _beside(cycle, run, groups, rows, level))


def _heads(wanted: ScoreFilter, group: Group | None, raters: Sequence[RaterColumn], *, named: bool) -> list[Head]:
    more = [Head(_("Named"), css="num")] if named else []
    more += [Head(_("Groups"))] if wanted.spark else []
    if group:
        more += [Head(f"{group.name}: {word_for('dimension', side)}", css="num") for side in DIMENSIONS]
    return [*_HEADS, *more, *(Head(rater.label, css="num") for rater in raters)]


def _levels(words: Mapping[str, Words], level: str) -> list[Chip]:
    return [Chip("level", _("Level"), words.items(), chosen=level)] if words else []


def _chips(rows: list[ScoreRow], groups: list[Group], runs: list[Run], run: Run) -> list[Chip]:
    categories = {row.issue.category_id: row.issue.category for row in rows}.values()
    categories = sorted(categories, key=lambda category: category.order)
    tiers = sorted({row.score.tier for row in rows}, key=TIER_PLACES.index)
    chips = [
        Chip("category", _("Category"), choices_of(categories), _("all")),
        Chip("tier", _("Tier"), [(tier, word_for("tier", tier)) for tier in tiers], _("all")),
        Chip("group", _("Group beside"), choices_of(groups), _("none")),
        Chip("spark", "", [("1", _("Groups as bars"))], _("none")),
        Chip("differs", "", [("1", _("only where pooled differs"))], _("all")),
    ]
    if any(row.is_short for row in rows):
        chips.append(Chip("short", "", [("1", _("only where a group asked is missing"))], _("all")))
    if len(runs) > 1:
        numbers = [(str(each.number), f"{each.number} · {each.name or date_format(each.created_at)}") for each in runs]
        chips.append(Chip("run", _("Run"), numbers, chosen=str(run.number)))
    return chips


def _beside(cycle: Cycle, run: Run, groups: list[Group], rows: list[ScoreRow], level: str) -> dict:
    names = {row.issue.code: row.issue.name for row in rows}
    stated, lines = _stated(run, level), group_lines(run, groups)
    return {
        **stated,
        "cuts": cut_lines(stated["statement"], names),
        "group_lines": lines,
        "warnings": warning_lines(run, {line.code: line.name for line in lines}, names),
        "short": sum(row.is_short for row in rows),
        "flags": flag_lines(run),
        "held_names": held_names(run, groups),
        "erased_since": erased_since(run),
        "changed": method_has_changed(run, cycle, groups),
    }


def _stated(run: Run, level: str) -> dict:
    statement = stated_of(run, level)
    return {"statement": statement, "certainty": shows_certainty(statement)}


def _found(run: Run | None) -> Run:
    """The run; the page "not found" where there is no such run."""
    if run is None:
        raise Http404
    return run


def robustness_page(request: HttpRequest, code: str) -> HttpResponse:
    """Every scenario with the issues that change their tier, and the share in which each tier holds."""
    cycle = cycle_of(code)
    run = run_with_cube(cycle, request.GET.get("run", ""))
    if run is None or run.source:
        if "run" in request.GET:
            raise Http404
        return redirect("scores", code)  # which says what is needed for a first run
    say_names(run.method)
    table = RobustnessTable(run, groups_of(cycle)) if run.scoring > 1 else None
    context = in_cycle(cycle, "scores", run=run, table=table, listing=table and _held(request, run, table))
    return listed(request, "materiality/robustness.html", context)


def _held(request: HttpRequest, run: Run, table: RobustnessTable) -> Listing:
    """In which share of the scenarios each tier holds."""
    return Listing(
        request,
        table.held,
        heads=[
            Head(_("Issue"), "name", lambda row: row.score.issue.name),
            Head(_("Tier"), "tier", "score.tier", said=lambda row: word_for("tier", row.score.tier)),
            Head(_("Holds in"), "share", "share", "num", falling=True, said=lambda row: percent(row.share)),
        ],
        noun=ngettext_lazy("%(shown)s issue", "%(shown)s issues", "number"),
        per_page=PER_PAGE,
        place="held",
        name=f"{run.cycle.code}-run-{run.number}-robustness",
    )


def why(request: HttpRequest, code: str, issue: str) -> HttpResponse:
    """All that a run says of one issue; `?run=` chooses another run than the newest."""
    cycle = cycle_of(code)
    run, score = scored_issue(cycle, request.GET.get("run", ""), issue)
    children = run.scores.filter(issue__parent=score.issue_id).select_related("issue") if score.derived else []
    statement = stated_of(run, level_of(score))
    context = in_cycle(cycle, "scores") | {
        "run": run,
        "score": score,
        "row": ScoreRow(score),
        "why": Why(run, score, groups_of(cycle)),
        "secondaries": list(children),
        "touching": touching(cycle.engagements.filter(issues=score.issue)),
        "years": years_of(run, issue, request.user),
        "frameworks": covered_frameworks(score.issue),
        "statement": statement,
        "certainty": shows_certainty(statement),
        "business_share": round(1 - run.method["lam"], 9),
    }
    return render(request, "materiality/why.html", context)


def scored_issue(cycle: Cycle, number: str, issue: str) -> tuple[Run, IssueScore]:
    """The run with this number (the newest where none is given) and the issue's result; else the page "not found"."""
    run = run_with_cube(cycle, number)
    if run is None:
        raise Http404
    say_names(run.method)
    return run, get_object_or_404(run.scores.select_related("issue__category"), issue__code=issue)
