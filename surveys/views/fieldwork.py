"""The page of a survey's fieldwork: who was invited, who answered, what is missing; it follows an open survey."""

import hashlib
import json

from django.db.models import Exists, OuterRef, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy
from django.views.decorators.http import require_POST

from materiality.models import Job
from materiality.platform.bilingual import tag_of, text_of
from materiality.platform.jobs import request_job
from materiality.platform.lists import Chip, Head, Listing
from materiality.platform.pages import button, followed, turned_away
from materiality.platform.people import can_discard_answers, can_edit_cycle, needs
from materiality.platform.words import word_for
from materiality.tables.lists import listed
from materiality.views.cycles import cycle_of, in_cycle
from surveys.actions.responses import discard_damaged
from surveys.models import Item, ProfileQuestion, SealedDraft, Survey
from surveys.models.jobs import JobKind
from surveys.queries.fieldwork import fieldwork_page, number_of, thin_cells
from surveys.queries.surveys import use_counted, valid_responses
from surveys.questionnaire.asking import WIDTHS, Standing, standing
from surveys.questionnaire.fieldwork import Account
from surveys.responses.fieldwork import fieldwork_figures, report_sentence

PER_PAGE = 20
USUAL_WIDTH = 5


def fieldwork(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    """The whole page; to htmx its figures alone, and nothing (204) where they are those that it shows already."""
    row, now = _survey_of(code, survey), timezone.now()
    figures, counted_at = fieldwork_figures(row, now)
    shown = _digest(figures, counted_at, row, now)
    if request.htmx and request.headers.get("X-Shown") == shown:
        return HttpResponse(status=204)
    groups, width = list(row.cycle.groups.all()), _width(request)
    found, cells = fieldwork_page(row, groups, figures, now), thin_cells(row, groups, figures["cells"], width)
    context = {
        "survey": row,
        "follows": standing(row, now) is Standing.OPEN,
        "shown": shown,
        "counted_at": counted_at,
        "fieldwork": found,
        "thin": cells,
        "listing": _thin_listed(request, row, cells.cells, width),
    }
    if request.htmx:
        return render(request, "surveys/fieldwork.html", {"cycle": row.cycle, "partial": True, **context})
    use_counted(row.cycle, row, figures)
    context["sentences"] = _sentences(found.account, groups, row.languages)
    context |= {"damaged": row.damaged_number, "may_discard": can_discard_answers(request.user)}
    return listed(request, "surveys/fieldwork.html", in_cycle(row.cycle, "progress", **context))


def _thin_listed(request: HttpRequest, survey: Survey, cells: list, width: int) -> Listing:
    widths = [(str(each), _("± %(each)s points or less") % {"each": each}) for each in WIDTHS]
    return Listing(
        request,
        cells,
        heads=[
            Head(_("Issue"), "issue", "item.code", said=lambda row: f"{row.item.code} {row.item.name}"),
            Head(_("Group"), "group", "group.order", said="group.name"),
            Head(
                _("Dimension"),
                "dimension",
                "item.dimension",
                said=lambda row: word_for("dimension", row.item.dimension),
            ),
            Head(_("Valid ratings"), "number", "number", "num"),
            Head(_("Needed"), "needed", "needed", "num"),
        ],
        chips=[Chip("width", _("Wanted 95% interval of a score"), widths, chosen=str(width))],
        noun=ngettext_lazy("%(shown)s cell", "%(shown)s cells", "number"),
        per_page=PER_PAGE,
        name=f"{survey.code}-thin-cells",
    )


def _survey_of(code: str, survey: str) -> Survey:
    """The survey with its kept figures, if any, and the groups, plans and items that all goes through."""
    items = Prefetch("items", Item.objects.select_related("issue").defer("issue__definition").order_by("position"))
    own = {"survey": OuterRef("pk")}
    asked = {
        "has_profile": Exists(ProfileQuestion.objects.filter(**own)),
        "damaged_number": number_of(SealedDraft.objects.filter(**own, state=SealedDraft.State.UNREADABLE)),
    }
    rows = (
        Survey.objects.annotate(**asked)
        .select_related("cycle__edition", "figures", "holding")
        .prefetch_related("cycle__groups", "plans", items)
    )
    return get_object_or_404(rows, cycle__code=code, code=survey)


def _sentences(account: Account, groups: list, languages: list[str]) -> list[tuple[str, str]]:
    """(language, the report's sentence in it), in the languages of the survey."""
    found = []
    for language in map(tag_of, languages):
        names = {group.pk: text_of(group, "name", language) for group in groups}
        found.append((language, report_sentence(account, names, language)))
    return found


def _width(request: HttpRequest) -> int:
    """The half-width that the page was asked for."""
    wanted = request.GET.get("width", "")
    return int(wanted) if wanted in map(str, WIDTHS) else USUAL_WIDTH


def _digest(figures: dict, counted_at, survey: Survey, now) -> str:
    """What the shown figures depend on, in short."""
    told = [figures, str(counted_at), survey.rules, survey.state, str(now.date()), str(survey.closes_at)]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


@button(can_discard_answers, back="fieldwork")
def damaged_discard(request: HttpRequest, code: str, survey: str) -> str:
    """Give up finished answers that cannot be opened."""
    row, reason = _survey_of(code, survey), request.POST.get("reason", "")[:2_000]
    number = discard_damaged(survey=row, reason=reason, by=request.user)
    said = ngettext("%(count)s response was discarded.", "%(count)s responses were discarded.", number)
    return said % {"count": number}


@require_POST
@needs(can_edit_cycle)
def request_score(request: HttpRequest, code: str) -> HttpResponse:
    """Queue a scoring run and follow it; one that still waits is followed instead of asked for twice."""
    cycle = cycle_of(code)
    if not valid_responses(cycle):
        why = _("There is no valid response to score yet. Collect or import responses first.")
        return turned_away(request, why, "responses", code)
    waiting = Job.objects.filter(cycle=cycle, kind=JobKind.SCORE, state=Job.State.QUEUED).first()
    job = waiting or request_job(JobKind.SCORE, inputs={}, by=request.user, cycle=cycle)
    return followed(job, reverse("scores", args=[code]))
