"""Resources of sheets: rows read, checked, written and undone; exports and templates."""

import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import replace
from functools import cached_property
from typing import Any

import tablib
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from import_export.fields import Field
from import_export.instance_loaders import BaseInstanceLoader
from import_export.resources import ModelResource
from import_export.results import Result, RowResult
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, NamedStyle, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from materiality.models import IssueMapping, Lineage, User
from materiality.platform.bilingual import DEFAULT_LANGUAGES, LANGUAGES, stored_names, suffix_of, text_columns
from materiality.platform.refusals import NotAllowed
from materiality.platform.words import object_word
from materiality.tables.headers import Choices, SheetColumn, canonical, depths, spoken_columns
from materiality.tables.problems import Problem
from materiality.tables.widgets import (
    CHANGED,
    ERROR,
    NEW,
    UNCHANGED,
    BadCell,
    Key,
    PlannedRow,
    Scope,
    SheetHooks,
    SheetPlan,
    SheetRow,
    Stored,
    TextWidget,
    model_fields,
)
from materiality.tables.words import message
from materiality.tables.write import Cell, table_bytes, workbook_text


def write_all(rows: Sequence[models.Model], fields: Sequence[str]) -> None:
    """Store these fields of all rows with few statements.

    An insert that gives way to an update where the key is there: for 2,000 rows a tenth of the time of `bulk_update`,
    which builds a choice per row and field.
    """
    if rows:
        type(rows[0])._base_manager.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=stored_names(type(rows[0]), fields),
            batch_size=500,
        )


class _ByKey(BaseInstanceLoader):
    """Finds rows among those of the scope, which are loaded once, by natural key; no statement a row."""

    def __init__(self, resource: "StrictResource", dataset: tablib.Dataset | None = None) -> None:
        super().__init__(resource, dataset)
        if not resource.is_loaded:
            resource.load()

    def get_instance(self, row: dict[str, str]) -> models.Model | None:
        found = self.resource.by_key.get(self.resource.key_of(row))
        if found is not None and found.pk not in self.resource.before:
            self.resource.before[found.pk] = self.resource.cells(found), self.resource.extra(found)
        return found


@contextmanager
def _reading() -> Iterator[None]:
    """A dry run begins a transaction, which on SQLite would keep all others from writing as long as it lasts."""
    mode = getattr(connection, "transaction_mode", None)
    connection.transaction_mode = None
    try:
        yield
    finally:
        connection.transaction_mode = mode


