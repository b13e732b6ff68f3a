"""Reading a foreign file by a match."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

import numpy as np

from materiality.tables.problems import CellError, FileProblem
from materiality.tables.read import CSV, Table
from surveys.intake.columns import FIELDS, UNFINISHED, Columns, Plan, Planner, Reader, field_readers
from surveys.matching.guess import option_words
from surveys.matching.match import (
    ATTENTION,
    DURATION,
    FIELD,
    FINISHED,
    IGNORED,
    ITEM,
    PROFILE,
    Asked,
    Column,
    Match,
    Target,
)
from surveys.matching.values import RatingWords, duration_reader, match_readers, profile_reader, values_of
from surveys.matching.words import cleaned, groups_of, joined_headers, language_of, raw_headers, word, yes_or_no


def planner_of(match: Match, asked: Asked, *, zone: ZoneInfo, languages: Sequence[str], name: str = "") -> Planner:
    """How `intake.parse` is to read a file by the match; `zone` is that of times which name none.

    The planner raises FileProblem `match_not_for_file` or `match_not_for_survey`.
    """

    def plan(table: Table) -> Plan:
        return _Planning(match, asked, zone, languages, table, name).plan()

    return plan


class _Planning:
    def __init__(self, match: Match, asked: Asked, zone: ZoneInfo, languages, table: Table, name: str) -> None:
        self.match, self.asked, self.zone, self.table, self.name = match, asked, zone, table, name or match.tool
        self.readers = field_readers(
            [group.code for group in asked.groups], zone, languages, neutralised=table.kind == CSV
        )
        self.headers = raw_headers(table.header)
        if match.head_rows == 2:
            _number, second = next(table.rows, (0, []))
            self.headers = joined_headers(self.headers, raw_headers(second))
        self.found, self.strange = _found(match, self.headers)
        self.of_kind = {
            kind: {at: column for at, column in self.found.items() if column.target.kind == kind}
            for kind in (ITEM, FIELD, PROFILE, ATTENTION)
        }
        self.fields = {column.target.code: at for at, column in self.of_kind[FIELD].items()}

    def plan(self) -> Plan:
        """The plan; FileProblem where file and match, or match and survey, have nothing in common."""
        places = self._places()
        fields = {name: at for name, at in self.fields.items() if name in FIELDS}
        if FINISHED in self.fields:
            fields[UNFINISHED] = self.fields[FINISHED]
        columns = Columns(self.headers, fields, places, self._problems())
        present = places[places >= 0].tolist()
        tables = {name: self._table(name) for name in {self.found[at].values for at in present} | self._attention()}
        attention = next(iter(self.of_kind[ATTENTION].items()), None) if self.asked.attention else None
        return Plan(
            columns=columns,
            readers=match_readers(self.match, self.asked, self.readers),
            tables=[tables[self.found[at].values] for at in present],
            duration=(self.fields[DURATION], duration_reader(self.match.seconds)) if DURATION in self.fields else None,
            attention=(attention[0], tables[attention[1].values]) if attention else None,
            profile=self._profile(),
            notes=self._notes(),
        )

    def _table(self, name: str) -> RatingWords:
        return RatingWords(self.match.maps.get(name, {}), limesurvey=self.match.tool == "limesurvey")

    def _attention(self) -> set[str]:
        return {column.values for column in self.of_kind[ATTENTION].values()}

    def _places(self) -> np.ndarray:
        position = {(column.target.code, column.target.detail): at for at, column in self.of_kind[ITEM].items()}
        if not position:
            params = {"match": self.name, "columns": len(self.match.items())}
            raise FileProblem("match_not_for_file", **params)
        places = np.array([position.get(tuple(item), -1) for item in self.asked.items], dtype=np.int32)
        if not (places >= 0).any():
            raise FileProblem("match_not_for_survey", match=self.name)
        return places

    def _problems(self) -> list[CellError]:
        if "group" in self.fields:
            return []
        return [CellError(self.table.header_row, len(self.headers), "group", "", "missing_column", {"value": "group"})]

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
        here = {(column.target.code, column.target.detail) for column in self.of_kind[ITEM].values()}
        lacking = sum(tuple(item) not in here for item in self.asked.items)
        if lacking:
            notes.append({"code": "lacking", "header": "", "number": lacking, "items": len(self.asked.items)})
        if self.of_kind[ATTENTION] and not self.asked.attention:
            notes += [{"code": "attention", "header": self.headers[at]} for at in self.of_kind[ATTENTION]]
        return notes


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
        elif key:
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


def revise(
    match: Match,
    targets: Mapping[int, Target],
    values: Mapping[tuple[str, str], str],
    examples: Examples,
    asked: Asked,
    *,
    dates: str = "",
) -> Match:
    """The match with these targets by column and these values by (map, word); None of the rest changes.

    A column that became an item reads its answers as the other columns of its dimension do.
    """
    maps = {name: dict(known) for name, known in match.maps.items()}
    columns: list[Column] = []
    for place, column in enumerate(match.columns):
        target = targets.get(place, column.target)
        if target == column.target:
            columns.append(column)
            continue
        texts = examples[place] if place < len(examples) else ()
        name = _map_for(target, match, maps, texts, asked)
        why = column.why or "other" if target.kind == IGNORED else ""
        columns.append(replace(column, target=target, values=name, why=why))
    for (name, key), value in values.items():
        maps.setdefault(name, {})[key] = value
    used = {column.values for column in columns}
    kept = {name: known for name, known in maps.items() if name in used}
    return replace(match, columns=tuple(columns), maps=kept, dates=dates or match.dates)


def _map_for(target: Target, match: Match, maps: dict, texts: Sequence[str], asked: Asked) -> str:
    """Name of the value map for a column's new target, made where there is none yet."""
    if target.kind in (ITEM, ATTENTION):
        return _rating_map(target, match, maps, texts, asked)
    if target.kind == PROFILE:
        question = next(each for each in asked.questions if each.code == target.code)
        maps.setdefault(f"profile-{target.code}", option_words(question))
        return f"profile-{target.code}"
    made = _field_map(target.code, texts, asked) if target.kind == FIELD else None
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
    limesurvey = match.tool == "limesurvey"
    maps[name] = maps.get(name, {}) | values_of(texts, asked.k, limesurvey=limesurvey).known
    return name


def _field_map(name: str, texts: Sequence[str], asked: Asked) -> dict[str, str] | None:
    if name == "group":
        return groups_of(texts, asked.groups)[0]
    if name in ("consent", FINISHED):
        found = {word(text): yes_or_no(text) for text in texts}
    elif name == "language":
        found = {word(text): language_of(text) for text in texts}
    else:
        return dict.fromkeys(("(空)", "(跳过)", "(空白)"), "") if name == "comment" else None
    return {key: value for key, value in found.items() if value is not None}
