"""How the sheets of a foreign file are laid out, and one flat table of them: a header, and a row per response.

Looks for the header by the issues that it names, also below titles and in several rows; turns sheets that have a line
per answer or a column per response. Whatever is not read is told.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice

from materiality.tables.problems import Fault, FileProblem
from materiality.tables.read import FileSheet
from surveys.intake.columns import shown
from surveys.matching.match import Asked, field_of
from surveys.matching.values import looks_like_rating
from surveys.matching.words import (
    Issues,
    cleaned,
    dimension_of,
    legend_of,
    number_of,
)

WIDE, LONG, TRANSPOSED, UNREAD = "wide", "long", "transposed", "unread"
_PEEKED = 60
_LONGEST_HEADER = 400
_MOST_TURNED = 3_000_000
NOT_SHOWN = "NA"


@dataclass(frozen=True)
class SheetLayout:
    """`heads` are the numbers of the rows that make up the header, `first` that of the first row below it.

    In a LONG sheet `key`, `issue` and `dimension` are places of columns (-1 for none), `ratings` those of the values.
    `constants` are values of fields that hold for the whole sheet.
    """

    sheet: str
    form: str = WIDE
    heads: tuple[int, ...] = (1,)
    first: int = 2
    key: int = -1
    issue: int = -1
    dimension: int = -1
    ratings: tuple[int, ...] = ()
    constants: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, plain: Mapping) -> "SheetLayout":
        """The layout of its JSON."""
        return cls(**{**plain, "heads": tuple(plain["heads"]), "ratings": tuple(plain["ratings"])})


@dataclass
class Seen:
    """What was found beside the answers: doubts (code, params), texts above or beside them, rows by why not read."""

    doubts: list[tuple[str, dict]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    machine: list[str] = field(default_factory=list)
    left: Counter[str] = field(default_factory=Counter)
    sheets: dict[str, int] = field(default_factory=dict)  # rows taken by sheet
    unread: dict[str, int] = field(default_factory=dict)  # rows by sheet that is not read
    hidden: list[str] = field(default_factory=list)  # hidden sheets that are read
    zones: dict[int, str] = field(default_factory=dict)  # by column, as the tool's own row says

    def doubt(self, code: str, **params: object) -> None:
        """Keep a doubt about the file as a whole, once."""
        if (code, params) not in self.doubts:
            self.doubts.append((code, params))


@dataclass
class Flat:
    """The file as one table: `parts` are the texts of each header, the lowest row's last; `rows` are read once."""

    headers: list[str]
    parts: list[tuple[str, ...]]
    rows: Iterator[tuple[int, list[object]]]
    seen: Seen
    header_row: int = 1


def header_text(cell: object) -> str:
    """A cell of a header as text; a fault is no text."""
    return "" if isinstance(cell, Fault) else shown(cell, 2_000).strip()


class IssueNamed:
    """Which issue a cell names, remembered."""

    def __init__(self, issues: Issues) -> None:
        self.issues = issues
        self.known: dict[str, str] = {}

    def __call__(self, cell: object) -> str:
        """The code of the issue that a text names, '' for none."""
        if not isinstance(cell, str) or not cell or len(cell) > _LONGEST_HEADER:
            return ""
        if cell not in self.known:
            text = cleaned(cell)
            found = self.issues.find(number_of(text)[1] or text) if text else None
            self.known[cell] = found.code if found else ""
        return self.known[cell]

    def whole(self, cell: object) -> str:
        """The same where the text is nothing but the issue, its dimension and its question apart."""
        code = self(cell)
        return code if code and len(str(cell)) <= 160 else ""


