"""Spreadsheets as people send them, for tests."""

import csv
import io
from collections.abc import Mapping, Sequence

from openpyxl import Workbook

from materiality.actions.library import start_edition_draft, start_first_draft
from materiality.actions.tables import check_upload, confirm, request_check, scope_of, store_check
from materiality.models import Edition, SheetImport
from materiality.tables.imports import StrictResource
from materiality.tables.widgets import Scope, SheetPlan, SheetRow
from tests.factories.cycles import small_library
from tests.factories.library import make_disclosure

Rows = Sequence[Mapping[str, object]]


def draft_of_small_library() -> Edition:
    """A draft with ENV-01, SOC-01 and four secondaries under each, and some disclosures to map to."""
    for code in ("2-1", "2-7", "305-1", "305-7"):
        make_disclosure(code, standard_year=2021, order=int(code.split("-")[1]))
    make_disclosure("102-1", edition="2016", standard_year=2016)
    make_disclosure("102-1", edition="2021", standard_year=2025, order=20)
    small_library()
    return start_edition_draft(by=None)


def csv_file(rows: Rows, encoding: str = "utf-8") -> bytes:
    """A CSV file with the keys of the first row as headings."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode(encoding)


def xlsx_file(sheets: Mapping[str, Rows]) -> bytes:
    """A workbook; a text that begins with = is a formula, as openpyxl has it."""
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        page = book.create_sheet(title)
        page.append(list(rows[0]))
        for row in rows:
            page.append(list(row.values()))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def plan_of(resource: StrictResource, rows: Rows) -> SheetPlan:
    """What importing the rows would do; the first one stands in row 2."""
    return resource.plan([SheetRow(number, dict(row)) for number, row in enumerate(rows, start=2)])


def problems_in(plan: SheetPlan) -> list[tuple[int | None, str, str]]:
    """(row, column, kind) of everything that is wrong."""
    found = [*plan.problems, *(problem for row in plan.rows for problem in row.problems)]
    return [(problem.row, problem.column, problem.kind) for problem in found]


def take_in(kind: str, scope: Scope, name: str, contents: bytes) -> SheetImport:
    """An uploaded file, checked as its job does."""
    job = request_check(kind, scope, name, contents, by=None)
    imported = check_upload(job, lambda percent, text: None)
    store_check(job, imported)
    return imported


def whole_list(rows: Rows) -> SheetImport:
    """A list of issues that takes the place of what there is, checked."""
    return take_in("issues", scope_of("issues", replaces=True), "list.csv", csv_file(rows))


OWN_LIST = [
    {"code": "E1", "category": "environment", "parent_code": "", "name_en": "Climate"},
    {"code": "E1-1", "category": "environment", "parent_code": "E1", "name_en": "Emissions"},
    {"code": "S2", "category": "society", "parent_code": "", "name_en": "Work"},
]


def draft_of_own_list() -> Edition:
    """The first draft of an installation, in English, that OWN_LIST has gone into."""
    start_first_draft(languages=["en"], by=None)
    confirm(whole_list(OWN_LIST), by=None)
    return Edition.objects.get()


def upload(kind: str, contents: bytes, name: str = "file.csv", cycle=None) -> SheetImport:
    """An uploaded file, checked."""
    return take_in(kind, scope_of(kind, cycle=cycle), name, contents)
