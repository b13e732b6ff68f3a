"""A table described once, whatever it is written in: columns, rows under bands, what stands above and below it."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

MOST_NATURAL = 70.0  # half-width letters; a longer text is wrapped, however much room there is
AIR = 2.5


BULLET = "• "


@dataclass(frozen=True)
class Cell:
    """A text with how it looks: `fill` and `ink` as `#rrggbb`, `link` an address that it leads to."""

    text: str = ""
    bold: bool = False
    fill: str = ""
    ink: str = ""
    link: str = ""

    @property
    def address(self) -> str:
        """The link, if it is an address of the web."""
        return self.link if self.link.startswith(("http://", "https://")) else ""

    @property
    def points(self) -> list[str]:
        """The points of a text that is a list of them."""
        lines = self.text.split("\n")
        is_list = all(line.startswith(BULLET) for line in lines)
        return [line.removeprefix(BULLET) for line in lines] if is_list else []


@dataclass(frozen=True)
class Column:
    """`key` names the column in CSV, in every language the same. `once`: a text that repeats the one above is not shown
    again on paper. `may_go`: the column is left out where every cell of it is empty. `shares`: it names the row, and
    what stands after it may still be one text for several rows. `least`: half-width letters that it has room for.
    """

    key: str
    title: str
    once: bool = False
    shares: bool = False
    may_go: bool = False
    right: bool = False
    least: float = 0.0


@dataclass(frozen=True)
class TableRow:
    """One text or Cell per column; `bands` are the headings that it stands under, the outermost first."""

    cells: Sequence[str | Cell]
    bands: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """`bands` are the keys of the headings in CSV, where each is a column; `name` is that of its sheet."""

    columns: Sequence[Column]
    rows: Sequence[TableRow]
    name: str = ""
    heading: str = ""
    bands: tuple[str, ...] = ()
    notes: Sequence[str] = ()

    def without_empty(self) -> "Table":
        """The table without columns that may go and hold nothing."""
        kept = [
            place
            for place, column in enumerate(self.columns)
            if not column.may_go or any(cell_of(row.cells[place]).text for row in self.rows)
        ]
        rows = [replace(row, cells=[row.cells[place] for place in kept]) for row in self.rows]
        return replace(self, columns=[self.columns[place] for place in kept], rows=rows)


@dataclass(frozen=True)
class Document:
    """Tables on pages of one paper: `lead` are lines above them, each a label (may be empty) and a text."""

    title: str
    tables: Sequence[Table]
    language: str
    author: str = ""
    lead: Sequence[tuple[str, str]] = ()
    landscape: bool = False

    @property
    def footer(self) -> str:
        return " · ".join(filter(None, (self.author, self.title)))


@dataclass(frozen=True)
class Line:
    """One line on paper: a band (`level` from 0), or cells, each with whether it begins a new text in its column."""

    cells: Sequence[Cell]
    fresh: Sequence[bool] = ()
    level: int | None = None


def cell_of(value: str | Cell) -> Cell:
    return value if isinstance(value, Cell) else Cell(value)


def lines_of(table: Table) -> Iterator[Line]:
    """Bands where they change, and rows whose repeated texts are left out under one another."""
    above: TableRow | None = None
    for row in table.rows:
        changed = _first_change(above.bands if above else (), row.bands)
        for level in range(changed, len(row.bands)):
            if row.bands[level]:
                yield Line((Cell(row.bands[level], bold=True),), level=level)
                above = None
        yield _line(table.columns, row, above)
        above = row


def _first_change(before: Sequence[str], now: Sequence[str]) -> int:
    same = [a == b for a, b in zip(before, now, strict=False)]
    return same.index(False) if False in same else len(same)


def _line(columns: Sequence[Column], row: TableRow, above: TableRow | None) -> Line:
    cells, fresh, same = [], [], above is not None
    for place, column in enumerate(columns):
        cell = cell_of(row.cells[place])
        # A text repeats only as long as all that stands before it does.
        equal = same and column.once and cell == cell_of(above.cells[place])
        same, repeated = same and (equal or column.shares), equal
        cells.append(replace(cell, text="") if repeated else cell)
        fresh.append(not repeated)
    return Line(cells, fresh)


def display_width(text: str) -> float:
    """Of the longest line, in half-width letters; a Chinese one is two wide."""
    return max((_wide(line) for line in text.split("\n")), default=0.0)


def column_widths(table: Table, total: float) -> list[float]:
    """Widths in half-width letters that together are at most `total`: each holds its longest word, and what room there
    is goes to the columns whose texts are longest. Where all fits, the columns are as wide as their texts.
    """
    texts = [
        [column.title, *(cell_of(row.cells[at]).text for row in table.rows)] for at, column in enumerate(table.columns)
    ]
    least = [
        min(max(asked.least, *map(_longest_word, column)), total / 3) + AIR
        for asked, column in zip(table.columns, texts, strict=True)
    ]
    wanted = [
        max(low, min(max(map(display_width, column)), MOST_NATURAL) + AIR)
        for low, column in zip(least, texts, strict=True)
    ]
    if sum(wanted) <= total:
        return wanted
    room, want = max(total - sum(least), 0.0), sum(wanted) - sum(least)
    shares = [(high - low) / want if want else 0.0 for low, high in zip(least, wanted, strict=True)]
    scale = min(1.0, total / sum(least))
    return [low * scale + room * share for low, share in zip(least, shares, strict=True)]


def _longest_word(text: str) -> float:
    return max(map(_wide, _words(text)), default=0.0)


def _words(text: str) -> Iterator[str]:
    """What is not broken on paper: between spaces, and between Chinese letters, before which a line may end."""
    for part in text.split():
        cuts = [at for at, sign in enumerate(part) if is_wide(sign) and unicodedata.category(sign).startswith("L")]
        ends = sorted({0, *cuts, *(at + 1 for at in cuts), len(part)})
        yield from (part[start:end] for start, end in pairwise(ends))


def _wide(text: str) -> float:
    """Capitals and figures are wider than small letters: codes are made of them, and must not be broken."""
    return sum(2.1 if is_wide(sign) else 1.2 if sign.isupper() or sign.isdigit() else 1.0 for sign in text)


def is_wide(sign: str) -> bool:
    return unicodedata.east_asian_width(sign) in "WF"
