"""Resources of sheets: rows read, checked, written and undone; exports and templates."""

import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import tablib
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from import_export.instance_loaders import BaseInstanceLoader
from import_export.resources import Resource
from import_export.results import RowResult
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, NamedStyle, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from materiality.models import IssueMapping, Lineage, User
from materiality.platform.refusals import NotAllowed
from materiality.platform.words import object_word
from materiality.tables.headers import Choices, SheetColumn, canonical, depths
from materiality.tables.problems import Problem
from materiality.tables.widgets import (
    CHANGED,
    ERROR,
    NEW,
    UNCHANGED,
    BadCell,
    Key,
    Plan,
    PlannedRow,
    Scope,
    SheetHooks,
    SheetRow,
    Stored,
    problems_of,
)
from materiality.tables.write import Cell, table_bytes, workbook_text


def write_all(rows: Sequence[models.Model], fields: Sequence[str]) -> None:
    """Store these fields of all rows with few statements.

    An insert that gives way to an update where the key is there: for 2,000 rows a tenth of the time of `bulk_update`,
    which builds a choice per row and field.
    """
    if rows:
        type(rows[0])._base_manager.bulk_create(
            rows, update_conflicts=True, unique_fields=["id"], update_fields=list(fields), batch_size=500
        )


class _KeyLoader(BaseInstanceLoader):
    """Finds rows among those loaded at the start, by natural key, without a query."""

    def get_instance(self, row: dict[str, str]) -> models.Model | None:
        return self.resource.by_key.get(self.resource.key_of(row))


