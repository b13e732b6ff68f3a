"""The surveys of a cycle, read once per cycle object, as the steps and the page both show them."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from materiality.models import Cycle
from surveys.fieldwork_figures import renew_figures
from surveys.models import Survey
from surveys.queries.fieldwork import Kind, kinds_of, valid_number
from surveys.queries.kept_figures import without_channels
from surveys.queries.waiting_imports import number_waiting
from surveys.questionnaire.window import Standing, closing_time, standing

_HEAVY = ("introduction_zh", "introduction_en", "thanks_zh", "thanks_en")


@dataclass(frozen=True)
class Listed:
    """A survey, where it stands now, when it closes or closed, and how many responses it has."""

    survey: Survey
    standing: Standing
    closes: datetime | None
    responses: int


def surveys_of(cycle: Cycle) -> list[Survey]:
    """The cycle's surveys, newest first, with `imports_waiting`: how many files are to be confirmed."""
    if "_surveys" not in cycle.__dict__:
        cycle._surveys = list(cycle.surveys.defer(*_HEAVY).annotate(imports_waiting=number_waiting()))
    return cycle._surveys


def response_kinds(cycle: Cycle) -> list[Kind]:
    """The responses of the cycle's surveys by kind."""
    if "_kinds" not in cycle.__dict__:
        surveys = surveys_of(cycle)
        cycle._kinds = kinds_of(surveys) if surveys else []
        renew_figures(surveys, _numbers(cycle._kinds))
    return cycle._kinds


def use_counted(cycle: Cycle, survey: Survey, figures: dict) -> None:
    """Spare the steps of the cycle a count where its only survey's figures (see `count_fieldwork`) are at hand."""
    if surveys_of(cycle) == [survey]:
        cycle._kinds = [Kind(survey.pk, *row) for row in without_channels(figures["kinds"])]


def valid_responses(cycle: Cycle) -> int:
    """How many valid responses the cycle has."""
    return valid_number(surveys_of(cycle), response_kinds(cycle))


def listed_surveys(cycle: Cycle) -> list[Listed]:
    """The surveys as the list shows them."""
    now = timezone.now()
    numbers = _numbers(response_kinds(cycle))
    return [
        Listed(survey, standing(survey, now), closing_time(survey), numbers.get(survey.pk, 0))
        for survey in surveys_of(cycle)
    ]


def _numbers(kinds: list[Kind]) -> dict[int, int]:
    """Responses per survey."""
    numbers: dict[int, int] = {}
    for kind in kinds:
        numbers[kind.survey] = numbers.get(kind.survey, 0) + kind.number
    return numbers
