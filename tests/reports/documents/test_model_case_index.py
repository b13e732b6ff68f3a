"""The index of the model case, 22 rows of GRI 2016, comes out as it was printed (but for the company's name)."""

import hashlib
from pathlib import Path

import pytest

from reports.actions.outline import import_outline
from reports.outline.outline import parse_outline
from reports.outputs import build_output, output_inputs
from reports.queries.outline import books_of
from tests.factories.reports import make_cycle

pytestmark = pytest.mark.django_db
PRINTED = Path(__file__).with_name("model_case_index.csv")
SHA256 = "83af6c3d4a5426bcdf6ae82ee21608e0925cdc212fd9a1e5a3504c11d5f0f018"


@pytest.fixture
def printed(library, media):
    cycle = make_cycle("case", gri_edition="2016")
    parsed = parse_outline(PRINTED, books_of(cycle))
    assert (parsed.problems, parsed.unsettled) == ([], [])
    import_outline(cycle=cycle, rows=parsed.rows, by=None)
    return cycle


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_index_of_the_model_case_is_as_printed(printed, language):
    contents = build_output(output_inputs(printed, kind="gri-index", format="csv", language=language))
    lines = contents.decode("utf-8-sig").splitlines()
    assert lines == PRINTED.read_text("utf-8").splitlines() and len(lines) == 1 + 22
    assert hashlib.sha256(contents).hexdigest() == SHA256
