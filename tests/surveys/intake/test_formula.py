"""Neutralising formulas in CSV, and undoing it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.intake.formula import looks_like_formula, neutralise, restore


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_neutralise_takes_every_dangerous_beginning(start):
    assert (neutralise(f"{start}x"), looks_like_formula(f"{start}x")) == (f"'{start}x", True)


@pytest.mark.parametrize("text", ["", "x", "1", "'x'", " =x", "议题", "x=1"])
def test_neutralise_leaves_other_text(text):
    assert (neutralise(text), restore(text), looks_like_formula(text)) == (text, text, False)


@given(st.text(alphabet="'=+-@\t\rx", max_size=6))
def test_restore_gives_back_what_was_neutralised(text):
    assert restore(neutralise(text)) == text
    assert not looks_like_formula(neutralise(text))
