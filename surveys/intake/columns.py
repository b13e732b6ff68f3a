"""Which column of a file is which field or item (formats.md, `responses`)."""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import numpy as np

from materiality.scoring.cube import DIMENSIONS
from materiality.tables.problems import (
    CellError,
    CellProblem,
    Nearest,
    cell_text,
    column_letters,
    comparable,
    shown_cell,
)
from materiality.tables.read import CSV, Table
from materiality.tables.write import restore
from surveys.questionnaire.ratings import RatingTable
from surveys.questionnaire.responses import NAMED

FIRST_YEAR, LAST_YEAR = 1990, 2100
_TIME = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T\s]\s*(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d{1,6})\d*)?)?\s*(Z|[+-]\d\d:?\d\d)?)?",
    re.IGNORECASE,
)
_YES_NO = dict.fromkeys(("", "yes", "true", "1", "是"), True) | dict.fromkeys(("no", "false", "0", "否"), False)
# Tags without a script or region, and those of mainland China and Singapore, mean one of the product's languages.
_LANGUAGE_ALIASES = {"zh": "zh-hans", "zh-cn": "zh-hans", "zh-sg": "zh-hans", "zh-hans-cn": "zh-hans"}


def text_reader(limit: int, *, trimmed: bool, neutralised: bool) -> Callable[[object], str]:
    """Reads text of at most `limit` characters. `neutralised`: the file is CSV, see `formula.restore`."""

    def read(cell: object) -> str:
        text = cell if isinstance(cell, str) else cell_text(cell)
        if trimmed:
            text = text.strip()
        if neutralised and text[:1] == "'":
            text = restore(text)
        if len(text) > limit:
            raise CellProblem("text_too_long", length=len(text), limit=limit)
        return text

    return read


def group_reader(codes: Sequence[str]) -> Callable[[object], int]:
    """Reads a group's code as its place in `codes`, without regard to case and surrounding spaces."""
    places = {comparable(code): place for place, code in enumerate(codes)} | {code: n for n, code in enumerate(codes)}
    nearest = Nearest(codes)

    def read(cell: object) -> int:
        text = cell_text(cell)
        place = places.get(text)
        if place is None:
            place = places.get(comparable(text))
        if place is None and not text.strip():
            raise CellProblem("missing_group")
        if place is None:
            raise CellProblem("unknown_group", value=shown_cell(cell), nearest=nearest(text))
        return place

    return read


def language_reader(languages: Sequence[str]) -> Callable[[object], str]:
    """Reads a language tag as one of `languages`; '' stays ''. `en-GB` is `en`, `zh-CN` is `zh-hans`."""
    known = {comparable(language): language for language in languages}

    def read(cell: object) -> str:
        tag = comparable(cell_text(cell)).replace("_", "-")
        tag = _LANGUAGE_ALIASES.get(tag, tag)
        language = known.get(tag) or (known.get(tag.partition("-")[0]) if tag else "")
        if language is None:
            raise CellProblem("unknown_language", value=shown_cell(cell), languages=", ".join(languages))
        return language

    return read


def read_consent(cell: object) -> bool:
    """`yes`, `no`, their usual spellings; empty is yes (formats.md)."""
    answer = _YES_NO.get(comparable(cell_text(cell)))
    if answer is None:
        raise CellProblem("unknown_consent")
    return answer


def read_unfinished(cell: object) -> bool | None:
    """`yes`, `no`, their usual spellings; empty is None: the time of submission tells."""
    text = comparable(cell_text(cell))
    if text and text not in _YES_NO:
        raise CellProblem("unknown_unfinished")
    return _YES_NO[text] if text else None


def time_reader(zone: dt.tzinfo) -> Callable[[object], dt.datetime | None]:
    """Reads a moment as an aware datetime, None for an empty cell; `zone` holds where the cell names none.

    Takes ISO 8601, `2026-01-05 10:00`, `2026/1/5 10:00:00` and the spreadsheet's dates (a bare date is midnight).
    """

    def read(cell: object) -> dt.datetime | None:
        if cell == "":
            return None
        moment = _moment(cell)
        if moment is None:
            return None
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise CellProblem("time_out_of_range", first=FIRST_YEAR, last=LAST_YEAR)
        return moment if moment.tzinfo else moment.replace(tzinfo=zone)

    return read


