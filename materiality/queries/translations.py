"""Every text that is wanted in several languages and can still be changed, with what each language lacks."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from materiality.models import Category, Cycle, Edition, Group, Issue, StakeholderPoint
from materiality.platform.bilingual import default_languages, language_name, languages_of, suffix_of
from materiality.queries.cycles import BEFORE_REVIEW, BEFORE_SIGN_OFF

MISSING, OLDER = "missing", "older"


@dataclass(frozen=True)
class WantedText:
    """One text in the languages that it is wanted in. `key` names it in files: `issue/2026-2/SOC-01/name`; `where` for
    people. `lacks`: MISSING or OLDER by language.
    """

    key: str
    kind: str
    where: str
    field: str
    texts: Mapping[str, str]
    lacks: Mapping[str, str]
    is_long: bool = False

    @property
    def seen(self) -> str:
        return fingerprint(self.texts)

    @property
    def states(self) -> list[str]:
        """What is lacking, as the filter and files have it: `missing_en`, `older_ko`."""
        return [state_of(lack, language) for language, lack in self.lacks.items()]


def lacks_of(texts: Mapping[str, str], changed: Mapping[str, str], is_held: bool = False) -> dict[str, str]:
    """Language → MISSING where another language has the text, OLDER where another was changed later.

    `changed`: ISO times by language; one that is not known counts as before all others. `is_held`: a language has the
    text in which it is not wanted.
    """
    times = {language: _time(changed.get(language, "")) for language, text in texts.items() if text.strip()}
    newest = max(times.values(), default=0.0)
    missing = {language: MISSING for language in texts if (times or is_held) and language not in times}
    return missing | {language: OLDER for language, time in times.items() if time < newest}


def _time(text: str) -> float:
    return datetime.fromisoformat(text).timestamp() if text else 0.0


def state_of(lack: str, language: str) -> str:
    """`missing_en`, `older_zh_hant`."""
    return f"{lack}_{suffix_of(language)}"


def lack_words(lack: str, language: str) -> str:
    """What a language lacks, for people."""
    called = {"zh": _("Chinese"), "en": _("English")}.get(language) or language_name(language)
    words = _("%(language)s is missing") if lack == MISSING else _("%(language)s is older")
    return words % {"language": called}


@dataclass(frozen=True)
class Translation:
    """Texts to be stored for a key, by language; a language that is not given stays.

    `seen` is the fingerprint of the texts as the person saw them; `still_fits` says that older ones need not change.
    """

    key: str
    texts: Mapping[str, str]
    seen: str
    still_fits: bool = False


def fingerprint(texts: Mapping[str, str]) -> str:
    """A short mark of a text in its languages, to notice that it was changed meanwhile."""
    told = "\0".join(part for each in sorted(texts.items()) for part in each)
    return hashlib.sha256(told.encode()).hexdigest()[:20]


def tidy_text(text: str, is_long: bool) -> str:
    """Without space around it; a short text in one line, a long one with plain line ends."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip() if is_long else " ".join(text.split())


TextRow = Issue | Category | Cycle | Group | StakeholderPoint
KINDS = ("issue", "category", "cycle", "group", "point")


@dataclass(frozen=True)
class StoredText:
    """A text and the row that holds it in `<field>_<language>`."""

    text: WantedText
    row: TextRow

    def column(self, language: str) -> str:
        return f"{self.text.field}_{suffix_of(language)}"

    def held(self, languages: Iterable[str]) -> dict[str, str]:
        """The text by language, tidy, also in languages that it is not wanted in."""
        texts = {language: getattr(self.row, self.column(language)) for language in languages}
        return {language: tidy_text(text, self.text.is_long) for language, text in texts.items()}

    def values(self, given: Mapping[str, str], still_fits: bool = False) -> dict[str, str]:
        """Column → text in the languages that are up to date once these tidy texts are stored, {} where that changes
        nothing; what only differs in spaces stays as it is.
        """
        held, wanted = self.held(given), self.text
        new = {language: text for language, text in given.items() if text != held[language]}
        if not (new or still_fits):
            return {}
        stays = [each for each, text in wanted.texts.items() if text.strip() and each not in new]
        fits = [each for each in stays if still_fits or wanted.lacks.get(each) != OLDER]
        return {self.column(each): text for each, text in {**wanted.texts, **new}.items() if each in (*new, *fits)}


@dataclass(frozen=True)
class TextFilters:
    """Which texts to list: of a kind, in a state, with all terms of `q`."""

    kind: str = ""
    state: str = ""
    q: str = ""

    def lets_through(self, text: WantedText) -> bool:
        """Whether the text is listed; one that lacks nothing never is."""
        folded = "\n".join((text.where, *text.texts.values())).casefold()
        fits = self.kind in ("", text.kind) and (not self.state or self.state in text.states)
        return bool(text.lacks) and fits and all(term in folded for term in self.q.casefold().split())


def translated_edition() -> Edition | None:
    """The draft, whose texts can be filled in; without one, the edition in force, to be looked at."""
    draft = Edition.objects.filter(state=Edition.State.DRAFT).first()
    return draft or Edition.objects.filter(state=Edition.State.PUBLISHED).first()


def stored_texts(edition: Edition | None, cycles: QuerySet[Cycle] | None = None) -> list[StoredText]:
    """All texts: of the edition's active issues and categories, and of cycles (all, or those of these) that can still
    change (five queries).
    """
    of_cycles = _of_cycles(Cycle.objects.all() if cycles is None else cycles)
    return [*_of_edition(edition), *of_cycles] if edition else list(of_cycles)


def lacking(edition: Edition | None, filters: TextFilters, cycles: QuerySet[Cycle] | None = None) -> list[WantedText]:
    """Texts that lack a language or are older in one, and that the filters let through."""
    return [each.text for each in stored_texts(edition, cycles) if filters.lets_through(each.text)]


def wanted_languages(edition: Edition | None, cycles: QuerySet[Cycle] | None = None) -> list[str]:
    """The languages of the edition, then those of the cycles that can still change (one query)."""
    of_cycles = (Cycle.objects.all() if cycles is None else cycles).filter(state__in=BEFORE_SIGN_OFF)
    told = [edition.languages if edition else (), *of_cycles.values_list("languages", flat=True)]
    return list(dict.fromkeys(language for each in told for language in each)) or default_languages()


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
    texts = {language: getattr(row, f"{field}_{suffix_of(language)}") for language in languages_of(row)}
    times = getattr(row, "changed", {})
    changed = {language: times.get(f"{field}_{suffix_of(language)}", "") for language in texts}
    is_long, kind = row._meta.get_field(field).long, key.split("/", 1)[0]
    held = str(getattr(row, field))
    if held and not any(text.strip() for text in texts.values()):
        where = f"{where} · {held}"  # else nobody would see what is to be translated
    lacks = lacks_of(texts, changed, bool(held))
    return StoredText(WantedText(f"{key}/{field}", kind, where, field, texts, lacks, is_long), row)
