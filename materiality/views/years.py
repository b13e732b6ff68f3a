"""The page that sets the newest run of a cycle beside that of an earlier one."""

from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy

from materiality.actions.cycles import freeze_cuts
from materiality.models import Run
from materiality.platform.lists import Chip, Head, Listing
from materiality.platform.pages import button
from materiality.platform.people import can_edit_cycle
from materiality.platform.words import later_word_for
from materiality.queries.cycles import BEFORE_REVIEW, run_with_cube
from materiality.queries.years import (
    YearOnYear,
    asked_otherwise,
    earlier_runs,
    frozen_cuts,
    frozen_cuts_problems,
    line_of,
)
from materiality.tables.lists import listed
from materiality.views.cycles import cycle_of, in_cycle

PER_PAGE = 100


def years(request: HttpRequest, code: str) -> HttpResponse:
    """Changes like with like, entries and exits, trends; `?since=` names the earlier cycle."""
    cycle = cycle_of(code)
    run = run_with_cube(cycle)
    found = YearOnYear(run, request.user, request.GET.get("since", "")) if run else None
    earlier = found.earlier if found else earlier_runs(cycle, line_of(cycle.edition), request.user)
    other = found.other if found else None
    if other is None and earlier:
        other = Run.objects.select_related("cycle").get(pk=earlier[0].pk)
    context = in_cycle(cycle, "scores") | {
        "run": run,
        "found": found if found and found.other else None,
        "listing": _listed(request, found, earlier) if found and found.other else None,
        "other": other,
        "asked_otherwise": run is not None and other is not None and asked_otherwise(run, other),
        "numbers": frozen_cuts(other) if other else None,
        "problems": frozen_cuts_problems(cycle, other) if other else [],
        "may_edit": can_edit_cycle(request.user) and cycle.state in BEFORE_REVIEW,
    }
    return listed(request, "materiality/years.html", context)


def _listed(request: HttpRequest, found: YearOnYear, earlier: Sequence[Run]) -> Listing:
    cycles = [(each.cycle.code, each.cycle.title) for each in earlier]
    return Listing(
        request,
        found.rows,
        heads=[
            Head(_("Issue"), "name", "name"),
            Head(_("Tier"), "tier", "tier_now"),
            Head(later_word_for("side", "society"), "society", lambda row: row.sides[0].change, "num", falling=True),
            Head(later_word_for("side", "business"), "business", lambda row: row.sides[1].change, "num", falling=True),
            Head(_("Priority"), said=lambda row: row.trend[-1] if row.trend else None),
        ],
        chips=[Chip("since", _("Since"), cycles, chosen=found.other.cycle.code)],
        noun=ngettext_lazy("%(shown)s issue", "%(shown)s issues", "number"),
        per_page=PER_PAGE,
        name=f"{found.run.cycle.code}-years",
    )


@button(can_edit_cycle, back="years")
def cuts_freeze(request: HttpRequest, code: str) -> str:
    """Take the cuts of an earlier run as the numbers of this cycle's method."""
    number = request.POST.get("run", "")
    if not number.isdigit():
        raise Http404
    run = get_object_or_404(Run.objects.select_related("cycle"), pk=int(number))
    freeze_cuts(cycle=cycle_of(code), run=run, by=request.user, anyway="anyway" in request.POST)
    return _("The cuts are numbers now. They are used by the next run; runs that exist keep theirs.")
