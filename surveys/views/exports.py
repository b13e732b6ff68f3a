"""Exports of a survey: the page of choices, and the files."""

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render

from materiality.permissions import can_see_responses, needs
from materiality.refusals import NotAllowed
from surveys.exports.anonymity import fields_that_leave
from surveys.exports.formats import FORMATS, file_name
from surveys.exports.selection import select
from surveys.forms.exports import ExportForm
from surveys.models import Survey
from surveys.views.survey_of import in_cycle, survey_of


@needs(can_see_responses)
def exports(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    """Choices for a file of responses; with `kind` in the URL and all of them possible, the file itself."""
    row = survey_of(code, survey)
    form = ExportForm(request.GET if "kind" in request.GET else None, survey=row, initial={"kind": "xlsx", "full": ""})
    if form.is_bound and form.is_valid():
        chosen = form.cleaned_data
        return _file(row, chosen["kind"], chosen["group"], full=chosen["full"])
    context = in_cycle(
        row.cycle,
        "responses",
        survey=row,
        form=form,
        responses=row.responses.count(),
        leaving=fields_that_leave(row) if row.anonymous else (),
        has_profile=row.anonymous and row.profile_questions.exists(),
    )
    return render(request, "surveys/exports.html", context)


@needs(can_see_responses)
def export(request: HttpRequest, code: str, survey: str, kind: str) -> HttpResponse:
    """One file of all responses, or of the groups named by `?group=`, as a stream."""
    if kind not in FORMATS:
        raise Http404
    return _file(survey_of(code, survey), kind, request.GET.getlist("group"), full=bool(request.GET.get("full")))


def _file(survey: Survey, kind: str, groups: list[str], *, full: bool) -> HttpResponse:
    try:
        selection = select(survey, groups, full=full)
    except NotAllowed as refusal:
        raise Http404(refusal.reason) from refusal
    chosen = FORMATS[kind]
    headers = {
        "Content-Disposition": f'attachment; filename="{file_name(selection, chosen)}"',
        "Cache-Control": "no-store, private",
    }
    return StreamingHttpResponse(chosen.write(selection), content_type=chosen.content_type, headers=headers)
