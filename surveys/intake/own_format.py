"""Whether a file is meant to be in the `responses` format, or comes from another tool (formats.md)."""

import re
from collections.abc import Iterable

from surveys.intake.columns import REQUIRED, Columns
from surveys.intake.nearest import plain

# How the column of an item begins, whether or not the survey has that issue and the rest is spelt well.
_ITEM_LIKE = re.compile(r"[a-z]{2,}-\d+(-\d+)* *: *[a-z]*")


def is_own_format(columns: Columns, codes: Iterable[str]) -> bool:
    """Whether at least half of the named columns are in the format, or `group` and one column like an item's.

    `codes` are those of the survey's issues. A column like an item's counts though its dimension is misspelt, so that
    the wrong cells of the header can be told one by one.
    """
    named = [name for name in columns.names if name]
    known = {plain(code) for code in codes}
    item_like = sum(_is_item_like(name, known) for name in named)
    if item_like and REQUIRED in columns.fields:
        return True
    fields = len(columns.fields) + len(columns.more)
    return bool(named) and 2 * (fields + item_like) >= len(named)


def _is_item_like(name: str, codes: set[str]) -> bool:
    code, colon, _dimension = plain(name).partition(":")
    return bool(colon) and (code.strip() in codes or _ITEM_LIKE.fullmatch(plain(name)) is not None)
