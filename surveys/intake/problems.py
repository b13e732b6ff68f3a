"""What can be wrong with a file of responses: problems as values, and their English sentences.

The sentences are msgids with named placeholders; the Django layer wraps `template(…)` in gettext.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


def N_(text: str) -> str:  # noqa: N802 - the name that message extraction looks for
    """Mark a sentence for translation and leave it as it is."""
    return text


class FileProblem(Exception):
    """The file cannot be read at all; `code` is a key of MESSAGES, `params` fills its placeholders."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params


@dataclass(frozen=True, slots=True)
class CellError:
    """One bad cell: `row` as the spreadsheet shows it (header is 1), `index` the column from 0, `column` its header."""

    row: int
    index: int
    column: str
    value: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def cell(self) -> str:
        """The cell's name in a spreadsheet, such as `C17`."""
        return f"{column_letters(self.index)}{self.row}"


@dataclass(frozen=True, slots=True)
class Fault:
    """Stands for a spreadsheet cell without a usable value: an error such as #N/A, or a formula never calculated."""

    code: str
    shown: str


def column_letters(index: int) -> str:
    """Column from 0 -> `A`, `B`, … `AA`."""
    letters = ""
    number = index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def template(code: str, params: Mapping[str, object]) -> str:
    """The English sentence (msgid) of a problem; names the nearest right value where there is one."""
    with_nearest = f"{code}_nearest"
    return MESSAGES[with_nearest if params.get("nearest") and with_nearest in MESSAGES else code]


MESSAGES = {
    # The file as a whole.
    "empty_file": N_("The file is empty. Choose a file with a header row and one row per response."),
    "file_gone": N_("The file is kept no longer: the same file was imported or discarded. Upload it again."),
    "no_rows": N_("The file has a header row but no response below it."),
    "file_too_large": N_("The file is larger than %(limit_mb)s MB. Split it and import the parts one after another."),
    "too_many_rows": N_("The file has more than %(limit)s rows. Split it, or delete empty rows at the end."),
    "too_many_columns": N_(
        "The file has more than %(limit)s columns. Delete the columns that are not in the template."
    ),
    "too_many_cells": N_("The sheet has more than %(limit)s cells. Save it as CSV and import that, or split it."),
    "broken_encoding": N_(
        "Line %(line)s cannot be read (byte %(offset)s): the text is neither UTF-8 nor GB18030. "
        "Save the file as CSV UTF-8 or as XLSX."
    ),
    "nul_bytes": N_(
        "Line %(line)s holds a zero byte (byte %(offset)s), so this is no text file. Save it as CSV UTF-8 or as XLSX."
    ),
    "broken_quotes": N_(
        "A quotation mark in row %(row)s is never closed or stands inside a cell. Put such cells in quotation marks "
        "and double the marks inside them, or save the file as XLSX."
    ),
    "cell_too_long": N_(
        "A cell in row %(row)s is longer than %(limit)s characters. Look for a missing quotation mark."
    ),
    "not_xlsx": N_(
        "The file looks like an XLSX workbook but cannot be read as one. Open it and save it as XLSX again."
    ),
    "old_xls": N_("This is a workbook of the old XLS format. Open it and save it as XLSX."),
    "encrypted": N_("The workbook is protected by a password. Save it without one."),
    "zip_bomb": N_(
        "The workbook unpacks to more than %(limit_mb)s MB and is not opened. Save it as CSV and import that."
    ),
    "sheet_not_found": N_("There is no sheet %(sheet)s. The workbook has: %(sheets)s."),
    "too_many_bad_cells": N_(
        "More than %(limit)s cells hold an error value or a formula without a result. "
        "Open the workbook, recalculate it and save it again."
    ),
    "match_not_for_file": N_(
        "None of the columns with ratings that the match %(match)s names is in this file (of %(columns)s)."
    ),
    "match_not_for_survey": N_("The match %(match)s names none of the issues that this survey asks."),
    # The header row.
    "unknown_column": N_("The column %(value)s is not known. Rename it or delete it."),
    "unknown_column_nearest": N_(
        "The column %(value)s is not known. Did you mean %(nearest)s? Rename it or delete it."
    ),
    "unknown_item": N_("The survey does not ask %(value)s. Correct the code or delete the column."),
    "unknown_item_nearest": N_("The survey does not ask %(value)s. Did you mean %(nearest)s?"),
    "duplicate_column": N_("The column %(value)s stands twice, also in %(first)s. Delete one of them."),
    "unnamed_column": N_("This column has no name. Name it or delete it."),
    "missing_column": N_("The column %(value)s is missing. Add it."),
    "missing_column_nearest": N_("The column %(value)s is missing. Is it the one called %(nearest)s?"),
    "no_item_column": N_("There is no column with ratings. Their names look like %(example)s."),
    # One cell.
    "rating_out_of_range": N_("A rating is a whole number from 1 to %(k)s; leave the cell empty if it was skipped."),
    "rating_not_whole": N_("A rating is a whole number from 1 to %(k)s, without decimals."),
    "rating_not_a_number": N_("A rating is a number from 1 to %(k)s, DK (don't know), NA (not asked) or empty."),
    "cell_error": N_("The cell holds an error of the spreadsheet. Correct its formula or enter the value."),
    "formula_without_value": N_(
        "The cell holds a formula that was never calculated. Open the workbook, recalculate and save it, "
        "or enter the value."
    ),
    "missing_group": N_("The stakeholder group is missing. Enter its code."),
    "unknown_group": N_("There is no stakeholder group %(value)s in this survey. Enter the code of one that there is."),
    "unknown_group_nearest": N_("There is no stakeholder group %(value)s in this survey. Did you mean %(nearest)s?"),
    "unknown_language": N_("The language %(value)s is not known. Use one of: %(languages)s."),
    "unknown_consent": N_("Consent is yes or no; empty means yes."),
    "unknown_option": N_("There is no option %(value)s; there are %(options)s."),
    "unknown_unfinished": N_("Unfinished is yes or no; empty means that the time of submission tells."),
    "unknown_value": N_("The column match does not say what this answer means. Add it to the values of the column."),
    "unknown_group_word": N_(
        "The column match does not say which stakeholder group %(value)s is. Add it to the values of the column."
    ),
    "unknown_duration": N_("This is no duration. Write it in seconds, or like 1:15 or 1 min 15 s."),
    "time_not_readable": N_("This is no date and time. Write it like 2026-01-05 10:00:00."),
    "time_out_of_range": N_("The year must lie between %(first)s and %(last)s."),
    "times_out_of_order": N_(
        "The response was submitted before it was started (%(started)s). Correct one of the times."
    ),
    "text_too_long": N_("The text has %(length)s characters; %(limit)s are allowed. Shorten it."),
    "extra_cell": N_("This cell stands to the right of the last named column. Delete it or name the column."),
}
