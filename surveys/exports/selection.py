"""Which responses and columns an export holds; every format is made from the same rows."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from materiality.platform.refusals import NotAllowed
from materiality.queries.scores import SMALL_CELL
from surveys.intake.columns import ATTENTION, FIELDS, RANKING, SEVERAL, UNFINISHED, profile_name
from surveys.models import Item, ProfileQuestion, Response, Survey
from surveys.questionnaire.ratings import CELL_TEXT
from surveys.questionnaire.screening import REJECT, Rules, flag_names
from surveys.responses.screening import rules_in_force, shown_bits

# What else could tell who answered is not stored in an anonymous survey, and would not leave if it were.
_ALWAYS = frozenset({"group", "consent"})
_TRIED = (("channel", "language"), ("channel",), ("language",))


def fields_that_leave(survey: Survey) -> frozenset[str]:
    """The fields of the `responses` format that an export may fill.

    Channel and language of an anonymous survey leave only where each combination with the group has at least 5.
    """
    if not survey.anonymous:
        return _ALWAYS | {"token", "channel", "language", "started_at", "submitted_at", "comment"}
    rows = Response.objects.filter(survey=survey).order_by().values("group", "channel", "language")
    counts = list(rows.annotate(number=Count("*")))
    for tried in _TRIED:
        cells: Counter = Counter()
        for row in counts:
            cells[(row["group"], *(row[name] for name in tried))] += row["number"]
        if all(number >= SMALL_CELL for number in cells.values()):
            return _ALWAYS | set(tried)
    return _ALWAYS


CHUNK = 2_000
# Columns of the table by the field of the export that they fill.
STORED = {name: "group__code" if name == "group" else name for name in FIELDS}
_MORE = ("unfinished", "flags", "overruled", "attention", "seconds_per_item", "notice_version", "profile", "named")


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


OVERRULED = {Response.Overruled.INCLUDE: "include", Response.Overruled.EXCLUDE: "exclude"}


def extra_names(selection: Selection) -> list[str]:
    """Names of the columns after the items; without `full` only those that imports take, and only where needed."""
    names = [UNFINISHED] if selection.full or selection.tells_unfinished else []
    if selection.has_attention:
        names.append(ATTENTION)
    names += [RANKING] if selection.survey.ranking else []
    names += [profile_name(question.code) for question in selection.questions]
    if selection.full:
        names += ["valid", "flags", "overruled"]
    if selection.full and not selection.survey.anonymous:
        names += ["seconds_per_item", "notice_version"]
    return names


def extra_values(selection: Selection, row: tuple) -> list[str | int | float]:
    """The cells under `extra_names` of one row of `Selection.rows`, its part behind the ratings."""
    unfinished, flags, overruled, attention, seconds, notice, profile, named = row
    cells = [_word(unfinished)] if selection.full or selection.tells_unfinished else []
    if selection.has_attention:
        cells.append("NA" if attention is None else CELL_TEXT[attention] or "")
    cells += [answer_text(named)] if selection.survey.ranking else []
    cells += [answer_text(profile.get(question.code)) for question in selection.questions]
    if selection.full:
        counts = is_counted(selection, unfinished, flags, overruled)
        cells += [_word(counts), ";".join(flag_names(flags & selection.shown)), OVERRULED.get(overruled, "")]
    if selection.full and not selection.survey.anonymous:
        cells += ["" if seconds is None else seconds, "" if notice is None else notice]
    return cells


def is_counted(selection: Selection, unfinished: bool, flags: int, overruled: int) -> bool:
    """Whether a response counts (scoring.md); the same as `screening.valid` for one row."""
    accepted = not flags & selection.rejecting or overruled == Response.Overruled.INCLUDE
    return not unfinished and accepted and overruled != Response.Overruled.EXCLUDE


def answer_text(answer: str | list[str] | None) -> str:
    """A profile answer as one cell: several choices are joined by a semicolon."""
    return SEVERAL.join(answer) if isinstance(answer, list) else answer or ""


def _word(value: bool) -> str:
    return "yes" if value else "no"


def column_labels() -> dict[str, str]:
    """What the columns hold, in the active language."""
    return {
        "token": _("Token of the respondent, where known"),
        "group": _("Stakeholder group"),
        "channel": _("Channel by which the answer came"),
        "language": _("Language of the questionnaire"),
        "started_at": _("Begun at"),
        "submitted_at": _("Submitted at"),
        "consent": _("Consent was given"),
        "comment": _("Open answer"),
        "unfinished": _("Never submitted"),
        "valid": _("Counts in scores"),
        "flags": _("Flags earned in screening"),
        "overruled": _("Decided by a person"),
        "attention": _("Answer to the attention question"),
        "named": _("Issues that matter most, at most three, in no order"),
        "seconds_per_item": _("Seconds per answered question"),
        "notice_version": _("Version of the privacy notice consented to"),
    }
