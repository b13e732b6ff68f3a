"""The two shapes of a library file, by their columns."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from materiality.library_file.nearest import nearest
from materiality.library_file.problems import Problem

_TEXTS = ("name_zh", "name_en", "definition_zh", "definition_en")
_SHARED = ("code", "category", *_TEXTS, "gri_2016", "gri_2021", "sdgs", "esrs")


@dataclass(frozen=True)
class Shape:
    """`flat`: one row per secondary issue, its primary in columns beside it; else every issue has a row of its own.

    `renamed` pairs names of the `issues` format with the shape's own.
    """

    flat: bool
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()

    @property
    def known(self) -> tuple[str, ...]:
        return self.required + self.optional


ISSUES = Shape(False, (*_SHARED, "parent_code", "cn_exchange", "hkex", "groups"), ("status",))
FLAT = Shape(
    True,
    (*_SHARED, "primary_code", "primary_name_zh", "primary_name_en", "cn_exchange_topic", "audience"),
    # Where a row of the default library came from is not part of the library.
    ("hkex", "status", "named_in_seed", "seed_evidence"),
    (("parent_code", "primary_code"), ("cn_exchange", "cn_exchange_topic"), ("groups", "audience")),
)


def find_shape(columns: Sequence[str]) -> Shape:
    """The shape that more of the columns belong to."""
    return max((ISSUES, FLAT), key=lambda shape: len(set(columns) & set(shape.known)))


def check_columns(columns: Sequence[str], shape: Shape) -> list[Problem]:
    """Columns that are unknown, twice there or missing, each with the nearest right (or given) name."""
    given = [column for column in columns if column]
    missing = [column for column in shape.required if column not in given]
    unknown = [column for column in dict.fromkeys(given) if column not in shape.known]
    free = missing + [column for column in shape.optional if column not in given]
    problems = [Problem("unknown_column", 1, column, column, nearest(column, free)) for column in unknown]
    problems += [Problem("missing_column", 1, column, column, nearest(column, unknown)) for column in missing]
    twice = [column for column, number in Counter(given).items() if number > 1]
    return problems + [Problem("double_column", 1, column, column) for column in twice]
