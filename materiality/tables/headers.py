"""Columns of a sheet: headers, texts, codes to choose from."""

import re
import unicodedata
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import models
from django.db.models import Choices as WordedChoices
from django.db.models import Q
from django.utils.functional import Promise, lazy
from django.utils.translation import gettext as _
from django.utils.translation import override

from materiality.library_file.codes import MappingCodes
from materiality.models import Edition, Framework, Group, Issue, IssueMapping
from materiality.platform.bilingual import DEFAULT_LANGUAGES, Texts, suffix_of, text_columns, text_of
from materiality.platform.words import own_names
from materiality.queries.library import stored_catalogues
from materiality.queries.stakeholders import default_groups
from materiality.tables.problems import Problem, nearest
from materiality.tables.write import IMPOSSIBLE, LONGEST_CELL

Choices = dict[str, list[tuple[str, str, str]]]  # name → (code, Chinese, English)


def choice_words(choices: type[WordedChoices]) -> list[tuple[str, str, str]]:
    """The values of a model's choices with their labels."""
    words = {}
    for language in ("zh-hans", "en"):
        with override(language):
            words[language] = [str(label) for label in choices.labels]
    return list(zip(map(str, choices.values), words["zh-hans"], words["en"], strict=True))


def named(rows: Iterable[Any], text: str = "name") -> list[tuple[str, str, str]]:
    """Code with the text in Chinese and in English, in another language where there is none."""
    return [(row.code, text_of(row, text, "zh-hans"), text_of(row, text, "en")) for row in rows]


def issue_choices(edition: Edition) -> Choices:
    """Categories, primary issues, statuses, groups and the codes of every framework that has a column."""
    primaries = edition.issues.filter(Q(parent=None) | Q(parent__parent=None)).order_by("code")
    return {
        "categories": named(edition.categories.all()),
        "primaries": named(primaries),
        "statuses": choice_words(Issue.Status),
        "groups": _groups(),
        **_frameworks(),
    }


def mapping_choices(edition: Edition) -> Choices:
    """Issues, frameworks and their editions."""
    frameworks = list(Framework.objects.all())
    editions = dict.fromkeys(row.edition for row in frameworks)
    return {
        "issues": named(edition.issues.order_by("code")),
        "frameworks": named({row.code: row for row in frameworks}.values(), "title"),
        "editions": [(name, "", "") for name in editions],
        "types": choice_words(IssueMapping.Type),
    }


def _groups() -> list[tuple[str, str, str]]:
    known = [Group(**row) for row in default_groups()]
    return named({row.code: row for row in (*known, *Group.objects.order_by("code"))}.values())


def _frameworks() -> Choices:
    """Codes that can be mapped, as a cell holds them; headings of topics cannot."""
    catalogues = stored_catalogues()
    codes = MappingCodes(catalogues)
    return {
        column: [
            (codes.written(column, record.code), record.title_zh, record.title_en) for record in codes.mappable(column)
        ]
        for column in codes.editions
    }


@dataclass(frozen=True)
class SheetColumn:
    """`choices` names the list of codes that the template offers ("" for none); `several` allows more than one.

    `required`: no row can be read without the column. A `number` stays a number in workbooks.
    Not `strict`: the list helps, but what is not on it may be right, too. `also` are further headings that people use.
    """

    name: str
    title: str | Promise
    note: str | Promise = ""
    required: bool = False
    choices: str = ""
    several: bool = False
    number: bool = False
    width: int = 16
    also: tuple[str, ...] = ()
    strict: bool = True
    silent: bool = False  # taken where a file has it, but in no template or export
    date: bool = False  # a cell that a spreadsheet has made a day is taken
    attribute: str = ""  # the model's column, where the header is another

    def in_language(self, language: str) -> tuple[str, str]:
        """(title, note) in one language."""
        with override(language):
            return str(self.title), str(self.note)

    @property
    def titles(self) -> tuple[str, ...]:
        """What people may have written over the column, besides its name: also where a method calls an axis so."""
        own = [self.in_language(language)[0] for language in ("zh-hans", "en")]
        with own_names(None):
            return tuple(dict.fromkeys([*own, *(self.in_language(each)[0] for each in ("zh-hans", "en")), *self.also]))