class StrictResource(SheetHooks, Resource):
    """A kind of spreadsheet: a subclass declares its Fields in the order of the format, and hooks."""

    class Meta:
        use_bulk = True
        batch_size = 0  # never in between: parents are stored before children
        skip_diff = True
        report_skipped = False
        instance_loader_class = _KeyLoader

    def __init__(self, scope: Scope, by: User | None = None, reason: str = "") -> None:
        super().__init__()
        self.scope, self.by, self.reason = scope, by, reason
        self.undoing: dict[Key, dict] | None = None  # while rows are put back: their extras
        self.by_key: dict[Key, Any] = {}
        self.lookups: dict[str, dict] = {}
        self.stored_rows: list[Stored] = []

    # The import

    def plan(self, rows: Sequence[SheetRow], found: Iterable[Problem] = ()) -> Plan:
        """What importing the rows would do; stores nothing. `found`: what was wrong with cells when they were read."""
        self.refuse(store=False)
        return self._run(rows, found, store=False)

    def store(self, rows: Sequence[SheetRow], found: Iterable[Problem] = ()) -> Plan:
        """Import the rows; the caller holds a transaction and rolls it back where the plan is not what was shown."""
        self.refuse(store=True)
        return self._run(rows, found, store=True)

    def _run(self, rows: Sequence[SheetRow], found: Iterable[Problem], store: bool) -> Plan:
        self.by_key = {self.key_in(instance): instance for instance in self.stored()}
        self.lookups = self.make_lookups()
        rows = self.prepared(rows)
        others = len(self.by_key.keys() - {self.key_of(row.cells) for row in rows})
        self._problems: dict[tuple[str, int], list[Problem]] = defaultdict(list)
        checked = () if self.undoing is not None else (*found, *self._double_keys(rows), *self.check_rows(rows))
        for problem in checked:
            self._problems[problem.sheet, problem.row].append(problem)
        self._rows, self._planned, self.touched, self.stored_rows = self.in_order(rows), [], [], []
        self._store = store
        names = [column.name for column in self.columns]
        data = tablib.Dataset(*([row.cells.get(name, "") for name in names] for row in self._rows), headers=names)
        self.import_data_inner(data, not store, True, False, False, lookups=self.lookups)
        places = {row.place: place for place, row in enumerate(rows)}
        self._planned.sort(key=lambda row: places[row.sheet, row.number])
        return Plan(self._planned, others=others)

    def _double_keys(self, rows: Sequence[SheetRow]) -> Iterator[Problem]:
        first: dict[Key, SheetRow] = {}
        for row in rows:
            key = self.key_of(row.cells)
            if not all(key):
                continue
            if key in first:
                place = first[key]
                shown = f"{place.sheet} {place.number}" if place.sheet != row.sheet else str(place.number)
                yield row.problem("double_code", self.key[-1], " / ".join(key), params={"first": shown})
            first.setdefault(key, row)

    def key_of(self, cells: dict[str, str]) -> Key:
        """The natural key in a row of the file."""
        return tuple(canonical(cells.get(name, "")) for name in self.key)

    def key_in(self, instance: Any) -> Key:
        """The natural key of a stored row."""
        return tuple(self.fields[name].export(instance) for name in self.key)

    def cells(self, instance: Any, names: Iterable[str] | None = None) -> dict[str, str]:
        """The row as a file shows it; all columns, or those named."""
        return {name: self.fields[name].export(instance) for name in (names or self.fields)}

    # Steps of django-import-export's walk

    def import_row(self, row: dict, instance_loader: BaseInstanceLoader, **kwargs: Any) -> RowResult:
        self._at = self._rows[kwargs["row_number"] - 1]
        self._now = PlannedRow(*self._at.place, self.key_of(self._at.cells))
        self._planned.append(self._now)
        result = super().import_row(self._at.cells, instance_loader, **kwargs)
        for error in result.errors:
            raise error.error  # a fault of ours, not of the file
        if self._now.problems:
            self._now.state, self._now.cells = ERROR, {}
            result.validation_error = None
        return result

    def init_instance(self, row: dict | None = None) -> Any:
        return self.blank()

    def after_init_instance(self, instance: Any, new: bool, row: dict, **kwargs: Any) -> None:
        self._names = [name for name in self.fields if name in row]
        self._before = {} if new else self.cells(instance, self.fields if self._store else self._names)
        self._extra = self.extra(instance) if self._store and not new else {}
        self._is_new = new

    def import_instance(self, instance: Any, row: dict, **kwargs: Any) -> None:
        """Take over the cells that say something else than what is stored, gathering all problems."""
        problems = self._problems.get(self._at.place, [])
        for name in self._names:
            if not self._is_new and canonical(row[name]) == self._before[name]:
                continue
            try:
                self.fields[name].save(instance, row, **kwargs)
            except BadCell as error:
                shown = row[name]
                problems += [
                    replace(p, row=self._at.number, sheet=self._at.sheet, column=name, value=p.value or shown)
                    for p in error.problems
                ]
        self._now.problems += problems
        if problems:
            raise ValidationError("")

    def skip_row(self, instance: Any, original: Any, row: dict, import_validation_errors: Any = None) -> bool:
        """An unchanged row is left alone, down to spaces that a file would not carry."""
        if import_validation_errors:
            return False
        after = self.cells(instance, self._names)
        if self._is_new:
            self._now.cells = {name: ["", text] for name, text in after.items() if text}
        else:
            changes = {name: [self._before[name], text] for name, text in after.items() if text != self._before[name]}
            self._now.cells = changes
        self._now.state = NEW if self._is_new else CHANGED if self._now.cells else UNCHANGED
        return self._now.state == UNCHANGED

    def validate_instance(self, instance: Any, import_validation_errors: Any = None, **kwargs: Any) -> None:
        """`full_clean` without what the row checks have made sure of and what the database checks by itself."""
        if import_validation_errors:
            raise ValidationError(import_validation_errors)
        if self.undoing is not None:
            self.put_back_extra(instance, self.undoing.get(self._now.key, {}))
            return
        problems = list(self.objections(self._at, instance, self._now.cells))
        relations = [field.name for field in instance._meta.concrete_fields if field.is_relation]
        empty = [name for name in self.may_be_blank if not getattr(instance, name)]
        try:
            instance.full_clean(exclude=[*relations, *empty], validate_unique=False, validate_constraints=False)
        except ValidationError as error:
            problems += problems_of(error, self._at, self.fields)
        if problems:
            self._now.problems += problems
            raise ValidationError("")
        self._now.warnings += self.warnings(self._at, instance, self._now.cells)

    def save_instance(self, instance: Any, is_create: bool, row: dict, **kwargs: Any) -> None:
        if not self._store:
            return
        self.before_store(instance, self._now.cells)
        super().save_instance(instance, is_create, row, **kwargs)
        before = None if is_create else self._before
        self.stored_rows.append(Stored(self._now.key, before, self.cells(instance), self._extra))
        self.touched.append(instance)

    def get_import_id_fields(self) -> list[str]:
        return list(self.key)

    def handle_import_error(self, result: Any, error: Exception, raise_errors: bool = False) -> None:
        """A refusal reaches the caller as it is; what else goes wrong here is a fault of ours."""
        raise error

    def bulk_create(self, using_transactions: bool, dry_run: bool, *args: Any, **kwargs: Any) -> None:
        for batch in self.in_batches(self.create_instances):
            self._meta.model._default_manager.bulk_create(batch)
        self.create_instances.clear()

    def bulk_update(self, using_transactions: bool, dry_run: bool, *args: Any, **kwargs: Any) -> None:
        if self.update_instances and self.written:
            write_all(self.update_instances, self.written)
        self.update_instances.clear()

    def after_import(self, dataset: tablib.Dataset, result: Any, **kwargs: Any) -> None:
        if self.touched:
            self.after_store(self.touched)