class StrictResource(SheetHooks, ModelResource):
    """A kind of spreadsheet: a subclass declares its Fields, Meta (model, fields, import_id_fields) and hooks.

    Rows are written by `import_data`, as the library has it but for five methods: `init_instance`, as a new row belongs
    to the scope; `import_instance`, which gathers everything that is wrong with each cell; `skip_row`, which compares
    what a file can carry; `bulk_create`, which stores parents before children; `bulk_update`, for its speed.
    """

    class Meta:
        use_bulk = True
        batch_size = None  # never in between: parents are stored before children
        skip_diff = True
        report_skipped = True
        store_instance = True
        instance_loader_class = _ByKey

    def __init__(self, scope: Scope, by: User | None = None, reason: str = "") -> None:
        super().__init__()
        self.scope, self.by, self.reason = scope, by, reason
        self.undoing: dict[Key, dict] | None = None  # while rows are put back: their extras
        self.is_loaded = False

    def speak(self, languages: Sequence[str], also: Sequence[str] = DEFAULT_LANGUAGES) -> None:
        """Give each text a column in each of these languages; in those of `also` it is taken where a file has it."""
        model, known, texts = self._meta.model, self.fields, text_columns(self._meta.model)
        self.languages = list((self.scope and self.scope.languages) or languages)
        spoken = spoken_columns(model, self.columns, list(dict.fromkeys([*self.languages, *also])))
        told = {each.name: texts.get(each.attribute or each.name) for each in spoken}
        unspoken = {name for name, text in told.items() if text and text.language not in languages}
        columns = [replace(each, silent=True) if each.name in unspoken else each for each in spoken]
        self.take(columns, model_fields(model, [each for each in columns if each.name not in known]))
        for name in unspoken:
            self.fields[name].widget = TextWidget(self.fields[name].widget.limit)  # which may be empty

    def take(self, columns: Iterable[SheetColumn], fresh: Mapping[str, Field]) -> None:
        """Give this resource alone these columns; `fresh` are the fields of those that its kind does not have."""
        self.columns = tuple(columns)
        self.fields = {each.name: fresh.get(each.name) or self.fields[each.name] for each in self.columns}
        self._meta = copy(self._meta)
        self._meta.fields = self._meta.export_order = tuple(self.fields)

    def load(self) -> None:
        """Take in all rows of the scope as they are now, and what codes of cells mean."""
        self.is_loaded = True
        self.by_key: dict[Key, Any] = {self.key_in(instance): instance for instance in self.stored()}
        self.lookups: dict[str, dict] = self.make_lookups()
        self._last = max((getattr(instance, "order", 0) for instance in self.by_key.values()), default=0)
        # Primary key → cells and extra of a row that the file names.
        self.before: dict[int, tuple[dict[str, str], dict[str, Any]]] = {}
        self.assigned: dict[int, set[str]] = defaultdict(set)  # primary key → columns that the file says otherwise
        self.wrong: dict[int, list[Problem]] = defaultdict(list)  # by row of the dataset
        self.touched: list[Any] = []
        self.stored_rows: list[Stored] = []

    @property
    def key(self) -> Key:
        """The columns that name a row, never a database id."""
        return tuple(self._meta.import_id_fields)

    # Around the library: what an import would do, and doing it

    def plan(self, rows: Sequence[SheetRow], found: Iterable[Problem] = ()) -> SheetPlan:
        """What importing the rows would do; stores nothing. `found`: what was wrong with cells when they were read."""
        self.refuse(store=False)
        plan = self._plan(rows, found)[0]
        plan.descents = self.proposed_descents(plan.rows)
        return plan

    def store(self, rows: Sequence[SheetRow], found: Iterable[Problem] = ()) -> SheetPlan:
        """Import the rows where nothing is wrong; the caller rolls back where the plan is not what was shown."""
        self.refuse(store=True)
        plan, ordered = self._plan(rows, found)
        if plan.is_good and plan.changes_anything:
            self.load()
            self._import(ordered, dry_run=False)
        return plan

    def _plan(self, rows: Sequence[SheetRow], found: Iterable[Problem]) -> tuple[SheetPlan, list[SheetRow]]:
        self.load()
        rows = self.prepared(rows)
        ordered = self.in_order(rows)
        numbers = {row.place: number for number, row in enumerate(ordered, start=1)}
        checked = () if self.undoing is not None else (*found, *self._double_keys(rows), *self.check_rows(rows))
        for problem in checked:
            self.wrong[numbers[problem.sheet, problem.row]].append(problem)
        with _reading():
            results = self._import(ordered, dry_run=True).rows
        planned = [self._planned(*each) for each in zip(ordered, results, numbers.values(), strict=True)]
        places = {row.place: place for place, row in enumerate(rows)}
        planned.sort(key=lambda row: places[row.sheet, row.number])
        others = len(self.by_key.keys() - {self.key_of(row.cells) for row in rows})
        return SheetPlan(planned, others=others), ordered

    def _import(self, rows: Sequence[SheetRow], dry_run: bool) -> Result:
        given = {name for row in rows for name in row.cells} | set(self.key)
        names = [column.name for column in self.columns if column.name in given]
        data = tablib.Dataset(*([row.cells.get(name) for name in names] for row in rows), headers=names)
        result = self.import_data(data, dry_run=dry_run)
        for error in (*result.base_errors, *(error for row in result.rows for error in row.errors)):
            raise error.error  # a refusal, or a fault of ours, not of the file
        return result

    def _planned(self, row: SheetRow, told: RowResult, number: int) -> PlannedRow:
        planned = PlannedRow(*row.place, self.key_of(row.cells))
        for each in (replace(each, row=row.number, sheet=row.sheet) for each in self.wrong[number]):
            planned.problems += [each] if each not in planned.problems else []
        if not planned.problems:
            planned.cells = self.changes(told.instance, row.cells)
            planned.state = NEW if told.is_new() else CHANGED if planned.cells else UNCHANGED
        if planned.state != UNCHANGED and self.undoing is None:
            planned.problems = self._objected(row, told.instance, planned)
        if planned.problems:
            planned.state, planned.cells = ERROR, {}
        return planned

    def _objected(self, row: SheetRow, instance: Any, planned: PlannedRow) -> list[Problem]:
        objections = self.objections(row, instance, planned.cells)
        problems = [*objections, *self.model_problems(row, instance, planned.cells)]
        if not problems:
            planned.warnings = list(self.warnings(row, instance, planned.cells))
        return problems

    def _double_keys(self, rows: Sequence[SheetRow]) -> Iterator[Problem]:
        first: dict[Key, SheetRow] = {}
        for row in rows:
            key = self.key_of(row.cells)
            if not (key[0] and key[-1]):
                continue
            if key in first:
                place = first[key]
                shown = f"{place.sheet} {place.number}" if place.sheet != row.sheet else str(place.number)
                yield row.problem("double_code", self.key[-1], " / ".join(key), params={"first": shown})
            first.setdefault(key, row)

    def put_last(self, instance: Any) -> None:
        """Give a new row the place behind all others."""
        if instance.pk is None:
            self._last += 1
            instance.order = self._last

    def key_of(self, cells: Mapping[str, str | None]) -> Key:
        """The natural key in a row of the file."""
        return tuple(canonical(cells.get(name) or "") for name in self.key)

    def key_in(self, instance: Any) -> Key:
        """The natural key of a stored row."""
        return tuple(self.fields[name].export(instance) for name in self.key)

    def cells(self, instance: Any, names: Iterable[str] | None = None) -> dict[str, str]:
        """The row as a file shows it: the columns named, else the key and all that a file can change."""
        return {name: self.fields[name].export(instance) for name in (self._own if names is None else names)}

    @cached_property
    def _own(self) -> list[str]:
        return [name for name, field in self.fields.items() if not field.readonly or name in self.key]

    def changes(self, instance: Any, names: Iterable[str] | None = None) -> dict[str, list[str]]:
        """Column → [old, new] of cells that differ from what was stored; all that are filled of a new row."""
        old, names = self.before[instance.pk][0] if instance.pk else {}, self._own if names is None else names
        given = self.assigned[instance.pk] if instance.pk else names
        new = self.cells(instance, [name for name in names if name in self._own and name in given])
        return {name: [old.get(name, ""), text] for name, text in new.items() if text != old.get(name, "")}

    # In place of the library's

    def init_instance(self, row: dict[str, str] | None = None) -> Any:
        return self.blank(row)

    def import_instance(self, instance: Any, row: dict[str, str], row_number: int = 0, **kwargs: Any) -> None:
        """Take over the cells that say something else than what is stored, gathering all problems."""
        old = self.before[instance.pk][0] if instance.pk else {}
        problems = self.wrong[row_number]
        for name, cell in row.items():
            if name in self.fields and cell is not None and canonical(cell) != old.get(name):
                self.assigned[instance.pk].add(name)
                try:
                    self.fields[name].save(instance, row, lookups=self.lookups)
                except BadCell as error:
                    problems += [replace(each, column=name, value=each.value or cell) for each in error.problems]
        if problems:
            raise ValidationError([message(problem) for problem in problems])

    def skip_row(self, instance: Any, original: Any, row: dict, import_validation_errors: Any = None) -> bool:
        """An unchanged row is left alone, down to spaces that a file would not carry."""
        if import_validation_errors or instance.pk is None:
            return False
        return not self.changes(instance, [name for name, cell in row.items() if cell is not None])

    def bulk_create(self, using_transactions: bool, dry_run: bool, *args: Any, **kwargs: Any) -> None:
        """Nothing in a dry run: the edition it is tried on may be one that takes no rows any more."""
        if not dry_run:
            for instance in self.create_instances:
                self.before_store(instance, self.changes(instance))
            for batch in filter(None, self.in_batches(self.create_instances)):
                type(batch[0])._default_manager.bulk_create(batch)
            self._wrote(self.create_instances, is_new=True)
        self.create_instances.clear()

    def bulk_update(self, using_transactions: bool, dry_run: bool, *args: Any, **kwargs: Any) -> None:
        """Comes after `bulk_create`, so that all rows are stored by the end of it."""
        if not dry_run:
            for instance in self.update_instances:
                if self.undoing is not None:
                    self.put_back_extra(instance, self.undoing.get(self.key_in(instance), {}))
                self.before_store(instance, self.changes(instance))
            if self.written:
                write_all(self.update_instances, self.written)
            self._wrote(self.update_instances, is_new=False)
            if self.touched:
                self.after_store(self.touched)
        self.update_instances.clear()

    def _wrote(self, instances: Iterable[Any], is_new: bool) -> None:
        for instance in instances:
            before, extra = (None, {}) if is_new else self.before[instance.pk]
            self.stored_rows.append(Stored(self.key_in(instance), before, self.cells(instance), extra))
            self.touched.append(instance)