def model_columns(
    model: type[models.Model], headers: Mapping[str, str], **more: dict[str, Any]
) -> tuple[SheetColumn, ...]:
    """A column for each that people edit in the model, with its words; `more` is what only the sheet says.

    `headers`: those that are called otherwise than the model's column. Either is a contract, no word of a language.
    """
    columns = []
    for field in edited_fields(model):
        if isinstance(field, Texts):
            columns += text_columns_of(field, DEFAULT_LANGUAGES, **more.get(field.name, {}))
            continue
        own = {"title": field.verbose_name, "note": field.help_text, "attribute": field.name}
        own |= more.get(field.name, {})
        own.setdefault("number", isinstance(field, models.FloatField | models.IntegerField))
        own.setdefault("width", 48 if isinstance(field, models.TextField) else 16)
        columns.append(SheetColumn(headers.get(field.name, field.name), **own))
    return tuple(columns)


def edited_fields(model: type[models.Model]) -> list[models.Field]:
    """The columns of a model that people edit."""
    return [field for field in model._meta.concrete_fields if field.editable and not field.primary_key]


def _at_most(number: int) -> Promise:
    return lazy(lambda: _("At most %(number)s characters.") % {"number": number}, str)()


def text_columns_of(field: Texts, languages: Iterable[str], **more: Any) -> list["SheetColumn"]:
    """A column for each language of a text."""
    own = {"note": _at_most(field.longest), "width": 26} if field.longest else {"width": 48}
    return [
        SheetColumn(
            f"{field.name}_{suffix_of(language)}",
            lazy(field.label, str)(language),
            attribute=f"{field.name}_{suffix_of(language)}",
            **own | more,
        )
        for language in languages
    ]


def spoken_columns(
    model: type[models.Model], columns: Iterable[SheetColumn], languages: Sequence[str]
) -> tuple[SheetColumn, ...]:
    """The columns with those of each text in these languages, in the place of those in Chinese and English."""
    known, found = text_columns(model), {}
    for column in columns:
        text = known.get(column.attribute or column.name)
        own = {"note": column.note, "width": column.width}
        spoken = text_columns_of(text.field, languages, **own) if text else [column]
        found |= {each.name: found.get(each.name, column if each.name == column.name else each) for each in spoken}
    return tuple(found.values())


LEFT_OUT = ""


@dataclass(frozen=True)
class HeaderMatch:
    """`columns`: heading → column of the format, or LEFT_OUT. `guesses`: headings whose column is the nearest only.

    `unknown`: headings that resemble nothing.
    """

    columns: dict[str, str]
    guesses: frozenset[str]
    unknown: frozenset[str]

    @property
    def is_certain(self) -> bool:
        return not self.guesses and not self.unknown


def known_headings(given: Sequence[str], columns: Sequence[SheetColumn]) -> dict[str, str]:
    """Heading → column, of the headings that are a column's name or title, without case and width."""
    spellings = {_plain(spelling): column.name for column in columns for spelling in (*column.titles, column.name)}
    matched: dict[str, str] = {}
    for heading in dict.fromkeys(name for name in given if name):
        name = spellings.get(_plain(heading))
        if name and name not in matched.values():
            matched[heading] = name
    return matched


def match_headers(given: Sequence[str], columns: Sequence[SheetColumn]) -> HeaderMatch:
    """Match headings by name or title, without case and width; what is left by likeness, best first."""
    matched = known_headings(given, columns)
    guesses = _guessed(given, columns, matched)
    rest = [heading for heading in dict.fromkeys(given) if heading and heading not in matched | guesses]
    everything = matched | guesses | dict.fromkeys(rest, LEFT_OUT)
    order = [heading for heading in dict.fromkeys(given) if heading]
    return HeaderMatch({name: everything[name] for name in order}, frozenset(guesses), frozenset(rest))


