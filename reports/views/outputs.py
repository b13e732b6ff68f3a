"""Pages of the outputs: request, progress, download."""

from collections.abc import Sequence

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext, ngettext_lazy
from django.utils.translation import gettext as _
from django_htmx.http import push_url

from materiality.models import Cycle, Job
from materiality.platform.bilingual import is_chinese
from materiality.platform.lists import Head, Listing
from materiality.platform.pages import FILE_TYPES, button, download, onward, refusals, sent, stored, uploaded
from materiality.platform.people import can_edit_cycle, need, needs
from materiality.queries.cycles import chosen_run, groups_of, listed_runs, sees_all_cycles
from materiality.queries.mappings import covered_frameworks
from materiality.queries.stakeholders import touching
from materiality.queries.why import Why
from materiality.queries.years import years_of
from materiality.tables.lists import listed
from materiality.views.cycles import cycle_of, in_cycle
from materiality.views.scores import scored_issue
from reports.actions.outputs import (
    cancel_output,
    remake_outputs,
    remove_output,
    request_output,
    retry_output,
    set_table_texts,
)
from reports.documents.gaps import gaps_in
from reports.documents.process_text import template_in
from reports.documents.why import why_sheet
from reports.forms.outputs import RequestForm, TableTextsForm
from reports.models import Output, TableText
from reports.outputs import KINDS, output_inputs, stale_outputs, stored_path
from reports.queries.outputs import LANGUAGES, listed_outputs, output_languages, right_to_open, seen_outputs

_HEADS = (
    Head(gettext_lazy("File"), "kind", "kind", said=str),
    Head(gettext_lazy("Made from"), "run", "run_number", falling=True),
    Head(gettext_lazy("State"), "state", "job__state"),
    Head(gettext_lazy("Requested"), "asked", "job__created_at", falling=True),
    Head(gettext_lazy("Size"), "size", "size", "num", falling=True),
    Head(""),
)


def outputs(request: HttpRequest, code: str) -> HttpResponse:
    """The files asked for so far; a POST asks for another."""
    cycle = cycle_of(code)
    first, languages = {"language": "zh-hans" if is_chinese(get_language()) else "en"}, output_languages(cycle)
    too_large = _("The file is larger than this installation takes.")
    form = uploaded(request, RequestForm, too_large, "template_file", initial=first, languages=languages)
    gaps: list[str] = []
    if sent(request, form, can_edit_cycle):
        with refusals(form):
            made, gaps = _asked(request, cycle, form)
            if made:
                if request.htmx:
                    return render(request, "reports/made.html", {"output": made, "cycle": cycle})
                said = _("The file is being created. It appears below when it is ready.")
                return onward(request, said, "outputs", code)
    listing, shown = _listed(request, cycle)
    context = in_cycle(cycle, "outputs", form=form, listing=listing, rows=shown, gaps=gaps)
    context |= {"running": any(not row.job.is_over for row in shown), "may_edit": can_edit_cycle(request.user)}
    response = listed(request, "reports/outputs.html", context | {"tables": TableText.Table.choices})
    return in_place_of_page(response, request.path) if request.htmx and form.is_bound else response


def in_place_of_page(response: HttpResponse, address: str) -> HttpResponse:
    """For a button of another page, which has a place for the file alone: the page of files says what is wrong."""
    for name, value in {"Retarget": "main", "Reselect": "main", "Reswap": "outerHTML show:top"}.items():
        response[f"HX-{name}"] = value
    return push_url(response, address)


def _listed(request: HttpRequest, cycle: Cycle) -> tuple[Listing, list[Output]]:
    """The files that the reader may see, and those of this page with what is said of them."""
    rows = listed_outputs().filter(cycle=cycle)
    if not sees_all_cycles(request.user):
        rows = seen_outputs(request.user, rows)
    noun = ngettext_lazy("%(shown)s file", "%(shown)s files", "number")
    listing = Listing(request, rows, heads=_HEADS, noun=noun, name=f"{cycle.code}-files")
    shown = list(listing.page)
    for row in shown:
        row.may_open = right_to_open(row)(request.user)
    _tell(shown, cycle)
    return listing, shown


def _asked(request: HttpRequest, cycle: Cycle, form: RequestForm) -> tuple[Output | None, list[str]]:
    """The file asked for; or what it would lack, where nobody has said that it shall be made all the same."""
    number, wanted = form.cleaned_data["run"], form.wanted()
    run = chosen_run(cycle, list(listed_runs(cycle)), str(number)) if number else None
    gaps = [] if form.cleaned_data["anyway"] else gaps_in(output_inputs(cycle, run=run, **wanted))
    return None if gaps else request_output(cycle=cycle, run=run, by=request.user, **wanted), gaps


