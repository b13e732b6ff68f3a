"""Whether a header is meant to be in the `responses` format."""

import pytest

from surveys.intake.columns import is_own_format, match_columns

ITEMS = [("SOC-01-01", "society"), ("SOC-01-01", "business"), ("ENV-02-01", "society")]


@pytest.mark.parametrize(
    ("header", "own"),
    [
        ("group SOC-01-01:society", True),
        ("group SOC-01-01:society Q1 Q2 Q3 Q4 Q5", True),
        ("grup SOC-01-01:society SOC-01-01:business", True),
        ("group SOC-01-01:socety", True),
        ("group SOC-99-01:society", True),
        ("gruppe ＳＯＣ-01-01：society", True),
        ("token group Q1 Q2", True),
        ("token Q1 Q2 Q3", False),
        ("group Q1 Q2", False),
        ("SOC-01-01:society Q1 Q2", False),
        ("group Note:society Q2 Q3", False),
        ("", False),
    ],
)
def test_half_of_the_header_or_group_and_an_item_make_it_own(header: str, own: bool) -> None:
    columns = match_columns(header.split(), ITEMS)
    assert is_own_format(columns, [code for code, _dimension in ITEMS]) is own
