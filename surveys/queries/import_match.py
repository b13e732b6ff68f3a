"""The column match of an import, ready to be shown and put right."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from surveys.intake.problems import column_letters
from surveys.matching.asked import Asked
from surveys.matching.match import ATTENTION, FIELD, IGNORED, ITEM, PROFILE, Match, Target
from surveys.matching.revise import words_of
from surveys.matching.tools import NAMES
from surveys.models import ResponseImport
from surveys.queries.target_labels import field_labels, listed_targets, target_labels
from surveys.recognising import doubt_sentence, examples_of, match_of

_SHOWN = 3
# Ignored columns beyond this are not listed: a form of thousands of fields is refused by the server.
MOST_LISTED, MOST_IGNORED = 700, 200


@dataclass(frozen=True)
class ColumnLine:
    """One column of the file; `target` as text, `label` that in words, `doubts` sentences."""

    place: int
    letter: str
    header: str
    examples: list[str]
    target: str
    label: str = ""
    doubts: list[str] = field(default_factory=list)
    error: str = ""


@dataclass(frozen=True)
class WordLine:
    """An answer of a value map and what it is taken for; `name` is its field in the form."""

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


@dataclass(frozen=True)
class MatchPage:
    """All that the page shows: columns in doubt first, then fields, then items, then what is left out."""

    tool: str
    found: int
    asked: int
    doubts: list[str]
    sections: list[tuple[str, list[ColumnLine], bool]]
    maps: list[ValueMap]
    targets: list[tuple[str, str]]
    dates: str
    ask_dates: bool
    hidden: int


def match_page(
    imported: ResponseImport, asked: Asked, posted: Mapping[int, str], errors: Mapping[int, str]
) -> MatchPage:
    """The page; `posted` are the targets as a person wrote them where some of them are wrong (`errors`)."""
    match, guessed = match_of(imported.match), imported.summary.get("guess", {})
    examples = examples_of(imported)
    by_column: dict[int, list[str]] = {}
    for doubt in guessed.get("doubts", []):
        by_column.setdefault(doubt["column"], []).append(doubt_sentence(doubt))
    labels = target_labels(asked)
    targets = [
        posted.get(place, "" if column.target.kind == IGNORED else column.target.text)
        for place, column in enumerate(match.columns)
    ]
    lines = [
        ColumnLine(
            place,
            column_letters(place),
            column.header,
            examples[place][:_SHOWN],
            targets[place],
            labels.get(targets[place], ""),
            by_column.get(place, []),
            errors.get(place, ""),
        )
        for place, column in enumerate(match.columns)
    ]
    sections, hidden = _sections(match, lines)
    return MatchPage(
        tool=NAMES.get(match.tool, ""),
        found=len({code for code, _dimension in match.items()}),
        asked=len({code for code, _dimension in asked.items}),
        doubts=by_column.get(-1, []),
        sections=sections,
        maps=_maps(match, examples, asked),
        targets=listed_targets(asked),
        dates=match.dates,
        ask_dates=match.dates != "ymd",
        hidden=hidden,
    )


def _sections(match: Match, lines: list[ColumnLine]) -> tuple[list[tuple[str, list[ColumnLine], bool]], int]:
    """(title, columns, whether it stands open) per kind, and how many ignored columns are not listed.

    What is not taken in stands open where no column is an item yet: the items are to be sought there.
    """
    kinds: dict[str, list[ColumnLine]] = {"doubt": [], "field": [], "society": [], "business": [], "ignored": []}
    for column, line in zip(match.columns, lines, strict=True):
        kind = column.target.detail if column.target.kind == ITEM else "field"
        kind = "ignored" if column.target.kind == IGNORED else kind
        kinds["doubt" if line.doubts or line.error else kind].append(line)
    ignored = sorted(kinds["ignored"], key=lambda line: match.columns[line.place].why in ("personal", "tool"))
    most = max(MOST_LISTED - len(lines) + len(ignored), MOST_IGNORED)
    kinds["ignored"], hidden = ignored[:most], max(len(ignored) - most, 0)
    titles = {
        "doubt": _("To be decided"),
        "field": _("About the response"),
        "society": _("Ratings: society"),
        "business": _("Ratings: business"),
        "ignored": _("Not taken in"),
    }
    opened = ("doubt", "field") if match.items() else ("doubt", "field", "ignored")
    sections = [(titles[kind], each, kind in opened) for kind, each in kinds.items() if each]
    return sections, hidden


def _maps(match: Match, examples: list, asked: Asked) -> list[ValueMap]:
    result = []
    for number, (name, seen) in enumerate(words_of(match, examples).items()):
        columns = [column for column in match.columns if column.values == name]
        known = match.maps.get(name, {})
        words = [
            WordLine(f"v{number}-{place}", text, known.get(key, ""), key in known)
            for place, (key, text) in enumerate(seen.items())
        ]
        words.sort(key=_in_order)
        title = map_title(columns[0].target)
        result.append(ValueMap(name, title, len(columns), words, _choices(columns[0].target, asked)))
    return result


def _in_order(line: WordLine) -> tuple[bool, str, str]:
    """Undecided answers first, ratings from 1 up, absences last."""
    return line.known, line.value.zfill(2) if line.value.isdigit() else f"~{line.value}", line.text


def map_title(target: Target) -> str:
    """What the answers of a value map are about, by a column that it holds for."""
    if target.kind in (ITEM, ATTENTION):
        return {"society": _("Ratings: society"), "business": _("Ratings: business")}.get(target.detail, _("Ratings"))
    return field_labels().get(target.code, target.code) if target.kind == FIELD else target.code


def _choices(target, asked: Asked) -> list[tuple[str, str]]:
    unknown = [("?", _("– not decided –"))]
    if target.kind in (ITEM, ATTENTION):
        numbers = [(str(number), str(number)) for number in range(1, asked.k + 1)]
        return [*unknown, *numbers, ("DK", _("Don't know")), ("", _("Skipped")), ("NA", _("Not asked"))]
    if target.kind == PROFILE:
        question = next((each for each in asked.questions if each.code == target.code), None)
        return unknown + [(code, f"{zh} / {en}") for code, zh, en in (question.options if question else ())]
    named = {
        "group": [(group.code, f"{group.zh} / {group.en}") for group in asked.groups],
        "language": [("zh-hans", "中文"), ("en", "English"), ("", _("Unknown"))],
    }
    return unknown + named.get(target.code, [("yes", _("yes")), ("no", _("no")), ("", _("Unknown"))])
