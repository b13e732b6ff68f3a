"""The groups of a cycle as files."""

import csv
import io

import pytest
from openpyxl import load_workbook

from materiality.models import Group
from materiality.resources.groups import COLUMNS, groups_file
from tests.factories.cycles import make_cycle

pytestmark = pytest.mark.django_db


def read_csv(data: bytes) -> list[dict]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def test_groups_file_as_csv_holds_the_columns_of_the_format():
    rows = read_csv(groups_file(make_cycle(), "csv"))
    assert tuple(rows[0]) == COLUMNS
    assert [row["group"] for row in rows] == [
        "users", "employees", "creators_partners", "government", "media", "community",
    ]  # fmt: skip
    assert (rows[1]["name_zh"], rows[1]["side"], rows[1]["weight_society"]) == ("员工", "internal", "1")


def test_groups_file_as_xlsx_keeps_numbers_as_numbers():
    sheet = load_workbook(io.BytesIO(groups_file(make_cycle(), "xlsx")))["groups"]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == COLUMNS
    assert rows[1][6:] == (1, 1, 9000)


def test_groups_file_neutralises_what_looks_like_a_formula():
    cycle = make_cycle()
    Group.objects.filter(cycle=cycle, code="users").update(name_en="=1+1")
    assert read_csv(groups_file(cycle, "csv"))[0]["name_en"] == "'=1+1"
    cell = load_workbook(io.BytesIO(groups_file(cycle, "xlsx")))["groups"]["C2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")
