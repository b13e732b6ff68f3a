"""Which responses and columns an export holds; every format is made from the same rows."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.translation import gettext as _

from materiality.refusals import NotAllowed
from surveys.exports.anonymity import fields_that_leave
from surveys.models import Item, ProfileQuestion, Response, Survey
from surveys.questionnaire.rules import REJECT, Rules
from surveys.rules_in_force import rules_in_force, shown_bits

CHUNK = 2_000
# Columns of the table by the field of the export that they fill.
STORED = {
    "token": "token",
    "group": "group__code",
    "channel": "channel",
    "language": "language",
    "started_at": "started_at",
    "submitted_at": "submitted_at",
    "consent": "consent",
    "comment": "comment",
}
FIELDS = tuple(STORED)
_MORE = ("unfinished", "flags", "overruled", "attention", "seconds_per_item", "notice_version", "profile")


@dataclass(frozen=True)
class Selection:
    """Responses of one survey: of `groups` (codes, empty = all). `full`: with the columns that imports do not take."""

    survey: Survey
    groups: tuple[str, ...] = ()
    full: bool = False

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.survey.zone)

    @cached_property
    def items(self) -> list[Item]:
        """Items with issue and category, in frozen order."""
        return list(self.survey.items.select_related("issue__category").order_by("position"))

    @cached_property
    def rules(self) -> Rules:
        """The screening rules as they work in this survey."""
        return rules_in_force(self.survey)

    @cached_property
    def shown(self) -> int:
        """Bits of the flags whose rule is not off."""
        return shown_bits(self.survey)

    @cached_property
    def rejecting(self) -> int:
        """Bits of the flags that take a response out."""
        return int(self.rules.bits(REJECT))

    @cached_property
    def questions(self) -> list[ProfileQuestion]:
        """Profile questions whose answers stand beside the ratings: none in an anonymous survey."""
        return [] if self.survey.anonymous else list(self.survey.profile_questions.order_by("position"))

    @property
    def has_attention(self) -> bool:
        """Whether answers to the attention question are kept: an anonymous survey keeps only the flag."""
        return self.survey.attention and not self.survey.anonymous

    @cached_property
    def leaving(self) -> frozenset[str]:
        """The fields that may be filled."""
        return fields_that_leave(self.survey)

    @cached_property
    def tells_unfinished(self) -> bool:
        """Whether the times of submission do not say which responses are finished: then a column does."""
        rows = self.responses().order_by().annotate(untimed=Q(submitted_at__isnull=True))
        kinds = set(rows.values_list("unfinished", "untimed").distinct())
        timed = any(not untimed for _unfinished, untimed in kinds)
        return any(unfinished != (untimed and timed) for unfinished, untimed in kinds)

    def responses(self):
        """The responses, unordered rows of the table."""
        chosen = Response.objects.filter(survey=self.survey)
        return chosen.filter(group__code__in=self.groups) if self.groups else chosen

    def rows(self, *, more: bool = False) -> Iterator[tuple]:
        """Rows in the order of their ids: the fields, the rating bytes, with `more` the columns named in `_MORE`.

        Read in chunks by the last id, so that memory stays flat on every database and no transaction is held open.
        """
        columns = ("id", *STORED.values(), "ratings", *(_MORE if more else ()))
        query, last = self.responses().order_by("id"), None
        while True:
            chunk = list((query.filter(id__gt=last) if last else query).values_list(*columns)[:CHUNK])
            for row in chunk:
                yield row[1:]
            if len(chunk) < CHUNK:
                return
            last = chunk[-1][0]


def select(survey: Survey, groups: Iterable[str] = (), *, full: bool = False) -> Selection:
    """The selection of these groups (codes). NotAllowed where the cycle has no such group."""
    wanted = tuple(dict.fromkeys(groups))
    known = list(survey.cycle.groups.values_list("code", flat=True)) if wanted else []
    for code in wanted:
        if code not in known:
            raise NotAllowed(
                _("There is no group “%(code)s”; there are %(groups)s.") % {"code": code, "groups": ", ".join(known)}
            )
    return Selection(survey, wanted, full)
