"""The parts of split questionnaires: drawn and counted as given, and given back by people whose drafts go."""

from collections import Counter
from collections.abc import Iterable
from random import SystemRandom

from surveys.models import Draft, Survey
from surveys.queries.assignments import locked_counts, write_counts
from surveys.queries.questionnaire import Asked, Questionnaire, questionnaire_of
from surveys.questionnaire.asking import asked_issues
from surveys.questionnaire.split import draw_part

_CHANCE = SystemRandom()


def draw_parts(questionnaire: Questionnaire, group_id: int, asked: Asked, number: int = 1) -> list[list[int]]:
    """Draw the issues (indices) of so many respondents of a group, and count them as given, in the caller's
    transaction.
    """
    survey_id = questionnaire.survey.pk
    counts = locked_counts(survey_id, group_id, len(questionnaire.issues))
    parts = []
    for _respondent in range(number):
        part = draw_part(
            counts,
            asked.each,
            primaries=questionnaire.primaries,
            core=questionnaire.core,
            allowed=asked.issues,
            rng=_CHANCE,
        )
        for issue in part:
            counts[issue] += 1
        parts.append(part)
    write_counts(survey_id, group_id, counts)
    return parts


def give_back(survey: Survey, drafts: Iterable[Draft]) -> None:
    """Take the parts of drafts that go out of the counts of their groups (Assignments), in the caller's transaction."""
    by_group: dict[int, Counter] = {}
    for draft in drafts:
        positions_of = questionnaire_of(survey.pk, survey.opened_at).positions_of
        by_group.setdefault(draft.group_id, Counter()).update(asked_issues(positions_of, bytes(draft.ratings)))
    for group, given in sorted(by_group.items()):
        counts = locked_counts(survey.pk, group, len(questionnaire_of(survey.pk, survey.opened_at).issues))
        for issue, number in given.items():
            counts[issue] -= min(number, counts[issue])
        write_counts(survey.pk, group, counts)
