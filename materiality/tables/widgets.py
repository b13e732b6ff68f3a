"""Cells to values and back; a wrong cell raises BadCell with problems as values, never the first of them alone."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.utils.translation import override
from import_export.fields import Field
from import_export.widgets import Widget

from materiality.library_file.codes import MappingCodes
from materiality.lineage.lineage import Likeness
from materiality.lineage.records import EQUAL, Catalogues
from materiality.models import Cycle, Disclosure, Edition
from materiality.platform.bilingual import Text, Texts, stored_names, text_columns, text_of
from materiality.platform.words import plain_number
from materiality.tables.headers import Choices, SheetColumn, canonical
from materiality.tables.problems import Problem, nearest, problem_of
from materiality.tables.records import Records, parts

NEW, CHANGED, UNCHANGED, ERROR = "new", "changed", "unchanged", "error"
STATES = (ERROR, NEW, CHANGED, UNCHANGED)


@dataclass(frozen=True)
class SheetRow:
    """One row of a file: where it stands, and its trimmed cells by the names of the format."""

    number: int
    cells: dict[str, str]
    sheet: str = ""

    @property
    def place(self) -> tuple[str, int]:
        return self.sheet, self.number

    def problem(self, kind: str, column: str, value: str | None = None, **rest: Any) -> Problem:
        """A problem of the cell under `column`."""
        shown = self.cells.get(column, "") if value is None else value
        return Problem(kind, self.number, column, shown, sheet=self.sheet, **rest)


@dataclass
class PlannedRow:
    """What becomes of a row. `cells`: column → [old, new] of the cells that change, all that are filled if new."""

    sheet: str
    number: int
    key: tuple[str, ...]
    state: str = UNCHANGED
    cells: dict[str, list[str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


@dataclass
class SheetPlan:
    """`problems` concern the file; `others` counts rows that are stored, not in the file, and stay as they are.

    `descents`: new rows that may be what one that goes is called from now on, for a person to say.
    """

    rows: list[PlannedRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    others: int = 0
    untouched: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    descents: list[Likeness] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """How many rows are in each state."""
        found = Counter(row.state for row in self.rows)
        return {state: found[state] for state in STATES}

    @property
    def is_good(self) -> bool:
        return not self.problems and not self.counts[ERROR]

    @property
    def changes_anything(self) -> bool:
        return bool(self.counts[NEW] or self.counts[CHANGED])

    @property
    def digest(self) -> str:
        """SHA-256 of what the plan does: equal where nothing changed since it was shown."""
        does = [[row.sheet, row.number, row.key, row.state, row.cells, len(row.problems)] for row in self.rows]
        return hashlib.sha256(json.dumps(does, sort_keys=True).encode()).hexdigest()

    def as_json(self) -> dict:
        """For storing; `from_json` gives the plan back."""
        return {
            "digest": self.digest,
            "counts": self.counts,
            "rows": [_row_json(row) for row in self.rows],
            "problems": [asdict(problem) for problem in self.problems],
            "others": self.others,
            "untouched": self.untouched,
            "left_out": self.left_out,
            "descents": [asdict(each) for each in self.descents],
        }

    @classmethod
    def from_json(cls, held: dict) -> "SheetPlan":
        """The plan of `as_json`; an empty one of {}."""
        return cls(
            rows=[_row(row) for row in held.get("rows", ())],
            problems=[problem_of(problem) for problem in held.get("problems", ())],
            others=held.get("others", 0),
            untouched=held.get("untouched", []),
            left_out=held.get("left_out", []),
            descents=[Likeness(**each) for each in held.get("descents", ())],
        )


def _row_json(row: PlannedRow) -> list:
    """Most rows of a large file are unchanged and need three values only."""
    held: list = [row.sheet, row.number, list(row.key)]
    if row.state == UNCHANGED and not row.warnings:
        return held
    return [*held, row.state, row.cells, [asdict(p) for p in row.problems], [asdict(p) for p in row.warnings]]


def _row(held: list) -> PlannedRow:
    sheet, number, key, *rest = held
    if not rest:
        return PlannedRow(sheet, number, tuple(key))
    state, cells, problems, warnings = rest
    found, warned = [problem_of(p) for p in problems], [problem_of(p) for p in warnings]
    return PlannedRow(sheet, number, tuple(key), state, cells, found, warned)


Key = tuple[str, ...]


@dataclass(frozen=True)
class Scope:
    """Where rows are imported into: an edition of the library, a cycle, or (neither) the installation; of that, what is
    told of `cycles` (None = all).

    `replaces`: the file is the whole list, and what it does not name is retired; `languages` are those it is in, where
    they are not those of edition, cycle or library.
    """

    edition: Edition | None = None
    cycle: Cycle | None = None
    cycles: QuerySet[Cycle] | None = None
    replaces: bool = False
    languages: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stored:
    """A row that an import wrote, with all its cells before (None: it is new) and after; `extra` is the kind's own."""

    key: Key
    before: dict[str, str] | None
    after: dict[str, str]
    extra: dict[str, Any]


