"""Every text that stands in two languages and can still be changed, with what is wrong with it."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from materiality.models import Category, Cycle, Edition, Group, Issue, StakeholderPoint
from materiality.platform.bilingual import languages_of
from materiality.queries.cycles import BEFORE_REVIEW, BEFORE_SIGN_OFF

MISSING_ZH, MISSING_EN, OLDER_ZH, OLDER_EN = "missing_zh", "missing_en", "older_zh", "older_en"
STATES = (MISSING_ZH, MISSING_EN, OLDER_ZH, OLDER_EN)


@dataclass(frozen=True)
class TextPair:
    """One text in both languages. `key` names it in files: `issue/2026-2/SOC-01/name`; `where` for people."""

    key: str
    kind: str
    where: str
    field: str
    zh: str
    en: str
    state: str
    is_long: bool = False

    @property
    def seen(self) -> str:
        return fingerprint(self.zh, self.en)

    @property
    def lacks_zh(self) -> bool:
        """The Chinese half is the one to be written."""
        return self.state in (MISSING_ZH, OLDER_ZH)


def state_of(zh: str, en: str, changed_zh: str = "", changed_en: str = "") -> str:
    """What is wrong with a pair, "" where nothing is: a language is missing, or older than the other.

    `changed_*`: ISO times when each was last changed, "" where that is not known, which counts as before all others.
    """
    if bool(zh.strip()) != bool(en.strip()):
        return MISSING_EN if zh.strip() else MISSING_ZH
    if not zh.strip():
        return ""
    first, second = _time(changed_zh), _time(changed_en)
    if first == second:
        return ""
    return OLDER_EN if first > second else OLDER_ZH


def _time(text: str) -> float:
    return datetime.fromisoformat(text).timestamp() if text else 0.0


@dataclass(frozen=True)
class Translation:
    """Texts to be stored for a key.

    `seen` is the fingerprint of the pair as the person saw it; `still_fits` says that an older half need not change.
    """

    key: str
    zh: str
    en: str
    seen: str
    still_fits: bool = False


def fingerprint(zh: str, en: str) -> str:
    """A short mark of a pair of texts, to notice that it was changed meanwhile."""
    return hashlib.sha256(f"{zh}\0{en}".encode()).hexdigest()[:20]


def tidy_text(text: str, is_long: bool) -> str:
    """Without space around it; a short text in one line, a long one with plain line ends."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip() if is_long else " ".join(text.split())


TextRow = Issue | Category | Cycle | Group | StakeholderPoint
KINDS = ("issue", "category", "cycle", "group", "point")


@dataclass(frozen=True)
class StoredText:
    """A pair of texts and the row that holds it in `<field>_zh` and `<field>_en`."""

    pair: TextPair
    row: TextRow

    @property
    def columns(self) -> tuple[str, str]:
        return f"{self.pair.field}_zh", f"{self.pair.field}_en"


@dataclass(frozen=True)
class TextFilters:
    """Which texts to list: of a kind, in a state, with all terms of `q`."""

    kind: str = ""
    state: str = ""
    q: str = ""

    def lets_through(self, pair: TextPair) -> bool:
        """Whether the pair is listed; one that lacks nothing never is."""
        folded = "\n".join((pair.where, pair.zh, pair.en)).casefold()
        fits = self.kind in ("", pair.kind) and self.state in ("", pair.state)
        return bool(pair.state) and fits and all(term in folded for term in self.q.casefold().split())


def translated_edition() -> Edition | None:
    """The draft, whose texts can be filled in; without one, the edition in force, to be looked at."""
    draft = Edition.objects.filter(state=Edition.State.DRAFT).first()
    return draft or Edition.objects.filter(state=Edition.State.PUBLISHED).first()


def stored_texts(edition: Edition | None, cycles: QuerySet[Cycle] | None = None) -> list[StoredText]:
    """All pairs: of the edition's active issues and categories, and of cycles (all, or those of these) that can still
    change (five queries).
    """
    of_cycles = _of_cycles(Cycle.objects.all() if cycles is None else cycles)
    return [*_of_edition(edition), *of_cycles] if edition else list(of_cycles)


def lacking(edition: Edition | None, filters: TextFilters, cycles: QuerySet[Cycle] | None = None) -> list[TextPair]:
    """Pairs of which a half is missing or older, that the filters let through."""
    return [text.pair for text in stored_texts(edition, cycles) if filters.lets_through(text.pair)]


def _of_edition(edition: Edition) -> Iterator[StoredText]:
    for category in edition.categories.all():
        category.edition = edition
        yield _text(category, "name", f"category/{edition.code}/{category.code}", category.code)
    issues = edition.issues.filter(status=Issue.Status.ACTIVE).select_related("category")
    for issue in issues.order_by("category__order", "code"):
        issue.edition = edition
        for field in ("name", "definition"):
            where = issue.code if field == "name" else f"{issue.code} {issue.name}"
            yield _text(issue, field, f"issue/{edition.code}/{issue.code}", where)


def _of_cycles(cycles: QuerySet[Cycle]) -> Iterator[StoredText]:
    for cycle in cycles.filter(state__in=BEFORE_REVIEW):
        yield _text(cycle, "title", f"cycle/{cycle.code}", cycle.code)
    groups = Group.objects.filter(cycle__in=cycles, cycle__state__in=BEFORE_REVIEW).select_related("cycle")
    for group in groups.order_by("cycle", "order"):
        for field in ("name", "definition"):
            where = f"{group.cycle.code} · {group.code if field == 'name' else group.name}"
            yield _text(group, field, f"group/{group.cycle.code}/{group.code}", where)
    points = StakeholderPoint.objects.filter(group__cycle__in=cycles, group__cycle__state__in=BEFORE_SIGN_OFF)
    for point in points.select_related("group__cycle"):
        where = f"{point.group.cycle.code} · {point.group.name} · {point.get_kind_display()} {point.order}"
        yield _text(point, "text", f"point/{point.group.cycle.code}/{point.group.code}/{point.pk}", where)


def _text(row: TextRow, field: str, key: str, where: str) -> StoredText:
    zh, en = getattr(row, f"{field}_zh"), getattr(row, f"{field}_en")
    changed = getattr(row, "changed", {})
    both = {"zh", "en"} <= {*languages_of(row)}
    state = state_of(zh, en, changed.get(f"{field}_zh", ""), changed.get(f"{field}_en", "")) if both else ""
    is_long = row._meta.get_field(field).long
    kind = key.split("/", 1)[0]
    return StoredText(TextPair(f"{key}/{field}", kind, where, field, zh, en, state, is_long), row)