def text_template(request: HttpRequest, code: str, language: str) -> HttpResponse:
    """The product's template of the process text, to be put into the company's styles."""
    cycle_of(code)
    if language not in LANGUAGES:
        raise Http404
    return download(template_in(language), f"process-text-{language}.docx")


def output_row(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """One row of the table, asked for again and again until the job is over."""
    row = _output_of(request, listed_outputs().select_related("cycle"), code, pk)
    if "link" in request.GET:
        return render(request, "reports/made.html", {"output": row, "cycle": row.cycle})
    _tell([row], row.cycle)
    shown = {"rows": [row], "cycle": row.cycle, "partial": True, "may_edit": can_edit_cycle(request.user)}
    return render(request, "reports/outputs.html", shown)


def _output_of(request: HttpRequest, rows: QuerySet[Output], code: str, pk: int) -> Output:
    found = seen_outputs(request.user, rows.filter(cycle__code=code, pk=pk))
    if not found:
        raise Http404
    found[0].may_open = right_to_open(found[0])(request.user)
    return found[0]


PICTURES = ("png", "svg")


def _tell(rows: Sequence[Output], cycle: Cycle) -> None:
    """What was chosen for each output, and whether it would be another by now."""
    done = [row for row in rows if row.job.state == Job.State.DONE]
    stale = stale_outputs(cycle, done)
    for row in rows:
        row.told = KINDS[row.kind].told(row.parameters)
        row.is_picture = row.format in PICTURES
        row.is_stale = row.pk in stale


def output_file(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """The file itself; not found until it is there."""
    row = _output_of(request, listed_outputs().filter(job__state=Job.State.DONE), code, pk)
    need(request.user, right_to_open(row))
    return download(stored(stored_path(row)), row.file_name, FILE_TYPES[row.format])


@button(can_edit_cycle, back="outputs")
def outputs_remake(request: HttpRequest, code: str) -> str:
    """Ask again for everything that is out of date."""
    number = len(remake_outputs(cycle=cycle_of(code), by=request.user))
    if not number:
        return _("Every file is up to date.")
    return ngettext("%(count)s file is being created again.", "%(count)s files are being created again.", number) % {
        "count": number
    }


@button(can_edit_cycle, back="outputs")
def output_retry(request: HttpRequest, code: str, pk: int) -> str:
    retry_output(output=get_object_or_404(Output, cycle__code=code, pk=pk), by=request.user)
    return _("The file is being created. It appears below when it is ready.")


@button(can_edit_cycle, back="outputs")
def output_cancel(request: HttpRequest, code: str, pk: int) -> str:
    cancel_output(output=get_object_or_404(Output, cycle__code=code, pk=pk), by=request.user)
    return _("Cancelled.")


@button(can_edit_cycle, back="outputs")
def output_remove(request: HttpRequest, code: str, pk: int) -> str:
    remove_output(output=get_object_or_404(Output, cycle__code=code, pk=pk), by=request.user)
    return _("The file is deleted.")


@needs(can_edit_cycle)
def table_texts(request: HttpRequest, code: str, table: str) -> HttpResponse:
    """The company's own texts of a table of the report."""
    cycle = cycle_of(code)
    if table not in TableText.Table.values:
        raise Http404
    form = TableTextsForm(request.POST or None, cycle=cycle, table=table)
    if sent(request, form):
        with refusals(form):
            set_table_texts(cycle=cycle, table=table, texts=form.texts(), by=request.user)
            return onward(request, _("The texts are saved."), "outputs", code)
    lead = _("Your own words in this table. What is empty is filled from the scores, or left out.")
    texts = {"heading": TableText.Table(table).label, "lead": lead, "button": _("Save")}
    texts |= {"back_out": _("Back to the files"), "cancel": reverse("outputs", args=[code])}
    if not form.codes:
        texts |= {"lead": _("No issue is material yet. Score the cycle first."), "button": texts["back_out"]}
    return render(request, "materiality/form.html", in_cycle(cycle, "outputs", form=form.codes and form, **texts))


def issue_sheet(request: HttpRequest, code: str, issue: str) -> HttpResponse:
    """The page of an issue as PDF; `?run=` chooses another run than the newest."""
    cycle = cycle_of(code)
    run, score = scored_issue(cycle, request.GET.get("run", ""), issue)
    frameworks = covered_frameworks(score.issue)
    why = Why(run, score, groups_of(cycle))
    heard = touching(cycle.engagements.filter(issues=score.issue))
    pdf = why_sheet(cycle, why, years_of(run, issue, request.user), heard, frameworks)
    return download(pdf, f"{cycle.code}-{run.number}-{issue}.pdf", private=True)
