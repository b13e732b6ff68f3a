"""What storing or taking back a spreadsheet came to, for the action that records it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model


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
