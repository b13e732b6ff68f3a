"""Groups of a cycle, their lists and engagement records."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from materiality.library_file.read import read_fixture
from materiality.models import Category, Cycle, Engagement, Group, Issue, OwnGroup, StakeholderPoint
from materiality.platform.bilingual import DEFAULT_LANGUAGES, suffix_of, text_columns

_PLAIN = ("code", "side", "weight_society", "weight_business", "target", "order")


def default_groups() -> list[dict]:
    """The groups of the organisation, those that ship where it has none: fields of `Group` but for `cycle`, so that
    `Group(cycle=cycle, **row)` is one (one query)."""
    return [group_row(row) for row in OwnGroup.objects.all()] or shipped_groups()


def group_names() -> dict[str, str]:
    """Code of each of these groups → its name in the active language."""
    return {row["code"]: str(Group(**row).name) or row["code"] for row in default_groups()}


def group_row(group: Group | OwnGroup) -> dict:
    """What is said of a group, texts language by language."""
    texts = {f"{name}_{language}": "" for name in ("name", "definition") for language in DEFAULT_LANGUAGES}
    for name in ("name", "definition"):
        held = getattr(group, name).texts
        texts |= {f"{name}_{suffix_of(language)}": text for language, text in held.items()}
    return {name: getattr(group, name) for name in _PLAIN} | texts


def known_groups() -> list[str]:
    """Codes of groups that issues may name: the organisation's, and those that some cycle has (two queries)."""
    own = [row["code"] for row in default_groups()]
    more = Group.objects.values_list("code", flat=True).distinct().order_by("code")
    return list(dict.fromkeys([*own, *more]))


def shipped_groups() -> list[dict]:
    """The groups of the model library."""
    return [dict(row) for row in _rows()]


@cache
def _rows() -> tuple[dict, ...]:
    rows = read_fixture(Path(settings.BASE_DIR) / "fixtures", "groups")
    column, texts = Group._meta.get_field, text_columns(Group)
    return tuple(
        {"order": order, "code": row.pop("group")}
        | {name: text if name in texts else column(name).to_python(text) for name, text in row.items()}
        for order, row in enumerate(rows, start=1)
    )


@dataclass(frozen=True)
class IssueChoice:
    """An issue to tick; `words` is what a search looks through, in both languages."""

    issue: Issue
    chosen: bool

    @property
    def words(self) -> str:
        return " ".join((self.issue.code, *self.issue.name.texts.values())).lower()


@dataclass
class CategoryChoices:
    """The issues of a category; `chosen` counts the ticked ones."""

    category: Category
    choices: list[IssueChoice]

    @property
    def chosen(self) -> int:
        return sum(choice.chosen for choice in self.choices)


def choosable_issues(cycle: Cycle, chosen: Collection[int] = ()) -> QuerySet[Issue]:
    """Active issues of the cycle's edition, and those of it that are chosen already; by category and code."""
    issues = Issue.objects.filter(edition=cycle.edition_id).select_related("category")
    return issues.filter(Q(status=Issue.Status.ACTIVE) | Q(pk__in=chosen)).order_by("category__order", "code")


def choices_by_category(issues: QuerySet[Issue], chosen: Collection[int]) -> list[CategoryChoices]:
    """The issues as the form shows them (one query)."""
    found: dict[int, CategoryChoices] = {}
    for issue in issues:
        held = found.setdefault(issue.category_id, CategoryChoices(issue.category, []))
        held.choices.append(IssueChoice(issue, issue.pk in chosen))
    return list(found.values())


MOST_TOUCHING = 20


@dataclass(frozen=True)
class EngagementFilter:
    """What the page was asked to show; empty means all."""

    group: str = ""
    kind: str = ""
    issue: str = ""
    start: date | None = None
    end: date | None = None

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "EngagementFilter":
        """From the URL; what is no kind or date is left out."""
        kind = query.get("kind", "")
        return cls(
            group=query.get("group", "")[:40],
            kind=kind if kind in Engagement.Kind.values else "",
            issue=query.get("issue", "")[:40],
            start=_date(query.get("from", "")),
            end=_date(query.get("to", "")),
        )

    @property
    def narrows(self) -> bool:
        return self != EngagementFilter()


@dataclass(frozen=True)
class Touching:
    """The newest records that touch an issue, and how many there are in all."""

    records: list[Engagement]
    number: int


def listed_engagements(cycle: Cycle, wanted: EngagementFilter) -> QuerySet[Engagement]:
    """The cycle's records that pass the filter, newest first, with group, issues and `attachment_number`."""
    found = cycle.engagements.select_related("group").prefetch_related(_issues())
    if wanted.group:
        found = found.filter(group__code=wanted.group)
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.issue:
        found = found.filter(issues__code=wanted.issue)
    if wanted.start:
        found = found.filter(date__gte=wanted.start)
    if wanted.end:
        found = found.filter(date__lte=wanted.end)
    found = found.annotate(attachment_number=Count("attachments", distinct=True))
    return found.order_by(*Engagement._meta.ordering)  # grouping drops the model's own order


def touched_issues(cycle: Cycle) -> list[Issue]:
    """The issues that records of the cycle touch, by code."""
    return list(Issue.objects.filter(engagements__cycle=cycle).distinct().order_by("code"))


def touching(found: QuerySet[Engagement]) -> Touching:
    """These records, the newest 20 of them with cycle and group."""
    newest = list(found.select_related("cycle", "group").order_by(*Engagement._meta.ordering)[:MOST_TOUCHING])
    return Touching(newest, found.count() if len(newest) == MOST_TOUCHING else len(newest))


def _issues() -> Prefetch:
    return Prefetch("issues", Issue.objects.order_by("code"))


def _date(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:  # well formed, but no day
        return None


@dataclass(frozen=True)
class GroupShare:
    """A group with the share 0–1 of each score that it makes up where all groups count."""

    group: Group
    society: float | None
    business: float | None


def group_shares(groups: Sequence[Group]) -> list[GroupShare]:
    """The groups in their order with their shares; None where all weights are zero."""
    society = sum(group.weight_society for group in groups)
    business = sum(group.weight_business for group in groups)
    return [
        GroupShare(
            group,
            group.weight_society / society if society else None,
            group.weight_business / business if business else None,
        )
        for group in groups
    ]


KINDS = StakeholderPoint.Kind
LABELS = {
    KINDS.EXPECTATION: _("Expectations"),
    KINDS.CHANNEL: pgettext_lazy("stakeholders", "Channels"),
    KINDS.RESPONSE: pgettext_lazy("stakeholders", "Our responses"),
}


@dataclass(frozen=True)
class PointList:
    """One of a group's three lists."""

    kind: str
    points: list[StakeholderPoint]

    @property
    def label(self) -> str | Promise:
        return LABELS[self.kind]


@dataclass(frozen=True)
class GroupPoints:
    """A group with its three lists: expectations, channels, responses."""

    group: Group
    lists: list[PointList]


def group_points(group: Group) -> GroupPoints:
    """The group's lists (one query)."""
    return _sorted(group, list(group.points.order_by("order", "pk")))


def cycle_points(cycle: Cycle) -> list[GroupPoints]:
    """All groups with their lists (two queries)."""
    groups = cycle.groups.prefetch_related("points")
    return [_sorted(group, sorted(group.points.all(), key=lambda point: (point.order, point.pk))) for group in groups]


def _sorted(group: Group, points: list[StakeholderPoint]) -> GroupPoints:
    return GroupPoints(group, [PointList(kind, [p for p in points if p.kind == kind]) for kind in KINDS])
