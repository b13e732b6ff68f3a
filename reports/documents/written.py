"""A document of tables as bytes of any format that tables are written in."""

from reports.documents.table_pages import docx_of, html_of, pdf_of
from reports.documents.table_sheets import csv_of, xlsx_of
from reports.documents.tables import Document

WRITERS = {"xlsx": xlsx_of, "docx": docx_of, "pdf": pdf_of, "csv": csv_of, "html": html_of}


def written(document: Document, format: str) -> bytes:
    """The file; KeyError for a format that tables are not written in. The same document gives the same bytes."""
    return WRITERS[format](document)
