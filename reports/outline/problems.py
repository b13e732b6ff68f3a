"""What can be wrong with an outline: problems as values, and their English sentences for the interface to translate."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from reports.gri.codes import CodeProblem
from surveys.intake.problems import column_letters


def N_(text: str) -> str:  # noqa: N802 - the name that message extraction looks for
    """Mark a sentence for translation and leave it as it is."""
    return text


@dataclass(frozen=True)
class OutlineProblem:
    """One thing wrong: `row` as the spreadsheet shows it (None: the whole file), `index` the column from 0.

    `code` is a key of MESSAGES; for a disclosure, `disclosure` is the problem and `code` is that of `reports.gri`.
    """

    row: int | None
    index: int | None
    column: str
    value: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict)
    suggestions: tuple[str, ...] = ()
    disclosure: CodeProblem | None = None

    @property
    def cell(self) -> str:
        """The cell's name in a spreadsheet, such as `C17`; the row alone where there is no column."""
        if self.row is None:
            return ""
        return f"{column_letters(self.index)}{self.row}" if self.index is not None else str(self.row)


MESSAGES = {
    # The file as a whole; what is not named here has the sentence of the intake of responses.
    "empty_file": N_("The file is empty. Choose a file with a header row and one row per section."),
    "no_rows": N_("The file has a header row but no section below it."),
    "too_many_rows": N_("The file has more than %(limit)s rows, which is more than an outline can have."),
    "too_many_problems": N_("More than %(limit)s things are wrong; what follows row %(row)s was not checked."),
    # The header row.
    "unknown_column": N_("The column “%(value)s” is not known. Rename it or delete it."),
    "unnamed_column": N_("This column has no name. Name it or delete it."),
    "duplicate_column": N_("The column “%(value)s” stands twice, also in column %(first)s. Delete one of them."),
    "missing_column": N_("The column “%(value)s” is missing. Add it."),
    # One cell.
    "order_not_whole": N_("The order is a whole number from 1 to %(limit)s."),
    "order_twice": N_("The order %(value)s stands already in row %(first)s. Give every row a number of its own."),
    "chapter_missing": N_("The row names no chapter. Enter it, in Chinese or in English."),
    "unknown_issue": N_("There is no issue “%(value)s” in the library edition of this cycle."),
    "unknown_reason": N_("“%(value)s” is no reason for omission. Use one of: %(reasons)s."),
    "text_too_long": N_("The text has %(length)s characters; %(limit)s are allowed. Shorten it."),
    "date_cell": N_(
        "The spreadsheet has turned this cell into a date (%(value)s). Format the column as text and type it again."
    ),
    "number_cell": N_(
        "The spreadsheet holds this cell as the number %(value)s, so 2.1 and 2.10 look alike. Format the column as "
        "text and type it again."
    ),
    "extra_cell": N_("This cell stands to the right of the last named column. Delete it or name the column."),
}