def check_match(match: Mapping[str, str], given: Sequence[str], columns: Sequence[SheetColumn]) -> list[Problem]:
    """What stands against reading the rows: headings twice, columns chosen twice, needed columns missing."""
    problems = [Problem("double_column", 1, name, name) for name, n in Counter(filter(None, given)).items() if n > 1]
    chosen = Counter(name for name in match.values() if name)
    problems += [Problem("column_twice", 1, name, name) for name, n in chosen.items() if n > 1]
    free = [heading for heading in given if heading and not match.get(heading)]
    for column in columns:
        if column.required and column.name not in chosen:
            problems.append(Problem("missing_column", 1, column.name, column.name, nearest(column.name, free)))
    return problems


def unknown_columns(match: HeaderMatch, columns: Sequence[SheetColumn]) -> list[Problem]:
    """The headings that are not the format's own, each with the nearest column, for those who cannot choose."""
    free = [column.name for column in columns if column.name not in match.columns.values()]
    problems = []
    for heading in match.columns:
        if heading in match.guesses:
            problems.append(Problem("unknown_column", 1, heading, heading, (match.columns[heading],)))
        elif heading in match.unknown:
            problems.append(Problem("unknown_column", 1, heading, heading, nearest(heading, free)))
    return problems


def _guessed(given: Sequence[str], columns: Sequence[SheetColumn], matched: dict[str, str]) -> dict[str, str]:
    free = {c.name: (c.name, *c.titles) for c in columns if not (c.silent or c.name in matched.values())}
    found: dict[str, str] = {}
    for heading in given:
        if heading and heading not in matched and heading not in found:
            spellings = {spelling: name for name, spelt in free.items() for spelling in spelt}
            close = nearest(heading, spellings, at_least=0.6)
            if close:
                found[heading] = spellings[close[0]]
                del free[spellings[close[0]]]
    return found


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().replace("_", " ").replace("-", " ").split())


_LINE_END = re.compile("_x000D_\n?|\r\n?")  # the first as spreadsheets keep a CR in a workbook
_ESCAPE = "x005F_"  # what openpyxl takes out of every text it reads


def canonical(text: str) -> str:
    """The text as a file can carry it: trimmed, line ends as LF, without characters that no workbook can hold."""
    if "_" not in text and text.isprintable():  # as most are
        return text.strip()[:LONGEST_CELL]
    return IMPOSSIBLE.sub("", _LINE_END.sub("\n", text.replace(_ESCAPE, ""))).strip()[:LONGEST_CELL]


Node = TypeVar("Node", bound=Hashable)


def rings(parents: Mapping[Node, Node | None]) -> dict[Node, list[Node]]:
    """Every node that stands above itself → the ring from it upwards, ending with itself."""
    found: dict[Node, list[Node]] = {}
    settled: set[Node] = set()
    for start in parents:
        way: list[Node] = []
        node: Node | None = start
        while node is not None and node not in settled and node not in way:
            way.append(node)
            node = parents.get(node)
        if node is not None and node in way:
            ring = way[way.index(node) :]
            found |= {each: [*ring[place:], *ring[: place + 1]] for place, each in enumerate(ring)}
        settled.update(way)
    return found


def depths(parents: Mapping[Node, Node | None]) -> dict[Node, int]:
    """How many ancestors each node has; nodes of a ring, which has no top, count from 0 up to its length."""
    found: dict[Node, int] = {}
    for start in parents:
        way: list[Node] = []
        node: Node | None = start
        while node is not None and node in parents and node not in found and node not in way:
            way.append(node)
            node = parents[node]
        above = found[node] + 1 if node in found else 0
        for place, each in enumerate(reversed(way)):
            found[each] = above + place
    return found
