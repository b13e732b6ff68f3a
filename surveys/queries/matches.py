"""The match of a foreign file: what its page asks and shows, and the matches that are saved."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.db.models import Count, IntegerField, Max, OuterRef, QuerySet, Subquery
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from materiality.models import Issue
from materiality.platform.bilingual import language_name, text_of
from materiality.tables.problems import column_letters
from surveys.matching.answers import column_place, together
from surveys.matching.apply import words_of
from surveys.matching.guess import Guess
from surveys.matching.kinds import ACCEPT, GROUP, KINDS, LENGTH, LETTERS, ORDER, TURN, WORDS, ZONE, Doubt
from surveys.matching.match import (
    ATTENTION,
    BY_GROUP,
    FIELD,
    FIELDS,
    IGNORED,
    ITEM,
    NAMES,
    PROFILE,
    Asked,
    Match,
    Target,
)
from surveys.matching.scales import rescaled
from surveys.matching.values import natural_order
from surveys.models import ColumnMatch, ResponseImport
from surveys.questionnaire.asking import QUESTION_KINDS
from surveys.responses.reading import answer_label, doubt_sentence

_SHOWN = 3
# Ignored columns beyond this are not listed: a form of thousands of fields is refused by the server.
MOST_LISTED, MOST_IGNORED = 700, 200
# A choice that a person writes beside it.
WRITTEN = "written"


@dataclass(frozen=True)
class ColumnLine:
    """One column of the file; `target` in words."""

    place: int
    letter: str
    header: str
    examples: list[str]
    target: str
    error: str = ""


@dataclass(frozen=True)
class WordLine:
    """An answer of a value map and what it is taken for, `?` for nothing yet; `name` is its field in the form."""

    name: str
    text: str
    value: str
    known: bool


@dataclass(frozen=True)
class ValueMap:
    """What the answers of so many columns mean; `choices` are (value, label)."""

    name: str
    title: str
    columns: int
    words: list[WordLine]
    choices: list[tuple[str, str]]
    unknown: list[str] = field(default_factory=list)  # answers nobody knows the meaning of
    turns: str = ""  # name of the field that turns the ratings round
    scale: str = ""  # name of the field that says how many points the file's scale has
    lengths: list[tuple[int, str]] = field(default_factory=list)
    length: int = 0


@dataclass(frozen=True)
class OpenDecision:
    """What is to be decided of a file, asked once: `choices` are (value, label), that with the value WRITTEN having a
    text beside it. `about` are columns it is about; `lines` those that can be taken for something else right here;
    `map` the answers whose meaning it asks for.
    """

    name: str
    sentence: str
    choices: list[tuple[str, str]]
    chosen: str = ""
    written: str = ""
    about: list[ColumnLine] = field(default_factory=list)
    lines: list[ColumnLine] = field(default_factory=list)
    map: ValueMap | None = None
    left: bool = False  # it was not answered


@dataclass(frozen=True)
class MatchPage:
    """All that the page shows: what is to be decided, then all columns by what they are, then answers by columns.

    `notes` are sentences that ask nothing; `at_once` whether several doubts can be answered as recognised together.
    """

    tool: str
    found: int
    asked: int
    notes: list[str]
    decisions: list[OpenDecision]
    at_once: bool
    sections: list[tuple[str, list[ColumnLine], bool]]
    maps: list[ValueMap]
    targets: list[tuple[str, str]]
    hidden: int
    codes: set[str]  # of the doubts

    @property
    def told(self) -> bool:
        """Whether no question says already how many issues were found."""
        return not {"few_issues", "no_issues"} & self.codes


def at_once(doubt: Doubt) -> bool:
    """Whether it is answered where a person says that everything is as recognised."""
    return ACCEPT in KINDS[doubt.code].choices and TURN not in KINDS[doubt.code].choices


def match_page(
    found: Guess,
    asked: Asked,
    *,
    posted: Mapping[str, str],
    errors: Mapping[int, str],
    said: Mapping[str, str],
    left: Collection[str] = (),
) -> MatchPage:
    """The page; `posted` are the fields as a person filled them, `errors` what is wrong with columns, `said` what was
    said of doubts and `left` those that are not answered, by their ids.
    """
    match = found.match
    targets = _targets_of(match, target_words(asked))
    targets = {place: posted.get(f"t{place}", words)[:200] for place, words in targets.items()}
    lines = _lines(match, found.examples, targets, errors)
    maps = {each.name: each for each in _maps(match, found.examples, asked, posted)}
    asking = _Asking(found, asked, lines, maps, said, left)
    shown = asking.shown
    sections, hidden = _sections(match, [line for line in lines if line.place not in shown])
    return MatchPage(
        tool=NAMES.get(match.tool, ""),
        found=len({code for code, _dimension in match.items()}),
        asked=len({code for code, _dimension in asked.items}),
        notes=[doubt_sentence(doubt.code, doubt.params) for doubt in found.doubts if not KINDS[doubt.code].choices],
        decisions=asking.decisions,
        at_once=sum(map(at_once, found.doubts)) > 2,
        sections=sections,
        maps=[each for each in maps.values() if each.name not in asking.mapped],
        targets=listed_targets(asked),
        hidden=hidden,
        codes={doubt.code for doubt in found.doubts},
    )


class _Asking:
    """The decisions; `shown` are the columns that stand in one of them, `mapped` the maps whose answers do."""

    def __init__(self, found: Guess, asked: Asked, lines, maps: Mapping[str, ValueMap], said, left) -> None:
        self.match, self.asked, self.lines, self.maps = found.match, asked, lines, maps
        self.said, self.left = said, left
        self.names = target_labels(asked)
        self.shown: set[int] = set()
        self.mapped: set[str] = set()
        codes = {doubt.code for doubt in found.doubts}
        asked_of = [doubt for doubt in found.doubts if KINDS[doubt.code].choices and not _said_by(doubt, codes)]
        self.decisions = [self._decision(doubts) for doubts in together(asked_of)]

    def _decision(self, doubts: list[Doubt]) -> OpenDecision:
        first, kind = doubts[0], KINDS[doubts[0].code]
        own = [self.lines[doubt.column] for doubt in doubts if doubt.column >= 0]
        lines = [line for line in own if kind.many and line.place not in self.shown]
        self.shown |= {line.place for line in lines}
        about = [line for line in own if line not in lines]
        name = self.match.columns[first.column].values if WORDS in kind.choices and first.column >= 0 else ""
        answers = self.maps.get(name) if name not in self.mapped else None
        self.mapped |= {name} if answers else set()
        choices = self._choices(first, answers)
        said = self.said.get(first.id, "")
        others = said and said not in [value for value, _label in choices]
        return OpenDecision(
            name=f"d-{first.id}",
            sentence=_(kind.many) if len(doubts) > 1 else doubt_sentence(first.code, first.params, self.names),
            choices=choices,
            chosen=WRITTEN if others else said,
            written=said if others else " < ".join(natural_order(answers.unknown)) if answers else "",
            about=about,
            lines=lines,
            map=answers,
            left=any(doubt.id in self.left for doubt in doubts),
        )

    def _choices(self, doubt: Doubt, answers: ValueMap | None) -> list[tuple[str, str]]:
        """(value, label) of what can be said; choices that a person writes as a command are spelt out."""
        found: list[tuple[str, str]] = []
        choices = KINDS[doubt.code].choices
        for choice in choices:
            if choice == GROUP:
                found += [(group.code, _both(group.zh, group.en)) for group in self.asked.groups]
            elif choice == LETTERS and (letters := doubt.params.get("letters")):  # none in guesses stored before
                lines = [self.lines[column_place(each)] for each in letters.split(", ")]
                found = [(line.letter, f"{line.letter} · {line.header}") for line in lines]
            elif choice == LENGTH:
                found += [(str(length), label) for length, label in _lengths(self.asked.k)[1:]]
            elif choice == ZONE:
                zone = self.asked.zone
                found += [(zone, _("In the zone of the survey, %(zone)s") % {"zone": zone})] if zone else []
                found.append((WRITTEN, _("In another zone, such as UTC or +08:00")))
            elif choice == ORDER and answers and len(answers.unknown) == self.asked.k:
                found.append((WRITTEN, _("In this order, lowest first")))
            elif label := answer_label(doubt.code, choice):
                found.append((choice, label))
        return found


def _said_by(doubt: Doubt, codes: Collection[str]) -> bool:
    """Whether another doubt says the same."""
    return doubt.code == "lacking" and bool({"few_issues", "no_issues"} & set(codes))


def _both(zh: str, en: str) -> str:
    return " / ".join(dict.fromkeys(filter(None, (zh, en))))


def _targets_of(match: Match, words: Mapping[str, str]) -> dict[int, str]:
    """By place what the match takes each column for, in words."""
    return {
        place: "" if column.target.kind == IGNORED else words.get(column.target.text, column.target.text)
        for place, column in enumerate(match.columns)
    }


def _lines(match: Match, examples: list, targets: Mapping[int, str], errors: Mapping[int, str]) -> list[ColumnLine]:
    """The columns; all that is handed over beside the match is by place."""
    return [
        ColumnLine(
            place, column_letters(place), column.header, examples[place][:_SHOWN], targets[place], errors.get(place, "")
        )
        for place, column in enumerate(match.columns)
    ]


def _sections(match: Match, lines: list[ColumnLine]) -> tuple[list[tuple[str, list[ColumnLine], bool]], int]:
    """(title, columns, whether it stands open) per kind, and how many ignored columns are not listed.

    What is not taken in stands open where no column is an item yet: the items are to be sought there.
    """
    titles = {
        "field": _("About the response"),
        "society": _("Ratings: society"),
        "business": _("Ratings: business"),
        "item": _("Ratings"),
        "ignored": _("Not taken in"),
    }
    kinds: dict[str, list[ColumnLine]] = {kind: [] for kind in titles}
    for line in lines:
        target = match.columns[line.place].target
        kind = (target.detail if target.detail in kinds else "item") if target.kind == ITEM else "field"
        kinds["ignored" if target.kind == IGNORED else kind].append(line)
    ignored = sorted(kinds["ignored"], key=lambda line: match.columns[line.place].why in ("personal", "tool"))
    most = max(MOST_LISTED - len(lines) + len(ignored), MOST_IGNORED)
    kinds["ignored"], hidden = ignored[:most], max(len(ignored) - most, 0)
    opened = {"field"} | (set() if match.items() else {"ignored"})
    return [
        (titles[kind], each, kind in opened or any(line.error for line in each)) for kind, each in kinds.items() if each
    ], hidden


def _maps(match: Match, examples: list, asked: Asked, posted: Mapping[str, str]) -> list[ValueMap]:
    result = []
    for number, (name, seen) in enumerate(words_of(match, examples).items()):
        columns = [column for column in match.columns if column.values == name]
        known = match.maps.get(name, {})
        words = [
            WordLine(field_name, text, posted.get(field_name, known.get(key, "?")), key in known)
            for place, (key, text) in enumerate(seen.items())
            if (field_name := f"v{number}-{place}")
        ]
        words.sort(key=_in_order)
        rated = columns[0].target.kind == ITEM
        unknown = [text for key, text in seen.items() if key not in known]
        length = match.lengths.get(name, 0)
        result.append(
            ValueMap(
                name, map_title(columns[0].target), len(columns), words,
                _choices(columns[0].target, asked, length or asked.k),
                unknown=unknown,
                turns=f"round{number}" if rated and not unknown else "",
                scale=f"s{number}" if rated and len(_lengths(asked.k)) > 1 else "", lengths=_lengths(asked.k),
                length=length,
            )
        )  # fmt: skip
    return result


def _lengths(k: int) -> list[tuple[int, str]]:
    """Scales that can be stretched to the survey's exactly, the survey's own first: (points or 0, words)."""
    own = [(0, _("%(number)s points, as in this survey") % {"number": k})]
    return own + [
        (length, _("%(length)s points, stretched to %(number)s") % {"length": length, "number": k})
        for length in range(k - 1, 1, -1)
        if rescaled(1, length, k)
    ]


def _in_order(line: WordLine) -> tuple[bool, str, str]:
    """Undecided answers first, ratings from 1 up, absences last."""
    return line.known, line.value.zfill(2) if line.value.isdigit() else f"~{line.value}", line.text


def map_title(target: Target) -> str:
    """What the answers of a value map are about, by a column that it holds for."""
    if target.kind in (ITEM, ATTENTION):
        return {"society": _("Ratings: society"), "business": _("Ratings: business")}.get(target.detail, _("Ratings"))
    return field_labels().get(target.code, target.code) if target.kind == FIELD else target.code


def _choices(target, asked: Asked, end: int) -> list[tuple[str, str]]:
    unknown = [("?", _("– not decided –"))]
    if target.kind in (ITEM, ATTENTION):
        numbers = [(str(number), str(number)) for number in range(1, end + 1)]
        return [*unknown, *numbers, ("DK", _("Don't know")), ("", _("Skipped")), ("NA", _("Not asked"))]
    if target.kind == PROFILE:
        question = next((each for each in asked.questions if each.code == target.code), None)
        return unknown + [(code, _both(zh, en)) for code, zh, en in (question.options if question else ())]
    named = {
        "group": [(group.code, _both(group.zh, group.en)) for group in asked.groups],
        "language": [*((tag, language_name(tag)) for tag in asked.languages), ("", _("Unknown"))],
    }
    return unknown + named.get(target.code, [("yes", _("yes")), ("no", _("no")), ("", _("Unknown"))])


@dataclass(frozen=True)
class SaidColumn:
    """A column by its header and what it is taken for: `target` as people write it, with the issue's or field's name if
    it has one; '' where the column is not taken in.
    """

    header: str
    target: str
    name: str = ""


@dataclass(frozen=True)
class SaidMap:
    """What the answers of so many columns mean: (answer, meaning)."""

    title: str
    columns: int
    words: list[tuple[str, str]]


def listed_targets(asked: Asked) -> list[tuple[str, str]]:
    """(words, names) of every target, issues and questions in both languages, to be found by either."""
    words = target_words(asked)
    return [(words[text], _both(*names)) for text, names in _named(asked).items()]


def target_words(asked: Asked) -> dict[str, str]:
    """What a page writes for each target, no two alike: `Stakeholder group`, `SOC-03-01 Data security · Society`."""
    items = {f"{code}:{dimension}": code for code, dimension in asked.items}
    words, taken = {}, set()
    for text, label in target_labels(asked).items():
        shown = f"{items[text]} {label}" if text in items else label
        words[text] = f"{shown} ({text})" if shown in taken else shown
        taken.add(shown)
    for code, _dimension in asked.items:
        words[f"{code}:{BY_GROUP}"] = f"{code} · " + _("as its group is asked")
    return words


def target_labels(asked: Asked) -> dict[str, str]:
    """The label of every target's text, in the active language."""
    place = 1 if (get_language() or "").startswith("en") else 0
    labels = {text: names[place] or names[1 - place] for text, names in _named(asked).items()}
    dimensions = dimension_labels()
    for code, dimension in asked.items:
        text = f"{code}:{dimension}"
        labels[text] = " · ".join(filter(None, (labels[text], dimensions[dimension])))
    return labels


