"""Entering a sheet: twice, and then what is right where the two differ."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from materiality.permissions import can_edit_cycle, needs
from materiality.refusals import NotAllowed
from surveys.actions.enter_sheet import enter_sheet
from surveys.actions.store_sheet import store_sheet
from surveys.forms.paper import TypedEntry, chosen_entry
from surveys.models import PaperSheet
from surveys.paper.contents import numbered, sheet_issues
from surveys.paper.entry import differences
from surveys.paper.entry_lines import difference_lines, entry_lines, profile_lines
from surveys.paper.stored_entries import entry_of
from surveys.paper.taking import refuse_closed
from surveys.views.survey_of import in_cycle, survey_of

STATE = PaperSheet.State


@needs(can_edit_cycle)
def paper_entry(request: HttpRequest, code: str, survey: str, number: int) -> HttpResponse:
    """The form of one sheet: to be typed, or where two entries differ; a stored one says so."""
    row = survey_of(code, survey)
    sheets = PaperSheet.objects.select_related("group", "first_by", "second_by")
    sheet = get_object_or_404(sheets, survey=row, number=number)
    sheet.survey = row
    if sheet.state == STATE.STORED:
        return render(request, "surveys/paper_sheet.html", _context(sheet))
    view = _differences if sheet.state == STATE.DIFFERS else _typing
    try:
        return view(request, sheet)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
        return redirect("paper", code, survey)


def _typing(request: HttpRequest, sheet: PaperSheet) -> HttpResponse:
    time = 2 if sheet.state == STATE.ENTERED else 1
    asked = bytes(sheet.asked)
    refuse_closed(sheet.survey)
    questions = list(sheet.survey.profile_questions.order_by("position"))
    typed = None
    if request.method == "POST":
        typed = TypedEntry(request.POST, asked, sheet.survey.k, questions)
        # The page says which entry it is: where somebody else was faster, this one must not count as the second.
        if typed.entry:
            given = request.POST.get("time", "")
            sheet = enter_sheet(
                sheet=sheet, entry=typed.entry, time=int(given) if given in ("1", "2") else 0, by=request.user
            )
            return _onward(request, sheet)
    issues = numbered(sheet_issues(sheet.survey), asked)
    context = _context(sheet) | {
        "time": time,
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
    found = differences(first, second)
    lines = difference_lines(issues, found, first, second, request.POST, missing)
    questions = [question for question in sheet.survey.profile_questions.all() if question.code in found.questions]
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
    return in_cycle(sheet.survey.cycle, "survey", survey=sheet.survey, sheet=sheet)


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
