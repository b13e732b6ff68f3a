"""Pages of surveys: list, one survey, form, preview, window, opening and closing."""

import json
from collections.abc import Callable, Collection, Sequence
from copy import copy
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any

from django.db.models import prefetch_related_objects
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, QueryDict
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from materiality.models import Cycle, Group, Issue
from materiality.platform.bilingual import (
    html_language,
    reading_languages,
    speaking,
    spoken_language,
    suffix_of,
    text_of,
)
from materiality.platform.lists import Head, Listing
from materiality.platform.pages import button, onward, refusals, sent, turned_away
from materiality.platform.people import can_edit_cycle, needs
from materiality.queries.cycles import rateable_levels
from materiality.tables.lists import listed
from materiality.views.cycles import cycle_of, in_cycle
from materiality.views.translations import languages_page
from surveys.actions.plans import build_survey
from surveys.actions.surveys import (
    change_open_survey,
    change_window,
    close_survey,
    edit_survey,
    open_survey,
    opening_warnings,
    remove_survey,
    set_survey_languages,
    set_up_elsewhere,
)
from surveys.forms.surveys import (
    GroupPlanForm,
    NewSurveyForm,
    NoticeForm,
    OpenSurveyForm,
    SplitForm,
    SurveyForm,
    WindowForm,
    cluster_choices,
)
from surveys.models import Survey
from surveys.models.instrument import ranking_question
from surveys.queries.plans import PlannedGroup, efforts_of, issue_bases, issue_ticks, planned_groups, wider_plans
from surveys.queries.surveys import (
    Previewed,
    SurveyContents,
    asked_groups,
    contents_of,
    default_texts,
    listed_surveys,
    minutes_for,
    planning_lines,
    previewed,
    profile_risk,
    response_kinds,
    share_texts,
    sheet_html,
    surveys_of,
    typical_spread,
)
from surveys.questionnaire.asking import LOSS, WIDTHS, closing_time, standing
from surveys.questionnaire.responses import MOST_NAMED
from surveys.respond.drafts import number_begun, number_finished
from surveys.respond.entrance import first_page_context
from surveys.respond.rows import groups_now, survey_now
from surveys.respond.views import profile_shown, thanks_words


def survey_in_cycle(code: str, survey: str) -> Survey:
    """The survey of the cycle `code` with its cycle and edition; the page "not found" where there is none."""
    return get_object_or_404(Survey.objects.select_related("cycle__edition"), cycle__code=code, code=survey)


_TEMPLATES = {"first": "introduction", "issues": "questions", "thanks": "notice"}


@dataclass(frozen=True)
class Look:
    """What of the survey is shown, and how; all of it stands in the address."""

    page: int
    group: str
    kind: str
    draw: int
    language: str
    size: str
    contrast: str

    def query(self, **changes: object) -> str:
        """The address of this look with changes, after the question mark."""
        address = QueryDict(mutable=True)
        address.update({name: str(value) for name, value in vars(replace(self, **changes)).items() if value})
        return address.urlencode()


