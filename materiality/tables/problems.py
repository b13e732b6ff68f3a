"""What can be wrong with a spreadsheet: problems as values, and their English sentences.

The sentences are msgids with named placeholders; the Django layer wraps `template(…)` in gettext.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher


def nearest(text: str, valid: Iterable[str], at_most: int = 1, at_least: float = 0.5) -> tuple[str, ...]:
    """Up to `at_most` valid values with a likeness of `at_least` (0–1), the most alike first."""
    typed, ranked = text.casefold(), []
    for value in valid:
        alike = SequenceMatcher(None, typed, value.casefold(), autojunk=False)
        if alike.real_quick_ratio() < at_least or alike.quick_ratio() < at_least:
            continue
        if (likeness := alike.ratio()) >= at_least:
            ranked.append((-likeness, value))
    return tuple(value for _likeness, value in sorted(ranked, key=lambda pair: pair[0])[:at_most])


def nearest_code(code: str, valid: Iterable[str]) -> tuple[str, ...]:
    """The code of the same standard with the closest number (`305-99` → `305-7`), else the one that looks alike."""
    codes = list(valid)
    typed = re.match(r"(\d+)-(\d+)", code)
    if typed:
        standard, number = typed[1], int(typed[2])
        numbers = [int(known.split("-")[1]) for known in codes if re.fullmatch(rf"{standard}-\d+", known)]
        if numbers:
            return (f"{standard}-{min(numbers, key=lambda known: abs(known - number))}",)
    whole = [known for known in codes if "." not in known]  # goals, not their targets
    if code.isdecimal() and whole and all(known.isdecimal() for known in whole):
        return tuple(sorted(whole, key=lambda known: abs(int(known) - int(code)))[:1])
    return nearest(code, codes)


def N_(text: str) -> str:
    """Mark a text for extraction; the translation happens where it is shown."""
    return text


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


def problem_of(held: dict) -> Problem:
    """The problem of `asdict(problem)`, also after it was JSON."""
    return Problem(**{**held, "nearest": tuple(held["nearest"])})


class BadLibrary(Exception):
    """A library file is refused; `problems` holds everything that is wrong with it, in the order of the file."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems)
        self.problems = problems


_MOST_LOOKUPS = 300
_LONGEST = 60


class Nearest:
    """`nearest` among the same candidates for many values; '' where none is near, and after 300 different ones."""

    def __init__(self, candidates: Iterable[str]) -> None:
        self._by_plain = {comparable(candidate): candidate for candidate in candidates}
        self._known: dict[str, str] = {}

    def __call__(self, value: str) -> str:
        wanted = comparable(value)[:_LONGEST]
        if wanted not in self._known:
            if len(self._known) >= _MOST_LOOKUPS:
                return ""
            found = nearest(wanted, self._by_plain, at_least=0.6)
            self._known[wanted] = self._by_plain[found[0]] if found else ""
        return self._known[wanted]


def comparable(text: str) -> str:
    """Text for comparing: full-width characters as usual ones, no case, no spaces around."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


class FileProblem(Exception):
    """The file cannot be read at all; `code` is a key of MESSAGES, `params` fills its placeholders."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params

    def __reduce__(self) -> tuple:
        return _file_problem, (self.code, self.params)


def _file_problem(code: str, params: dict[str, object]) -> FileProblem:
    return FileProblem(code, **params)


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
    formula: str = field(default="", compare=False)


class CellProblem(Exception):
    """A cell that cannot be taken; `code` is a key of MESSAGES."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def cell_text(cell: object) -> str:
    """The text of a cell as a person sees it: 12345.0 is 12345, a date is ISO 8601. Raises CellProblem for a Fault."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, Fault):
        raise CellProblem(cell.code)
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return cell.isoformat(" ") if isinstance(cell, dt.datetime) else str(cell)


