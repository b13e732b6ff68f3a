"""Numbers as people write them."""

from hypothesis import given
from hypothesis import strategies as st

from materiality.plain_number import plain_number, plain_percent


def test_plain_number_has_no_exponent_and_no_trailing_zero():
    values = [7.0, 0.125, 100, 2147483647, 1e-7, 0.0]
    assert [plain_number(value) for value in values] == ["7", "0.125", "100", "2147483647", "0.0000001", "0"]


@given(st.floats(0, 1e6))
def test_plain_number_reads_back_as_the_same_number(value):
    assert float(plain_number(value)) == value


def test_plain_percent_is_exact():
    assert [plain_percent(share) for share in (0.07, 0.29, 1.0, 0.005)] == ["7", "29", "100", "0.5"]
