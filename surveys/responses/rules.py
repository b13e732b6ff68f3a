"""The screening rules of a survey as they work now, and the flags that its responses can show."""

from surveys.models import Survey
from surveys.questionnaire.screening import MARK, REJECT, Rules, flags_asked


def rules_in_force(survey: Survey) -> Rules:
    """The stored rules; in a split questionnaire straight lines are marked, not rejected (scoring.md)."""
    return Rules.from_json(survey.rules).for_survey(split=survey.split)


def flags_of_survey(survey: Survey) -> tuple[str, ...]:
    """The flags that its responses can earn, in their order."""
    return flags_asked(attention=survey.attention, split=survey.split)


def shown_bits(survey: Survey) -> int:
    """The bits of flags whose rule is not off: anonymous responses keep some that no rule asks for now."""
    return int(rules_in_force(survey).bits(REJECT, MARK))
