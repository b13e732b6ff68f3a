"""Reading a foreign file by a match."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

import numpy as np

from materiality.tables.problems import CellError, CellProblem, FileProblem, column_letters
from materiality.tables.read import CSV, Rows, Table
from surveys.intake.columns import FIELDS, UNFINISHED, Columns, Planner, Reader, ReadingPlan, field_readers
from surveys.matching.fields import finished_words, option_words, trial_words
from surveys.matching.flat import flatten
from surveys.matching.layout import SheetLayout, find_layouts
from surveys.matching.match import (
    ATTENTION,
    BY_GROUP,
    DURATION,
    FIELD,
    FINISHED,
    IGNORED,
    ITEM,
    PROFILE,
    TRIAL,
    Asked,
    Column,
    Match,
    Target,
)
from surveys.matching.scales import rescaled
from surveys.matching.values import RatingWords, duration_reader, match_readers, profile_reader, values_of, word_reader
from surveys.matching.words import Issues, cleaned, groups_of, language_of, word, yes_or_no


def planner_of(match: Match, asked: Asked, name: str = "") -> Planner:
    """How `intake.parse` is to read a file by the match; times which name no zone are in that of the survey.

    The planner raises FileProblem `match_not_for_file` or `match_not_for_survey`.
    """

    def plan(table: Table) -> ReadingPlan:
        return _Planning(match, asked, table, name).plan()

    return plan


class _Planning:
    def __init__(self, match: Match, asked: Asked, table: Table, name: str) -> None:
        self.match, self.asked, self.table, self.name = match, asked, table, name or match.tool
        codes, zone = [group.code for group in asked.groups], ZoneInfo(asked.zone)
        self.readers = field_readers(codes, zone, asked.languages, neutralised=table.kind == CSV)
        issues = Issues(asked.issues)
        self.flat = flatten(table.sheets, layouts_for(match, table, asked, issues), issues, asked)
        self.headers = self.flat.headers
        self.found, self.strange = _found(match, self.headers)
        self.of_kind = {
            kind: {at: column for at, column in self.found.items() if column.target.kind == kind}
            for kind in (ITEM, FIELD, PROFILE, ATTENTION)
        }
        self.fields = {column.target.code: at for at, column in self.of_kind[FIELD].items()}
        self.constants = {name: value for name, value in match.constants.items() if name not in self.fields}
        self.fields |= {name: len(self.headers) + at for at, name in enumerate(self.constants)}

    def plan(self) -> ReadingPlan:
        """The plan; FileProblem where file and match, or match and survey, have nothing in common."""
        places = self._places()
        fields = {name: at for name, at in self.fields.items() if name in FIELDS}
        if FINISHED in self.fields:
            fields[UNFINISHED] = self.fields[FINISHED]
        columns = Columns([*self.headers, *self.constants], fields, places, self._problems())
        present = places[places >= 0].tolist()
        tables = {name: self._table(name) for name in {self.found[at].values for at in present} | self._attention()}
        attention = next(iter(self.of_kind[ATTENTION].items()), None) if self.asked.attention else None
        return ReadingPlan(
            columns=columns,
            readers=match_readers(self.match, self.asked, self.readers),
            tables=[tables[self.found[at].values] for at in present],
            duration=(self.fields[DURATION], duration_reader(self.match.seconds)) if DURATION in self.fields else None,
            attention=(attention[0], tables[attention[1].values]) if attention else None,
            profile=self._profile(),
            notes=self._notes(),
            rows=self._rows(),
            header_row=self.flat.header_row,
            skips=self._skips(),
            by_group=self._by_group(),
            seen=self.flat.seen,
        )

    def _rows(self) -> Rows:
        """The rows with what holds for all of them behind."""
        if not self.constants:
            return self.flat.rows
        width, values = len(self.headers), list(self.constants.values())
        return ((number, _fitted(cells, width, values)) for number, cells in self.flat.rows)

    def _skips(self) -> Callable[[Sequence[object]], bool] | None:
        """Whether a row is a test or a preview."""
        column = self.fields.get(TRIAL)
        if column is None:
            return None
        read = word_reader(self.match.maps.get(TRIAL, {}), "unknown_value", empty="no")

        def skips(cells: Sequence[object]) -> bool:
            try:
                return column < len(cells) and read(cells[column]) == "yes"
            except CellProblem:
                return False

        return skips

    def _by_group(self) -> np.ndarray | None:
        """bool[groups, items]: False where the dimension of a column follows from the group, and is another one."""
        dependent = {code for code, dimension in self._positions() if dimension == BY_GROUP}
        if not dependent:
            return None
        return np.array(
            [
                [item[0] not in dependent or self.asked.asks(group.code, item) for item in self.asked.items]
                for group in self.asked.groups
            ]
        )

    def _positions(self) -> dict[tuple[str, str], int]:
        return {(column.target.code, column.target.detail): at for at, column in self.of_kind[ITEM].items()}

    def _table(self, name: str) -> RatingWords:
        known, length = self.match.maps.get(name, {}), self.match.lengths.get(name, 0)
        if length:
            known = {key: _lengthened(value, length, self.asked.k) for key, value in known.items()}
        return RatingWords({key: value for key, value in known.items() if value is not None}, self.match.tool)

    def _attention(self) -> set[str]:
        return {column.values for column in self.of_kind[ATTENTION].values()}

    def _places(self) -> np.ndarray:
        position = self._positions()
        if not position:
            params = {"match": self.name, "columns": len(self.match.items())}
            raise FileProblem("match_not_for_file", **params)
        both = {code: at for (code, dimension), at in position.items() if dimension == BY_GROUP}
        found = [position.get(tuple(item), both.get(item[0], -1)) for item in self.asked.items]
        places = np.array(found, dtype=np.int32)
        if not (places >= 0).any():
            raise FileProblem("match_not_for_survey", match=self.name)
        return places

    def _problems(self) -> list[CellError]:
        if "group" in self.fields:
            return []
        return [CellError(self.flat.header_row, len(self.headers), "group", "", "missing_column", {"value": "group"})]

    def _profile(self) -> list[tuple[int, str, Reader]]:
        kinds = {question.code: question.kind for question in self.asked.questions}
        return [
            (
                at,
                column.target.code,
                profile_reader(kinds[column.target.code], self.match.maps.get(column.values, {}), column.target.detail),
            )
            for at, column in self.of_kind[PROFILE].items()
            if column.target.code in kinds
        ]

    def _notes(self) -> list[dict]:
        """What is left out, and what the match expected and the file lacks."""
        notes = [{"code": "strange", "header": header} for header in self.strange]
        here = {(cleaned(column.header), column.turn) for column in self.found.values()}
        for column in self.match.columns:
            if (cleaned(column.header), column.turn) not in here and column.target.kind != "ignored":
                notes.append({"code": "missing", "header": column.header, "target": column.target.text})
        for at, column in self.found.items():
            if column.target.kind == "ignored" and self.headers[at]:
                notes.append({"code": column.why or "other", "header": self.headers[at]})
            elif column.target.kind == "ignored":
                notes.append({"code": "unnamed", "header": column_letters(at)})
        here = {(column.target.code, column.target.detail) for column in self.of_kind[ITEM].values()}
        lacking = sum(tuple(item) not in here and (item[0], BY_GROUP) not in here for item in self.asked.asked_items())
        if lacking:
            notes.append({"code": "lacking", "header": "", "number": lacking, "items": len(self.asked.items)})
        if self.of_kind[ATTENTION] and not self.asked.attention:
            notes += [{"code": "attention", "header": self.headers[at]} for at in self.of_kind[ATTENTION]]
        return notes


def layouts_for(match: Match, table: Table, asked: Asked, issues: Issues) -> list[SheetLayout]:
    """How the match's own file is laid out; another file is looked at anew."""
    if match.layouts and match.sha256 == table.sha256:
        return [SheetLayout.of(plain) for plain in match.layouts]
    return find_layouts(table.sheets, issues, asked)