def _named(asked: Asked) -> dict[str, tuple[str, str]]:
    """(zh, en) per target; of fields both are in the active language."""
    fields = field_labels()
    named = {name: (fields[name], fields[name]) for name in FIELDS}
    named[ATTENTION] = (_("Attention question"),) * 2
    for each in asked.questions:
        named[f"profile:{each.code}"] = (each.zh, each.en)
        if QUESTION_KINDS[each.kind].several:
            named |= {f"profile:{each.code}:{code}": (zh, en) for code, zh, en in each.options}
    issues = {issue.code: (issue.zh, issue.en) for issue in asked.issues}
    return named | {f"{code}:{dimension}": issues.get(code, ("", "")) for code, dimension in asked.items}


def dimension_labels() -> dict[str, str]:
    """The short names of the dimensions, in the active language."""
    return {"society": _("Society"), "business": _("Business")}


def field_labels() -> dict[str, str]:
    """The fields of a response as people call them, in the active language."""
    return {
        "token": _("Number of the response"),
        "group": _("Stakeholder group"),
        "channel": _("Channel it came by"),
        "language": _("Language"),
        "started_at": _("Begun"),
        "submitted_at": _("Time of submission"),
        "consent": _("Consent"),
        "comment": _("Comment"),
        "duration": _("Time taken"),
        "finished": _("Whether it is complete"),
        "trial": _("Whether it is a test"),
    }


