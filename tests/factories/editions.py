"""Further editions of the library for tests."""

import tempfile
from pathlib import Path

from materiality.actions.library import load_library
from materiality.models import Edition
from tests.materiality.library_file.fixture_folder import csv_bytes, with_cell


def load_changed(_current: Edition) -> Edition:
    """The default library's next edition, loaded from a file in which the first issue goes by another name."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "library.csv"
        path.write_bytes(csv_bytes(with_cell(2, "name_en", "Environmental Law")))
        return load_library(by=None, file=path).edition
