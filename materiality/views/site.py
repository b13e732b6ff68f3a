"""Health pages: the process, and what it needs."""

from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from materiality.celery import app
from materiality.models import Job
from materiality.platform.hooks import standings, what_waits
from materiality.platform.people import can_edit_cycle
from materiality.queries.cycles import (
    UNDER_WAY,
    edition_in_force,
    listed_cycles,
    next_step,
    recent_happenings,
    running_jobs,
    what_is_due,
)
from materiality.queries.proposals import proposal_standing


def healthz(request: HttpRequest) -> HttpResponse:
    """200 while this process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    """200 with the state of database, broker and worker; 503 where one of them is away."""
    states = {"database": _database()}
    states["broker"] = _broker()
    states["worker"] = _worker() if states["broker"] == "ok" else "unknown"
    return JsonResponse(states, status=200 if set(states.values()) == {"ok"} else 503)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return "ok"
    except Exception:
        return "away"


def _broker() -> str:
    try:
        with app.connection_for_write(transport_options={"socket_connect_timeout": 1}) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0)
            broker.default_channel.client.ping()
        return "ok"
    except Exception:
        return "away"


def _worker() -> str:
    """A worker answers a ping within two seconds."""
    try:
        return "ok" if app.control.broadcast("ping", reply=True, limit=1, timeout=2) else "away"
    except Exception:
        return "away"


def job(request: HttpRequest, pk: str) -> HttpResponse:
    """State, progress and error of a job; once it is done, on to the local address of `?next=`."""
    row = get_object_or_404(Job.objects.select_related("cycle", "created_by"), pk=pk)
    onward = _local(request, request.GET.get("next", ""))
    if onward and row.state == Job.State.DONE:
        return HttpResponseClientRedirect(onward) if request.htmx else redirect(onward)
    context = {"job": row, "result_url": _local(request, str(row.result.get("url", ""))), "section": "cycles"}
    return render(request, "materiality/job.html", context | {"partial": request.htmx})


def _local(request: HttpRequest, address: str) -> str:
    """The address if it is one of this site, else empty."""
    allowed = url_has_allowed_host_and_scheme(address, {request.get_host()}, request.is_secure())
    return address if allowed else ""


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the language in a cookie and go back to the page it was asked from."""
    target = request.POST.get("next") or request.headers.get("Referer", "/")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
        target = "/"
    parts = urlsplit(target)
    response = redirect(parts.path + (f"?{parts.query}" if parts.query else ""))
    language = request.POST.get("language", "")
    if check_for_language(language) and language in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=365 * 24 * 3600,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


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
