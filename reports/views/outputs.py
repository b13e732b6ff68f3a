"""Pages of the outputs: request, progress, download."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from materiality.models import Job
from materiality.platform.bilingual import is_chinese
from materiality.platform.pages import FILE_TYPES, download, onward, paged, refusals, sent, stored
from materiality.platform.people import can_edit_cycle
from materiality.queries.cycles import chosen_run, listed_runs
from materiality.views.cycles import cycle_of, in_cycle
from reports.actions.outputs import request_output
from reports.forms.outputs import RequestForm
from reports.models import Output
from reports.outputs import KINDS, stored_path


def outputs(request: HttpRequest, code: str) -> HttpResponse:
    """The files asked for so far; a POST asks for another."""
    cycle = cycle_of(code)
    form = RequestForm(request.POST or None, initial={"language": "zh-hans" if is_chinese(get_language()) else "en"})
    if sent(request, form, can_edit_cycle):
        number = form.cleaned_data["run"]
        run = chosen_run(cycle, list(listed_runs(cycle)), str(number)) if number else None
        with refusals(form):
            request_output(cycle=cycle, run=run, by=request.user, **form.wanted())
            said = _("The file is being made. It appears below as soon as it is there.")
            return onward(request, said, "outputs", code)
    rows = Output.objects.filter(cycle=cycle).select_related("job__created_by").order_by("-pk")
    page = paged(request, rows)
    for row in page:
        row.told = KINDS[row.kind].told(row.parameters)
    running = any(not row.job.is_over for row in page)
    context = in_cycle(cycle, "outputs", form=form, page=page, running=running, may_edit=can_edit_cycle(request.user))
    return render(request, "reports/outputs.html", context)


def output_row(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """One row of the table, asked for again and again until the job is over."""
    row = get_object_or_404(Output.objects.select_related("job__created_by", "cycle"), cycle__code=code, pk=pk)
    row.told = KINDS[row.kind].told(row.parameters)
    return render(request, "reports/outputs.html", {"page": [row], "cycle": row.cycle, "partial": True})


def output_file(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """The file itself; not found until it is there."""
    row = get_object_or_404(Output.objects.filter(job__state=Job.State.DONE), cycle__code=code, pk=pk)
    return download(stored(stored_path(row)), row.file_name, FILE_TYPES[row.format])