def find_layouts(sheets: Sequence[FileSheet], issues: Issues, asked: Asked) -> list[SheetLayout]:
    """The layout of every sheet; of a file in which no sheet names an issue the first that has two rows is WIDE."""
    names = IssueNamed(issues)
    found = [_sheet_layout(sheet, names, asked) for sheet in sheets]
    if all(layout.form == UNREAD for layout in found):
        for place, sheet in enumerate(sheets):
            rows = list(islice(sheet.rows(), _PEEKED))
            if len(rows) > 1 or (rows and len(sheets) == 1):
                found[place] = _first_wide(sheet.name, rows)
                break
    return found


def _first_wide(name: str, rows: list) -> SheetLayout:
    """The header is the first row with more than one cell."""
    at = next((at for at, (_number, cells) in enumerate(rows[:-1]) if sum(map(bool, map(header_text, cells))) > 1), 0)
    number = rows[at][0]
    return SheetLayout(name, WIDE, (number,), number + 1)


def _sheet_layout(sheet: FileSheet, names: IssueNamed, asked: Asked) -> SheetLayout:
    rows = list(islice(sheet.rows(), _PEEKED))
    wide = _wide(sheet.name, rows, names, asked) if rows else None
    if wide is None and rows:
        wide = _long(sheet, rows, names, asked.k) or _transposed(sheet, rows, names, asked)
    if wide is None:
        return SheetLayout(sheet.name, UNREAD, (), 1)
    return wide


def _needed(asked: Asked) -> int:
    """How many different issues a row must name to be a header."""
    return 1 if len(asked.issues) < 3 else 2


def _wide(name: str, rows: list, names: IssueNamed, asked: Asked) -> SheetLayout | None:
    hits = [{at: code for at, cell in enumerate(cells) if (code := names(cell))} for _number, cells in rows]
    best = max(range(len(rows)), key=lambda at: (len(set(hits[at].values())), len(hits[at]), -at), default=-1)
    if best < 0 or len(set(hits[best].values())) < _needed(asked):
        return None
    columns = sorted(hits[best])
    heads = [best]
    for at in range(best - 1, -1, -1):
        if rows[at][0] != rows[heads[0]][0] - 1 or not _is_head(rows[at][1], columns):
            break
        heads.insert(0, at)
    first = best + 1
    while first < len(rows) and first - best <= 4:
        kind = _below(rows, first, best, hits, columns, asked.k)
        if not kind:
            break
        if kind == "head":
            heads.append(first)
        first += 1
    numbers = tuple(rows[at][0] for at in heads)
    return SheetLayout(name, WIDE, numbers, rows[first - 1][0] + 1)


def _is_head(cells: Sequence[object], columns: Sequence[int]) -> bool:
    """Whether a row above the one with the issues belongs to the header: text that reaches over the issues."""
    filled = [at for at, cell in enumerate(cells) if header_text(cell)]
    if not filled or any(not isinstance(cells[at], str) for at in filled):
        return False
    if len(filled) == 1:
        return 0 < filled[0] <= columns[-1] and filled[0] >= columns[0]
    return any(columns[0] <= at <= columns[-1] for at in filled)


_MACHINE = re.compile(r'^\s*\{\s*"+ImportId"+\s*:|^\s*#[a-z]+[a-z+_ ]*$', re.IGNORECASE)


def is_machine_row(cells: Sequence[object]) -> bool:
    """A row of the tool's own: ids of columns as Qualtrics writes them, or tags of HXL."""
    filled = [cell for cell in cells if header_text(cell)]
    marked = sum(1 for cell in filled if isinstance(cell, str) and _MACHINE.match(cell))
    return bool(filled) and marked * 2 > len(filled)