def preview(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    """A page of the survey as the address says; POST goes on and drops the answers."""
    row = survey_in_cycle(code, survey)
    groups = asked_groups(row)
    if not groups:
        why = _("No group is asked anything: say first who is asked what.")
        return turned_away(request, why, "survey", code, survey)
    look = _look(request, row, groups)
    group = next(group for group in groups if group.code == look.group)
    shown = previewed(row, group, split=look.kind == "split", draw=look.draw, single=look.size == "large")
    look = replace(look, page=min(look.page, len(shown.steps) - 1))
    if request.method == "POST":
        return redirect(f"{request.path}?{_onward(request, look, groups, len(shown.steps) - 1)}")
    with speaking(look.language, row.languages):
        return render(request, "surveys/preview.html", _context(request, row, look, shown, groups))


def _look(request: HttpRequest, row: Survey, groups: list[Group]) -> Look:
    asked, codes = request.GET, [group.code for group in groups]
    return Look(
        page=_number(asked.get("page", "")),
        group=asked["group"] if asked.get("group") in codes else codes[0],
        kind=asked["kind"] if asked.get("kind") in ("full", "split") else ("split" if row.split else "full"),
        draw=_number(asked.get("draw", "")),
        language=asked["language"] if asked.get("language") in reading_languages(row.languages) else spoken_language(),
        size="large" if asked.get("size") == "large" else "",
        contrast="high" if asked.get("contrast") == "high" else "",
    )


def _onward(request: HttpRequest, look: Look, groups: list[Group], last: int) -> str:
    """Where the button that was pressed leads."""
    posted = request.POST
    step = {"start": 1, "next": 1, "submit": 1, "back": -1}.get(posted.get("go", ""), 0)
    changes: dict[str, object] = {"page": max(0, min(look.page + step, last))}
    if posted.get("group") in [group.code for group in groups]:
        changes["group"] = posted["group"]
    if "language" in posted:  # which ones there are, the page that comes looks up
        changes["language"] = posted["language"]
    for name, special in (("size", "large"), ("contrast", "high")):
        if name in posted:
            changes[name] = special if posted[name] == special else ""
    return look.query(**changes)


def _context(request: HttpRequest, row: Survey, look: Look, shown: Previewed, groups: list[Group]) -> dict:
    last = len(shown.steps) - 2
    context = {
        "survey": row,
        "cycle": row.cycle,
        "look": look,
        "choosable": groups,
        "pages": [(kind, look.query(page=place)) for place, kind in enumerate(shown.steps)],
        "other_kind": look.query(kind="full" if look.kind == "split" else "split", page=0),
        "drawn_anew": look.query(draw=look.draw + 1),
        "issues_number": sum(len(sheet.issues) for sheet in shown.sheets),
        "action": request.get_full_path(),
        "large": look.size == "large",
        "high": look.contrast == "high",
        "holes": {"csrf": get_token(request)},
        "title": text_of(row, "title"),
        "anonymous": row.anonymous,
        "number": look.page,
        "last": last,
        "version": row.instrument.version,
    }
    return context | _inner(row, look, shown, groups, context["holes"])


def _inner(row: Survey, look: Look, shown: Previewed, groups: list[Group], holes: dict) -> dict:
    """The respondent's template for this page and what it needs beyond the rest."""
    kind = shown.steps[look.page]
    found: dict[str, object] = {"inner": f"surveys/respond/{_TEMPLATES.get(kind, kind)}.html"}
    if kind == "first":
        codes = {group.code for group in groups}
        offered = tuple(group for group in groups_now(row.cycle_id) if group.code in codes)
        return found | first_page_context(survey_now(row.code), shown.questionnaire, offered) | {"group": look.group}
    if kind == "issues":
        sheet = shown.sheets[look.page - 1]
        # Rendered by the templates that are frozen into a survey at opening, which escape every text.
        html = mark_safe(sheet_html(row, shown, sheet, look.language).decode())
        name = shown.questionnaire.heading(sheet)
        return found | {"holes": holes | {"issues": html}, "name": name, "first": look.page == 1}
    if kind == "ranking":
        order = [issue for sheet in shown.sheets for issue in sheet.issues]
        issues = [shown.questionnaire.issues[issue] for issue in dict.fromkeys(order)]
        choices = [(issue.code, text_of(issue, "name"), False) for issue in issues]
        return found | {"choices": choices, "most": MOST_NAMED, "question": ranking_question()}
    if kind == "about":
        return found | {"questions": profile_shown(shown.questionnaire.profile)}
    if kind == "thanks":
        return found | thanks_words(text_of(row, "thanks"))
    return found | {"question": text_of(row, "question")}


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0


_HEADS = (
    Head(gettext_lazy("Survey"), "title", "survey.title"),
    Head(gettext_lazy("State"), "state", "standing.name", said="survey.state"),
    Head(gettext_lazy("Opens"), "opens", "survey.opens_at"),
    Head(gettext_lazy("Closes"), "closes", "closes"),
    Head(gettext_lazy("Responses"), "responses", "responses", "num"),
    Head(gettext_lazy("Address for respondents")),
)


def surveys(request: HttpRequest, code: str) -> HttpResponse:
    """The cycle's surveys with state, dates and number of responses."""
    cycle = cycle_of(code)
    if can_edit_cycle(request.user) and not surveys_of(cycle):
        return redirect("new_survey", code)
    noun = ngettext_lazy("%(shown)s survey", "%(shown)s surveys", "number")
    listing = Listing(request, listed_surveys(cycle), heads=_HEADS, noun=noun, name=f"{code}-surveys")
    context = in_cycle(cycle, "survey", listing=listing, may_edit=can_edit_cycle(request.user))
    return listed(request, "surveys/surveys.html", context)


def share(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    """What is handed to people: the address, its QR code and a text to send."""
    row = survey_in_cycle(code, survey)
    if row.state == Survey.State.DRAFT or row.elsewhere:
        return redirect("survey", code, survey)
    address = request.build_absolute_uri(reverse("respond", args=[row.code]))
    context = in_cycle(row.cycle, "survey", survey=row, address=address)
    context["shares"] = share_texts(row, efforts_of(row), address)
    return render(request, "surveys/share.html", context)


def part(name: str) -> Callable[..., HttpResponse]:
    """An address of before, when the part had a page of its own."""

    def redirected(request: HttpRequest, code: str, survey: str) -> HttpResponse:
        return redirect(at_part(survey_in_cycle(code, survey), name))

    return redirected


def at_part(row: Survey, name: str) -> str:
    """The address of a part of the survey's page."""
    return f"{reverse('survey', args=[row.cycle.code, row.code])}#{name}"


def questionnaire(request: HttpRequest, row: Survey, **bound: Any) -> HttpResponse:
    """The page of a survey; `bound`: forms that came back with errors, by what the templates call them."""
    prefetch_related_objects([row], "profile_questions", "cycle__groups")
    contents = contents_of(row)
    groups = planned_groups(row, contents.codes)
    context = in_cycle(row.cycle, "survey", survey=row, contents=contents, issues=contents.issues)
    context |= {"may_edit": can_edit_cycle(request.user), "is_draft": row.state == Survey.State.DRAFT}
    context |= _standing(request, row, contents, groups) | _asked(request, row, contents, groups, bound.get("forms"))
    context |= _planned(request, row, contents, groups, bound.get("split")) | _texts(row, bound.get("texts"))
    context |= {name: form for name, form in bound.items() if name != "forms"}
    return render(request, "surveys/survey.html", context)


def _standing(request: HttpRequest, row: Survey, contents: SurveyContents, groups: list[PlannedGroup]) -> dict:
    """Where the survey stands, what should be known before it opens, and what is handed on."""
    questions, is_draft = list(row.profile_questions.all()), row.state == Survey.State.DRAFT
    return {
        "standing": standing(row, timezone.now()).name.lower(),
        "answered": any(kind.survey == row.pk for kind in response_kinds(row.cycle)),
        "on_their_way": lambda: number_begun(row) + number_finished(row),
        "closes": closing_time(row),
        "address": request.build_absolute_uri(reverse("respond", args=[row.code])),
        "warnings": opening_warnings(contents.codes, groups, row) if is_draft else [],
        "questions": questions,
        "changeable": is_draft and can_edit_cycle(request.user),
        "risk": profile_risk(groups, questions) if row.anonymous else None,
        "cluster": dict(cluster_choices(row)).get(row.cluster, row.cluster),
        "window": WindowForm(survey=row),
    }


def _asked(
    request: HttpRequest,
    row: Survey,
    contents: SurveyContents,
    groups: list[PlannedGroup],
    forms: Sequence[GroupPlanForm] | None,
) -> dict:
    """The grid of groups × issues."""
    frozen = row.state != Survey.State.DRAFT
    forms = forms or [GroupPlanForm(planned=each, frozen=frozen) for each in groups]
    ticked = ticked_in(request, contents.codes, groups)
    shown = {
        each.group.code: [each.plan.society, each.plan.business, each.plan.expected, each.plan.left_out]
        for each in groups
    }

    names = [(each.group.code, str(each.group.name)) for each in groups]

    def row_of(issue: Issue) -> tuple[Issue, list[tuple[str, str, bool]]]:
        return issue, [(code, name, (code, issue.code) in ticked) for code, name in names]

    grid = [(section.category, [row_of(issue) for issue in section.issues]) for section in contents.sections]
    lines = [(form, minutes_for(form.planned.questions)) for form in forms]
    wrong = any(form.is_bound and form.errors for form in forms)
    unset = [each.group.name for each in groups if not each.stored]
    told = request.POST.get("shown") or json.dumps({"issues": contents.codes, "groups": shown})
    return {"lines": lines, "grid": grid, "unset": unset, "wrong": wrong, "shown": told}


def ticked_in(request: HttpRequest, codes: list[str], groups: list[PlannedGroup]) -> set[tuple[str, str]]:
    """(group, issue) of every tick of the grid: as it was sent, else as it is stored."""
    if "grid" in request.POST:
        return {tuple(each.split(":", 1)) for each in request.POST.getlist("ask") if ":" in each}
    return {(each.group.code, code) for each in groups for code in codes if code not in each.plan.left_out}


def _planned(
    request: HttpRequest, row: Survey, contents: SurveyContents, groups: list[PlannedGroup], split: SplitForm | None
) -> dict:
    """Full or split, and what the expected responses will be worth."""
    spread = typical_spread(request.user)
    lines = planning_lines(row, groups, spread)
    split = split or SplitForm(instance=copy(row), codes=contents.codes)
    issues = [issue for section in contents.sections for issue in section.issues]
    ways = ((_("Full questionnaire"), attrgetter("full")), (_("Split"), attrgetter("split")))
    names = {issue.code: str(issue.name) for issue in issues}
    told = [[way(line) for line in lines] for _label, way in ways]
    longest = [max((each.minutes for each in designs), default=0) for designs in told]
    widest = [max((each.half or 0 for each in designs), default=0) for designs in told]
    return {
        "split": split,
        "core": issue_ticks(issues, set(split["core"].value() or ())),
        "ways": [(label, *figures) for (label, _way), *figures in zip(ways, longest, widest, strict=True)],
        "full_minutes": longest[0],
        "split_minutes": longest[1],
        "planned": lines,
        "widths": WIDTHS,
        "spread": spread,
        "loss": LOSS,
        "min_n": row.cycle.method.get("min_n", 5),
        "short": [line for line in lines if line.planned.expected and not line.way(row.split).enough],
        "bases": [(each, _(", ").join(map(names.get, each.issues))) for each in issue_bases(groups, contents.codes)],
        "wider": [(each, each.ratings and minutes_for(each.ratings)) for each in wider_plans(groups, contents.codes)],
    }


def _texts(row: Survey, texts: NoticeForm | None) -> dict:
    """Dates and texts, and what respondents read."""
    is_draft = row.state == Survey.State.DRAFT
    texts = texts or (SurveyForm if is_draft else OpenSurveyForm)(instance=copy(row))
    return {"texts": texts, "was_opened": not is_draft, "spoken": read_in(row, texts)}


def read_in(row: Survey, form: NoticeForm) -> list[tuple[str, dict[str, str]]]:
    """Per language what respondents read: as it stands in the form, else in the survey."""
    found = []
    for language in row.languages:
        end = suffix_of(language)
        names = ("title", "introduction", "question", "notice", "thanks")
        held = {name: form[f"{name}_{end}"].value() for name in names if f"{name}_{end}" in form.fields}
        kept = {name: text_of(row, name, language) for name in ("title", "introduction", "question")}
        found.append((html_language(language), kept | held))
    return found


@button(can_edit_cycle, back="survey")
def survey_open(request: HttpRequest, code: str, survey: str) -> str:
    """Open the survey, or say what stands against it."""
    open_survey(survey=survey_in_cycle(code, survey), by=request.user)
    return _("The survey is open. Share its address.")


@button(can_edit_cycle, back="survey", done="new_import")
def survey_elsewhere(request: HttpRequest, code: str, survey: str) -> str:
    """Set the survey up as answered with another tool, or say what stands against it."""
    set_up_elsewhere(survey=survey_in_cycle(code, survey), by=request.user)
    return _("The survey takes files now. It has no public address, and never had one.")


@button(can_edit_cycle, back="survey")
def survey_close(request: HttpRequest, code: str, survey: str) -> str:
    """Close the survey, or say what stands against it."""
    close_survey(survey=survey_in_cycle(code, survey), by=request.user)
    return _("The survey is closed. Answers begun before may be finished within 15 minutes.")


@button(can_edit_cycle, back="survey", done="surveys")
def survey_remove(request: HttpRequest, code: str, survey: str) -> str:
    """Remove a draft, or say why it stays."""
    remove_survey(survey=survey_in_cycle(code, survey), by=request.user)
    return _("The draft is removed.")


@needs(can_edit_cycle)
def new_survey(request: HttpRequest, code: str) -> HttpResponse:
    """Make a survey from the cycle's issues."""
    cycle = cycle_of(code)
    levels = rateable_levels(cycle.edition_id)
    initial, blank = None if request.POST else _suggestions(cycle, levels[0]), Survey(cycle=cycle)
    blank.languages = cycle.languages
    form = NewSurveyForm(request.POST or None, instance=blank, initial=initial, levels=levels)
    if sent(request, form):
        with refusals(form):
            row = build_survey(cycle=cycle, values=form.cleaned_data, by=request.user)
            said = _("The survey is created. Set who is asked what, look at the preview, then open it.")
            return onward(request, said, "survey", code, row.code)
    lead = _("The questions are made from the issues. Dates and texts can still be changed until the survey opens.")
    texts = {"heading": _("New survey"), "lead": lead, "button": _("Create the survey"), "guarded": True}
    texts |= {"fields": "surveys/survey_fields.html", "cancel": reverse("surveys", args=[code])}
    return render(request, "materiality/form.html", in_cycle(cycle, "survey", form=form, **texts))


@needs(can_edit_cycle)
def edit(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    """Change dates and texts of a draft, or what may still change of a survey that was opened.

    For htmx, while somebody writes: what respondents would read.
    """
    row = survey_in_cycle(code, survey)
    if request.method != "POST":
        return redirect(at_part(row, "texts"))
    is_draft = row.state == Survey.State.DRAFT
    form = (SurveyForm if is_draft else OpenSurveyForm)(request.POST, instance=copy(row))
    if request.htmx:
        return render(request, "surveys/survey.html", {"spoken": read_in(row, form), "partial": True})
    if not is_draft and "zone" in request.POST:  # the form of a draft, which was opened meanwhile
        lost = unsaved(SurveyForm(request.POST, instance=copy(row)), kept=form.fields)
        if lost:
            return questionnaire(request, row, texts=form, frozen=lost)
    if form.is_valid():
        with refusals(form):
            store = edit_survey if is_draft else change_open_survey
            store(survey=row, values=form.cleaned_data, by=request.user)
            return onward(request, _("The survey is saved."), at_part(row, "texts"))
    return questionnaire(request, row, texts=form)


def unsaved(form: ModelForm, kept: Collection[str] = ()) -> list[tuple[str, str]]:
    """(label, what was entered) of each field that differs from what is stored, but for those that are kept."""
    fields = [form[name] for name in form.changed_data if name not in kept]
    return [
        (field.label, ", ".join(each) if isinstance(each := field.value(), list) else str(each or "–"))
        for field in fields
    ]


@needs(can_edit_cycle)
def survey_languages(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    """In which languages a draft asks."""
    row = survey_in_cycle(code, survey)
    lead = _("The questionnaire is shown in these; who reads none of them gets the first.")
    kept = in_cycle(row.cycle, "survey", survey=row, lead=lead)
    return languages_page(request, row, _store_languages, reverse("survey", args=[code, survey]), kept)


def _store_languages(*, row: Survey, **chosen: Any) -> None:
    set_survey_languages(survey=row, **chosen)


@needs(can_edit_cycle)
def window(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    """Move the closing of an open survey."""
    row = survey_in_cycle(code, survey)
    if request.method != "POST":
        return redirect("survey", code, survey)
    form = WindowForm(request.POST, survey=row)
    if form.is_valid():
        with refusals(form, "closes_at"):
            change_window(survey=row, closes_at=form.moment(), by=request.user)
            return onward(request, _("The closing is changed."), "survey", code, survey)
    return questionnaire(request, row, window=form)


def _suggestions(cycle: Cycle, level: str) -> dict:
    """A free code, the scale and zone of the cycle's last survey, and texts in the languages of the cycle."""
    before = surveys_of(cycle)
    kept = {"k": before[0].k, "zone": before[0].zone} if before else {"k": 5, "zone": "Asia/Shanghai"}
    return {"code": _free_code(cycle), "level": level, **kept, **default_texts(cycle, level)}


def _free_code(cycle: Cycle) -> str:
    taken = set(Survey.objects.filter(code__startswith=cycle.code).values_list("code", flat=True))
    names = [cycle.code, *(f"{cycle.code}-{number}" for number in range(2, len(taken) + 2))]
    return next(name for name in names if name not in taken)
