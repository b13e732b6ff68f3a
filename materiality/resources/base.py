"""The strict base of all spreadsheet imports: every error of every row, unchanged rows recognised, all or nothing.

What django-import-export does well is left to it: fields, widgets, the walk through rows, export.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import tablib
from django.core.exceptions import ValidationError
from django.db import models
from import_export.instance_loaders import BaseInstanceLoader
from import_export.resources import Resource
from import_export.results import RowResult

from materiality.library_file.problems import Problem
from materiality.models import User
from materiality.resources.hooks import Key, Scope, SheetHooks, Stored
from materiality.resources.messages_of import problems_of
from materiality.resources.plan import CHANGED, ERROR, NEW, UNCHANGED, Plan, PlannedRow, SheetRow
from materiality.resources.texts import canonical
from materiality.resources.widgets import BadCell
from materiality.resources.write_all import write_all


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