def shown_cell(cell: object, limit: int = 100) -> str:
    """The value for a list of errors: cut to `limit` characters."""
    text = cell.shown if isinstance(cell, Fault) else cell_text(cell)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


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
    "no_rows": N_("The file has a header row but no row below it."),
    "file_too_large": N_("The file is larger than %(limit_mb)s MB. Split it and import the parts one after another."),
    "too_many_rows": N_("The file has more than %(limit)s rows. Split it, or delete empty rows at the end."),
    "too_many_columns": N_(
        "The file has more than %(limit)s columns. Delete the columns that are not in the template."
    ),
    "too_many_cells": N_("The sheet has more than %(limit)s cells. Save it as CSV and import that, or split it."),
    "too_many_sheets": N_("The workbook has more than %(limit)s sheets. Delete those that are not to be imported."),
    "too_slow": N_("Reading the file takes more than %(limit)s seconds. Split it, or save it as CSV and import that."),
    "too_much_memory": N_("Reading the file takes more than %(limit)s MB of memory. Save it as CSV, or split it."),
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
    "duplicate_column": N_("The column %(value)s appears twice, also in %(first)s. Delete one of them."),
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
    "unknown_group": N_("There is no stakeholder group %(value)s. Enter the code of one that there is."),
    "unknown_group_nearest": N_("There is no stakeholder group %(value)s in this survey. Did you mean %(nearest)s?"),
    "unknown_language": N_("The language %(value)s is not known. Use one of: %(languages)s."),
    "unknown_consent": N_("Consent is yes or no; empty means yes."),
    "too_many_named": N_("%(value)s names more than %(most)s issues."),
    "unknown_option": N_("There is no option %(value)s; there are %(options)s."),
    "unknown_unfinished": N_("Unfinished is yes or no; empty means that the time of submission tells."),
    "unknown_value": N_("The column match does not say what this answer means. Add it to the values of the column."),
    "unknown_group_word": N_(
        "The column match does not say which stakeholder group %(value)s is. Add it to the values of the column."
    ),
    "unknown_duration": N_("This is not a duration. Write it in seconds, or like 1:15 or 1 min 15 s."),
    "time_not_readable": N_("This is not a date and time. Write it like 2026-01-05 10:00:00."),
    "time_out_of_range": N_("The year must lie between %(first)s and %(last)s."),
    "times_out_of_order": N_(
        "The response was submitted before it was started (%(started)s). Correct one of the times."
    ),
    "text_too_long": N_("The text has %(length)s characters; %(limit)s are allowed. Shorten it."),
    "extra_cell": N_("This cell stands to the right of the last named column. Delete it or name the column."),
    # A table that people keep: library, catalogues, groups, lists, proposals, figures.
    # The file as a whole
    "no_file": N_("The file “%(value)s” cannot be read."),
    "too_large": N_("The file is larger than a library can be (%(value)s MB; at most %(limit)s MB)."),
    "not_a_workbook": N_("This is not an XLSX workbook. Save it as XLSX or as CSV and try again."),
    "no_columns": N_("The file is empty: its first row must name the columns."),
    # Columns
    "double_column": N_("The column “%(value)s” appears twice."),
    "column_twice": N_("Two columns of the file were chosen for “%(value)s”."),
    "extra_cells": N_("“%(value)s” stands under no column heading."),
    # Cells
    "empty": N_("This cell must not be empty."),
    "too_long": N_("This text has %(length)s characters; at most %(limit)s are possible."),
    "date_cell": N_("The cell was turned into a date (%(value)s). Format the column as text and type it again."),
    "invalid": N_("%(title)s"),
    "not_a_number": N_("“%(value)s” is not a number."),
    "not_a_whole_number": N_("“%(value)s” is not a whole number from 0 up."),
    "not_a_positive_number": N_("“%(value)s” is not a number from 0 up."),
    "not_a_day": N_("“%(value)s” is not a date. Write it as 2026-01-31."),
    "not_yes_or_no": N_("“%(value)s” is neither yes nor no."),
    "days_reversed": N_("It would end before it begins."),
    "unknown_type": N_("“%(value)s” is not a kind of mapping: write [part], [whole] or [related], or nothing."),
    "two_types": N_("“%(code)s” stands twice in the cell, in two ways. Keep one of them."),
    "new_group": N_("“%(value)s” is a new group of the organisation; it goes by its code until somebody names it."),
    "no_text": N_("Write the text in at least one language."),
    "bad_code": N_("“%(value)s” is not an issue code. Write for example “%(example)s”."),
    "other_pattern": N_(
        "“%(value)s” is not of the pattern %(pattern)s of this edition, as “%(example)s” is; it is taken all the same."
    ),
    "double_code": N_("“%(value)s” is already in row %(first)s."),
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
    "fourth_level": N_("“%(value)s” is itself an issue of the third level; a library has at most three."),
    "other_branch": N_("“%(value)s” does not begin with the code of its primary issue, “%(primary)s”."),
    "other_category": N_("“%(value)s” is not the category of its primary issue."),
    "primary_differs": N_("Row %(first)s says otherwise of the same primary issue “%(primary)s”."),
    "unknown_category": N_("There is no category “%(value)s”."),
    "unknown_status": N_("There is no status “%(value)s”."),
    "unknown_issue": N_("There is no issue “%(value)s” in this edition."),
    "unknown_dimension": N_("There is no dimension “%(value)s”: it is society or business."),
    "no_figure": N_("Give the mean with the points of its scale, or the score on 0 to 100."),
    "no_ratings": N_("A figure rests on one rating at least."),
    "no_scale": N_("Say how many points the scale of the mean has: 5 for a scale from 1 to 5."),
    "off_scale": N_("“%(value)s” does not lie between %(low)s and %(high)s."),
    "figures_differ": N_(
        "The mean %(mean)s on a scale of %(scale)s points is %(points)s on 0 to 100, but the score says “%(value)s”."
        " Correct one of them, or empty it."
    ),
    "unknown_side": N_("There is no side “%(value)s”: it is internal or external."),
    "unknown_kind": N_("There is no kind “%(value)s”: it is expectation, channel or response."),
    "unknown_proposal": N_("Write new, change or retire."),
    "not_in_force": N_("The edition in force has no active issue with this code."),
    "unknown_text": N_("There is no text with this key, or it can no longer be changed."),
    "removed_text": N_("A text cannot be removed here."),
    "unknown_framework": N_("There is no catalogue %(framework)s."),
    "bad_framework": N_("“%(value)s” cannot name a catalogue: use letters, digits, dots and hyphens."),
    "built_in": N_(
        "%(framework)s comes with Yiti and is not changed by a file. Give a catalogue of your own another code or"
        " edition."
    ),
    "no_parent": N_("There is no “%(value)s” in %(framework)s, neither stored nor in this file."),
    "no_new_group": N_("The cycle no longer takes new groups."),
    "noted": N_("%(title)s"),
    "no_name": N_("An issue needs a name in at least one language."),
    "code_used": N_(
        "“%(value)s” was “%(name)s” in edition %(edition)s. A code is not given to another issue: take a free one."
    ),
    "retired_changed": N_("“%(code)s” is retired, and retired issues do not change. Put the cell back."),
    "new_category": N_("“%(value)s” is a new category; it is called “%(name)s” until you name it."),
    "retired_category": N_("“%(code)s” has active issues: %(codes)s. Move or retire them first."),
    "retired_primary": N_("“%(code)s” still has active secondary issues: %(codes)s. Move or retire them first."),
    "unknown_code": N_("“%(value)s” is not in %(framework)s."),
    "unknown_title": N_("“%(value)s” is not a title or code in %(framework)s."),
    "foundation": N_("%(value)s: GRI 101 of 2016 is the Foundation, which has no disclosures. Leave it out."),
    "year_needed": N_(
        "“%(value)s” has two meanings: “%(old_title)s” in GRI %(old_edition)s, and “%(title)s” since %(year)s."
    ),
}
