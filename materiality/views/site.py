"""The start page, health, jobs and the choice of language."""

import sys
from datetime import timedelta
from time import monotonic, sleep
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Case, Exists, Q, QuerySet, When
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import get_template
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from materiality.models import Cycle, Edition, Job, Organisation
from materiality.platform.health import all_well, in_one_word, readiness, worker
from materiality.platform.hooks import all_alerts, cycle_figures, find, what_waits
from materiality.platform.people import can_edit_cycle, can_manage_people
from materiality.platform.storage import storage_trouble
from materiality.queries.cycles import (
    UNDER_WAY,
    edition_in_force,
    listed_cycles,
    of_seen_cycles,
    recent_happenings,
    running_jobs,
    seen_cycles,
    sees_all_cycles,
)
from materiality.queries.proposals import proposal_standing, what_is_due


@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """200 while all that is needed answers, else 503: in one word; to administrators and monitoring, part by part."""
    states = readiness()
    if not _may_see_parts(request):
        return in_one_word(states)
    return JsonResponse(states, status=200 if all_well(states) else 503)


def _may_see_parts(request: HttpRequest) -> bool:
    token = settings.ENVIRONMENT.health_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and constant_time_compare(given, token):
        return True
    try:
        return can_manage_people(request.user)
    except DatabaseError:  # who asks cannot be looked up, so it is a stranger
        return False


def server_error(request: HttpRequest) -> HttpResponse:
    """A page that needs nothing: 507 on a full disk, 503 while the database is held by others or away, else 500."""
    status = storage_trouble(sys.exc_info()[1])
    page = get_template("500.html").render({"status": status})
    return HttpResponse(page, status=status or 500, headers={"Retry-After": "60"} if status else {})


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What stands against it, where an action says so."""
    return _notice(request, 403, _("Not allowed"), str(exception))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Neither where nor why: what is not there and what is not for this person look alike."""
    return _notice(request, 404, _("There is no such page"), _("Check the address, or go back to the start."))


def _notice(request: HttpRequest, status: int, heading: str, lead: str) -> HttpResponse:
    shown = {"heading": heading, "lead": lead, "cancel": "/", "button": _("Back to the start"), "width": "narrow"}
    return render(request, "materiality/form.html", shown, status=status)


def job(request: HttpRequest, pk: str) -> HttpResponse:
    """State, progress and error of a job; once it is done, on to `?next=`, or with `?follow` to its result."""
    rows = of_seen_cycles(request.user, Job.objects.select_related("cycle", "created_by"))
    row = _awaited(rows, pk, 0 if request.htmx else settings.SHORT_JOB)
    result_url = _local(request, str(row.result.get("url", "")))
    onward = result_url if "follow" in request.GET else _local(request, request.GET.get("next", ""))
    if onward and row.state == Job.State.DONE:
        return HttpResponseClientRedirect(onward) if request.htmx else redirect(onward)
    context = {"job": row, "result_url": result_url, "section": "cycles", "no_worker": _waits_for_nobody(row)}
    return render(request, "materiality/job.html", context | {"partial": request.htmx})


def _awaited(rows: QuerySet[Job], pk: str, seconds: float) -> Job:
    """The job, once it is over or so many seconds have passed: a short one needs no page of its own."""
    until = monotonic() + seconds
    row = get_object_or_404(rows, pk=pk)
    while not row.is_over and monotonic() < until:
        sleep(0.1)
        row.refresh_from_db(fields=["state", "progress", "progress_text", "result", "error"])
    return row


def _waits_for_nobody(row: Job) -> bool:
    """Nobody has taken the job up within five seconds, and no worker answers."""
    waits = row.state == Job.State.QUEUED and timezone.now() - row.created_at > timedelta(seconds=5)
    return waits and worker() == "away"


LONGEST_ADDRESS = 2000


def _local(request: HttpRequest, address: str) -> str:
    """The path and query of an address of this site, else empty; never one that a browser takes for another host."""
    if len(address) > LONGEST_ADDRESS or not url_has_allowed_host_and_scheme(
        address, {request.get_host()}, request.is_secure()
    ):
        return ""
    parts = urlsplit(address)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    printable = all(letter.isprintable() for letter in unquote(path))
    return path if printable and path.startswith("/") and path[1:2] not in ("/", "\\") else ""


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the language in a cookie and go back to the page it was asked from."""
    target = request.POST.get("next") or request.headers.get("Referer", "")
    response = HttpResponseRedirect(_local(request, target) or "/")
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=365 * 24 * 3600,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


MOST_FOUND = 20


def search(request: HttpRequest) -> HttpResponse:
    """Issues, cycles, groups and files whose names hold `?q=`; never what people answered or who was invited."""
    text = request.GET.get("q", "").strip()[:100]
    found = find(request.user, text, MOST_FOUND) if text else []
    return render(request, "materiality/search.html", {"sought": text, "found": found, "most": MOST_FOUND})


SHOWN = 5


def _first_hour(cycles: list[Cycle]) -> dict:
    """What of the three choices is made; no query where a cycle tells it."""
    in_force = next((cycle.edition for cycle in cycles if cycle.edition.state == Edition.State.PUBLISHED), None)
    named = cycles[0].named if cycles else Organisation.objects.exists()
    return {"edition": in_force or edition_in_force(), "named": named}


def start_page(request: HttpRequest) -> HttpResponse:
    """Where the cycles stand, what is running, what happened last; a new installation sees what to do first."""
    listed = listed_cycles().annotate(named=Exists(Organisation.objects.all()), **cycle_figures())
    seen = seen_cycles(request.user, listed).exclude(sample=Cycle.Sample.ASIDE)
    under_way, over = Q(state__in=UNDER_WAY), Case(When(state__in=UNDER_WAY, then=0), default=1)
    found = list(seen.filter(under_way | Q(sample="")).order_by(over, *Cycle._meta.ordering)[: SHOWN + 1])
    # One's own first, the last that is over where none is under way.
    cycles = sorted([each for each in found if each.state in UNDER_WAY][:SHOWN], key=lambda cycle: bool(cycle.sample))
    if all(cycle.sample for cycle in cycles):
        cycles = [*[each for each in found if each.state not in UNDER_WAY][:1], *cycles]
    sees_all = sees_all_cycles(request.user)
    context = {
        "newest": cycles[0] if cycles else None,
        "others": cycles[1:],
        **(_first_hour(cycles) if all(cycle.sample for cycle in cycles) else {}),
        "due": what_is_due() if sees_all else [],
        "waiting": what_waits() if can_edit_cycle(request.user) else [],
        "proposals": proposal_standing(),
        "jobs": running_jobs(request.user),
        "happenings": recent_happenings(request.user) if sees_all else [],
        "may_edit": can_edit_cycle(request.user),
        "alerts": all_alerts() if can_edit_cycle(request.user) or can_manage_people(request.user) else [],
    }
    return render(request, "materiality/start.html", context)
