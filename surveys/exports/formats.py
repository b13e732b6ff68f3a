"""The formats in which a survey's responses leave, and what their files are called."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from surveys.exporting import export_csv, export_xlsx
from surveys.exports.anonymous_profile import PROFILE_COLUMNS, profile_rows
from surveys.exports.codebook import COLUMNS, codebook_rows
from surveys.exports.selection import Selection
from surveys.exports.small_tables import csv_table
from surveys.exports.spss import export_spss

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Format:
    """`write` gives the file in pieces; `suffix` ends its name, `part` says in the name what it holds."""

    write: Callable[[Selection], Iterator[bytes]]
    suffix: str
    content_type: str
    part: str = "responses"


def export_codebook(selection: Selection) -> Iterator[bytes]:
    """The codebook as CSV."""
    yield csv_table(COLUMNS, codebook_rows(selection))


def export_profile(selection: Selection) -> Iterator[bytes]:
    """Counts of an anonymous survey's profile answers as CSV."""
    yield csv_table(PROFILE_COLUMNS, profile_rows(selection.survey))


FORMATS = {
    "csv": Format(export_csv, "csv", CSV),
    "xlsx": Format(export_xlsx, "xlsx", XLSX),
    "spss": Format(export_spss, "zip", "application/zip", "spss"),
    "codebook": Format(export_codebook, "csv", CSV, "codebook"),
    "profile": Format(export_profile, "csv", CSV, "profile"),
}
# Formats of the responses themselves.
OF_RESPONSES = ("csv", "xlsx", "spss")


def file_name(selection: Selection, chosen: Format) -> str:
    """Name of the file: survey, groups where not all are in it, what it is."""
    return "-".join([selection.survey.code, *selection.groups[:3], chosen.part]) + f".{chosen.suffix}"
