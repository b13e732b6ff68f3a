"""Pages of the scores of a run."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from materiality.models import Cycle, Group, Run
from materiality.platform.pages import paged
from materiality.platform.people import can_edit_cycle
from materiality.queries.cycles import chosen_run, listed_runs
from materiality.queries.indicators import rater_columns
from materiality.queries.ranking import named_of, took_ranking
from materiality.queries.scores import (
    SECONDARY,
    ScoreFilter,
    ScoreRow,
    all_rows,
    cut_lines,
    erased_since,
    flag_lines,
    group_lines,
    held_names,
    level_words,
    method_has_changed,
    shows_certainty,
    stated_of,
    wanted_rows,
    warning_lines,
)
from materiality.views.cycles import cycle_of, in_cycle

PER_PAGE = 100
# Key of `SORTS` or nothing, words, class.
HEADS = (
    ("rank", _("Rank"), "num"),
    ("name", _("Issue"), ""),
    ("society", _("Score"), "num"),
    ("society_n", "n", "num"),
    ("business", _("Score"), "num"),
    ("business_n", "n", "num"),
    ("priority", _("Priority"), "num"),
    ("", _("Tier"), ""),
    ("pooled", _("Priority"), "num"),
    ("", _("Tier"), ""),
)


def scores(request: HttpRequest, code: str) -> HttpResponse:
    """The table of a run with its method beside it; `?run=` chooses another run than the newest."""
    cycle = cycle_of(code)
    context = in_cycle(cycle, "scores", may_edit=can_edit_cycle(request.user))
    runs = list(listed_runs(cycle))
    if not runs:
        return render(request, "materiality/scores.html", context)
    run = _found(chosen_run(cycle, runs, request.GET.get("run", "")))
    wanted, groups = ScoreFilter.from_query(request.GET), list(cycle.groups.all())
    found = all_rows(run, wanted.group)
    level = wanted.level if wanted.level in found else SECONDARY
    rows = found.get(level, [])
    shown = paged(request, wanted_rows(rows, wanted), PER_PAGE)
    context |= {
        "runs": runs,
        "run": run,
        "wanted": wanted,
        "level": level,
        "level_choices": level_words(found),
        "heads": HEADS,
        "page": shown,
        "named": took_ranking(run) and named_of(run, [row.issue.code for row in shown]),
        "raters": rater_columns(row.issue.code for row in rows),
        "total": len(rows),
        "chosen_group": next((group for group in groups if group.code == wanted.group), None),
        "groups": groups,
        "categories": sorted({row.issue.category for row in rows}, key=lambda category: category.order),
        "tiers": sorted({row.score.tier for row in rows}, key=_tier_place),
    }
    return render(request, "materiality/scores.html", context | _beside(cycle, run, groups, rows, level))


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


def _tier_place(tier: str) -> int:
    order = ("high", "medium", "low", "double", "impact", "financial", "neither", "unscored")
    return order.index(tier)
