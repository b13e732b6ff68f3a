"""The sheets of the default library: exported and imported again without a difference, and the same to the byte."""

import codecs
import csv
import hashlib
import io
from pathlib import Path

import pytest
from django.utils.translation import override

from materiality.actions.stakeholders import load_demo_stakeholders
from materiality.actions.tables import KINDS, scope_of
from materiality.models import SheetImport
from materiality.tables.imports import sheet_file
from tests.factories.cycles import make_cycle
from tests.factories.sheets import upload

pytestmark = pytest.mark.django_db
FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"
KINDS_OF_THE_CASE = (
    *("issues", "categories", "mappings", "framework", "own_groups", "groups", "stakeholders", "translations"),
)
# Whoever changes the default library changes these on purpose; nothing else may.
SHA256 = {
    "issues": "3cfe3b8f310351ed90217b4a7e8955e830cf9f42e0e198f5f1a1bb8f2971eef1",
    "categories": "50039708d61e5a729fbb171431fb5292faffdb467fa11a5fea9ef877dc6455bc",
    "mappings": "8256e9f0d79446f85aa795a20339d507a61f48a3d603072693fb2bff5f7d5480",
}


@pytest.fixture
def cycle(library_rows):
    cycle = make_cycle()
    load_demo_stakeholders(cycle=cycle, by=None)
    return cycle


def exported(kind: str, cycle, form: str = "csv") -> bytes:
    return sheet_file(KINDS[kind].resource(scope_of(kind, cycle=cycle)), form)


def lines(contents: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(contents.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("kind", KINDS_OF_THE_CASE)
def test_sheet_comes_back_without_a_difference(kind, form, cycle):
    imported = upload(kind, exported(kind, cycle, form), f"file.{form}", cycle)
    counts = imported.plan["counts"]
    assert (imported.state, imported.problem) == (SheetImport.State.CHECKED, "")
    assert counts.pop("unchanged") > 0 and not any(counts.values()), counts


@pytest.mark.parametrize("kind", SHA256)
def test_sheet_is_the_same_to_the_byte_in_both_languages(kind, cycle):
    for language in ("zh-hans", "en"):
        with override(language):
            assert hashlib.sha256(exported(kind, cycle)).hexdigest() == SHA256[kind]


@pytest.mark.parametrize(
    ("kind", "fixture"), [("own_groups", "groups"), ("groups", "groups"), ("stakeholders", "demo_stakeholders")]
)
def test_sheet_is_the_shipped_file_to_the_byte(kind, fixture, cycle):
    shipped = (FIXTURES / f"{fixture}.csv").read_bytes().removeprefix(codecs.BOM_UTF8)
    assert exported(kind, cycle).removeprefix(codecs.BOM_UTF8).replace(b"\r\n", b"\n") == shipped


def test_issues_are_those_of_the_shipped_file_cell_by_cell(cycle):
    ours = {row["code"]: row for row in lines(exported("issues", cycle))}
    shipped = lines((FIXTURES / "issue_library.csv").read_bytes())
    primaries = lines((FIXTURES / "primary_issues.csv").read_bytes())
    same = ("code", "category", "name_zh", "name_en", "definition_zh", "definition_en")
    assert [[ours[row["code"]][name] for name in same] for row in (*primaries, *shipped)] == [
        [row[name] for name in same] for row in (*primaries, *shipped)
    ]
    assert ours.keys() == {row["code"] for row in (*primaries, *shipped)}
    names = {"gri_2016": "gri_2016", "gri_2021": "gri_2021", "sdgs": "sdgs", "groups": "audience"}
    # Several in a cell stand in the order of their catalogue, and the year only where a code had another meaning.
    for row in shipped:
        held = ours[row["code"]]
        assert held["parent_code"] == row["primary_code"]
        for name, column in names.items():
            mine, own = (cell.replace(" (2025)", "").split(";") for cell in (held[name], row[column]))
            assert sorted(mine) == sorted(own), (row["code"], name)
