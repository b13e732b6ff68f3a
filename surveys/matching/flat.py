"""One flat table of all sheets of a foreign file, by their layouts, and the answers that its columns hold.

Whatever is not read is told.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from materiality.tables.problems import Fault, shown_cell
from materiality.tables.read import FileSheet
from surveys.matching.layout import (
    LONG,
    NOT_SHOWN,
    TRANSPOSED,
    UNREAD,
    Flat,
    IssueOfCell,
    Seen,
    SheetLayout,
    header_text,
    is_machine_row,
    row_texts,
    same_row,
    turned_table,
)
from surveys.matching.match import Asked, field_of
from surveys.matching.values import looks_like_rating
from surveys.matching.words import Issues, cleaned, groups_of, side_of, squashed, word


def flatten(sheets: Sequence[FileSheet], layouts: Sequence[SheetLayout], issues: Issues, asked: Asked) -> Flat:
    """One table of all sheets that are read; columns of one header are one column."""
    names, seen = IssueOfCell(issues), Seen()
    by_name = {sheet.name: sheet for sheet in sheets}
    taken = []
    for layout in layouts:
        sheet = by_name[layout.sheet]
        if layout.form == UNREAD:
            _note_unread(sheet, seen, asked)
        else:
            seen.hidden += [sheet.name] if sheet.hidden else []
            seen.hidden_rows += sheet.hidden_rows
            taken.append(_Part(sheet, layout, names, seen))
    headers, parts = _joined([part.columns for part in taken])
    constants = _of_sheets([part.layout for part in taken], parts, asked, seen)
    if len(taken) == 1:
        rows = taken[0].rows()
        header_row = taken[0].layout.heads[-1] if taken[0].layout.heads else 1
    else:
        rows = _stacked(taken, headers, names)
        header_row = 1
    if constants:
        rows = _with_constants(taken, headers, names, constants)
        headers, parts = [*headers, *constants], [*parts, *((name,) for name in constants)]
    return Flat(headers, parts, rows, seen, header_row)


_NO_NAME = re.compile(r"(?:sheet|工作表|表)\s*\d*", re.IGNORECASE)


def _of_sheets(layouts: Sequence[SheetLayout], parts: Sequence, asked: Asked, seen: Seen) -> dict[str, dict[str, str]]:
    """Fields that hold for a whole sheet, by its name: the group, else the wave, where no column says it."""
    if groups := _sheet_groups(layouts, parts, asked, seen):
        return {"group": groups}
    named = {(field_of(text) or ("",))[0] for column in parts for text in column}
    sheets = [layout.sheet for layout in layouts]
    if len(sheets) < 2 or "channel" in named or any(_NO_NAME.fullmatch(sheet.strip()) for sheet in sheets):
        return {}
    return {"channel": {sheet: sheet for sheet in sheets}}


def _sheet_groups(layouts: Sequence[SheetLayout], parts: Sequence, asked: Asked, seen: Seen) -> dict[str, str]:
    """Group by sheet where the sheets bear the names of groups and no column is about them."""
    if len(layouts) < 2 or any((field_of(text) or ("",))[0] == "group" for column in parts for text in column):
        return {}
    texts = [layout.sheet for layout in layouts]
    known, unknown = groups_of(texts, asked.groups)
    spelt = {spelling for group in asked.groups for spelling in group.spellings()}
    found = {text: known.get(word(text), "") for text in texts}
    if unknown or "" in found.values() or len(set(found.values())) < len(found):
        return {}
    if any(squashed(text) not in spelt for text in texts):
        seen.doubt("sheet_groups", sheets=", ".join(f"{sheet} = {code}" for sheet, code in found.items()))
    return found


def _note_unread(sheet: FileSheet, seen: Seen, asked: Asked) -> None:
    """Keep what a sheet says that is not read; a doubt where it looks like answers."""
    rows = rated = 0
    for _number, cells in sheet.rows():
        rows += 1
        texts = [header_text(cell) for cell in cells]
        seen.texts += [text for text in row_texts(cells) if len(text) > 2][:20] if rows <= 200 else []
        numbers = sum(isinstance(cell, float) and not isinstance(cell, bool) for cell in cells)
        scale = sum(1 for text in texts if text and looks_like_rating([text], asked.k))
        rated += max(numbers, scale) > 2
    if rows:
        seen.unread[sheet.name] = rows
    if rated > 2:
        seen.doubt("sheet_unread", sheet=sheet.name, rows=rows)


class _Part:
    """One sheet that is read: its columns as (header, parts), and its rows at the columns' places."""

    def __init__(self, sheet: FileSheet, layout: SheetLayout, names: IssueOfCell, seen: Seen) -> None:
        self.sheet, self.layout, self.names, self.seen = sheet, layout, names, seen
        self._source = self._rows_of_sheet
        heads = self._read_heads()
        self.header = heads[-1] if heads else []
        self.columns = header_columns(heads)
        self._answers = None
        if layout.form == LONG:
            self._widen()

    def _rows_of_sheet(self) -> Iterable[tuple[int, list[object]]]:
        rows = self.sheet.rows()
        return turned_table(rows) if self.layout.form == TRANSPOSED else rows

    def _read_heads(self) -> list[list[str]]:
        heads = []
        for number, cells in self._source():
            if number >= self.layout.first:
                break
            if number in self.layout.heads:
                heads.append([header_text(cell) for cell in cells])
            elif is_machine_row(cells):
                self._leave(number, "machine")
                self._note_zones(cells)
            elif number < self.layout.heads[0] if self.layout.heads else True:
                self.seen.texts += row_texts(cells)
                self._leave(number, "title")
            else:
                self._leave(number, "machine")
        return heads

    def _leave(self, number: int, why: str) -> bool:
        self.seen.left.append((self.sheet.name, number, why))
        return True

    def _note_zones(self, cells: Sequence[object]) -> None:
        for at, cell in enumerate(cells):
            found = re.search(r'"timeZone"\s*:\s*"([^"]+)"', header_text(cell).replace('""', '"'))
            if found:
                self.seen.zones[at] = found[1]

    def rows(self) -> Iterator[tuple[int, list[object]]]:
        """The answers; repeated heads and lines of totals are left out and counted."""
        if self._answers is not None:
            self.seen.sheets[self.sheet.name] = len(self._answers)
            yield from self._answers
            return
        count = 0
        for number, cells in self._source():
            if number < self.layout.first or self._is_no_answer(number, cells):
                continue
            count += 1
            yield number, cells
        self.seen.sheets[self.sheet.name] = count

    def _is_no_answer(self, number: int, cells: Sequence[object]) -> bool:
        lead = next((cell for cell in cells[:3] if cell != ""), "")
        if not isinstance(lead, str):
            return False
        if lead and lead == next((text for text in self.header[:3] if text), "") and same_row(cells, self.header):
            return self._leave(number, "head")
        if lead[:12].strip().casefold().rstrip(":：") in TOTALS and sum(map(bool, map(header_text, cells))) > 2:
            return self._leave(number, "totals")
        if lead.lstrip()[:1] in "{#" and is_machine_row(cells):
            return self._leave(number, "machine")
        return False

    def _widen(self) -> None:
        self.columns, self._answers = _Widening(self).result()


