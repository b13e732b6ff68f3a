"""The parts of split questionnaires that were given to people whose drafts go."""

from collections import Counter
from collections.abc import Iterable

from surveys.models import Draft, Survey
from surveys.queries.assignments import locked_counts, write_counts
from surveys.queries.questionnaire import questionnaire_of
from surveys.questionnaire.asking import asked_issues


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