CODES = "codes"
_LAST_ROW = 5_000  # as far down as the lists are offered


def sheet_file(resource: StrictResource, kind: str, empty: bool = False) -> bytes:
    """The rows of the resource's scope as a file of `kind` "csv" or "xlsx"; with `empty` its headings only."""
    columns = [column for column in resource.columns if not column.silent]
    names = [column.name for column in columns]
    data = [] if empty else [_typed(columns, row) for row in resource.export(resource.stored(), export_fields=names)]
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


def languages_kept(kind: type[StrictResource], held: Mapping[str, Any]) -> tuple[str, ...]:
    """The languages in which the rows of a stored import were kept, whatever is spoken since."""
    names = {name for row in _rows_kept(kind, held) for name in row.after}
    return tuple(each for each in LANGUAGES if any(name.endswith(f"_{suffix_of(each)}") for name in names))


def _rows_kept(kind: type[StrictResource], held: Mapping[str, Any]) -> list[Stored]:
    now = {then: name for name, then in kind.former.items()}
    return [
        Stored(tuple(row["key"]), *(_renamed(row[name], now) for name in ("before", "after")), row["extra"])
        for row in held.get("rows", ())
    ]


def _renamed(cells: dict[str, str] | None, now: Mapping[str, str]) -> dict[str, str] | None:
    return cells and {now.get(name, name): text for name, text in cells.items()}


