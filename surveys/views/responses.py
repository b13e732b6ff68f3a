"""Pages of responses: the step, the list, one response, comments, exports."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from materiality.forms.proposals import ProposalForm
from materiality.models import Cycle
from materiality.platform.lists import Chip, Head, Listing, choices_of, chosen_in
from materiality.platform.pages import download, onward, refusals, sent
from materiality.platform.people import can_edit_cycle, can_propose, can_see_responses, needs
from materiality.platform.refusals import NotAllowed
from materiality.platform.words import word_for
from materiality.tables.lists import listed
from materiality.views.cycles import cycle_of, in_cycle
from materiality.views.proposals import proposing
from surveys.actions.responses import overrule_response, overrule_responses, promote_comment
from surveys.exports.exporting import FORMATS, file_name
from surveys.exports.selection import fields_that_leave, select
from surveys.forms.responses import ExportForm, OverruleForm
from surveys.models import Response, ResponseImport, Survey
from surveys.queries.fieldwork import ResponseNumbers, SurveyCounts, survey_counts
from surveys.queries.imports import listed_imports, stage_of
from surveys.queries.questionnaire import rated_issues
from surveys.queries.responses import (
    STATES,
    OpenAnswer,
    ResponseFilter,
    ResponseRow,
    answer_rows,
    answers_with_proposals,
    find_answer,
    listed_responses,
    surveys_with_answers,
)
from surveys.queries.surveys import response_kinds, surveys_of, valid_responses
from surveys.responses.fieldwork import counted_at
from surveys.responses.screening import flags_of_survey, rules_in_force
from surveys.views.surveys import survey_in_cycle


@needs(can_see_responses)
def comments(request: HttpRequest) -> HttpResponse:
    """The open answers of a survey; `?survey=` chooses it, the newest one with answers is shown first."""
    surveys = surveys_with_answers()
    wanted = request.GET.get("survey", "")
    survey = next((each for each in surveys if each.code == wanted), surveys[0] if surveys else None)
    context = {"section": "library", "surveys": surveys, "survey": survey}
    if survey:
        choices = [(each.code, each.title) for each in surveys]
        listing = Listing(
            request,
            answer_rows(survey),
            heads=[Head(_("Open answer"), said="text"), Head(_("Suggestion"))],
            chips=[Chip("survey", _("Survey"), choices, chosen=survey.code)],
            noun=ngettext_lazy("%(shown)s open answer", "%(shown)s open answers", "number"),
            name=f"{survey.code}-open-answers",
        )
        listing.rows = answers_with_proposals(survey, listing.page)
        context |= {"listing": listing, "may_propose": can_propose(request.user)}
    return listed(request, "surveys/comments.html", context)


@needs(can_see_responses)
@needs(can_propose)
def promote(request: HttpRequest, survey: str, reference: str) -> HttpResponse:
    """Make an open answer a suggestion."""
    row = get_object_or_404(Survey, code=survey)
    answer = find_answer(row, reference)
    if answer is None:
        raise Http404
    form = ProposalForm(request.POST or None, initial={"kind": "new", "reason": answer.text})
    del form.fields["source"]
    if sent(request, form):
        with refusals(form):
            promote_comment(survey=row, reference=answer.reference, values=form.values(), by=request.user)
            return onward(request, _("The open answer is a suggestion now."), "proposals")
    return render(request, "materiality/form.html", proposing(form) | _promote_page(answer, row))


def _promote_page(answer: OpenAnswer, survey: Survey) -> dict:
    lead = _("The respondent's words become the reason. Shorten them where they could point to a person.")
    texts = {"title": _("Make it a suggestion"), "heading": _("Make an open answer a suggestion"), "lead": lead}
    back = _("Open answers"), f"{reverse('comments')}?survey={survey.code}"
    texts |= {"back": back[0], "cancel": back[1]}
    if answer.proposal:
        texts |= {"back": "", "further": back}
        texts |= {"lead": _("This open answer is a suggestion already."), "form": None}
        texts |= {"button": _("See the suggestion"), "cancel": reverse("proposal", args=[answer.proposal.pk])}
    return texts


@needs(can_see_responses)
def exports(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    """Choices for a file of responses; with `kind` in the URL and all of them possible, the file itself."""
    row = survey_in_cycle(code, survey)
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
    return _file(survey_in_cycle(code, survey), kind, request.GET.getlist("group"), full=bool(request.GET.get("full")))


def _file(survey: Survey, kind: str, groups: list[str], *, full: bool) -> HttpResponse:
    try:
        selection = select(survey, groups, full=full)
    except NotAllowed as refusal:
        raise Http404(refusal.reason) from refusal
    chosen = FORMATS[kind]
    return download(chosen.write(selection), file_name(selection, chosen), private=True)


@needs(can_see_responses)
def response_list(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    """The survey's responses one by one, filtered by group, flag and state; a POST decides about all that are shown."""
    row = survey_in_cycle(code, survey)
    wanted = ResponseFilter.from_query(request.GET)
    form = OverruleForm(request.POST or None)
    if sent(request, form, can_edit_cycle):
        with refusals(form):
            number = overrule_responses(survey=row, wanted=wanted, **form.cleaned_data, by=request.user)
            said = _("The decision is stored for %(number)s responses.") % {"number": number}
            return onward(request, said, "response_list", code, survey)
    listing = _responses_listed(request, row, wanted)
    rules = rules_in_force(row)
    listing.rows = [ResponseRow(response, rules) for response in listing.page]
    may_edit = can_edit_cycle(request.user)
    context = in_cycle(row.cycle, "responses", survey=row, listing=listing, form=form, may_edit=may_edit)
    return render(request, "surveys/response_list.html", context, status=422 if form.errors else 200)


