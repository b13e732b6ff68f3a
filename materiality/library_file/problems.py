"""What can be wrong with a library file: problems as values, and their English texts for the interface to translate."""

from dataclasses import dataclass, field


def N_(text: str) -> str:
    """Mark a text for extraction; the translation happens where it is shown."""
    return text


MESSAGES = {
    # The file as a whole
    "no_file": N_("The file “%(value)s” cannot be read."),
    "too_large": N_("The file is larger than a library can be (%(value)s MB; at most %(limit)s MB)."),
    "broken_encoding": N_("The text cannot be read as UTF-8 or GB18030. Save the file as “CSV UTF-8” and try again."),
    "not_a_workbook": N_("This is not an XLSX workbook. Save it as XLSX or as CSV and try again."),
    "no_columns": N_("The file is empty: its first row must name the columns."),
    "no_rows": N_("The file names columns but holds no issue."),
    "too_many_rows": N_("The file has more than %(limit)s rows; a library cannot be that large."),
    # Columns
    "unknown_column": N_("There is no column “%(value)s” in a library file."),
    "missing_column": N_("The column “%(value)s” is missing."),
    "double_column": N_("The column “%(value)s” stands twice."),
    "extra_cells": N_("“%(value)s” stands under no column heading."),
    # Cells
    "empty": N_("This cell must not be empty."),
    "too_long": N_("This text has %(length)s characters; at most %(limit)s are possible."),
    "date_cell": N_("The cell was turned into a date (%(value)s). Format the column as text and type it again."),
    "bad_code": N_("“%(value)s” is not an issue code. Write for example “%(example)s”."),
    "double_code": N_("“%(value)s” stands already in row %(first)s."),
    "no_primary": N_("A secondary issue needs a primary issue, and “%(value)s” is none in this file."),
    "primary_missing": N_("“%(value)s” is the code of a secondary issue, but no primary issue is named."),
    "third_level": N_("“%(value)s” is itself a secondary issue; a library has two levels."),
    "other_branch": N_("“%(value)s” does not begin with the code of its primary issue, “%(primary)s”."),
    "other_category": N_("“%(value)s” is not the category of its primary issue."),
    "primary_differs": N_("Row %(first)s says otherwise of the same primary issue “%(primary)s”."),
    "unknown_category": N_("There is no category “%(value)s”."),
    "unknown_group": N_("There is no stakeholder group “%(value)s”."),
    "unknown_status": N_("There is no status “%(value)s”."),
    "unknown_code": N_("“%(value)s” is not in %(framework)s."),
    "unknown_title": N_("“%(value)s” is no title or code in %(framework)s."),
    "year_needed": N_(
        "“%(value)s” has two meanings: “%(old_title)s” in GRI %(old_edition)s, and “%(title)s” since %(year)s."
    ),
}


@dataclass(frozen=True)
class Problem:
    """One thing wrong: `row` counts as a spreadsheet does (the headings are row 1; None for the whole file)."""

    kind: str
    row: int | None = None
    column: str = ""
    value: str = ""
    nearest: tuple[str, ...] = ()
    params: dict[str, str] = field(default_factory=dict)


class BadLibrary(Exception):
    """A library file is refused; `problems` holds everything that is wrong with it, in the order of the file."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems
