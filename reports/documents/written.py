"""Documents of tables as bytes of any format, and outputs that are tables of one heading."""

from collections.abc import Callable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from materiality.platform.organisation import organisation_name
from reports.documents.table_pages import docx_of, html_of, pdf_of
from reports.documents.table_sheets import csv_of, xlsx_of
from reports.documents.tables import Document, Table
from reports.queries.outputs import Inputs, Option, OutputKind, Progress, frozen_text

WRITERS = {"xlsx": xlsx_of, "docx": docx_of, "pdf": pdf_of, "csv": csv_of, "html": html_of}


def written(document: Document, format: str) -> bytes:
    """The file; KeyError for a format that tables are not written in. The same document gives the same bytes."""
    return WRITERS[format](document)


def table_kind(
    code: str,
    title: Promise,
    place: int,
    inputs: Inputs,
    tabulate: Callable[[Mapping], Table | list[Table]],
    *,
    wide: bool = False,
    options: tuple[Option, ...] = (),
) -> OutputKind:
    """An output that is the table (or tables) of frozen inputs under its title; `wide`: on A4 across."""

    def build(held: dict, progress: Progress) -> bytes:
        words = {"organisation": organisation_name(), "cycle": frozen_text(held["cycle"], "title")}
        lead = [("", _("%(organisation)s · %(cycle)s") % words)]
        found = tabulate(held)
        tables = [found] if isinstance(found, Table) else found
        progress(50, _("Writing the file"))
        author = organisation_name()
        return written(Document(str(title), tables, held["language"], author, lead, landscape=wide), held["format"])

    return OutputKind(
        **{"code": code, "word": title, "of_file": title, "formats": tuple(WRITERS), "place": place},
        **{"inputs": inputs, "build": build, "options": options},
    )
