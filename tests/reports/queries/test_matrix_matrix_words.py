"""The words of the matrix, in both languages."""

import pytest
from django.utils.translation import override

from materiality.models import Run
from reports.queries.matrix import (
    MatrixOptions,
    ShownNames,
    base_line,
    cut_line,
    document_texts,
    matrix_data,
    page_texts,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(cycle):
    return Run.objects.get(cycle=cycle)


def test_base_line_says_what_the_figures_rest_on(run):
    plain, bars = (matrix_data(run, MatrixOptions(bars=bars)) for bars in (False, True))
    with override("en"):
        assert base_line(plain, ShownNames("2026")) == "Based on 120 valid responses, 6 groups."
        assert base_line(bars, ShownNames("2026")).endswith("6 groups; ellipses: 95% intervals, sampling error only.")
    with override("zh-hans"):
        assert base_line(plain, ShownNames("2026")) == "基于 6 类利益相关方的 120 份有效答卷。"


def test_cut_line_names_both_cuts(run):
    data = matrix_data(run, MatrixOptions())
    with override("en"):
        assert cut_line(data) == (
            f"Priority = 50% Society + 50% Business; high from {run.cuts['high']:.1f}, low below {run.cuts['low']:.1f}."
        )


def test_document_stands_alone_and_page_has_no_title(run):
    data = matrix_data(run, MatrixOptions(level="primary"), "en")
    with override("en"):
        page, document = page_texts(data, ShownNames("Cycle")), document_texts(data, ShownNames("Cycle"))
    assert (page.title, page.footnotes) == ("", ())
    assert document.title == "Cycle: materiality matrix"
    assert document.subtitle.endswith(" · primary issues") and len(document.footnotes) == 3
    with override("en"):
        bare = document_texts(data, ShownNames("Cycle"), title=False, notes=False, run_number=True)
    assert (bare.title, bare.subtitle, bare.footnotes) == ("", "", ("run 1",))


def test_point_patterns_can_be_filled_in_both_languages(run):
    fields = dict.fromkeys(
        ("label", "x", "y", "x_low", "x_high", "y_low", "y_high", "priority", "rank", "n", "tier"), "7"
    )
    for language in ("en", "zh-hans"):
        for options in (MatrixOptions(), MatrixOptions(level="primary"), MatrixOptions(weighting="pooled")):
            with override(language):
                assert "{" not in page_texts(matrix_data(run, options), ShownNames("x")).point.format(**fields)


@pytest.mark.parametrize(
    ("method", "said"),
    [
        ({"thresholds": "shares"}, "Highest of those asked: Society from 61.2, Business from –; no threshold set."),
        ({}, "Thresholds: Society 61.2, Business –."),
    ],
)
def test_cut_line_of_either_dimension_says_what_was_not_assessed(run, method, said):
    run.method |= {"rule": "either", "thresholds": "absolute"} | method
    run.cuts |= {"society": 61.23, "business": None}
    with override("en"):
        line = cut_line(matrix_data(run, MatrixOptions()))
    assert line == f"{said} Stakeholders' views; severity and likelihood not assessed."
