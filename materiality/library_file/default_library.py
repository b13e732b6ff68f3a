"""The library that comes with the product, and what it lends to the check of other files."""

from collections.abc import Iterable
from pathlib import Path

from materiality.library_file.catalogue_files import read_catalogues, read_fixture
from materiality.library_file.issue_rows import KnownTexts
from materiality.library_file.read_library import Reference, read_library
from materiality.library_file.records import CategoryRecord, Library

FILE = "issue_library.csv"


def read_reference(folder: Path, more_groups: Iterable[str] = ()) -> Reference:
    """Catalogues, categories, groups (the default ones and `more_groups`) and texts of the fixtures folder."""
    categories = [
        CategoryRecord(row["code"], row["name_zh"], row["name_en"], int(row["order"]))
        for row in read_fixture(folder, "categories")
    ]
    groups = [row["group"] for row in read_fixture(folder, "groups")]
    hkex = {row["code"]: row["hkex"] for row in read_fixture(folder, "hkex_mapping")}
    known = KnownTexts(
        primaries={row["code"]: row for row in read_fixture(folder, "primary_issues")},
        hkex={
            row["code"]: (row["name_zh"], row["name_en"], hkex.get(row["code"], ""))
            for row in read_fixture(folder, FILE.removesuffix(".csv"))
        },
    )
    ordered = tuple(sorted(categories, key=lambda category: category.order))
    return Reference(read_catalogues(folder), ordered, tuple(dict.fromkeys([*groups, *more_groups])), known)


def read_default_library(folder: Path, reference: Reference) -> Library:
    """The default library. Raises BadLibrary where the fixtures were changed and do not hold together."""
    return read_library((folder / FILE).read_bytes(), FILE, reference)
