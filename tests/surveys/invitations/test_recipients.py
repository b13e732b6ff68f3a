"""Lists of recipients."""

import csv
import io

import pytest
from django.utils import translation
from openpyxl import Workbook

from materiality.tables.problems import FileProblem
from surveys.invitations.recipients import RecipientRow, read_recipients
from tests.factories.responses import on_disk

HEADER = ["email", "name", "group", "language"]


@pytest.fixture(autouse=True)
def english():
    """Sentences are read in English."""
    with translation.override("en"):
        yield


def read(*rows: list[str], header: list[str] = HEADER, known: tuple[str, ...] = ()):
    """What a CSV with these rows holds."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([header, *rows])
    return read_recipients(text.getvalue().encode(), groups=["users", "employees"], known=known)


def bad(*rows: list[str], **values) -> list[tuple[str, str]]:
    """Cells that are wrong, and the beginning of the reason."""
    return [(cell.cell, cell.reason) for cell in read(*rows, **values).bad]


def test_good_rows_are_read_in_order() -> None:
    found = read(["A@Example.com ", "陈一诺", "users", "中文"], ["b@example.com", "", "Employees", "EN"])
    assert found.rows == [
        RecipientRow("a@example.com", "陈一诺", "users", "zh-hans"),
        RecipientRow("b@example.com", "", "employees", "en"),
    ]
    assert (found.bad, found.total) == ([], 2)


def test_columns_may_stand_in_any_order_and_language_may_be_missing(settings) -> None:
    found = read(["users", "a@example.com"], header=["Group", "E-mail".replace("-", "")])
    assert found.rows == [RecipientRow("a@example.com", "", "users", settings.LANGUAGE_CODE)]


def test_numbers_of_a_workbook_are_read_as_people_see_them() -> None:
    book = Workbook()
    book.active.append(HEADER)
    book.active.append(["a@example.com", 7, 12, "en"])
    stream = io.BytesIO()
    book.save(stream)
    found = read_recipients(stream.getvalue(), groups=["12"], known=())
    assert (found.rows, found.bad) == ([RecipientRow("a@example.com", "7", "12", "en")], [])


@pytest.mark.parametrize(
    "address", ["a@b.com\nBcc: c@d.com", "a@b.com\rx", "a\tb@c.com", "a@b.com\x00", "a\u2028@b.com"]
)
def test_line_breaks_in_addresses_are_refused(address: str) -> None:
    try:
        found = read([address, "", "users", "en"])
    except FileProblem:
        return  # a zero byte: the file as a whole is refused
    assert (found.rows, [cell.cell for cell in found.bad]) == ([], ["A2"])


def test_line_breaks_in_names_are_refused() -> None:
    assert [cell for cell, _reason in bad(["a@b.com", "A\nBcc: c@d.com", "users", "en"])] == ["B2"]


@pytest.mark.parametrize("address", ["", "a", "a@", "@b.com", "a@b", "a b@c.com", "a@b.com,c@d.com", "a@b.com;c@d.com"])
def test_what_is_no_address_is_refused(address: str) -> None:
    assert [cell for cell, _reason in bad([address, "", "users", "en"])] == ["A2"]


def test_every_bad_cell_is_named_with_its_reason() -> None:
    wrong = bad(
        ["a@b.com", "", "users", "en"],
        ["a@b.com", "", "nobody", "fr"],
        ["A@B.com", "x" * 201, "users", "en"],
        ["old@b.com", "", "users", "en"],
        known=("old@b.com",),
    )
    assert [cell for cell, _reason in wrong] == ["A3", "C3", "D3", "A4", "B4", "A5"]
    reasons = dict(wrong)
    assert "row 2" in reasons["A3"]
    assert "users, employees" in reasons["C3"]


def test_unknown_and_missing_columns_are_said() -> None:
    wrong = bad(["x", "y"], header=["mail", "group"])
    assert [cell for cell, _reason in wrong] == ["A1", "A1"]
    assert "email, name, group, language" in wrong[0][1]
    assert "email" in wrong[1][1]


def test_file_that_is_no_table_is_refused() -> None:
    with pytest.raises(FileProblem):
        read_recipients(on_disk(b"PK\x03\x04 no workbook"), groups=[], known=[])
