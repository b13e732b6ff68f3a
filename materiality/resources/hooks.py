"""What one kind of spreadsheet says about itself; the base asks, and does the rest."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from materiality.library_file.problems import Problem
from materiality.models import Cycle, Edition
from materiality.resources.choices import Choices
from materiality.resources.columns import SheetColumn
from materiality.resources.plan import Plan, SheetRow

Key = tuple[str, ...]


@dataclass(frozen=True)
class Scope:
    """Where rows are imported into: an edition of the library, a cycle, or (neither) the installation."""

    edition: Edition | None = None
    cycle: Cycle | None = None


@dataclass(frozen=True)
class Stored:
    """A row that an import wrote, with all its cells before (None: it is new) and after; `extra` is the kind's own."""

    key: Key
    before: dict[str, str] | None
    after: dict[str, str]
    extra: dict[str, Any]


class SheetHooks:
    """One kind of spreadsheet. Everything here may be overridden; `stored` and `blank` must be.

    `sheet`: what the kind is called in addresses, and its sheet in workbooks. `key`: the columns that name a row, never
    a database id. `written`: model fields that an import may change. `may_be_blank`: fields that the model wants
    filled but a draft may leave empty.
    """

    sheet = ""
    columns: tuple[SheetColumn, ...] = ()
    key: tuple[str, ...] = ()
    written: tuple[str, ...] = ()
    may_be_blank: tuple[str, ...] = ()

    def stored(self) -> Sequence[Any]:
        """All rows of the scope, with what the fields need loaded."""
        raise NotImplementedError

    def make_lookups(self) -> dict[str, dict]:
        """What codes of cells mean: name → code → value."""
        return {}

    def blank(self) -> Any:
        """A new row of the scope."""
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

    def breaks_identity(self, plan: Plan) -> bool:
        """Whether the plan needs a reason, which is kept with what it changes."""
        return False

    def extra(self, instance: Any) -> dict[str, Any]:
        """What undoing needs of a row beyond its cells, from before it was changed."""
        return {}

    def put_back_extra(self, instance: Any, extra: dict[str, Any]) -> None:
        """Give a row its `extra` back."""

    def further_undo(self) -> dict[str, Any]:
        """What undoing needs beyond the rows, once they are stored."""
        return {}

    def put_back_further(self, held: dict[str, Any]) -> None:
        """Put back what `further_undo` gave, when the rows are as they were before."""
