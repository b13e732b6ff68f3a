"""Adding recipients by a spreadsheet: upload, preview with every bad cell, confirmation."""

from collections import Counter

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from materiality.permissions import can_edit_cycle, needs
from materiality.refusals import NotAllowed
from materiality.table_file import TYPES, table_bytes
from surveys.actions.add_recipients import add_recipients
from surveys.forms.invitations import ListForm
from surveys.intake.problems import FileProblem, template
from surveys.kept_lists import drop_list, keep_list, kept_list
from surveys.models import Survey
from surveys.recipient_rows import COLUMNS, ReadRecipients, read_recipients
from surveys.unwanted_mail import unwanted_of
from surveys.views.survey_of import in_cycle, survey_of

LISTED = 100


@needs(can_edit_cycle)
def add_list(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    """Upload a list, see what it holds, and store it: nothing is stored before it is confirmed."""
    row = survey_of(code, survey)
    if "list" in request.POST:
        return _confirmed(request, row)
    form = ListForm(request.POST or None, request.FILES or None)
    context = in_cycle(row.cycle, "survey", survey=row, form=form, columns=COLUMNS)
    if request.method == "POST" and getattr(request, "upload_too_large", False):
        form.add_error("file", _("The file is too large."))
    elif request.method == "POST" and form.is_valid():
        try:
            contents = form.cleaned_data["file"].read()
            context |= _preview(row, contents, _read(row, contents))
        except FileProblem as problem:
            form.add_error("file", _(template(problem.code, problem.params)) % problem.params)
    status = 422 if form.errors or context.get("bad") else 200
    return render(request, "surveys/new_recipients.html", context, status=status)


@needs(can_edit_cycle)
def list_template(request: HttpRequest, code: str, survey: str, kind: str) -> HttpResponse:
    """An empty list with its columns."""
    row = survey_of(code, survey)
    if kind not in TYPES:
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="{row.code}-recipients.{kind}"'}
    return HttpResponse(table_bytes(kind, "recipients", COLUMNS, []), content_type=TYPES[kind], headers=headers)


def _read(survey: Survey, contents: bytes) -> ReadRecipients:
    groups = list(survey.cycle.groups.values_list("code", flat=True))
    return read_recipients(contents, groups=groups, known=set(survey.recipients.values_list("email", flat=True)))


def _preview(survey: Survey, contents: bytes, found: ReadRecipients) -> dict:
    if found.bad or not found.rows:
        return {"bad": found.bad[:LISTED], "n_bad": len(found.bad), "found": found, "empty": not found.total}
    names = {group.code: group.name for group in survey.cycle.groups.all()}
    return {
        "found": found,
        "counts": [(names[code], number) for code, number in Counter(row.group for row in found.rows).items()],
        "languages": dict(Counter(row.language for row in found.rows)),
        "unwanted": len(unwanted_of([row.email for row in found.rows])),
        "kept": keep_list(contents, survey.pk),
    }


def _confirmed(request: HttpRequest, survey: Survey) -> HttpResponse:
    token = request.POST["list"]
    contents = kept_list(token, survey.pk)
    if contents is None:
        messages.error(request, _("The list was not confirmed within an hour. Upload it again."))
        return redirect("new_recipients", survey.cycle.code, survey.code)
    found = _read(survey, contents)
    try:
        if found.bad:
            raise NotAllowed(_("Some of the addresses are recipients of the survey already. Upload the list again."))
        add_recipients(survey=survey, rows=found.rows, by=request.user)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
        return redirect("new_recipients", survey.cycle.code, survey.code)
    finally:
        drop_list(token, survey.pk)
    messages.success(request, _("The recipients are stored. Nobody has been written to yet."))
    return redirect("recipients", survey.cycle.code, survey.code)