CODES = "codes"
_LAST_ROW = 5_000  # as far down as the lists are offered


def sheet_file(resource: StrictResource, kind: str, empty: bool = False) -> bytes:
    """The rows of the resource's scope as a file of `kind` "csv" or "xlsx"; with `empty` its headings only."""
    columns = resource.columns
    data = [] if empty else [_typed(columns, row) for row in resource.export(resource.stored())]
    if kind == "csv":
        return table_bytes(kind, resource.sheet, [column.name for column in columns], data)
    return _workbook(resource.sheet, columns, data, resource.choices())


def _typed(columns: Sequence[SheetColumn], row: Sequence[str]) -> list[Cell]:
    return [_number(text) if column.number else text for column, text in zip(columns, row, strict=True)]


def _number(text: str) -> Cell:
    return None if text == "" else int(text) if text.isdecimal() else float(text)


def _workbook(title: str, columns: Sequence[SheetColumn], data: Sequence[Sequence[Cell]], choices: Choices) -> bytes:
    book = Workbook()  # not write-only: that puts texts into the cells, which readers unescape differently
    book.add_named_style(NamedStyle("text", number_format="@", alignment=Alignment(vertical="top", wrap_text=True)))
    page = book.active
    page.title = title
    page.freeze_panes = "B2"
    lists = _places(choices)
    for place, column in enumerate(columns, start=1):
        letter = get_column_letter(place)
        page.column_dimensions[letter].width = column.width
        if not column.number:
            page.column_dimensions[letter].number_format = "@"  # else a spreadsheet takes 2-1 for a day
        if lists.get(column.choices):
            page.add_data_validation(_validation(column, letter, lists[column.choices]))
        _head(page.cell(1, place, column.name), column)
    for number, row in enumerate(data, start=2):
        for place, value in enumerate(row, start=1):
            _fill(page, number, place, value)
    if lists:
        _fill_codes(book.create_sheet(CODES), choices)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _head(cell: Any, column: SheetColumn) -> None:
    """The column's name, explained in both languages in a note (formats.md)."""
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", start_color="E8F2F1")
    lines = (" — ".join(filter(None, column.in_language(language))) for language in ("zh-hans", "en"))
    cell.comment = Comment("\n".join(lines), "Yiti", width=360, height=120)


def _fill(page: Any, number: int, place: int, value: Cell) -> None:
    """A text stays a text whatever it begins with, also when somebody edits it; an empty cell stays empty."""
    if value is None or value == "":
        return
    cell = page.cell(number, place, workbook_text(value) if isinstance(value, str) else value)
    if isinstance(value, str):
        cell.data_type = "s"
        cell.style = "text"


def _places(choices: Choices) -> dict[str, str]:
    """Where each list stands on the sheet of codes."""
    found = {}
    for place, (name, rows) in enumerate(choices.items()):
        letter = get_column_letter(1 + 4 * place)
        if rows:
            found[name] = f"{CODES}!${letter}$2:${letter}${len(rows) + 1}"
    return found


def _validation(column: SheetColumn, letter: str, place: str) -> DataValidation:
    """A list to choose from; where several codes may stand in a cell it only helps and forbids nothing."""
    strict = column.strict and not column.several
    rule = DataValidation(type="list", formula1=place, allow_blank=True, showErrorMessage=strict)
    rule.errorTitle, rule.error = column.name, "请从列表中选择。Choose from the list."
    rule.add(f"{letter}2:{letter}{_LAST_ROW}")
    return rule