# First cells of lines that sum up.
TOTALS = frozenset((
    "平均", "平均值", "平均分", "均值", "均分", "合计", "总计", "小计", "总分", "总体", "标准差",
    "中位数", "最大值", "最小值", "有效样本", "样本量",
    "mean", "average", "avg", "total", "totals", "grand total", "sum", "median", "std", "std dev",
    "st.dev", "sd", "min", "max", "count", "n",
))  # fmt: skip


class _Widening:
    """Lines of one answer each made rows of one response each."""

    def __init__(self, part: _Part) -> None:
        self.part, layout = part, part.layout
        self.layout, self.seen = layout, part.seen
        self.columns = part.columns
        inner = {layout.issue, layout.dimension, *layout.ratings}
        self.outer = [at for at in range(len(self.columns)) if at not in inner]
        self.people: dict[object, tuple[int, list[object], dict[tuple[str, str], object]]] = {}
        self.asked: dict[tuple[str, str], None] = {}
        self.twice = self.differing = self.beyond = 0

    def result(self) -> tuple[list[tuple[str, tuple[str, ...]]], list[tuple[int, list[object]]]]:
        """Columns, and rows in the order in which people first occur."""
        if self.layout.key < 0:
            self.seen.doubt("long_without_key")
        if not self.layout.ratings:
            self.seen.doubt("long_without_ratings")
        for number, cells in self.part._source():
            if number >= self.layout.first and not self.part._is_no_answer(number, cells):
                width = len(self.columns)
                self._take(number, cells[:width] + [""] * (width - len(cells)))
                self.beyond += sum(1 for cell in cells[width:] if header_text(cell))
        if self.twice:
            self.seen.doubt("long_twice", number=self.twice)
        if self.beyond:
            self.seen.doubt("long_beyond", number=self.beyond)
        if self.differing:
            self.seen.doubt("long_differing", number=self.differing)
        columns = [self.columns[at] for at in self.outer]
        columns += [
            (f"{question} [{issue}]" if question else issue, (question, issue)) for question, issue in self.asked
        ]
        rows = [
            (number, [*outer, *(ratings.get(each, NOT_SHOWN) for each in self.asked)])
            for number, outer, ratings in self.people.values()
        ]
        return columns, rows

    def _take(self, number: int, cells: list[object]) -> None:
        outer = [cells[at] for at in self.outer]
        key = header_text(cells[self.layout.key]) if self.layout.key >= 0 else tuple(map(header_text, outer))
        _first, known, ratings = self.people.setdefault(key, (number, outer, {}))
        for at, cell in enumerate(outer):
            if cell != known[at] and header_text(cell):
                if header_text(known[at]):
                    self.differing += 1
                else:
                    known[at] = cell
        for at in self.layout.ratings:
            question = header_text(cells[self.layout.dimension]) if self.layout.dimension >= 0 else self.columns[at][0]
            item = (side_of(question) or question, header_text(cells[self.layout.issue]))
            self.asked.setdefault(item)
            if item in ratings:
                self.twice += 1
            ratings[item] = cells[at]