class SheetHooks:
    """One kind of spreadsheet. Everything here may be overridden; `stored` and `blank` must be.

    `sheet`: what the kind is called in addresses, and its sheet in workbooks. `written`: model fields that an import
    may change. `may_be_blank`: fields that the model wants filled but a draft may leave empty.
    """

    sheet = ""
    columns: tuple[SheetColumn, ...] = ()
    written: tuple[str, ...] = ()
    may_be_blank: tuple[str, ...] = ()
    # Column → the name under which imports of earlier versions kept it.
    former: Mapping[str, str] = {}
    # Whether a file may be the whole list. Where it is, code of a new row → code of the one that it goes on.
    replaceable = False
    descents: Mapping[str, str] = {}

    def stored(self) -> Sequence[Any]:
        """All rows of the scope, with what the fields need loaded."""
        raise NotImplementedError

    def make_lookups(self) -> dict[str, dict]:
        """What codes of cells mean: name → code → value."""
        return {}

    def reshaped(self, table: Records) -> list[Records]:
        """The table in the form of the columns, where people print it in another."""
        return [table]

    def speaking(self, tables: Sequence[Records]) -> "SheetHooks":
        """The resource with columns in the languages that the tables are in."""
        return self

    def proposed_descents(self, rows: Sequence[PlannedRow]) -> list[Likeness]:
        """Which new rows may go on one that the plan retires."""
        return []

    def blank(self, row: dict[str, str]) -> Any:
        """A new row of the scope, for this row of the file."""
        raise NotImplementedError

    def refuse(self, store: bool) -> None:
        """Raise NotAllowed where the scope takes no import (now)."""

    def check_rows(self, rows: Sequence[SheetRow]) -> Iterable[Problem]:
        """Problems that several rows make together."""
        return ()

    def prepared(self, rows: Sequence[SheetRow]) -> Sequence[SheetRow]:
        """The rows with what the format lets people leave out filled in."""
        return rows

    def in_order(self, rows: Sequence[SheetRow]) -> list[SheetRow]:
        """The rows with parents before children."""
        return list(rows)

    def in_batches(self, instances: Sequence[Any]) -> Iterator[Sequence[Any]]:
        """New rows, those first that others point at."""
        yield instances

    def model_problems(self, row: SheetRow, instance: Any, changes: Iterable[str]) -> Iterable[Problem]:
        """The model's own checks of what changes, but for what the checks of rows and the database make sure of."""
        columns = changes if instance.pk else self.fields
        written = set(stored_names(type(instance), [self.fields[name].attribute for name in columns]))
        left = [
            field.name for field in instance._meta.concrete_fields if field.is_relation or field.name not in written
        ]
        empty = [name for name in self.may_be_blank if not getattr(instance, name)]
        try:
            instance.full_clean(exclude=[*left, *empty], validate_unique=False, validate_constraints=False)
        except ValidationError as error:
            yield from problems_of(error, row, self.fields)

    def objections(self, row: SheetRow, instance: Any, changes: dict[str, list[str]]) -> Iterable[Problem]:
        """What stands against changing (or adding) the row like this."""
        return ()

    def warnings(self, row: SheetRow, instance: Any, changes: dict[str, list[str]]) -> Iterable[Problem]:
        """What a person should know before confirming."""
        return ()

    def before_store(self, instance: Any, changes: dict[str, list[str]]) -> None:
        """Complete a row that is about to be stored."""

    def after_store(self, changed: Sequence[Any]) -> None:
        """Store what hangs on the rows, and refuse (NotAllowed) what they come to together."""

    def choices(self) -> Choices:
        """Lists of (code, Chinese, English) that the template offers, by the columns' `choices`."""
        return {}

    def breaks_identity(self, plan: SheetPlan) -> bool:
        """Whether the plan needs a reason, which is kept with what it changes."""
        return False

    def extra(self, instance: Any) -> dict[str, Any]:
        """What undoing needs of a row beyond its cells, from before it was changed."""
        return {}

    def put_back_extra(self, instance: Any, extra: dict[str, Any]) -> None:
        """Give a row its `extra` back."""

    def refuse_undo(self, fresh: Sequence[Any]) -> None:
        """Raise NotAllowed where something became of the rows that were new."""

    def further_undo(self) -> dict[str, Any]:
        """What undoing needs beyond the rows, once they are stored."""
        return {}

    def put_back_further(self, held: dict[str, Any]) -> None:
        """Put back what `further_undo` gave, when the rows are as they were before."""


