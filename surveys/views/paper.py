"""Pages of paper rounds: printing, the list of sheets, entering one."""

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from materiality.models import Job
from materiality.platform.lists import Chip, Head, Listing
from materiality.platform.pages import download, followed, refusals, stored
from materiality.platform.people import can_edit_cycle, can_see_responses, needs
from materiality.tables.lists import listed
from materiality.views.cycles import in_cycle
from surveys.actions.paper import enter_sheet, print_sheets, store_sheet
from surveys.forms.paper import PrintForm, TypedEntry, chosen_entry
from surveys.models import PaperSheet, Survey
from surveys.models.instrument import ranking_question
from surveys.models.jobs import JobKind
from surveys.paper.entry import (
    difference_lines,
    entry_differences,
    entry_lines,
    profile_lines,
    ranking_of,
    refuse_closed,
)
from surveys.paper.printing import numbered, sheet_issues
from surveys.paper.sheets import entry_of, open_sheet
from surveys.questionnaire.responses import MOST_NAMED
from surveys.respond.posted import longest_comment
from surveys.views.surveys import survey_in_cycle


@needs(can_see_responses)
def paper(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    """Printed files, and the sheets with their state; `?state=`, `?number=` goes straight to a sheet."""
    row = survey_in_cycle(code, survey)
    wanted = request.GET.get("number", "").strip()
    if wanted:
        found = _numbered(row, wanted)
        if found:
            return redirect("paper_entry", code, survey, found.number)
    return _page(request, row, PrintForm(survey=row), unknown=wanted)


@needs(can_edit_cycle)
def print_paper(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    """POST: number new sheets and have their file made."""
    row = survey_in_cycle(code, survey)
    if request.method != "POST":
        return redirect("paper", code, survey)
    form = PrintForm(request.POST, survey=row)
    if form.is_valid():
        chosen = dict(form.cleaned_data)
        group = row.cycle.groups.get(code=chosen.pop("group"))
        with refusals(form, "number"):
            job = print_sheets(survey=row, group=group, by=request.user, **chosen)
            return followed(job, reverse("paper", args=[code, survey]))
    return _page(request, row, form, status=422)


@needs(can_see_responses)
def printed_file(request: HttpRequest, code: str, survey: str, pk: str) -> HttpResponse:
    row = survey_in_cycle(code, survey)
    job = get_object_or_404(Job, pk=pk, kind=JobKind.PRINT_SHEETS, cycle=row.cycle, state=Job.State.DONE)
    if job.inputs.get("survey") != row.pk:
        raise Http404
    name = f"{row.code}-sheets-{job.inputs['first']:04}-{job.inputs['last']:04}.{job.result['kind']}"
    return download(stored(job.result.get("path", "")), name, private=True)


_HEADS = (
    Head(gettext_lazy("Sheet"), "number", "number"),
    Head(gettext_lazy("Group"), "group", "group__order", said="group.name"),
    Head(gettext_lazy("State"), "state", "state"),
    Head(
        gettext_lazy("Entered by"),
        said=lambda row: ", ".join(str(each) for each in (row.first_by, row.second_by) if each),
    ),
)


def _page(request: HttpRequest, row: Survey, form: PrintForm, *, unknown: str = "", status: int = 200) -> HttpResponse:
    state = request.GET.get("state", "")
    sheets = PaperSheet.objects.filter(survey=row).order_by("number").defer("asked", "first", "second", "sealed")
    counts = dict(sheets.order_by().values_list("state").annotate(number=Count("*")))
    if state in PaperSheet.State.values:
        sheets = sheets.filter(state=state)
    states = [(value, f"{label} {counts.get(value, 0)}") for value, label in PaperSheet.State.choices]
    context = in_cycle(
        row.cycle,
        "invitations",
        survey=row,
        form=form,
        total=sum(counts.values()),
        unknown=unknown,
        listing=Listing(
            request,
            sheets.select_related("group", "first_by", "second_by"),
            heads=_HEADS,
            chips=[Chip("state", _("State"), states, _("all"))],
            noun=ngettext_lazy("%(shown)s sheet", "%(shown)s sheets", "number"),
            name=f"{row.code}-sheets",
        ),
        prints=_prints(row),
        may_edit=can_edit_cycle(request.user),
    )
    return listed(request, "surveys/paper.html", context, status=status)


def _prints(row: Survey) -> list[Job]:
    """The latest print jobs of the survey, each with `group_name`."""
    names = {group.code: group.name for group in row.cycle.groups.all()}
    jobs = Job.objects.filter(cycle=row.cycle, kind=JobKind.PRINT_SHEETS).order_by("-created_at")[:200]
    found = [job for job in jobs if job.inputs.get("survey") == row.pk]
    for job in found:
        job.group_name = names.get(job.inputs["group"], job.inputs["group"])
    return found


def _numbered(row: Survey, text: str) -> PaperSheet | None:
    digits = text.lstrip("№ #").lstrip("0")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 9):
        return None
    return PaperSheet.objects.filter(survey=row, number=int(digits)).only("number").first()


STATE = PaperSheet.State


@needs(can_edit_cycle)
def paper_entry(request: HttpRequest, code: str, survey: str, number: int) -> HttpResponse:
    """The form of one sheet: to be typed, or where two entries differ; a stored one says so."""
    row = survey_in_cycle(code, survey)
    sheets = PaperSheet.objects.select_related("group", "first_by", "second_by")
    sheet = get_object_or_404(sheets, survey=row, number=number)
    sheet.survey = row
    with refusals(request):
        open_sheet(sheet)
        if sheet.state == STATE.STORED:
            return render(request, "surveys/paper_sheet.html", _context(sheet))
        view = _differences if sheet.state == STATE.DIFFERS else _typing
        return view(request, sheet)
    return redirect("paper", code, survey)


def _typing(request: HttpRequest, sheet: PaperSheet) -> HttpResponse:
    time = 2 if sheet.state == STATE.ENTERED else 1
    asked = bytes(sheet.asked)
    refuse_closed(sheet.survey)
    questions = list(sheet.survey.profile_questions.order_by("position"))
    issues, typed = numbered(sheet_issues(sheet.survey), asked), None
    numbers = {each.number: each.issue.code for each in issues} if sheet.survey.ranking else {}
    if request.method == "POST":
        longest = longest_comment(sheet.survey)
        typed = TypedEntry(request.POST, asked, sheet.survey.k, questions, numbers, longest)
        # The page says which entry it is: where somebody else was faster, this one must not count as the second.
        if typed.entry:
            given = request.POST.get("time", "")
            sheet = enter_sheet(
                sheet=sheet, entry=typed.entry, time=int(given) if given in ("1", "2") else 0, by=request.user
            )
            return _onward(request, sheet)
    context = _context(sheet) | {
        "time": time,
        "named": (typed.named if typed else [""] * MOST_NAMED) if numbers else [],
        "ranking_question": ranking_question(),
        "lines": entry_lines(issues, typed),
        "questions": profile_lines(questions, typed),
        "typed": typed,
        "same_person": time == 2 and sheet.first_by_id == request.user.pk,
    }
    return render(request, "surveys/paper_sheet.html", context, status=422 if typed else 200)


def _differences(request: HttpRequest, sheet: PaperSheet) -> HttpResponse:
    refuse_closed(sheet.survey)
    first, second, asked = entry_of(sheet, "first"), entry_of(sheet, "second"), bytes(sheet.asked)
    missing: set[str] = set()
    if request.method == "POST":
        entry, missing = chosen_entry(request.POST, first, second, asked, sheet.survey.k)
        if entry:
            return _onward(request, store_sheet(sheet=sheet, entry=entry, by=request.user))
    issues = numbered(sheet_issues(sheet.survey), asked)
    found = entry_differences(first, second)
    lines = difference_lines(issues, found, first, second, request.POST, missing)
    asked_besides = [*sheet.survey.profile_questions.all(), ranking_of(sheet.survey, issues)]
    questions = [question for question in asked_besides if question.code in found.questions]
    context = _context(sheet) | {
        "first": first,
        "second": second,
        "lines": lines,
        "questions": profile_lines(questions, None, first=first, second=second, missing=missing, posted=request.POST),
        "comment": found.comment,
        "missing": missing,
        "chosen_comment": request.POST.get("comment", ""),
    }
    return render(request, "surveys/paper_sheet.html", context, status=422 if missing else 200)


def _context(sheet: PaperSheet) -> dict:
    return in_cycle(sheet.survey.cycle, "invitations", survey=sheet.survey, sheet=sheet)


def _onward(request: HttpRequest, sheet: PaperSheet) -> HttpResponse:
    """Back to the list to take up the next sheet, or to the differences."""
    where = [sheet.survey.cycle.code, sheet.survey.code]
    told = {"number": f"{sheet.number:04}"}
    if sheet.state == STATE.DIFFERS:
        return redirect("paper_entry", *where, sheet.number)
    if sheet.state == STATE.STORED:
        messages.success(request, _("Sheet %(number)s is stored.") % told)
    else:
        messages.success(request, _("Sheet %(number)s is entered once; it has to be entered a second time.") % told)
    return redirect("paper", *where)
