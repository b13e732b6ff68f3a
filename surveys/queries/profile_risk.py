"""Whether the profile questions of a survey could single somebody out, given who is expected to answer."""

from dataclasses import dataclass

from surveys.models import ProfileQuestion
from surveys.queries.plans import PlannedGroup
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


def profile_risk(groups: list[PlannedGroup], questions: list[ProfileQuestion]) -> ProfileRisk:
    """The risk with the responses that are expected of each group."""
    expected = {each.group.name: each.expected for each in groups}
    ways = combinations((question.kind, len(question.options)) for question in questions)
    return ProfileRisk(
        ways=ways,
        thin=thin_groups(ways, expected),
        unknown=[group for group, number in expected.items() if not number],
        has_text=any(question.kind == ProfileQuestion.Kind.TEXT for question in questions),
    )
