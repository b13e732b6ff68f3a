"""The start page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from materiality.permissions import can_edit_cycle
from materiality.queries.activity import recent_happenings, running_jobs
from materiality.queries.cycles import UNDER_WAY, edition_in_force, listed_cycles, next_step
from materiality.queries.due import what_is_due
from materiality.queries.proposals import proposal_standing
from materiality.queries.waiting_work import what_waits
from materiality.steps import standings

SHOWN = 5


def start(request: HttpRequest) -> HttpResponse:
    """Where the cycles stand, what is running, what happened last; a new installation sees what to do first."""
    cycles = list(listed_cycles().filter(state__in=UNDER_WAY)[:SHOWN])
    steps = standings(cycles[0]) if cycles else []
    context = {
        "newest": cycles[0] if cycles else None,
        "others": cycles[1:],
        "standings": steps,
        "next_step": next_step(steps),
        "edition": None if cycles else edition_in_force(),
        "due": what_is_due(),
        "waiting": what_waits() if can_edit_cycle(request.user) else [],
        "proposals": proposal_standing(),
        "jobs": running_jobs(),
        "happenings": recent_happenings(),
        "may_edit": can_edit_cycle(request.user),
    }
    return render(request, "materiality/start.html", context)