def _below(rows: list, at: int, best: int, hits: list, columns: Sequence[int], k: int) -> str:
    """What a row below the header is: `head`, `machine`, or '' for an answer."""
    cells = rows[at][1]
    if is_machine_row(cells):
        return "machine"
    if same_row(cells, rows[best][1]):
        return "machine"
    under = [header_text(cells[column]) if column < len(cells) else "" for column in columns]
    given = [text for text in under if text]
    if len(hits[at]) * 2 >= len(columns) and len(set(hits[at].values())) > 1:
        return "head"
    if given and sum(1 for text in given if dimension_of(cleaned(text))) * 5 >= len(columns) * 3:
        return "head"
    if given and len(given) * 2 >= len(columns) and all(legend_of(text) for text in given):
        return "head"
    following = rows[at + 1][1] if at + 1 < len(rows) else None
    if given and following is not None and len(given) * 5 >= len(columns) * 3:
        after = [header_text(following[column]) for column in columns if column < len(following)]
        if _rated(given, k) < 0.2 and _rated(after, k) > 0.8 and not _rated(given, k):
            return "head"
    return ""


def _rated(texts: Iterable[str], k: int) -> float:
    given = [text for text in texts if text]
    return sum(looks_like_rating([text], k) for text in given) / len(given) if given else 0.0


def same_row(cells: Sequence[object], others: Sequence[object]) -> bool:
    """Whether a row says the same as the header: people copy it down at every page."""
    pairs = [(header_text(one), header_text(other)) for one, other in zip(cells, others, strict=False)]
    filled = [pair for pair in pairs if pair[0]]
    return len(filled) > 1 and sum(one == other for one, other in filled) * 10 >= len(filled) * 9


_VALUE = re.compile(r"评分|分数|得分|打分|分值|score|rating|value|answer|答案|选项|回答|评价|重要", re.IGNORECASE)


def _long(sheet: FileSheet, rows: list, names: IssueNamed, k: int) -> SheetLayout | None:
    """A line per answer: one column names issues over and over."""
    at = next((at for at, (_n, cells) in enumerate(rows) if sum(map(bool, map(header_text, cells))) > 2), None)
    if at is None or len(rows) < at + 3:
        return None
    header, below = rows[at][1], [cells for _number, cells in rows[at + 1 :]]
    issue = _column_of(below, len(header), names.whole)
    if issue < 0:
        return None
    every = [cells[issue] for _n, cells in sheet.rows() if issue < len(cells) and _n > rows[at][0]]
    dimension = _column_of(below, len(header), lambda cell: dimension_of(cleaned(header_text(cell))) or "", but=issue)
    lines = Counter(code for cell in every if (code := names(cell)))
    if max(lines.values(), default=0) <= 2:
        return None
    heads = [cleaned(header_text(cell)) for cell in header]
    key = _key_column(heads)
    ratings = tuple(
        place
        for place, text in enumerate(heads)
        if place not in (issue, dimension, key) and text and not field_of(text)
        and (dimension_of(text) if dimension < 0 else _VALUE.search(text))
        and looks_like_rating({header_text(cells[place]) for cells in below if place < len(cells)}, k)
    )  # fmt: skip
    if not ratings and dimension < 0:
        ratings = tuple(place for place, text in enumerate(heads) if _VALUE.search(text) and place != issue)[:1]
    return SheetLayout(
        sheet.name, LONG, (rows[at][0],), rows[at][0] + 1, key=key, issue=issue, dimension=dimension, ratings=ratings
    )


def _key_column(heads: Sequence[str]) -> int:
    """The column that says whose line it is: the surest name of a token."""
    ranked = [(found[1], at) for at, text in enumerate(heads) if (found := field_of(text)) and found[0] == "token"]
    return min(ranked)[1] if ranked else -1


def _column_of(rows: Sequence[Sequence[object]], width: int, reads, but: int = -1) -> int:
    """The first column in which nearly every cell is read as something, with two different values at least; -1."""
    for place in range(width):
        given = [cells[place] for cells in rows if place < len(cells) and header_text(cells[place])]
        found = [value for cell in given if (value := reads(cell))]
        if place != but and len(given) > 2 and len(found) * 10 >= len(given) * 8 and len(set(found)) > 1:
            return place
    return -1