def take_back(resource: StrictResource, held: dict[str, Any]) -> list[models.Model]:
    """Put changed rows back and delete new ones; returns all of them. NotAllowed with the reason where that cannot be.

    The resource is in the languages of the import. The caller holds a transaction.
    """
    rows = _rows_kept(type(resource), held)
    # By its cells, as the columns of a key may have been in the order of other languages.
    rows = [replace(row, key=tuple(row.after[name] for name in resource.key)) for row in rows]
    resource.refuse(store=True)
    stored = {resource.key_in(row): row for row in resource.stored()}
    _refuse_changed(resource, stored, rows)
    fresh = [stored[row.key] for row in rows if row.before is None]
    resource.refuse_undo(fresh)
    _refuse_built_on(fresh)
    resource.undoing = {row.key: row.extra for row in rows if row.before is not None}
    back = [SheetRow(place, row.before) for place, row in enumerate(rows) if row.before is not None]
    plan = resource.store(back)
    if not plan.is_good:
        raise NotAllowed(_("What the rows were before is no longer possible, so this import cannot be undone."))
    _delete(fresh)
    resource.put_back_further(held["further"])
    return [*resource.touched, *fresh]


def _refuse_changed(resource: StrictResource, stored: dict[Key, Any], rows: Sequence[Stored]) -> None:
    differing = [row for row in rows if row.key not in stored or _was_changed(resource, stored[row.key], row)]
    if differing:
        named = ", ".join(" ".join(row.key) for row in differing[:_NAMED])
        text = ngettext(
            "One row was changed after the import, so it cannot be undone: %(rows)s.",
            "%(count)s rows were changed after the import, so it cannot be undone: %(rows)s.",
            len(differing),
        )
        more = ", …" if len(differing) > _NAMED else ""
        raise NotAllowed(text % {"count": len(differing), "rows": named + more})


def _was_changed(resource: StrictResource, stored: Any, row: Stored) -> bool:
    """Also where a new row has got a text in a language since that the import did not have; it would go with it."""
    kept = row.after.keys() & resource.fields.keys()
    more = () if row.before is not None else text_columns(type(stored)).keys() - row.after.keys()
    return resource.cells(stored, kept) != {name: row.after[name] for name in kept} or any(
        getattr(stored, name) for name in more
    )


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