def problems_of(error: ValidationError, row: SheetRow, columns: Mapping[str, Field]) -> list[Problem]:
    """One problem per field of the model; a field that is no column is told of the row as a whole."""
    # A text as a whole is told of at its first language.
    names = {field.attribute.rpartition("_")[0]: name for name, field in reversed(columns.items())}
    names |= {field.attribute: name for name, field in columns.items()}
    return [
        row.problem("empty", names.get(attribute, ""))
        if any(each.code in ("blank", "null") for each in errors)
        else row.problem("invalid", names.get(attribute, ""), params=_in_both(errors))
        for attribute, errors in error.error_dict.items()
    ]


Said = TypeVar("Said")


def in_both(say: Callable[[], Said]) -> dict[str, Said]:
    """What is said in Chinese (`zh`) and in English (`en`)."""
    told = {}
    for suffix, language in (("zh", "zh-hans"), ("en", "en")):
        with override(language):
            told[suffix] = say()
    return told


def _in_both(errors: list[ValidationError]) -> dict[str, str]:
    texts = in_both(lambda: " ".join(message for each in errors for message in each.messages))
    return {f"title_{suffix}": text for suffix, text in texts.items()}


class BadCell(ValueError):
    """A cell that cannot be taken; `problems` are without their place."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(", ".join(problem.kind for problem in problems))
        self.problems = problems


class TextWidget(Widget):
    """Text of at most `limit` characters (any number: 0)."""

    def __init__(self, limit: int = 0, required: bool = False) -> None:
        super().__init__()
        self.limit, self.required = limit or 30_000, required

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> str:
        text = canonical(value)
        if self.required and not text:
            raise BadCell(Problem("empty"))
        if len(text) > self.limit:
            params = {"length": str(len(text)), "limit": str(self.limit)}
            raise BadCell(Problem("too_long", value=text[:40] + "…", params=params))
        return text

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return canonical(str(value or ""))


class NumberWidget(Widget):
    """A non-negative number; whole ones only where `whole`. An empty cell is `empty`, None where `optional`."""

    def __init__(
        self, whole: bool = False, empty: float | None = None, largest: float = 2_147_483_647, *, optional: bool = False
    ) -> None:
        super().__init__()
        self.whole, self.empty, self.largest, self.optional = whole, empty, largest, optional

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> float | int | None:
        if not value.strip():
            if self.empty is None and not self.optional:
                raise BadCell(Problem("empty"))
            return self.empty
        try:
            number = float(value.replace(",", "").replace("，", ""))
        except ValueError as error:
            raise BadCell(Problem("not_a_number", value=value)) from error
        if not 0 <= number <= self.largest or (self.whole and not number.is_integer()):
            kind = "not_a_whole_number" if self.whole else "not_a_positive_number"
            raise BadCell(Problem(kind, value=value))
        return int(number) if self.whole else number

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else plain_number(value)


class DayWidget(Widget):
    """A day as 2026-01-31; an empty cell is none."""

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> date | None:
        text = canonical(value).partition(" ")[0].replace("/", "-")
        if not text:
            return None
        try:
            return date(*map(int, text.split("-")))
        except (TypeError, ValueError) as error:
            raise BadCell(Problem("not_a_day", value=value)) from error

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return value.isoformat() if value else ""


class YesWidget(Widget):
    """yes or no, also in the words of the page; an empty cell is yes."""

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> bool:
        text = canonical(value).casefold()
        if text not in ("", "yes", "no", "是", "否"):
            raise BadCell(Problem("not_yes_or_no", value=value, nearest=("yes", "no")))
        return text not in ("no", "否")

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "yes" if value else "no"


class ChoiceWidget(Widget):
    """One of the codes of `lookups[name]` (code → value); people's words for them are taken too.

    `kind` is the problem of any other code. An empty cell is `empty`, a problem where that is None, unless `optional`.
    """

    def __init__(self, name: str, kind: str, empty: Any = None, *, optional: bool = False) -> None:
        super().__init__()
        self.name, self.kind, self.empty, self.optional = name, kind, empty, optional

    def clean(self, value: str, row: Any = None, lookups: Mapping | None = None, **kwargs: Any) -> Any:
        known = (lookups or {}).get(self.name, {})
        text = canonical(value)
        if text in known:
            return known[text]
        if not text:
            if self.empty is None and not self.optional:
                raise BadCell(Problem("empty"))
            return self.empty
        words = {word: held for held in known.values() for word in _words(held)}
        if text in words:
            return words[text]
        raise BadCell(Problem(self.kind, value=text, nearest=nearest(text, known, at_least=0.3)))

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value in (None, "") else str(value)


class SeveralWidget(Widget):
    """Codes of `lookups[name]` separated by semicolons, in the order of the lookup."""

    def __init__(self, name: str, kind: str) -> None:
        super().__init__()
        self.name, self.kind = name, kind

    def clean(self, value: str, row: Any = None, lookups: Mapping | None = None, **kwargs: Any) -> list[str]:
        known = list((lookups or {}).get(self.name, ()))
        given = dict.fromkeys(parts(value))
        wrong = [Problem(self.kind, value=c, nearest=nearest(c, known, at_least=0.3)) for c in given if c not in known]
        if wrong:
            raise BadCell(*wrong)
        return [code for code in known if code in given]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return ";".join(value or ())


Mapped = tuple[str, str]  # code of a disclosure, type of the mapping


class CodesWidget(Widget):
    """Codes or titles of one column, in the catalogue's order; written with the year where a code has two meanings, and
    with the type of the mapping where it is not the same: `GRI 403 [part]`."""

    def __init__(self, column: str, codes: MappingCodes, catalogues: Catalogues) -> None:
        super().__init__()
        self.column, self.codes = column, codes
        known = catalogues.of.get(codes.editions[column], {})
        self._places = {code: place for place, code in enumerate(known)}

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> tuple[Mapped, ...]:
        found: dict[str, str] = {}
        problems = []
        for part in parts(value):
            resolved = self.codes.mapping(self.column, part)
            if isinstance(resolved, Problem):
                problems.append(resolved)
            elif found.setdefault(resolved[2], resolved[3]) != resolved[3]:
                problems.append(Problem("two_types", value=part, params={"code": resolved[2]}))
        if problems:
            raise BadCell(*problems)
        return tuple(sorted(found.items(), key=lambda each: self._places[each[0]]))

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return ";".join(self._written(code, kind) for code, kind in value or ())

    def _written(self, code: str, kind: str) -> str:
        written = self.codes.written(self.column, code)
        return written if kind == EQUAL else f"{written} [{kind}]"

    def disclosure_keys(self) -> dict[str, dict[str, int]]:
        """Column → code → primary key of the disclosure, of all columns (one query)."""
        names = {framework: name for name, framework in self.codes.editions.items()}
        found: dict[str, dict[str, int]] = {name: {} for name in names.values()}
        rows = Disclosure.objects.order_by().values_list("framework__code", "framework__edition", "code", "pk")
        for framework, edition, code, pk in rows:
            if (framework, edition) in names:
                found[names[framework, edition]][code] = pk
        return found


def model_fields(model: type[models.Model], columns: Iterable[SheetColumn]) -> dict[str, Field]:
    """The Fields of columns that `model_columns` made."""
    return {
        each.name: Field(each.attribute, each.name, widget=_widget(_column(model, each.attribute), each.choices))
        for each in columns
    }


def _column(model: type[models.Model], name: str) -> models.Field:
    text = text_columns(model).get(name)
    return text.field if text else model._meta.get_field(name)


def _widget(column: models.Field, choices: str) -> Widget:
    if isinstance(column, Texts):
        return TextWidget(column.longest, required=not column.blank)
    empty = column.default if column.has_default() else None
    if choices:
        return ChoiceWidget(choices, f"unknown_{column.name}", empty=empty)
    if isinstance(column, models.FloatField):
        return NumberWidget(empty=empty, largest=1e9)
    if isinstance(column, models.IntegerField):
        return NumberWidget(whole=True, empty=empty)
    return TextWidget(column.max_length or 0, required=not column.blank)


def _words(value: Any) -> tuple[str, ...]:
    """How people call a value: its names in both languages."""
    if not isinstance(getattr(value, "name", None), Text):
        return ()
    return tuple(text_of(value, "name", language) for language in ("zh-hans", "en"))
