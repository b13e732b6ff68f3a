"""Single responses, filtered, as the list shows them."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet

from surveys.models import Response, Survey
from surveys.questionnaire.rules import FLAG_BIT, FLAGS, MARK, REJECT, Rules
from surveys.questionnaire.screening import EXCLUDE, INCLUDE, flag_names
from surveys.rules_in_force import rules_in_force, shown_bits

STATES = ("valid", "invalid", "unfinished", "overruled")


@dataclass(frozen=True)
class ResponseFilter:
    """What the page was asked to show; empty means all."""

    group: str = ""
    flag: str = ""
    state: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "ResponseFilter":
        """From the URL; a flag or state that does not exist is left out."""
        flag, state = query.get("flag", ""), query.get("state", "")
        return cls(
            group=query.get("group", "")[:40],
            flag=flag if flag in FLAGS else "",
            state=state if state in STATES else "",
        )


class ResponseRow:
    """One response as the list shows it."""

    def __init__(self, response: Response, rules: Rules) -> None:
        self.response = response
        self.flags = flag_names(response.flags & int(rules.bits(REJECT, MARK)))
        self.valid = is_valid(response, rules)

    @property
    def short(self) -> str:
        """The end of the id: ids of one import begin alike."""
        return short_id(self.response)


def listed_responses(survey: Survey, wanted: ResponseFilter) -> QuerySet[Response]:
    """The survey's responses that pass the filter, in order of id, without their ratings and comments."""
    found = Response.objects.filter(survey=survey).order_by("id").select_related("group", "overruled_by")
    found = found.defer("ratings", "comment")
    if wanted.group:
        found = found.filter(group__cycle=survey.cycle_id, group__code=wanted.group)
    if wanted.flag:
        found = found.alias(bit=F("flags").bitand(FLAG_BIT[wanted.flag] & shown_bits(survey))).exclude(bit=0)
    if wanted.state:
        counting = valid_condition(survey)
        condition = {
            "valid": counting,
            "invalid": ~counting & Q(unfinished=False),
            "unfinished": Q(unfinished=True),
            "overruled": Q(overruled__in=(INCLUDE, EXCLUDE)),
        }[wanted.state]
        found = found.alias(rejecting=F("flags").bitand(_rejecting(survey))).filter(condition)
    return found


def valid_condition(survey: Survey) -> Q:
    """Valid responses (scoring.md) of rows with the alias `rejecting`, the rejecting bits of their flags."""
    accepted = Q(rejecting=0) | Q(overruled=INCLUDE)
    return Q(unfinished=False) & accepted & ~Q(overruled=EXCLUDE)


def is_valid(response: Response, rules: Rules) -> bool:
    """Whether one response counts."""
    accepted = not response.flags & int(rules.bits(REJECT)) or response.overruled == INCLUDE
    return not response.unfinished and accepted and response.overruled != EXCLUDE


def short_id(response: Response) -> str:
    """The last eight characters of the id."""
    return response.pk.hex[-8:]


def _rejecting(survey: Survey) -> int:
    return int(rules_in_force(survey).bits(REJECT))
