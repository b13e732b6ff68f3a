"""Whether the profile questions of a survey could single somebody out, given who is expected to answer."""

from dataclasses import dataclass

from surveys.models import GroupPlan, ProfileQuestion, Survey
from surveys.questionnaire.profiles import ThinGroup, combinations, thin_groups


@dataclass(frozen=True)
class ProfileRisk:
    """`ways` to answer, the groups that are too small for so many, groups of unknown size, and any short text."""

    ways: int
    thin: list[ThinGroup]
    unknown: list[str]
    has_text: bool

    @property
    def is_there(self) -> bool:
        """Whether somebody should be warned."""
        return bool(self.thin or self.has_text or (self.unknown and self.ways > 1))


def profile_risk(survey: Survey, questions: list[ProfileQuestion]) -> ProfileRisk:
    """The risk with the responses that are expected of each group. Needs `survey.cycle`; two queries."""
    plans = dict(GroupPlan.objects.filter(survey=survey).values_list("group_id", "expected"))
    expected = {group.name: plans.get(group.pk) or group.target for group in survey.cycle.groups.all()}
    ways = combinations((question.kind, len(question.options)) for question in questions)
    return ProfileRisk(
        ways=ways,
        thin=thin_groups(ways, expected),
        unknown=[group for group, number in expected.items() if not number],
        has_text=any(question.kind == ProfileQuestion.Kind.TEXT for question in questions),
    )
