"""Outputs as their modules declare them."""

import io
import json
import zipfile
import zlib
from xml.etree import ElementTree

import pytest
from django.utils.translation import override
from docx import Document
from openpyxl import load_workbook
from pptx import Presentation

from materiality.actions.indicators import save_indicator
from materiality.actions.stakeholders import load_demo_stakeholders
from materiality.models import AuditEvent, Issue
from materiality.platform.anchors import anchors_in
from reports.actions.outputs import remake_outputs, request_output
from reports.models import Output
from reports.outputs import KINDS, build_output, output_inputs
from reports.queries.matrix import MatrixOptions
from reports.queries.outputs import FORMATS, MATRIX_OPTIONS
from tests.factories.people import log_in


def _chunks(png: bytes) -> None:
    """Each chunk's checksum is right, up to the last."""
    place = 8
    while place < len(png):
        size = int.from_bytes(png[place : place + 4])
        body = png[place + 4 : place + 8 + size]
        assert zlib.crc32(body) == int.from_bytes(png[place + 8 + size :][:4])
        place += 12 + size
    assert body[:4] == b"IEND"


def _pointer(pdf: bytes) -> None:
    """Its last pointer leads to the table of objects."""
    place = int(pdf.rsplit(b"startxref", 1)[1].split()[0])
    assert pdf[place:].startswith(b"xref") or b" obj" in pdf[place : place + 20]


OPENED = {
    "xlsx": lambda file: load_workbook(io.BytesIO(file)),
    "docx": lambda file: Document(io.BytesIO(file)),
    "pptx": lambda file: Presentation(io.BytesIO(file)),
    "zip": lambda file: zipfile.ZipFile(io.BytesIO(file)).testzip(),
    "svg": ElementTree.fromstring,
    "png": _chunks,
    "pdf": _pointer,
}


def test_every_declared_output_is_found_in_its_place():
    declared = {code: kind.formats for code, kind in KINDS.items()}
    table = ("xlsx", "docx", "pdf", "csv", "html")
    assert list(declared.items()) == [
        ("matrix", ("svg", "png", "pdf", "xlsx", "pptx")),
        ("gri-index", table),
        ("workbook", ("xlsx",)),
        ("issue-list", table),
        ("process-text", ("docx",)),
        ("sdg-table", table),
        ("stakeholder-table", table),
        ("exchange-table", table),
        ("hkex-table", table),
        ("esrs-table", table),
        ("indicator-table", table),
        ("year-comparison", table),
        ("work-priorities", table),
        ("evidence-pack", ("zip",)),
    ]


def test_outputs_have_formats_and_options_that_there_are():
    for kind in KINDS.values():
        assert set(kind.formats) <= set(FORMATS)
        assert all(option.hidden or (option.label and option.choices) for option in kind.options)
    assert {option.name for option in MATRIX_OPTIONS} <= set(MatrixOptions().as_dict())


def test_words_of_a_stored_output_are_those_declared():
    stored = Output(kind="gri-index", format="csv")
    with override("en"):
        assert (stored.get_kind_display(), stored.get_format_display()) == ("GRI content index", "CSV")


OPTIONS = {"gri-index": {"layout": "standard"}, "matrix": {"level": "primary", "width": "column"}}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", sorted(KINDS.keys() - {"year-comparison"}))
def test_every_file_is_the_same_each_time_and_bears_the_anchor_of_the_day(cycle, kind):
    load_demo_stakeholders(cycle=cycle, by=None)
    indicator = {"issue": Issue.objects.filter(edition=cycle.edition).first().code, "code": "hours", "name_en": "Hours"}
    save_indicator(values=indicator, by=None)
    for format in KINDS[kind].formats:
        inputs = output_inputs(cycle, kind=kind, format=format, language="en", options=OPTIONS.get(kind))
        file = build_output(inputs)
        first, head = AuditEvent.objects.last(), AuditEvent.objects.first()
        anchors = {} if format == "csv" else {first.number: first.hash}
        assert anchors_in(file) == anchors | ({head.number: head.hash} if format == "zip" else {})
        # The same tomorrow, and the files still open.
        assert build_output(json.loads(json.dumps(inputs))) == file, format
        OPENED.get(format, len)(file)


@pytest.mark.django_db
def test_file_is_not_out_of_date_for_another_day(cycle):
    asked = {"cycle": cycle, "kind": "gri-index", "format": "csv", "language": "en"}
    output = request_output(**asked, by=None, send=False)
    output.job.inputs["anchor"] = "yiti-anchor:1:" + "0" * 64
    output.job.save()
    assert remake_outputs(cycle=cycle, by=None) == []


@pytest.mark.django_db
def test_downloads_bear_the_anchor_of_the_day(client, cycle):
    log_in(client)
    first = AuditEvent.objects.last()
    for path in (
        "/sheets/export/issues.xlsx",
        "/sheets/export/issues.csv",
        "/cycles/demo/index/checks.json",
    ):
        response = client.get(path)
        assert response.headers["X-Audit-Anchor"] == f"yiti-anchor:{first.number}:{first.hash}"
        assert anchors_in(response.content) == ({first.number: first.hash} if "xlsx" in path else {})
    name = load_workbook(io.BytesIO(client.get("/sheets/export/issues.xlsx").content)).properties.keywords
    assert name == f"yiti-anchor:{first.number}:{first.hash}"
