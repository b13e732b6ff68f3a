"""Further editions of the library for tests."""

from materiality.actions.tables import put_in_force
from materiality.models import Edition
from tests.materiality.library_file.fixture_folder import csv_bytes, with_cell


def load_changed(_current: Edition) -> Edition:
    """The default library's next edition, loaded from a file in which the first issue goes by another name."""
    contents = csv_bytes(with_cell(2, "name_en", "Environmental Law"))
    return put_in_force(contents=contents, name="library.csv", by=None)
