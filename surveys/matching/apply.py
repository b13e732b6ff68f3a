"""Reading a foreign file by a match."""

from collections import Counter
from collections.abc import Sequence
from zoneinfo import ZoneInfo

import numpy as np

from surveys.intake.columns import FIELDS, UNFINISHED, Columns
from surveys.intake.plan import Plan, Planner, Reader, field_readers
from surveys.intake.problems import CellError, FileProblem
from surveys.intake.reader import CSV, Table
from surveys.matching.asked import Asked
from surveys.matching.heads import joined_headers, raw_headers
from surveys.matching.match import ATTENTION, DURATION, FIELD, FINISHED, ITEM, PROFILE, Column, Match
from surveys.matching.profiles import profile_reader
from surveys.matching.readers import duration_reader, match_readers
from surveys.matching.tables import RatingWords
from surveys.matching.texts import cleaned


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
