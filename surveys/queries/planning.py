"""What the planning page of a survey says: responses needed, and what the expected ones will give."""

from dataclasses import dataclass

from surveys.models import Survey
from surveys.queries.plans import PlannedGroup, split_size
from surveys.queries.questionnaire import SECONDS_PER_ITEM
from surveys.queries.typical_spread import Spread
from surveys.questionnaire.planning import WIDTHS, half_width, ratings_of_each, responses_needed


@dataclass(frozen=True)
class Way:
    """One way to ask a group, full or split: issues each, minutes, and what the expected responses give every issue.

    `needed` are the responses for each of WIDTHS (None: never reached); `half` is the half-width expected, in points;
    `enough` whether every issue reaches the cycle's smallest number of ratings.
    """

    each: int
    minutes: int
    needed: list[int | None]
    ratings: int
    half: float | None
    enough: bool


@dataclass(frozen=True)
class PlanningLine:
    """A group that is asked something; `spread` in points on 0–100."""

    planned: PlannedGroup
    spread: float
    full: Way
    split: Way

    @property
    def ways(self) -> tuple[Way, Way]:
        """Full, then split."""
        return self.full, self.split

    @property
    def needed(self) -> list[tuple[int | None, int | None]]:
        """Responses needed per width: (full, split)."""
        return list(zip(self.full.needed, self.split.needed, strict=True))

    def way(self, split: bool) -> Way:
        """The way in which the survey is set."""
        return self.split if split else self.full


def planning_lines(survey: Survey, groups: list[PlannedGroup], spread: Spread) -> list[PlanningLine]:
    """A line per group that is asked something. Needs `survey.cycle`."""
    lines = []
    for each in groups:
        if not each.issues:
            continue
        issues, deviation = len(each.issues), spread.of(each.group.code)
        core = len(set(survey.core) & set(each.issues))
        part = each.each if survey.split else split_size(survey, issues, each.expected)
        least = min(issues, survey.split_issues)
        full = _way(survey, each, deviation, each=issues, least=issues, core=0)
        lines.append(
            PlanningLine(each, deviation, full, _way(survey, each, deviation, each=part, least=least, core=core))
        )
    return lines


def minutes_for(questions: int) -> int:
    """How long an unhurried respondent needs for so many questions."""
    return max(1, round(questions * SECONDS_PER_ITEM / 60))


def _way(survey: Survey, group: PlannedGroup, spread: float, *, each: int, least: int, core: int) -> Way:
    """`each` issues are given with the expected responses; what is needed is counted with the `least` that may be."""
    issues = len(group.issues)
    ratings = ratings_of_each(group.expected, issues=issues, each=each, core=core)
    return Way(
        each=each,
        minutes=minutes_for(each * len(group.plan.dimensions)),
        needed=[responses_needed(width, spread, issues=issues, each=least, core=core) for width in WIDTHS],
        ratings=ratings,
        half=half_width(ratings, spread),
        enough=ratings >= survey.cycle.method.get("min_n", 5),
    )
