"""Staff pages of invitations: the open link with its QR code, batches of personal links, what was mailed."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from materiality.permissions import can_edit_cycle, can_see_responses
from surveys.models import Survey
from surveys.poster import poster_pdf
from surveys.qr import TYPES, qr_bytes
from surveys.queries.invitations import batch_page, links_used, recipient_counts
from surveys.queries.mailings import mailing_page
from surveys.views.link_address import public_address
from surveys.views.survey_of import in_cycle, survey_of


def invitations(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    """All ways by which people reach the survey."""
    row = survey_of(code, survey)
    used, answered = links_used(row)
    context = in_cycle(
        row.cycle,
        "survey",
        survey=row,
        address=open_address(request, row),
        page=batch_page(row, request.GET.get("page"), used),
        recipients=recipient_counts(row),
        answered=answered,
        mailings=mailing_page(row, request.GET.get("mailings")),
        may_edit=can_edit_cycle(request.user),
        may_see=can_see_responses(request.user),
    )
    return render(request, "surveys/invitations.html", context)


def qr_code(request: HttpRequest, code: str, survey: str, kind: str) -> HttpResponse:
    """The open link as a QR code, `svg` or `png`; with `?download=1` as a file."""
    row = survey_of(code, survey)
    if kind not in TYPES:
        raise Http404
    headers = {"Cache-Control": "private, max-age=300"}
    if "download" in request.GET:
        headers["Content-Disposition"] = f'attachment; filename="{row.code}-qr.{kind}"'
    return HttpResponse(qr_bytes(open_address(request, row), kind), content_type=TYPES[kind], headers=headers)


def poster(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    """The printable sheet of the open link as PDF."""
    row = survey_of(code, survey)
    headers = {"Content-Disposition": f'inline; filename="{row.code}-sheet.pdf"'}
    return HttpResponse(poster_pdf(row, open_address(request, row)), content_type="application/pdf", headers=headers)


def open_address(request: HttpRequest, survey: Survey) -> str:
    """The address at which everybody can answer."""
    return f"{public_address(request)}{reverse('respond', args=[survey.code])}"