def _fill_codes(page: Any, choices: Choices) -> None:
    """Each list in three columns: the code and what it means in both languages."""
    for place in range(len(choices)):
        for step, width in enumerate((14, 32, 32, 3), start=1):
            page.column_dimensions[get_column_letter(4 * place + step)].width = width
    page.freeze_panes = "A2"
    for place, (name, rows) in enumerate(choices.items()):
        for step, text in enumerate((f"{name}*", "中文", "English"), start=1):
            page.cell(1, 4 * place + step, text).font = Font(bold=True)
        for number, row in enumerate(rows, start=2):
            for step, text in enumerate(row, start=1):
                _fill(page, number, 4 * place + step, text)


# What comes with a row and goes with it.
_OWN = ((IssueMapping, "issue"), (Lineage, "target"))
_NAMED = 5


def undo_json(resource: StrictResource) -> dict[str, Any]:
    """What undoing the import that the resource has just stored needs."""
    return {"rows": [vars(row) for row in resource.stored_rows], "further": resource.further_undo()}


def take_back(resource: StrictResource, held: dict[str, Any]) -> list[models.Model]:
    """Put changed rows back and delete new ones; returns all of them. NotAllowed with the reason where that cannot be.

    The caller holds a transaction.
    """
    rows = [Stored(**{**row, "key": tuple(row["key"])}) for row in held["rows"]]
    resource.refuse(store=True)
    stored = {resource.key_in(row): row for row in resource.stored()}
    _refuse_changed(resource, stored, rows)
    fresh = [stored[row.key] for row in rows if row.before is None]
    _refuse_built_on(fresh)
    resource.undoing = {row.key: row.extra for row in rows if row.before is not None}
    back = [SheetRow(place, row.before) for place, row in enumerate(rows) if row.before is not None]
    plan = resource.store(back)
    if not plan.is_good:
        raise NotAllowed(_("What the rows were before is no longer possible, so this import cannot be undone."))
    touched = [*resource.touched, *fresh]
    _delete(fresh)
    resource.put_back_further(held["further"])
    return touched


def _refuse_changed(resource: StrictResource, stored: dict[Key, Any], rows: Sequence[Stored]) -> None:
    differing = [row for row in rows if row.key not in stored or resource.cells(stored[row.key]) != row.after]
    if differing:
        named = ", ".join(" ".join(row.key) for row in differing[:_NAMED])
        text = ngettext(
            "One row was changed after the import, so it cannot be undone: %(rows)s.",
            "%(count)s rows were changed after the import, so it cannot be undone: %(rows)s.",
            len(differing),
        )
        more = ", …" if len(differing) > _NAMED else ""
        raise NotAllowed(text % {"count": len(differing), "rows": named + more})


def _refuse_built_on(fresh: Sequence[models.Model]) -> None:
    """NotAllowed where anything but what the import brought along points at a new row."""
    if not fresh:
        return
    keys = {row.pk for row in fresh}
    found = []
    for relation in type(fresh[0])._meta.related_objects:
        model, name = relation.related_model, relation.field.name
        if (model, name) in _OWN:
            continue
        users = model._base_manager.filter(**{f"{name}__in": keys})
        if model is type(fresh[0]):
            users = users.exclude(pk__in=keys)
        if users.exists():
            found.append(object_word(model._meta.label_lower))
    if found:
        text = _("Rows that the import added are in use by now (%(what)s), so it cannot be undone.")
        raise NotAllowed(text % {"what": ", ".join(dict.fromkeys(found))})


def _delete(fresh: Sequence[models.Model]) -> None:
    """Children before the rows that they stand under; the instances keep their keys for the audit trail."""
    by_key = {row.pk: row for row in fresh}
    depth = depths({pk: getattr(row, "parent_id", None) for pk, row in by_key.items()})
    for level in sorted(set(depth.values()), reverse=True):
        keys = [pk for pk in by_key if depth[pk] == level]
        type(fresh[0])._base_manager.filter(pk__in=keys).delete()


@dataclass(frozen=True)
class SheetOutcome:
    """`digest` is that of the plan as it is now; `counts` of rows by state; `touched`: the rows that were written."""

    digest: str
    is_good: bool
    counts: dict[str, int]
    undo: dict[str, Any] = field(default_factory=dict)
    touched: Sequence[Model] = ()


@dataclass(frozen=True)
class SheetCheck:
    """What reading an uploaded file gave.

    `headers`: the match of columns; `plan`: what the preview shows, empty while columns must be chosen; `problem`: why
    the file as a whole cannot be read.
    """

    headers: dict[str, Any]
    plan: dict[str, Any]
    problem: str = ""
