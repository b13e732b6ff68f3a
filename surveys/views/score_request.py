"""Asking for a scoring run."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from materiality.jobs import request_job
from materiality.models import Job
from materiality.permissions import can_edit_cycle, needs
from materiality.views.cycle_of import cycle_of
from surveys.job_kinds import SCORE
from surveys.queries.listed_surveys import valid_responses


@require_POST
@needs(can_edit_cycle)
def request_score(request: HttpRequest, code: str) -> HttpResponse:
    """Queue a scoring run and follow it; one that still waits is followed instead of asked for twice."""
    cycle = cycle_of(code)
    if not valid_responses(cycle):
        messages.error(request, _("There is no valid response to score yet. Collect or import responses first."))
        return redirect("responses", code)
    waiting = Job.objects.filter(cycle=cycle, kind=SCORE, state=Job.State.QUEUED).first()
    job = waiting or request_job(SCORE, inputs={}, by=request.user, cycle=cycle)
    return redirect(follow(job, reverse("scores", args=[code])))


def follow(job: Job, onward: str) -> str:
    """The address of the job's page, which goes on to `onward` when it is done."""
    return f"{reverse('job', args=[job.pk])}?{urlencode({'next': onward})}"
