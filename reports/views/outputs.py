"""Pages of the outputs: request, progress, download."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from materiality.models import Job
from materiality.platform.bilingual import is_chinese
from materiality.platform.pages import FILE_TYPES, button, download, onward, paged, refusals, sent, stored
from materiality.platform.people import can_edit_cycle
from materiality.queries.cycles import chosen_run, last_run_number, listed_runs, sees_all_cycles
from materiality.views.cycles import cycle_of, in_cycle
from reports.actions.outputs import cancel_output, remake_outputs, remove_output, request_output, retry_output
from reports.forms.outputs import RequestForm
from reports.models import Output
from reports.outputs import KINDS, stored_path
from reports.queries.outputs import seen_outputs


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
    page = paged(request, rows if sees_all_cycles(request.user) else seen_outputs(request.user, rows))
    _tell(page, last_run_number(cycle))
    running = any(not row.job.is_over for row in page)
    context = in_cycle(cycle, "outputs", form=form, page=page, running=running, may_edit=can_edit_cycle(request.user))
    return render(request, "reports/outputs.html", context)


def output_row(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """One row of the table, asked for again and again until the job is over."""
    row = _output_of(request, Output.objects.select_related("job__created_by", "cycle"), code, pk)
    _tell([row], last_run_number(row.cycle))
    shown = {"page": [row], "cycle": row.cycle, "partial": True, "may_edit": can_edit_cycle(request.user)}
    return render(request, "reports/outputs.html", shown)


def _output_of(request: HttpRequest, rows: QuerySet[Output], code: str, pk: int) -> Output:
    found = seen_outputs(request.user, rows.filter(cycle__code=code, pk=pk))
    if not found:
        raise Http404
    return found[0]


def _tell(rows: Iterable[Output], newest: int | None) -> None:
    """What was chosen for each output, and whether there is a newer run than the one that it was made from."""
    for row in rows:
        row.told = KINDS[row.kind].told(row.parameters)
        row.is_stale = bool(newest) and row.job.inputs.get("run_number", newest) < newest


def output_file(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """The file itself; not found until it is there."""
    row = _output_of(request, Output.objects.filter(job__state=Job.State.DONE), code, pk)
    return download(stored(stored_path(row)), row.file_name, FILE_TYPES[row.format])


@button(can_edit_cycle, back="outputs")
def outputs_remake(request: HttpRequest, code: str) -> str:
    """Ask again for everything that is out of date."""
    number = len(remake_outputs(cycle=cycle_of(code), by=request.user))
    if not number:
        return _("Every file is up to date.")
    return ngettext("%(count)s file is being made anew.", "%(count)s files are being made anew.", number) % {
        "count": number
    }


@button(can_edit_cycle, back="outputs")
def output_retry(request: HttpRequest, code: str, pk: int) -> str:
    retry_output(output=get_object_or_404(Output, cycle__code=code, pk=pk), by=request.user)
    return _("The file is being made. It appears below as soon as it is there.")


@button(can_edit_cycle, back="outputs")
def output_cancel(request: HttpRequest, code: str, pk: int) -> str:
    cancel_output(output=get_object_or_404(Output, cycle__code=code, pk=pk), by=request.user)
    return _("Cancelled.")


@button(can_edit_cycle, back="outputs")
def output_remove(request: HttpRequest, code: str, pk: int) -> str:
    remove_output(output=get_object_or_404(Output, cycle__code=code, pk=pk), by=request.user)
    return _("The file is deleted.")
