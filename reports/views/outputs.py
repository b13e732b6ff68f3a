"""Pages of the outputs: request, progress, download."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from materiality.models import Cycle, Job
from materiality.platform.bilingual import is_chinese
from materiality.platform.pages import paged, refusals
from materiality.platform.people import can_edit_cycle
from materiality.queries.cycles import chosen_run, listed_runs
from materiality.views.cycles import cycle_of
from reports.actions.outputs import request_output
from reports.documents.build import TYPES
from reports.forms.outputs import RequestForm
from reports.models import Output
from reports.outputs import stored_path


def outputs(request: HttpRequest, code: str) -> HttpResponse:
    """The files asked for so far; a POST asks for another."""
    cycle = cycle_of(code)
    form = RequestForm(request.POST or None, initial={"language": "zh-hans" if is_chinese(get_language()) else "en"})
    if request.method == "POST":
        if not can_edit_cycle(request.user):
            raise PermissionDenied(_("Your role does not allow this. Ask an administrator to change it."))
        if form.is_valid() and _request(request, cycle, form):
            return redirect("outputs", code)
    rows = Output.objects.filter(cycle=cycle).select_related("job__created_by").order_by("-pk")
    page = paged(request, rows)
    context = {
        **{"cycle": cycle, "step": "outputs", "section": "cycles", "may_edit": can_edit_cycle(request.user)},
        **{"form": form, "page": page, "running": any(not row.job.is_over for row in page)},
    }
    return render(request, "reports/outputs.html", context)


def output_row(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """One row of the table, asked for again and again until the job is over."""
    row = get_object_or_404(Output.objects.select_related("job__created_by", "cycle"), cycle__code=code, pk=pk)
    return render(request, "reports/outputs.html", {"page": [row], "cycle": row.cycle, "partial": True})


def output_file(request: HttpRequest, code: str, pk: int) -> FileResponse:
    """The file itself; not found until it is there."""
    row = get_object_or_404(Output.objects.filter(job__state=Job.State.DONE), cycle__code=code, pk=pk)
    try:
        stream = default_storage.open(stored_path(row))
    except FileNotFoundError as missing:
        raise Http404 from missing
    return FileResponse(stream, as_attachment=True, filename=row.file_name, content_type=TYPES[row.format])


def _request(request: HttpRequest, cycle: Cycle, form: RequestForm) -> bool:
    number = form.cleaned_data["run"]
    run = chosen_run(cycle, list(listed_runs(cycle)), str(number)) if number else None
    with refusals(form):
        request_output(cycle=cycle, run=run, by=request.user, **form.wanted())
        messages.success(request, _("The file is being made. It appears below as soon as it is there."))
        return True
    return False
