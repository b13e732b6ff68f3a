"""The page of a survey's fieldwork: who was invited, who answered, what is missing; it follows an open survey."""

import hashlib
import json

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from materiality.bilingual import text_of
from surveys.fieldwork_figures import figures_of
from surveys.instrument import LANGUAGES
from surveys.models import Item, ProfileQuestion, Survey
from surveys.queries.fieldwork_page import fieldwork_page
from surveys.queries.listed_surveys import use_counted
from surveys.queries.thin_cells import thin_cells
from surveys.questionnaire.account import Account
from surveys.questionnaire.planning import WIDTHS
from surveys.questionnaire.window import Standing, standing
from surveys.report_sentence import report_sentence
from surveys.views.survey_of import in_cycle

PER_PAGE = 20
USUAL_WIDTH = 5


def fieldwork(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    """The whole page; to htmx its figures alone, and nothing (204) where they are those that it shows already."""
    row, now = _survey_of(code, survey), timezone.now()
    figures, counted_at = figures_of(row, now)
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
        "page": Paginator(cells.cells, PER_PAGE).get_page(request.GET.get("page")),
        "width": width,
        "widths": WIDTHS,
    }
    if request.htmx:
        return render(request, "surveys/fieldwork.html", {"cycle": row.cycle, "partial": True, **context})
    use_counted(row.cycle, row, figures)
    context["sentences"] = _sentences(found.account, groups)
    return render(request, "surveys/fieldwork.html", in_cycle(row.cycle, "responses", **context))


def _survey_of(code: str, survey: str) -> Survey:
    """The survey with its kept figures, if any, and the groups, plans and items that all goes through."""
    items = Prefetch("items", Item.objects.select_related("issue").order_by("position"))
    profile = Exists(ProfileQuestion.objects.filter(survey=OuterRef("pk")))
    rows = (
        Survey.objects.annotate(has_profile=profile)
        .select_related("cycle__edition", "figures")
        .prefetch_related("cycle__groups", "plans", items)
    )
    return get_object_or_404(rows, cycle__code=code, code=survey)


def _sentences(account: Account, groups: list) -> list[tuple[str, str]]:
    """(language, the report's sentence in it)."""
    names = {language: {group.pk: text_of(group, "name", language) for group in groups} for language in LANGUAGES}
    return [(language, report_sentence(account, names[language], language)) for language in LANGUAGES]


def _width(request: HttpRequest) -> int:
    """The half-width that the page was asked for."""
    wanted = request.GET.get("width", "")
    return int(wanted) if wanted in map(str, WIDTHS) else USUAL_WIDTH


def _digest(figures: dict, counted_at, survey: Survey, now) -> str:
    """What the shown figures depend on, in short."""
    told = [figures, str(counted_at), survey.rules, survey.state, str(now.date()), str(survey.closes_at)]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]