def listed_matches() -> QuerySet[ColumnMatch]:
    """All saved matches by name, without their columns; `used` files were uploaded with each, the last at `used_at`."""
    uses = ResponseImport.objects.filter(match_name=OuterRef("name")).order_by().values("match_name")
    number = uses.annotate(number=Count("pk")).values("number")
    last = uses.annotate(last=Max("created_at")).values("last")
    found = ColumnMatch.objects.select_related("created_by").defer("columns").order_by("name")
    return found.annotate(used=Subquery(number, output_field=IntegerField()), used_at=Subquery(last))


def tool_name(tool: str) -> str:
    """A tool as people call it, '' for none that is known."""
    return NAMES.get(tool, tool)


def said_columns(match: Match) -> list[SaidColumn]:
    """The columns in the order of the file, those that are not taken in last."""
    names = {ITEM: _issue_names(match), FIELD: field_labels()}
    said = [
        SaidColumn(
            column.header,
            "" if column.target.kind == IGNORED else column.target.text,
            names.get(column.target.kind, {}).get(column.target.code, ""),
        )
        for column in match.columns
    ]
    return sorted(said, key=lambda column: not column.target)


def said_maps(match: Match) -> list[SaidMap]:
    """What the answers mean, by the maps that a column uses."""
    maps = []
    for name, words in match.maps.items():
        columns = [column for column in match.columns if column.values == name]
        if columns:
            target = columns[0].target
            meant = [(answer, _meaning(target, value)) for answer, value in words.items()]
            maps.append(SaidMap(map_title(target), len(columns), meant))
    return maps


def date_order_words(match: Match) -> str:
    """How dates of the file are read, in words; '' where it makes no difference."""
    return {"dmy": _("Day first: 31/12/2026"), "mdy": _("Month first: 12/31/2026")}.get(match.dates, "")


def _meaning(target: Target, value: str) -> str:
    """A value of a map in words; codes of groups, options and levels stand for themselves."""
    if target.kind in (ITEM, ATTENTION):
        return {"DK": _("Don't know"), "": _("Skipped"), "NA": _("Not asked")}.get(value, value)
    if target.code == "comment" and target.kind == FIELD:
        return value or _("Skipped")
    if target.kind == FIELD:
        known = {"yes": _("yes"), "no": _("no"), "": _("Unknown")}
        return known.get(value, language_name(value))
    return value


def _issue_names(match: Match) -> dict[str, str]:
    """Names of the issues by code as the newest edition that has them calls them."""
    codes = {code for code, _dimension in match.items()}
    issues = Issue.objects.filter(code__in=codes).exclude(edition__published_at=None)
    return {issue.code: text_of(issue, "name") for issue in issues.order_by("edition__published_at")}
