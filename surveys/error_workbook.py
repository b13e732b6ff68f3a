"""The workbook of what is wrong with an import, in the active language."""

from pathlib import Path

from django.utils.translation import gettext as _

from surveys.intake.parsed import ParsedResponses
from surveys.intake.workbook import WorkbookTexts, write_error_workbook
from surveys.reading import cell_sentence


def write_errors(path: Path, parsed: ParsedResponses) -> None:
    """Rows in error with their bad cells marked, and the list of all errors with sentences."""
    texts = WorkbookTexts(
        rows_sheet=_("Rows to mend"),
        list_sheet=_("What is wrong"),
        row=_("Row"),
        column=_("Column"),
        cell=_("Cell"),
        value=_("Value"),
        problem=_("What is wrong and how to mend it"),
        message=lambda error: cell_sentence(error.code, error.value, dict(error.params)),
    )
    write_error_workbook(path, parsed.header, parsed.bad_rows, parsed.errors, texts)
