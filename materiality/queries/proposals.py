"""Suggestions for the library: what remains to be decided, and what was decided; the calendar of reviews."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Case, Count, IntegerField, Max, Min, QuerySet, Subquery, Value, When
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from materiality.models import Calendar, Edition, Issue, Proposal, Reminder, User
from materiality.platform.bilingual import in_each
from materiality.platform.hooks import last_of
from materiality.platform.refusals import NotAllowed
from materiality.platform.words import add_months


@dataclass(frozen=True)
class ProposalValues:
    """`issue` is one of the edition in force, None for a new one; `text` the definition that is proposed.

    Name and text by language.
    """

    kind: str
    issue: Issue | None = None
    name: Mapping[str, str] = field(default_factory=dict)
    text: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    source: str = ""

    def told(self) -> dict:
        """The values as the audit trail keeps them: the issue by its code."""
        texts = in_each(Proposal, {"name": self.name, "text": self.text, "reason": self.reason, "source": self.source})
        return {"kind": self.kind, "issue": self.issue.code if self.issue else "", **texts}


def what_is_wrong(values: ProposalValues) -> dict[str, str]:
    """What a proposal lacks, in sentences by field; empty where it can be made."""
    wrong = {}
    if values.kind not in Proposal.Kind.values:
        wrong["kind"] = _("There is no such kind of suggestion.")
    if not values.reason.strip():
        wrong["reason"] = _("Give a reason: whoever decides has nothing else to go by.")
    if values.kind == Proposal.Kind.NEW:
        if values.issue:
            wrong["issue"] = _("A new issue is none of the library yet: leave this empty.")
        if not any(text.strip() for text in values.name.values()):
            wrong["name"] = _("Name the new issue in at least one language.")
    elif values.issue is None:
        wrong["issue"] = _("Choose the issue that is meant.")
    elif values.issue.status == Issue.Status.RETIRED or values.issue.edition.state != Edition.State.PUBLISHED:
        wrong["issue"] = _("Choose an active issue of the edition in force.")
    return wrong


def draft_under_review() -> Edition | None:
    """The newest draft of the library, None where no review is under way."""
    return Edition.objects.filter(state=Edition.State.DRAFT).order_by("-created_at", "-pk").first()


def store_proposal(values: ProposalValues, *, origin: str, by: User | None) -> Proposal:
    """Write the proposal's row, for the actions that make one. NotAllowed with everything that is wrong."""
    if wrong := what_is_wrong(values):
        raise NotAllowed(" ".join(wrong.values()))
    texts = {name: getattr(values, name).strip() for name in ("reason", "source")}
    for name in ("name", "text"):
        texts[name] = {language: text.strip() for language, text in getattr(values, name).items()}
    rest = {"kind": values.kind, "issue": values.issue, "origin": origin, "created_by": by}
    return Proposal.objects.create(edition=draft_under_review(), **texts, **rest)


State = Proposal.State


@dataclass(frozen=True)
class ProposalNumbers:
    """How many proposals are open, deferred and decided."""

    open: int
    deferred: int
    decided: int

    @property
    def remaining(self) -> int:
        return self.open + self.deferred


def listed_proposals(state: str = "", kind: str = "") -> QuerySet[Proposal]:
    """Proposals with issue and people: the open ones first, then the deferred, then the decided; newest first."""
    place = Case(
        When(state=State.OPEN, then=Value(0)),
        When(state=State.DEFERRED, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    found = Proposal.objects.select_related("issue__edition", "created_by", "decided_by").annotate(place=place)
    if state in State.values:
        found = found.filter(state=state)
    if kind in Proposal.Kind.values:
        found = found.filter(kind=kind)
    return found.order_by("place", "-created_at", "-pk")


def proposal_standing() -> ProposalNumbers:
    """The numbers of all proposals (one query)."""
    numbers = dict(Proposal.objects.order_by().values_list("state").annotate(Count("pk")))
    return ProposalNumbers(
        open=numbers.get(State.OPEN, 0),
        deferred=numbers.get(State.DEFERRED, 0),
        decided=numbers.get(State.ACCEPTED, 0) + numbers.get(State.DECLINED, 0),
    )


def without_surveys(rows: Iterable[Proposal]) -> list[Proposal]:
    """The proposals, not to be stored, without the surveys that those of respondents come from."""
    listed = list(rows)
    for row in listed:
        row.source = "" if row.origin == Proposal.Origin.RESPONDENT else row.source
    return listed


def issues_in_force() -> QuerySet[Issue]:
    """Active issues of the edition in force, by code."""
    found = Issue.objects.filter(edition__state=Edition.State.PUBLISHED, status=Issue.Status.ACTIVE)
    return found.select_related("edition").order_by("code")


LABELS = {"review": gettext_lazy("Library review"), "survey": gettext_lazy("Survey of stakeholders")}


@dataclass(frozen=True)
class Due:
    """Something that is due on a day of the organisation's zone. `last`: when it was done last, None if never.

    `days`: until then, negative when it is overdue; `near`: whether staff are reminded by now.
    """

    kind: str
    due_on: date
    last: date | None
    days: int
    near: bool

    @property
    def overdue(self) -> int:
        """Days since it was due, 0 before."""
        return max(0, -self.days)

    @property
    def label(self) -> str | Promise:
        return LABELS[self.kind]


def calendar() -> Calendar:
    """The organisation's calendar; the default one, not stored, where nobody changed it."""
    return Calendar.objects.filter(pk=1).first() or Calendar(pk=1)


_INTERVALS = ("review_months", "survey_months", "remind_days_before")


def what_is_due(today: date | None = None, held: Calendar | None = None) -> list[Due]:
    """Next due dates, soonest first; nothing before a first edition was published (one query).

    Without any survey so far the first is due as long after the first edition as one survey after another.
    """
    today, ask = today or timezone.localdate(), last_of(Reminder.Kind.SURVEY)
    asked = {"first": Min("published_at"), "newest": Max("published_at")}
    asked |= {"surveyed": Max(Subquery(ask()))} if ask else {}
    if held is None:
        asked |= {name: Max(Subquery(Calendar.objects.filter(pk=1).values(name))) for name in _INTERVALS}
    published = Edition.objects.aggregate(**asked)
    held = held or Calendar(pk=1, **{name: published[name] for name in _INTERVALS if published[name] is not None})
    if published["first"] is None:
        return []
    reviewed = _day(published["newest"])
    found = [_due(Reminder.Kind.REVIEW, reviewed, reviewed, held.review_months, today, held)]
    if ask:
        surveyed = _day(published["surveyed"])
        since = surveyed or _day(published["first"])
        found.append(_due(Reminder.Kind.SURVEY, surveyed, since, held.survey_months, today, held))
    return sorted(found, key=lambda due: due.due_on)


def _due(kind: str, last: date | None, since: date, months: int, today: date, held: Calendar) -> Due:
    due_on = add_months(since, months)
    days = (due_on - today).days
    return Due(str(kind), due_on, last, days, near=days <= held.remind_days_before)


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else timezone.localtime(moment).date()
