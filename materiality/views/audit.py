"""The audit trail: a page with filters and a file of the same events."""

import csv
import json
from collections.abc import Iterator
from datetime import UTC

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import ngettext_lazy

from materiality.forms.audit import TrailForm
from materiality.models import AuditEvent
from materiality.platform.lists import Chip, Entry, Listing
from materiality.platform.pages import download
from materiality.platform.people import can_see_audit, needs
from materiality.queries.audit import TrailFilter, in_words, trail, trail_rows
from materiality.tables.write import neutralise

COLUMNS = (
    *("number", "at", "person", "person_name", "action", "object_type", "object_id", "object"),
    *("before", "after", "reason", "row_digest", "touched_digest", "previous_hash", "hash"),
)


@needs(can_see_audit)
def audit(request: HttpRequest) -> HttpResponse:
    """Events, newest first, narrowed by the filters in the address."""
    form = TrailForm(request.GET)
    wanted = form.wanted()
    listing = Listing(
        request,
        trail(wanted),
        chips=[
            Chip(name, form.fields[name].label, form.fields[name].choices[1:], form.fields[name].choices[0][1])
            for name in ("person", "action", "object_type")
        ],
        search=form.fields["q"].label,
        entries=[Entry(name, form.fields[name].label, request.GET.get(name, "")) for name in ("first_day", "last_day")],
        noun=ngettext_lazy("%(shown)s event", "%(shown)s events", "number"),
        files=[("CSV", reverse("audit_export"))],
    )
    context = {
        "section": "audit",
        "form": form,
        "listing": listing,
        "events": in_words(listing.page.object_list),
    }
    return render(request, "materiality/audit.html", context)


@needs(can_see_audit)
def audit_export(request: HttpRequest) -> HttpResponse:
    """The events of the same filters as CSV, streamed."""
    return download(_csv(TrailForm(request.GET).wanted()), "audit.csv")


class _Line:
    """What the csv module writes to: gives the line back."""

    def write(self, line: str) -> str:
        return line


def _csv(wanted: TrailFilter) -> Iterator[str]:
    line = csv.writer(_Line())
    yield "\ufeff" + line.writerow(COLUMNS)
    for event, person in trail_rows(wanted):
        yield line.writerow(neutralise(text) for text in _cells(event, person))


def _cells(event: AuditEvent, person: str) -> list[str]:
    return [
        str(event.number),
        event.at.astimezone(UTC).isoformat(),
        str(event.person_id or ""),
        person,
        *(event.action, event.object_type, event.object_id, event.object_text),
        *(json.dumps(values, ensure_ascii=False) if values else "" for values in (event.before, event.after)),
        *(event.reason, event.row_digest, event.touched_digest, event.previous_hash, event.hash),
    ]
