"""Outputs as their modules declare them."""

from django.utils.translation import override

from reports.models import Output
from reports.outputs import KINDS
from reports.queries.matrix import MatrixOptions
from reports.queries.outputs import FORMATS


def test_every_declared_output_is_found_in_its_place():
    declared = {code: kind.formats for code, kind in KINDS.items()}
    table = ("xlsx", "docx", "pdf", "csv", "html")
    assert list(declared.items()) == [
        ("matrix", ("svg", "png", "pdf")),
        ("gri-index", table),
        ("scores", ("xlsx",)),
        ("issue-list", table),
        ("sdg-table", table),
        ("stakeholder-table", table),
        ("exchange-table", table),
        ("hkex-table", table),
        ("esrs-table", table),
        ("year-comparison", table),
        ("evidence-pack", ("zip",)),
    ]


def test_outputs_have_formats_and_options_that_there_are():
    for kind in KINDS.values():
        assert set(kind.formats) <= set(FORMATS)
        assert all(option.hidden or (option.label and option.choices) for option in kind.options)
    assert {option.name for option in KINDS["matrix"].options} <= set(MatrixOptions().as_dict())


def test_words_of_a_stored_output_are_those_declared():
    stored = Output(kind="gri-index", format="csv")
    with override("en"):
        assert (stored.get_kind_display(), stored.get_format_display()) == ("GRI content index", "CSV")
