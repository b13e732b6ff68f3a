"""Reading a foreign file by a match."""

from collections import Counter
from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

import numpy as np

from surveys.intake.cells import CellProblem, cell_text
from surveys.intake.columns import FIELDS, UNFINISHED, Columns
from surveys.intake.plan import LONGEST_CHANNEL, Plan, Planner, Reader, field_readers
from surveys.intake.problems import CellError, FileProblem
from surveys.intake.reader import CSV, Table
from surveys.matching.answers import absent
from surveys.matching.asked import Asked
from surveys.matching.durations import read_duration
from surveys.matching.heads import joined_headers, raw_headers
from surveys.matching.match import ATTENTION, DURATION, FIELD, FINISHED, ITEM, PROFILE, Column, Match
from surveys.matching.moments import written_plainly
from surveys.matching.profiles import profile_reader
from surveys.matching.tables import RatingWords, word_reader
from surveys.matching.texts import cleaned, word

# What LimeSurvey writes for a submission of which it keeps no time.
_NO_DATE = "1980-01-01 00:00"


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
            readers=self._readers(),
            tables=[tables[self.found[at].values] for at in present],
            duration=(self.fields[DURATION], self._duration) if DURATION in self.fields else None,
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

    def _readers(self) -> dict[str, Reader]:
        maps, readers = self.match.maps, dict(self.readers)
        places = {group.code: place for place, group in enumerate(self.asked.groups)}
        groups = {key: places[code] for key, code in maps.get("group", {}).items() if code in places}
        readers["group"] = _needed(word_reader(groups, "unknown_group_word", empty=None))
        consent = {key: value != "no" for key, value in maps.get("consent", {}).items()}
        readers["consent"] = word_reader(consent, "unknown_value", empty=True)
        readers["language"] = word_reader(maps.get("language", {}), "unknown_value", empty="")
        finished = {key: value == "no" if value else None for key, value in maps.get(FINISHED, {}).items()}
        readers[UNFINISHED] = word_reader(finished, "unknown_value", empty=None)
        readers["comment"] = _unless_skipped(self.readers["comment"], set(maps.get("comment", {})))
        readers["channel"] = _unless_skipped(_cut(self.readers["channel"]), {"(空)", "(跳过)"})
        for name in ("started_at", "submitted_at"):
            readers[name] = self._time(name)
        return readers

    def _time(self, name: str) -> Reader:
        order = self.match.dates
        zone = self.match.zones.get(name)
        read = field_readers([], ZoneInfo(zone), (), neutralised=False)[name] if zone else self.readers[name]

        def read_time(cell: object) -> object:
            if isinstance(cell, str) and not (cell[4:5] == "-" and cell[:4].isdigit()):
                if absent(word(cell)) is not None:
                    return None
                cell = written_plainly(cell, order)
            return None if isinstance(cell, str) and cell.startswith(_NO_DATE) else read(cell)

        return read_time

    def _duration(self, cell: object) -> float | None:
        text = cell_text(cell)
        if absent(word(text)) is not None:
            return None
        seconds = read_duration(text, self.match.seconds)
        if seconds is None:
            raise CellProblem("unknown_duration")
        return seconds

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


def _needed(read: Reader) -> Callable[[object], int]:
    def read_group(cell: object) -> int:
        place = read(cell)
        if place is None:
            raise CellProblem("missing_group")
        return place

    return read_group


def _unless_skipped(read: Reader, skipped: set[str]) -> Reader:
    def read_text(cell: object) -> object:
        return "" if isinstance(cell, str) and cell.strip() in skipped else read(cell)

    return read_text


def _cut(read: Reader) -> Reader:
    """A channel of another tool can be a long address."""

    def read_short(cell: object) -> object:
        return read(cell_text(cell).strip()[:LONGEST_CHANNEL])

    return read_short
