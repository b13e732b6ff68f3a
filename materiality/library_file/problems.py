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
    "no_data_rows": N_("The file names columns but holds no row below them."),
    "no_rows": N_("The file names columns but holds no issue."),
    "too_many_rows": N_("The file has more than %(limit)s rows; a library cannot be that large."),
    # Columns
    "unknown_column": N_("There is no column “%(value)s” in a library file."),
    "missing_column": N_("The column “%(value)s” is missing."),
    "double_column": N_("The column “%(value)s” stands twice."),
    "column_twice": N_("Two columns of the file were chosen for “%(value)s”."),
    "extra_cells": N_("“%(value)s” stands under no column heading."),
    # Cells
    "empty": N_("This cell must not be empty."),
    "too_long": N_("This text has %(length)s characters; at most %(limit)s are possible."),
    "formula_without_value": N_(
        "The cell holds a formula that was never computed (%(value)s). Open the file in a spreadsheet and save it,"
        " or put in the value."
    ),
    "cell_error": N_("The cell shows an error (%(value)s). Put in the value."),
    "date_cell": N_("The cell was turned into a date (%(value)s). Format the column as text and type it again."),
    "invalid": N_("%(title)s"),
    "not_a_number": N_("“%(value)s” is not a number."),
    "not_a_whole_number": N_("“%(value)s” is not a whole number from 0 up."),
    "not_a_positive_number": N_("“%(value)s” is not a number from 0 up."),
    "no_text": N_("Write the text in at least one language."),
    "bad_code": N_("“%(value)s” is not an issue code. Write for example “%(example)s”."),
    "double_code": N_("“%(value)s” stands already in row %(first)s."),
    "no_primary": N_("A secondary issue needs a primary issue, and “%(value)s” is none in this file."),
    "primary_missing": N_("“%(value)s” is the code of a secondary issue, but no primary issue is named."),
    "primary_under": N_(
        "“%(code)s” has the code of a primary issue and so cannot stand under “%(value)s”. Leave the cell empty,"
        " or give the issue the code of a secondary one, such as “%(example)s”."
    ),
    "cycle": N_("“%(code)s” stands above itself: %(way)s. Give one of them another parent, or none."),
    "moved_category": N_(
        "“%(code)s” is in the category “%(old)s”, and a file cannot move it. Put the category back and move the issue"
        " in the draft, where the reason is recorded; or give a new issue a code of its own."
    ),
    "moved_parent": N_(
        "“%(code)s” stands under “%(old)s”, and a file cannot move it. Put the parent back and move the issue in the"
        " draft, where the reason is recorded; or give a new issue a code of its own."
    ),
    "third_level": N_("“%(value)s” is itself a secondary issue; a library has two levels."),
    "other_branch": N_("“%(value)s” does not begin with the code of its primary issue, “%(primary)s”."),
    "other_category": N_("“%(value)s” is not the category of its primary issue."),
    "primary_differs": N_("Row %(first)s says otherwise of the same primary issue “%(primary)s”."),
    "unknown_category": N_("There is no category “%(value)s”."),
    "unknown_group": N_("There is no stakeholder group “%(value)s”."),
    "unknown_status": N_("There is no status “%(value)s”."),
    "unknown_issue": N_("There is no issue “%(value)s” in this edition."),
    "unknown_side": N_("There is no side “%(value)s”: it is internal or external."),
    "unknown_kind": N_("There is no kind “%(value)s”: it is expectation, channel or response."),
    "unknown_framework": N_("There is no catalogue %(framework)s."),
    "bad_framework": N_("“%(value)s” cannot name a catalogue: use letters, digits, dots and hyphens."),
    "built_in": N_(
        "%(framework)s comes with Yiti and is not changed by a file. Give a catalogue of your own another code or"
        " edition."
    ),
    "no_parent": N_("There is no “%(value)s” in %(framework)s, neither stored nor in this file."),
    "no_new_group": N_("The cycle takes no new groups any more."),
    "noted": N_("%(title)s"),
    "no_name": N_("An issue needs a name in at least one language."),
    "code_used": N_(
        "“%(value)s” was “%(name)s” in edition %(edition)s. A code is not given to another issue: take a free one."
    ),
    "retired_changed": N_("“%(code)s” is retired, and retired issues do not change. Put the cell back."),
    "retired_primary": N_("“%(code)s” still has active secondary issues: %(codes)s. Move or retire them first."),
    "unknown_code": N_("“%(value)s” is not in %(framework)s."),
    "unknown_title": N_("“%(value)s” is no title or code in %(framework)s."),
    "year_needed": N_(
        "“%(value)s” has two meanings: “%(old_title)s” in GRI %(old_edition)s, and “%(title)s” since %(year)s."
    ),
}


@dataclass(frozen=True)
class Problem:
    """One thing wrong: `row` counts as a spreadsheet does (the headings are row 1; None for the whole file).

    `sheet` is named where a workbook has several."""

    kind: str
    row: int | None = None
    column: str = ""
    value: str = ""
    nearest: tuple[str, ...] = ()
    params: dict[str, str] = field(default_factory=dict)
    sheet: str = ""


class BadLibrary(Exception):
    """A library file is refused; `problems` holds everything that is wrong with it, in the order of the file."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


def unreadable(kind: str, value: str = "", **params: str) -> BadLibrary:
    """The refusal of a file that cannot be read at all."""
    return BadLibrary([Problem(kind, value=value, params=params)])