def _fitted(cells: list[object], width: int, values: list[str]) -> list[object]:
    """The row at the header's width with the constants behind; text to the right of the header stays behind them."""
    return [*cells[:width], *[""] * (width - len(cells)), *values, *cells[width:]]


def _found(match: Match, headers: Sequence[str]) -> tuple[dict[int, Column], list[str]]:
    """Columns of the match by their place in the file, and the file's headers that the match does not name."""
    known = {(cleaned(column.header), column.turn): column for column in match.columns}
    turns: Counter[str] = Counter()
    found, strange = {}, []
    for at, header in enumerate(headers):
        key = cleaned(header)
        column = known.get((key, turns[key]))
        turns[key] += 1
        if column:
            found[at] = column
        else:
            strange.append(header)
    return found, strange


Examples = Sequence[Sequence[str]]


def words_of(match: Match, examples: Examples) -> dict[str, dict[str, str]]:
    """Per value map the answers that its columns were seen with: `word` -> the answer as the file writes it."""
    seen: dict[str, dict[str, str]] = {}
    for column, texts in zip(match.columns, examples, strict=False):
        if column.values and not (column.target.kind == FIELD and column.target.code == "comment"):
            of_map = seen.setdefault(column.values, {})
            for text in texts:
                of_map.setdefault(word(text), text)
    return seen