def _responses_listed(request: HttpRequest, survey: Survey, wanted: ResponseFilter) -> Listing:
    times = (
        Head(_("Begun"), "begun", "started_at"),
        Head(_("Submitted"), "submitted", "submitted_at"),
    )
    return Listing(
        request,
        listed_responses(survey, wanted),
        heads=[
            Head(_("Response"), "id", "id"),
            Head(_("Group"), "group", "group__order"),
            *(() if survey.anonymous else times),
            Head(_("Flags"), "flags", "flags"),
            Head(_("Counts"), "counts", "overruled"),
        ],
        chips=[
            Chip("group", _("Group"), choices_of(survey.cycle.groups.all()), _("all")),
            Chip("flag", _("Flag"), [(flag, word_for("flag", flag)) for flag in flags_of_survey(survey)], _("all")),
            Chip("state", _("State"), STATES.items(), _("all")),
        ],
        noun=ngettext_lazy("%(shown)s response", "%(shown)s responses", "number"),
        files=[(_("Exports"), reverse("exports", args=[survey.cycle.code, survey.code]))],
    )


@needs(can_see_responses)
def response(request: HttpRequest, code: str, survey: str, pk: str) -> HttpResponse:
    """One response with its flags and ratings; POST decides by hand whether it counts."""
    row = survey_in_cycle(code, survey)
    found = get_object_or_404(Response.objects.select_related("group", "overruled_by", "source"), survey=row, pk=pk)
    form = OverruleForm(request.POST or None)
    if sent(request, form, can_edit_cycle):
        with refusals(form):
            overrule_response(response=found, **form.cleaned_data, by=request.user)
            said = _("The decision is stored. It counts from the next scoring run on.")
            return onward(request, said, "response", code, survey, pk)
    context = in_cycle(
        row.cycle,
        "responses",
        survey=row,
        row=ResponseRow(found, rules_in_force(row)),
        ratings=rated_issues(row, found),
        form=form,
        may_edit=can_edit_cycle(request.user),
    )
    return render(request, "surveys/response.html", context)


_IMPORT_HEADS = (
    Head(gettext_lazy("File"), "name", "file_name"),
    Head(gettext_lazy("State"), "state", "state"),
    Head(gettext_lazy("Rows"), "rows", "rows", "num", falling=True),
    Head(gettext_lazy("Bad rows"), "bad", "bad_rows", "num", falling=True),
    Head(gettext_lazy("Uploaded"), "uploaded", "created_at", falling=True),
    Head(gettext_lazy("By"), "by", "created_by__first_name", said="created_by"),
)


def responses(request: HttpRequest, code: str) -> HttpResponse:
    """Counts per group, screening and imports of one survey; `?survey=` chooses another than the newest."""
    cycle = cycle_of(code)
    surveys = surveys_of(cycle)
    context = in_cycle(cycle, "responses", surveys=surveys, may_edit=can_edit_cycle(request.user))
    if not surveys:
        return render(request, "surveys/responses.html", context)
    survey = _chosen(surveys, request.GET.get("survey", ""))
    fieldwork = survey_counts(survey, response_kinds(cycle))
    imports = _imports_listed(request, survey)
    context |= {
        "survey": survey,
        "fieldwork": fieldwork,
        "counted_at": counted_at(survey, fieldwork.counts.total),
        "lines": _group_lines(cycle, fieldwork),
        "cycle_valid": valid_responses(cycle),
        "listing": imports,
        "imports": [(imported, stage_of(imported, imported.good)) for imported in imports.page],
        "may_see": can_see_responses(request.user),
    }
    return listed(request, "surveys/responses.html", context)


def _imports_listed(request: HttpRequest, survey: Survey) -> Listing:
    state = chosen_in(request.GET, "import-state", ResponseImport.State.values)
    return Listing(
        request,
        listed_imports(survey).filter(**({"state": state} if state else {})),
        heads=_IMPORT_HEADS,
        chips=[Chip("import-state", _("State"), ResponseImport.State.choices, _("all"))],
        noun=ngettext_lazy("%(shown)s file", "%(shown)s files", "number"),
        place="imports",
        name=f"{survey.code}-files",
    )


def _chosen(surveys: list[Survey], code: str) -> Survey:
    """The survey that the URL names; else the newest that was opened; else the newest."""
    if code:
        found = next((survey for survey in surveys if survey.code == code), None)
        if found is None:
            raise Http404
        return found
    return next((survey for survey in surveys if survey.state != Survey.State.DRAFT), surveys[0])


def _group_lines(cycle: Cycle, fieldwork: SurveyCounts) -> list[dict]:
    lines = []
    for group in cycle.groups.all():
        counts = fieldwork.groups.get(group.pk, ResponseNumbers())
        reached = counts.valid / group.target if group.target else None
        share = counts.valid / fieldwork.counts.valid if fieldwork.counts.valid else None
        lines.append({"group": group, "counts": counts, "reached": reached, "share": share})
    return lines
