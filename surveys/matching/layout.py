"""How the sheets of a foreign file are laid out, and one flat table of them: a header, and a row per response.

Looks for the header by the issues that it names, also below titles and in several rows; turns sheets that have a line
per answer or a column per response. Whatever is not read is told.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice, pairwise
from random import Random

from materiality.tables.problems import Fault, FileProblem, shown_cell
from materiality.tables.read import FileSheet
from surveys.matching.match import Asked, field_of
from surveys.matching.values import looks_like_rating
from surveys.matching.words import (
    Issues,
    cleaned,
    dimension_of,
    legend_of,
    number_apart,
    side_of,
)

WIDE, LONG, TRANSPOSED, UNREAD = "wide", "long", "transposed", "unread"
_PEEKED, _SAMPLED = 60, 400
_LONGEST_HEADER = 400
_MOST_TURNED = 3_000_000
NOT_SHOWN = "NA"


@dataclass(frozen=True)
class SheetLayout:
    """`heads` are the numbers of the rows that make up the header, `first` that of the first row below it.

    In a LONG sheet `key`, `issue` and `dimension` are places of columns (-1 for none), `ratings` those of the values.
    """

    sheet: str
    form: str = WIDE
    heads: tuple[int, ...] = (1,)
    first: int = 2
    key: int = -1
    issue: int = -1
    dimension: int = -1
    ratings: tuple[int, ...] = ()

    @classmethod
    def of(cls, plain: Mapping) -> "SheetLayout":
        """The layout of its JSON."""
        known = {name: value for name, value in plain.items() if name != "constants"}  # of matches saved before
        return cls(**{**known, "heads": tuple(plain["heads"]), "ratings": tuple(plain["ratings"])})


@dataclass
class Seen:
    """What was found beside the answers: doubts (code, params, names to be remembered), texts above or beside them, and
    as `left` (sheet, row, why) the rows that are not read.
    """

    doubts: list[tuple[str, dict, tuple[str, ...]]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    left: list[tuple[str, int, str]] = field(default_factory=list)
    sheets: dict[str, int] = field(default_factory=dict)  # rows taken by sheet
    unread: dict[str, int] = field(default_factory=dict)  # rows by sheet that is not read
    hidden: list[str] = field(default_factory=list)  # hidden sheets that are read
    hidden_rows: int = 0  # in sheets that are read
    starts: list[tuple[int, str]] = field(default_factory=list)  # where sheets begin that are read as one
    zones: dict[int, str] = field(default_factory=dict)  # by column, as the tool's own row says

    def doubt(self, code: str, **params: object) -> None:
        """Keep a doubt about the file as a whole, once."""
        names = (str(params["sheet"]),) if "sheet" in params else ()
        if (code, params, names) not in self.doubts:
            self.doubts.append((code, params, names))

    def place(self, number: int) -> tuple[str, int]:
        """Sheet and row of a row of the table; of a single sheet the row alone."""
        before, sheet = next(((at, name) for at, name in reversed(self.starts) if at < number), (0, ""))
        return sheet, number - before


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
    return "" if isinstance(cell, Fault) else shown_cell(cell, 2_000).strip()


def row_texts(cells: Sequence[object]) -> list[str]:
    """The texts of a row, and what it says of numbers in cells side by side: `1=Very important`."""
    texts = [text for text in map(header_text, cells) if text]
    pairs = list(pairwise(texts))
    pairs += [pair[::-1] for pair in pairs] if len(texts) == 2 else []
    return texts + [f"{one}={other}" for one, other in pairs if re.fullmatch(r"\d{1,2}", one) and not other.isdecimal()]


class IssueOfCell:
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
            found = self.issues.find(number_apart(text)[1] or text) if text else None
            self.known[cell] = found.code if found else ""
        return self.known[cell]

    def whole(self, cell: object) -> str:
        """The same where the text is nothing but the issue, its dimension and its question apart."""
        code = self(cell)
        return code if code and len(str(cell)) <= 160 else ""


def find_layouts(sheets: Sequence[FileSheet], issues: Issues, asked: Asked) -> list[SheetLayout]:
    """The layout of every sheet; of a file in which no sheet names an issue the first that has two rows is WIDE."""
    names = IssueOfCell(issues)
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


def _sheet_layout(sheet: FileSheet, names: IssueOfCell, asked: Asked) -> SheetLayout:
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


def _wide(name: str, rows: list, names: IssueOfCell, asked: Asked) -> SheetLayout | None:
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


def _long(sheet: FileSheet, rows: list, names: IssueOfCell, k: int) -> SheetLayout | None:
    """A line per answer: one column names issues over and over."""
    at = next((at for at, (_n, cells) in enumerate(rows) if sum(map(bool, map(header_text, cells))) > 2), None)
    if at is None or len(rows) < at + 3:
        return None
    header, every = rows[at][1], [cells for number, cells in sheet.rows() if number > rows[at][0]]
    # Lines can be sorted by issue, and an even step can fall on the same issue or dimension all along.
    below = every[:_PEEKED] + Random(1).sample(every, min(_SAMPLED, len(every)))
    issue = _column_of(below, len(header), names.whole)
    if issue < 0:
        return None
    dimension = _column_of(below, len(header), _dimension_of_cell, but=issue)
    lines = Counter(code for cells in every if issue < len(cells) and (code := names(cells[issue])))
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


def _dimension_of_cell(cell: object) -> str:
    text = cleaned(header_text(cell))
    return dimension_of(text) or side_of(text)


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


def _transposed(sheet: FileSheet, rows: list, names: IssueOfCell, asked: Asked) -> SheetLayout | None:
    """A column per response: the first columns name the issues."""
    down = max((sum(bool(names(row[at])) for _n, row in rows if at < len(row)) for at in range(4)), default=0)
    if down < _needed(asked):
        return None
    turned = turned_table(sheet.rows())
    found = _wide(sheet.name, turned[:_PEEKED], names, asked)
    return SheetLayout(sheet.name, TRANSPOSED, found.heads, found.first) if found else None


def layouts_json(layouts: Sequence[SheetLayout]) -> list[dict]:
    """Plain values."""
    return [asdict(layout) for layout in layouts]