def twice(targets: Sequence[Target]) -> list[int]:
    """Places of columns whose target an earlier column has already."""
    seen: set[Target] = set()
    doubled = []
    for place, target in enumerate(targets):
        if target.kind != IGNORED and target in seen:
            doubled.append(place)
        seen.add(target)
    return doubled


@dataclass
class MatchChanges:
    """What a person changes in a match: targets by column, values by (map, `word` of an answer), maps whose ratings run
    the other way round, points of the file's own scale by map (their words are read anew), further fields of the match.
    """

    targets: dict[int, Target] = field(default_factory=dict)
    values: dict[tuple[str, str], str] = field(default_factory=dict)
    turned: set[str] = field(default_factory=set)
    lengths: dict[str, int] = field(default_factory=dict)
    more: dict[str, object] = field(default_factory=dict)


def revise(match: Match, changes: MatchChanges, examples: Examples, asked: Asked) -> Match:
    """The match with the changes, and nothing else.

    A column that became an item reads its answers as the other columns of its dimension do.
    """
    maps = {name: dict(known) for name, known in match.maps.items()}
    columns = _retargeted(match, changes.targets, maps, examples, asked)
    for name, length in changes.lengths.items():
        if not length or length == match.lengths.get(name):
            continue
        texts = [text for of, column in zip(examples, columns, strict=False) if column.values == name for text in of]
        maps[name] = values_of(texts, length, tool=match.tool).known
    for (name, key), value in changes.values.items():
        maps.setdefault(name, {})[key] = value
    used = {column.values for column in columns}
    kept = {name: known for name, known in maps.items() if name in used}
    lengths = {**match.lengths, **changes.lengths}
    for name in used & changes.turned:
        kept[name] = {key: _turned_round(value, lengths.get(name) or asked.k) for key, value in kept[name].items()}
    lengths = {name: length for name, length in lengths.items() if name in used and length}
    return replace(match, columns=tuple(columns), maps=kept, lengths=lengths, **changes.more)


def _retargeted(
    match: Match, targets: Mapping[int, Target], maps: dict[str, dict], examples: Examples, asked: Asked
) -> list[Column]:
    """The columns with their new targets; a value map that one needs is put into `maps`."""
    columns = []
    for place, column in enumerate(match.columns):
        target = targets.get(place, column.target)
        if target != column.target:
            texts = examples[place] if place < len(examples) else ()
            name = _map_for(target, match, maps, texts, asked, column.header)
            why = column.why or "other" if target.kind == IGNORED else ""
            column = replace(column, target=target, values=name, why=why)
        columns.append(column)
    return columns


def _turned_round(value: str, k: int) -> str:
    return str(k + 1 - int(value)) if value.isdigit() else value


def _lengthened(value: str, length: int, k: int) -> str | None:
    """A rating of a scale of another length on that of the survey; None for one that lies beyond its end."""
    if not value.isdigit():
        return value
    rating = rescaled(int(value), length, k)
    return None if rating is None else str(rating)


def _map_for(target: Target, match: Match, maps: dict, texts: Sequence[str], asked: Asked, header: str) -> str:
    """Name of the value map for a column's new target, made where there is none yet."""
    if target.kind in (ITEM, ATTENTION):
        return _rating_map(target, match, maps, texts, asked)
    if target.kind == PROFILE:
        question = next(each for each in asked.questions if each.code == target.code)
        maps.setdefault(f"profile-{target.code}", option_words(question))
        return f"profile-{target.code}"
    made = _field_map(target.code, texts, asked, header) if target.kind == FIELD else None
    if made is None:
        return ""
    maps[target.code] = made
    return target.code


def _rating_map(target: Target, match: Match, maps: dict, texts: Sequence[str], asked: Asked) -> str:
    alike = [
        column.values
        for column in match.columns
        if column.target.kind == ITEM and (target.kind == ATTENTION or column.target.detail == target.detail)
    ]
    if alike:
        return alike[0]
    name = target.detail or ATTENTION
    maps[name] = maps.get(name, {}) | values_of(texts, asked.k, tool=match.tool).known
    return name


def _field_map(name: str, texts: Sequence[str], asked: Asked, header: str) -> dict[str, str] | None:
    if name == "group":
        return groups_of(texts, asked.groups)[0]
    if name == FINISHED:
        return finished_words({word(text) for text in texts} - {""}, "") or {}
    if name == TRIAL:
        return trial_words(texts, header)
    if name == "consent":
        found = {word(text): yes_or_no(text) for text in texts}
    elif name == "language":
        found = {word(text): language_of(text) for text in texts}
    else:
        return dict.fromkeys(("(空)", "(跳过)", "(空白)"), "") if name == "comment" else None
    return {key: value for key, value in found.items() if value is not None}
