"""Workbooks as bytes that depend on their contents alone."""

import io
import re
import zipfile
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a ZIP archive can hold
_STAMP = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")


def workbook_bytes(book: Workbook) -> bytes:
    """The workbook as XLSX; equal workbooks give equal bytes, whenever they are written."""
    stream = io.BytesIO()
    book.save(stream)
    return without_times(stream.getvalue())


def without_times(package: bytes) -> bytes:
    """An Office package with every time in it set to 1980-01-01, members in the order of their names."""
    source = ZipFile(io.BytesIO(package))
    target = io.BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED, compresslevel=6) as archive:
        for name in sorted(source.namelist(), key=_place):
            contents = source.read(name)
            if name == "docProps/core.xml":
                contents = _STAMP.sub(rb"\g<1>1980-01-01T00:00:00Z\g<3>", contents)
            member = ZipInfo(name, EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 0  # else the archive says on which system it was made
            archive.writestr(member, contents)
    return target.getvalue()


def _place(name: str) -> tuple[bool, str]:
    """The list of content types comes first: some readers look for it there."""
    return name != "[Content_Types].xml", name
