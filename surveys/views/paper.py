"""Paper rounds: printing sheets, and the list of them."""

from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from materiality.models import Job
from materiality.permissions import can_edit_cycle, can_see_responses, needs
from materiality.refusals import NotAllowed
from surveys.actions.print_sheets import print_sheets
from surveys.forms.paper import PrintForm
from surveys.job_kinds import PRINT_SHEETS
from surveys.models import PaperSheet, Survey
from surveys.views.survey_of import in_cycle, survey_of

PER_PAGE = 50
TYPES = {"pdf": "application/pdf", "zip": "application/zip"}


@needs(can_see_responses)
def paper(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    """Printed files, and the sheets with their state; `?state=`, `?number=` goes straight to a sheet."""
    row = survey_of(code, survey)
    wanted = request.GET.get("number", "").strip()
    if wanted:
        found = _numbered(row, wanted)
        if found:
            return redirect("paper_entry", code, survey, found.number)
    return _page(request, row, PrintForm(survey=row), unknown=wanted)


@needs(can_edit_cycle)
def print_paper(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    """POST: number new sheets and have their file made."""
    row = survey_of(code, survey)
    if request.method != "POST":
        return redirect("paper", code, survey)
    form = PrintForm(request.POST, survey=row)
    if form.is_valid():
        chosen = dict(form.cleaned_data)
        group = row.cycle.groups.get(code=chosen.pop("group"))
        try:
            job = print_sheets(survey=row, group=group, by=request.user, **chosen)
        except NotAllowed as refusal:
            form.add_error("number", refusal.reason)
        else:
            return redirect(f"{reverse('job', args=[job.pk])}?next={reverse('paper', args=[code, survey])}")
    return _page(request, row, form, status=422)


@needs(can_see_responses)
def printed_file(request: HttpRequest, code: str, survey: str, pk: str) -> HttpResponse:
    """The file of one print job."""
    row = survey_of(code, survey)
    job = get_object_or_404(Job, pk=pk, kind=PRINT_SHEETS, cycle=row.cycle, state=Job.State.DONE)
    path = job.result.get("path", "")
    if job.inputs.get("survey") != row.pk or not path or not default_storage.exists(path):
        raise Http404
    kind = job.result["kind"]
    name = f"{row.code}-sheets-{job.inputs['first']:04}-{job.inputs['last']:04}.{kind}"
    response = FileResponse(default_storage.open(path), as_attachment=True, filename=name, content_type=TYPES[kind])
    response["Cache-Control"] = "no-store, private"
    return response


def _page(request: HttpRequest, row: Survey, form: PrintForm, *, unknown: str = "", status: int = 200) -> HttpResponse:
    state = request.GET.get("state", "")
    sheets = PaperSheet.objects.filter(survey=row).order_by("number").defer("asked", "first", "second")
    counts = dict(sheets.order_by().values_list("state").annotate(number=Count("*")))
    if state in PaperSheet.State.values:
        sheets = sheets.filter(state=state)
    context = in_cycle(
        row.cycle,
        "survey",
        survey=row,
        form=form,
        state=state,
        states=[(value, label, counts.get(value, 0)) for value, label in PaperSheet.State.choices],
        total=sum(counts.values()),
        unknown=unknown,
        page=Paginator(sheets.select_related("group", "first_by", "second_by"), PER_PAGE).get_page(
            request.GET.get("page")
        ),
        prints=_prints(row),
        may_edit=can_edit_cycle(request.user),
    )
    return render(request, "surveys/paper.html", context, status=status)


def _prints(row: Survey) -> list[Job]:
    """The latest print jobs of the survey, each with `group_name`."""
    names = {group.code: group.name for group in row.cycle.groups.all()}
    jobs = Job.objects.filter(cycle=row.cycle, kind=PRINT_SHEETS).order_by("-created_at")[:200]
    found = [job for job in jobs if job.inputs.get("survey") == row.pk]
    for job in found:
        job.group_name = names.get(job.inputs["group"], job.inputs["group"])
    return found


def _numbered(row: Survey, text: str) -> PaperSheet | None:
    digits = text.lstrip("№ #").lstrip("0")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 9):
        return None
    return PaperSheet.objects.filter(survey=row, number=int(digits)).only("number").first()