_PLAIN_PART = frozenset(("response", "open-ended response", "回答", "answer"))


def header_columns(heads: Sequence[Sequence[str]]) -> list[tuple[str, tuple[str, ...]]]:
    """(header, its parts from the top) per column; what stands above several columns stands above the first only."""
    width = max((max((at + 1 for at, text in enumerate(row) if text), default=0) for row in heads), default=0)
    carried = [""] * len(heads)
    columns = []
    for at in range(width):
        own = [row[at] if at < len(row) else "" for row in heads]
        for level in range(len(heads) - 1):
            if own[level]:
                carried[level:-1] = [own[level], *[""] * (len(heads) - 2 - level)]
            elif any(own[level + 1 :]):
                own[level] = carried[level]
        texts = list(dict.fromkeys(text for text in own if text))
        if len(texts) > 1 and cleaned(texts[-1]).casefold() in _PLAIN_PART:
            texts.pop()
        name = texts[0] if len(texts) == 1 else f"{' '.join(texts[:-1])} [{texts[-1]}]" if texts else ""
        columns.append((name, tuple(texts)))
    return columns


def _joined(columns: Sequence[Sequence[tuple[str, tuple[str, ...]]]]) -> tuple[list[str], list[tuple[str, ...]]]:
    """All columns of all sheets, each (header, turn) once, in the order in which they occur."""
    found: dict[tuple[str, int], tuple[str, tuple[str, ...]]] = {}
    for of_sheet in columns:
        for key, column in zip(_keys(of_sheet), of_sheet, strict=True):
            found.setdefault(key, column)
    return [name for name, _parts in found.values()], [parts for _name, parts in found.values()]


def _keys(columns: Sequence[tuple[str, tuple[str, ...]]]) -> list[tuple[str, int]]:
    turns: Counter[str] = Counter()
    keys = []
    for name, _parts in columns:
        key = cleaned(name)
        keys.append((key, turns[key]))
        turns[key] += 1
    return keys


def _stacked(parts: Sequence[_Part], headers: Sequence[str], names: IssueOfCell) -> Iterator[tuple[int, list[object]]]:
    """Rows of all sheets at the places of the joined columns; a rating's column that a sheet lacks was not shown."""
    for _part, number, cells in _placed(parts, headers, names):
        yield number, cells


def _with_constants(
    parts, headers, names: IssueOfCell, constants: Mapping[str, Mapping[str, str]]
) -> Iterator[tuple[int, list[object]]]:
    width = len(headers)
    for part, number, cells in _placed(parts, headers, names):
        held = [by_sheet[part.sheet.name] for by_sheet in constants.values()]
        yield number, [*cells[:width], *held, *cells[width:]]


def _placed(parts, headers: Sequence[str], names: IssueOfCell) -> Iterator[tuple[_Part, int, list[object]]]:
    keys = {key: at for at, key in enumerate(_keys([(name, ()) for name in headers]))}
    blank = [NOT_SHOWN if names(name) else "" for name in headers]
    before = 0
    for part in parts:
        own = [keys[key] for key in _keys(part.columns)]
        number = 0
        part.seen.starts.append((before, part.sheet.name))
        for number, cells in part.rows():
            row = blank.copy()
            for at, place in enumerate(own):
                row[place] = cells[at] if at < len(cells) else ""
            row += cells[len(own) :]
            yield part, before + number, row
        before += number


MOST_ROWS = 20_000
MOST_ANSWERS = 200
_CHUNK = 500
_LONGEST = 300


@dataclass
class ColumnAnswers:
    """Different answers of a column as text; `many` where there are more than were kept."""

    texts: dict[str, None] = field(default_factory=dict)
    many: bool = False

    def take(self, cells: Iterable[object]) -> None:
        """Add cells; faults of the spreadsheet are no answers."""
        if self.many:
            return
        for cell in dict.fromkeys(cells):
            if not isinstance(cell, Fault):
                self.texts.setdefault(cell[:_LONGEST] if isinstance(cell, str) else shown_cell(cell, _LONGEST))
        self.many = len(self.texts) > MOST_ANSWERS

    def given(self) -> list[str]:
        """The answers that are not empty."""
        return [text for text in self.texts if text.strip()]


def collect(rows: Iterable[Sequence[object]], width: int) -> list[ColumnAnswers]:
    """ColumnAnswers of the first `width` columns in the first 20,000 rows."""
    columns = [ColumnAnswers() for _column in range(width)]
    rows = islice(rows, MOST_ROWS)
    while chunk := list(islice(rows, _CHUNK)):
        wide = [row if len(row) >= width else [*row, *[""] * (width - len(row))] for row in chunk]
        for answers, cells in zip(columns, zip(*wide, strict=False), strict=False):
            answers.take(cells)
    return columns
