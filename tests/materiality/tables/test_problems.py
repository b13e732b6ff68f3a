"""Sentences of problems: all there, all with values for their placeholders."""

import ast
import datetime as dt
import re
from pathlib import Path

import pytest

import materiality.tables
import surveys.intake
from materiality.tables.problems import MESSAGES, CellError, Fault, cell_text, column_letters, shown_cell, template
from surveys.questionnaire import ratings
from tests.surveys.intake.files import NAMES, parse_rows

RAISING = {"FileProblem", "CellProblem", "RatingError", "CellError", "Fault", "_problem_at", "report"}


def codes_in(path: Path) -> set[str]:
    """Text constants among the arguments of the calls that name a problem."""
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    names = [(getattr(call.func, "id", getattr(call.func, "attr", "")), call) for call in calls]
    texts = [
        part.value
        for name, call in names
        if name in RAISING
        for arg in call.args
        for part in ast.walk(arg)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    ]
    return {text for text in texts if re.fullmatch(r"[a-z]+(_[a-z]+)+", text)}


def test_every_code_in_the_source_has_a_sentence():
    folders = (Path(surveys.intake.__file__).parent, Path(materiality.tables.__file__).parent)
    files = [*(path for folder in folders for path in folder.glob("*.py")), Path(ratings.__file__)]
    used = set().union(*(codes_in(path) for path in files))
    assert len(used) > 25
    assert used - set(MESSAGES) == set()


@pytest.mark.parametrize(
    ("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16383, "XFD")]
)
def test_column_letters_of_a_place(index, letters):
    assert column_letters(index) == letters


def test_template_names_the_nearest_where_there_is_one():
    assert template("unknown_group", {"value": "x", "nearest": "users"}) == MESSAGES["unknown_group_nearest"]
    assert template("unknown_group", {"value": "x", "nearest": ""}) == MESSAGES["unknown_group"]
    assert template("unnamed_column", {}) == MESSAGES["unnamed_column"]


def test_sentences_of_cells_fill_their_placeholders():
    header = ["token", "group", "language", "started_at", "submitted_at", "consent", "comment", *NAMES[:3]]
    parsed = parse_rows(
        header,
        ["t" * 201, "user", "fr", "x", "1901-01-01", "?", "", "0", "2.5", "x", "more"],
        ["", "", "", "2026-01-05 10:00", "2026-01-05 09:00", "", "", "", "", ""],
    )
    sentences = [template(error.code, error.params) % error.params for error in parsed.errors]
    assert len(sentences) == 12
    assert [sentence for sentence in sentences if "%" in sentence] == []


def test_cell_error_knows_its_cell():
    assert CellError(17, 2, "x", "", "extra_cell").cell == "C17"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("x ", "x "),
        (12345.0, "12345"),
        (1.5, "1.5"),
        (7, "7"),
        (True, "TRUE"),
        (1e300, "1e+300"),
        (dt.datetime(2026, 1, 5, 10), "2026-01-05 10:00:00"),
        (dt.date(2026, 1, 5), "2026-01-05"),
    ],
)
def test_cell_text_is_what_a_person_sees(cell, text):
    assert cell_text(cell) == text


def test_shown_cuts_long_values_and_names_faults():
    assert (shown_cell("x" * 100), shown_cell("x" * 101)) == ("x" * 100, "x" * 99 + "…")
    assert shown_cell(Fault("cell_error", "#N/A")) == "#N/A"
