"""Reading what an export wrote."""

import csv
import io
import zipfile


def csv_rows(contents: bytes) -> list[dict[str, str]]:
    """Rows of a CSV in UTF-8 by column."""
    return list(csv.DictReader(io.StringIO(contents.decode("utf-8-sig"), newline="")))


def members(contents: bytes) -> dict[str, bytes]:
    """Files of a ZIP by name."""
    with zipfile.ZipFile(io.BytesIO(contents)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}