def _moment(cell: object) -> dt.datetime | None:
    if isinstance(cell, dt.datetime):
        # The spreadsheet counts days as a float: milliseconds are what it can keep.
        rounded = cell + dt.timedelta(microseconds=500)
        return rounded.replace(microsecond=rounded.microsecond // 1000 * 1000)
    if isinstance(cell, dt.date):
        return dt.datetime(cell.year, cell.month, cell.day)
    if isinstance(cell, str) and len(cell) >= 16 and cell[4:5] == "-":
        try:
            return dt.datetime.fromisoformat(cell)
        except ValueError:
            pass
    text = unicodedata.normalize("NFKC", cell_text(cell)).strip()
    return _written_moment(text) if text else None


def _written_moment(text: str) -> dt.datetime:
    found = _TIME.fullmatch(text)
    if not found:
        raise CellProblem("time_not_readable")
    *numbers, fraction, zone = found.groups()
    try:
        moment = dt.datetime(*(int(number or 0) for number in numbers), int((fraction or "0").ljust(6, "0")))
        return dt.datetime.fromisoformat(f"{moment.isoformat()}{zone.upper()}") if zone else moment
    except ValueError:
        raise CellProblem("time_not_readable") from None


ATTENTION, RANKING = "attention", "named"
LONGEST_ANSWER = 200
SEVERAL = ";"


@dataclass(frozen=True)
class AskedQuestion:
    """A profile question: its code, the codes of its options (none = short text), whether several may be chosen."""

    code: str
    options: tuple[str, ...] = ()
    several: bool = False
    most: int = 0  # of several; 0 = all

    @property
    def name(self) -> str:
        """Header of the question's column."""
        return RANKING if self.code == NAMED else profile_name(self.code)

    def reader(self, neutralised: bool) -> Callable[[object], object]:
        """Reads a cell as an option's code, a list of them, or a text; '' is no answer."""
        if not self.options:
            return text_reader(LONGEST_ANSWER, trimmed=True, neutralised=neutralised)
        return self._read_codes

    def _read_codes(self, cell: object) -> str | list[str]:
        given = [part.strip() for part in cell_text(cell).split(SEVERAL) if part.strip()]
        if any(code not in self.options for code in given) or len(given) > 1 and not self.several:
            raise CellProblem("unknown_option", value=shown_cell(cell), options=", ".join(self.options)[:200])
        if self.most and len(set(given)) > self.most:
            raise CellProblem("too_many_named", value=shown_cell(cell), most=self.most)
        return given if self.several and given else "".join(given)


@dataclass(frozen=True)
class AskedBesides:
    """Profile questions, and the end of the attention question's scale (0 = it is not asked)."""

    questions: Sequence[AskedQuestion] = ()
    attention: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """Headers of all these columns."""
        return (*((ATTENTION,) if self.attention else ()), *(question.name for question in self.questions))


def profile_name(code: str) -> str:
    """Header of a profile question's column."""
    return f"profile:{code}"


FIELDS = ("token", "group", "channel", "language", "started_at", "submitted_at", "consent", "comment")
# Only exports that could not else tell what is finished have it (formats.md).
UNFINISHED = "unfinished"
REQUIRED = "group"
_KNOWN = (*FIELDS, UNFINISHED)
_LONGEST_NAME = 500
_FEW = 20


@dataclass(frozen=True)
class Columns:
    """Places in a row, from 0: fields by name; per item of the survey, in frozen order, -1 where the file has none;
    further columns by name.
    """

    names: list[str]
    fields: dict[str, int]
    items: np.ndarray  # int32[n items]
    problems: list[CellError]
    more: dict[str, int] = field(default_factory=dict)


def item_name(code: str, dimension: str) -> str:
    """Header of an item's column."""
    return f"{code}:{dimension}"


def match_columns(
    header: Sequence[object], items: Sequence[tuple[str, str]], *, row: int = 1, more: Sequence[str] = ()
) -> Columns:
    """Match a header row against the fields, the survey's items (code, dimension) and `more` names of columns.

    Names are compared without case, surrounding spaces and full width. `problems` lists every column that is
    unknown, doubled, unnamed or missing; with any of them the rows must not be read.
    """
    names = [shown_cell(cell, _LONGEST_NAME).strip() for cell in header]
    while names and not names[-1]:
        names.pop()
    wanted = {comparable(name): name for name in (*FIELDS, UNFINISHED, *more, *(item_name(*item) for item in items))}
    position: dict[str, int] = {}
    problems: list[CellError] = []
    # Nothing is near to the names of another tool, and looking for it among thousands of pairs takes long.
    alike = sum(_key(name) in wanted or _ITEM_LIKE.fullmatch(comparable(name)) is not None for name in names)
    nearest = Nearest(wanted.values() if 2 * alike >= len(names) or len(names) <= _FEW else ())
    for index, name in enumerate(names):
        known = wanted.get(_key(name))
        if known is None:
            problems.append(_unknown(row, index, name, nearest))
        elif known in position:
            first = column_letters(position[known])
            problems.append(CellError(row, index, known, name, "duplicate_column", {"value": known, "first": first}))
        else:
            position[known] = index
    places = np.array([position.get(item_name(*item), -1) for item in items], dtype=np.int32)
    problems += _missing(row, names, position, places, items)
    fields, further = ({name: position[name] for name in own if name in position} for own in (_KNOWN, more))
    return Columns(names, fields, places, problems, further)


def _key(name: str) -> str:
    """The name for comparing; `SOC-01-01 : society` is the same column as without the spaces."""
    return ":".join(part.strip() for part in comparable(name).split(":"))


def _unknown(row: int, index: int, name: str, nearest: Nearest) -> CellError:
    if not name:
        return CellError(row, index, "", "", "unnamed_column")
    _, colon, dimension = _key(name).rpartition(":")
    code = "unknown_item" if colon and dimension in DIMENSIONS else "unknown_column"
    shown = name[:100]
    return CellError(row, index, shown, shown, code, {"value": shown, "nearest": nearest(name)})


def _missing(
    row: int, names: list[str], position: dict[str, int], places: np.ndarray, items: Sequence
) -> list[CellError]:
    """Problems of the header as a whole stand behind its last column."""
    problems = []
    if REQUIRED not in position:
        unused = [name for index, name in enumerate(names) if name and index not in position.values()]
        params = {"value": REQUIRED, "nearest": Nearest(unused)(REQUIRED)}
        problems.append(CellError(row, len(names), REQUIRED, "", "missing_column", params))
    if not (places >= 0).any():
        example = item_name(*items[0]) if items else item_name("SOC-01-01", DIMENSIONS[0])
        problems.append(CellError(row, len(names), "", "", "no_item_column", {"example": example}))
    return problems


# How the column of an item begins, whether or not the survey has that issue and the rest is spelt well.
_ITEM_LIKE = re.compile(r"[a-z]{2,}-\d+(-\d+)* *: *[a-z]*")


def is_own_format(columns: Columns, codes: Iterable[str]) -> bool:
    """Whether at least half of the named columns are in the format, or `group` and one column like an item's.

    `codes` are those of the survey's issues. A column like an item's counts though its dimension is misspelt, so that
    the wrong cells of the header can be told one by one.
    """
    named = [name for name in columns.names if name]
    known = {comparable(code) for code in codes}
    item_like = sum(_is_item_like(name, known) for name in named)
    if item_like and REQUIRED in columns.fields:
        return True
    fields = len(columns.fields) + len(columns.more)
    return bool(named) and 2 * (fields + item_like) >= len(named)


def _is_item_like(name: str, codes: set[str]) -> bool:
    code, colon, _dimension = comparable(name).partition(":")
    return bool(colon) and (code.strip() in codes or _ITEM_LIKE.fullmatch(comparable(name)) is not None)


LONGEST_COMMENT, LONGEST_TOKEN, LONGEST_CHANNEL = 10_000, 200, 40

Reader = Callable[[object], object]


@dataclass(frozen=True)
class ReadingPlan:
    """Columns, a reader per field, and for foreign files what the `responses` format does not have.

    `tables` are what rating cells mean, per item with a column; None = as in formats.md. `duration` is the column of
    seconds and its reader, `attention` that of the attention question and what its cells mean, `profile` (column,
    question code, reader of a code, of a list of codes or of text; None = no answer). `notes` are what a person should
    know though nothing is wrong. `rows` are the file's rows where they are not those below the first (as where a table
    is turned), `skips` says which of them are no responses; `by_group` bool[groups, items] is False where a column that
    holds several items does not hold this one for the row's group. `seen` is what a reader of layouts saw.
    """

    columns: Columns
    readers: Mapping[str, Reader]
    tables: Sequence[Mapping[object, int]] | None = None
    duration: tuple[int, Reader] | None = None
    attention: tuple[int, Mapping[object, int]] | None = None
    profile: Sequence[tuple[int, str, Reader]] = ()
    notes: Sequence[dict] = field(default_factory=tuple)
    rows: Iterable[tuple[int, list[object]]] | None = None
    header_row: int = 0
    skips: Callable[[Sequence[object]], bool] | None = None
    by_group: np.ndarray | None = None
    seen: object = None
    guess: object = None  # what the match was guessed from, where nobody confirmed it


Planner = Callable[[Table], ReadingPlan]


def plain_plan(
    table: Table,
    items: Sequence[tuple[str, str]],
    codes: Sequence[str],
    zone: ZoneInfo,
    languages: Sequence[str],
    asked: AskedBesides | None = None,
) -> ReadingPlan:
    """The plan of a file in the `responses` format; `asked` is what the survey asks besides its items."""
    asked = asked or AskedBesides()
    neutralised = table.kind == CSV
    columns = match_columns(table.header, items, row=table.header_row, more=asked.names)
    attention = columns.more.get(ATTENTION)
    return ReadingPlan(
        columns,
        field_readers(codes, zone, languages, neutralised=neutralised),
        attention=None if attention is None else (attention, RatingTable(asked.attention)),
        profile=[
            (columns.more[question.name], question.code, question.reader(neutralised))
            for question in asked.questions
            if question.name in columns.more
        ],
    )


def field_readers(
    codes: Sequence[str], zone: ZoneInfo, languages: Sequence[str], *, neutralised: bool
) -> dict[str, Reader]:
    """Readers of all fields by name; `neutralised`: apostrophes before formulas are taken away."""
    time: Callable[[object], dt.datetime | None] = time_reader(zone)
    return {
        "token": text_reader(LONGEST_TOKEN, trimmed=True, neutralised=neutralised),
        "group": group_reader(codes),
        "channel": text_reader(LONGEST_CHANNEL, trimmed=True, neutralised=neutralised),
        "language": language_reader(languages),
        "started_at": time,
        "submitted_at": time,
        "consent": read_consent,
        UNFINISHED: read_unfinished,
        "comment": text_reader(LONGEST_COMMENT, trimmed=False, neutralised=neutralised),
    }