def turned_table(rows: Iterable[tuple[int, list[object]]]) -> list[tuple[int, list[object]]]:
    """Columns as rows, their numbers being those of the columns from 1."""
    cells = [row for _number, row in rows]
    width = max(map(len, cells), default=0)
    if width * len(cells) > _MOST_TURNED:
        raise FileProblem("too_many_cells", limit=_MOST_TURNED)
    wide = [row + [""] * (width - len(row)) for row in cells]
    return [(at, list(column)) for at, column in enumerate(zip(*wide, strict=True), 1) if any(map(header_text, column))]


def _transposed(sheet: FileSheet, rows: list, names: IssueNamed, asked: Asked) -> SheetLayout | None:
    """A column per response: the first columns name the issues."""
    down = max((sum(bool(names(row[at])) for _n, row in rows if at < len(row)) for at in range(4)), default=0)
    if down < _needed(asked):
        return None
    turned = turned_table(sheet.rows())
    found = _wide(sheet.name, turned[:_PEEKED], names, asked)
    return SheetLayout(sheet.name, TRANSPOSED, found.heads, found.first) if found else None


def flatten(sheets: Sequence[FileSheet], layouts: Sequence[SheetLayout], issues: Issues, asked: Asked) -> Flat:
    """One table of all sheets that are read; columns of one header are one column."""
    names, seen = _Names(issues), Seen()
    by_name = {sheet.name: sheet for sheet in sheets}
    taken = []
    for layout in layouts:
        sheet = by_name[layout.sheet]
        if layout.form == UNREAD:
            _note_unread(sheet, seen, asked)
        else:
            seen.hidden += [sheet.name] if sheet.hidden else []
            taken.append(_Part(sheet, layout, names, seen))
    headers, parts = _joined([part.columns for part in taken])
    constants = _sheet_groups([part.layout for part in taken], parts, asked, seen)
    if len(taken) == 1:
        rows = taken[0].rows()
        header_row = taken[0].layout.heads[-1] if taken[0].layout.heads else 1
    else:
        rows = _stacked(taken, headers, names)
        header_row = 1
    if constants:
        headers, parts = [*headers, SHEET_GROUP], [*parts, (SHEET_GROUP,)]
        rows = _with_constants(taken, headers, names, constants)
    return Flat(headers, parts, rows, seen, header_row)


SHEET_GROUP = "group"


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
        seen.texts += [text for text in texts if text and len(text) > 2][:20] if rows <= 200 else []
        numbers = sum(isinstance(cell, float) and not isinstance(cell, bool) for cell in cells)
        scale = sum(1 for text in texts if text and looks_like_rating([text], asked.k))
        rated += max(numbers, scale) > 2
    if rows:
        seen.unread[sheet.name] = rows
    if rated > 2:
        seen.doubt("sheet_unread", sheet=sheet.name, rows=rows)


class _Part:
    """One sheet that is read: its columns as (header, parts), and its rows at the columns' places."""

    def __init__(self, sheet: FileSheet, layout: SheetLayout, names: _Names, seen: Seen) -> None:
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
        return _turned(rows) if self.layout.form == TRANSPOSED else rows

    def _read_heads(self) -> list[list[str]]:
        heads = []
        for number, cells in self._source():
            if number >= self.layout.first:
                break
            if number in self.layout.heads:
                heads.append([header_text(cell) for cell in cells])
            elif is_machine_row(cells):
                self.seen.left["machine"] += 1
                self._note_zones(cells)
            elif number < self.layout.heads[0] if self.layout.heads else True:
                self.seen.texts += [text for cell in cells if (text := header_text(cell))]
                self.seen.left["title"] += 1
            else:
                self.seen.left["machine"] += 1
        return heads

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
            if number < self.layout.first or self._is_no_answer(cells):
                continue
            count += 1
            yield number, cells
        self.seen.sheets[self.sheet.name] = count

    def _is_no_answer(self, cells: Sequence[object]) -> bool:
        lead = next((cell for cell in cells[:3] if cell != ""), "")
        if not isinstance(lead, str):
            return False
        if lead and lead == next((text for text in self.header[:3] if text), "") and same_row(cells, self.header):
            self.seen.left["head"] += 1
            return True
        if lead[:12].strip().casefold().rstrip(":：") in TOTALS and sum(map(bool, map(header_text, cells))) > 2:
            self.seen.left["totals"] += 1
            return True
        if lead.lstrip()[:1] in "{#" and is_machine_row(cells):
            self.seen.left["machine"] += 1
            return True
        return False

    def _widen(self) -> None:
        self.columns, self._answers = _Widening(self).result()


