"""The page of a background job, which follows it until it is over."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

from materiality.models import Job


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
