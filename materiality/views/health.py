"""Health pages: the process, and what it needs."""

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from materiality.celery import app


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