# First cells of lines that sum up.
TOTALS = frozenset(
    [
        "平均",
        "平均值",
        "平均分",
        "均值",
        "均分",
        "合计",
        "总计",
        "小计",
        "总分",
        "总体",
        "标准差",
        "中位数",
        "最大值",
        "最小值",
        "有效样本",
        "样本量",
        "mean",
        "average",
        "avg",
        "total",
        "totals",
        "grand total",
        "sum",
        "median",
        "std",
        "std dev",
        "st.dev",
        "sd",
        "min",
        "max",
        "count",
        "n",
    ]
)


class _Widening:
    """Lines of one answer each made rows of one response each."""

    def __init__(self, part: _Part) -> None:
        self.part, layout = part, part.layout
        self.layout, self.seen = layout, part.seen
        self.columns = part.columns
        inner = {layout.issue, layout.dimension, *layout.ratings}
        self.outer = [at for at in range(len(self.columns)) if at not in inner and self.columns[at][0]]
        self.people: dict[object, tuple[int, list[object], dict[tuple[str, str], object]]] = {}
        self.asked: dict[tuple[str, str], None] = {}
        self.twice = self.differing = 0

    def result(self) -> tuple[list[tuple[str, tuple[str, ...]]], list[tuple[int, list[object]]]]:
        """Columns, and rows in the order in which people first occur."""
        if self.layout.key < 0:
            self.seen.doubt("long_without_key")
        if not self.layout.ratings:
            self.seen.doubt("long_without_ratings")
        for number, cells in self.part._source():
            if number >= self.layout.first and not self.part._is_no_answer(cells):
                self._take(number, cells + [""] * (len(self.columns) - len(cells)))
        if self.twice:
            self.seen.doubt("long_twice", number=self.twice)
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
            item = (question, header_text(cells[self.layout.issue]))
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


def _stacked(parts: Sequence[_Part], headers: Sequence[str], names: _Names) -> Iterator[tuple[int, list[object]]]:
    """Rows of all sheets at the places of the joined columns; a rating's column that a sheet lacks was not shown."""
    for _part, number, cells in _placed(parts, headers, names):
        yield number, cells


def _with_constants(parts, headers, names: _Names, constants: Mapping[str, str]) -> Iterator[tuple[int, list[object]]]:
    for part, number, cells in _placed(parts, headers[:-1], names):
        yield number, [*cells, constants[part.sheet.name]]


def _placed(parts, headers: Sequence[str], names: _Names) -> Iterator[tuple[_Part, int, list[object]]]:
    keys = {key: at for at, key in enumerate(_keys([(name, ()) for name in headers]))}
    blank = [NOT_SHOWN if names(name) else "" for name in headers]
    before = 0
    for part in parts:
        own = [keys[key] for key in _keys(part.columns)]
        number = 0
        for number, cells in part.rows():
            row = blank.copy()
            for at, place in enumerate(own):
                row[place] = cells[at] if at < len(cells) else ""
            row += cells[len(own) :]
            yield part, before + number, row
        before += number


def layouts_json(layouts: Sequence[SheetLayout]) -> list[dict]:
    """Plain values."""
    return [{**asdict(layout), "constants": dict(layout.constants)} for layout in layouts]
