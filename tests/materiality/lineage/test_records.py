"""Which newer GRI standards apply to which period."""

from datetime import date

import pytest

from materiality.lineage.records import NEWER_STANDARDS, standard_warnings


@pytest.mark.parametrize(
    ("period_end", "standards"),
    [
        (date(2025, 12, 31), []),
        (date(2026, 1, 1), ["101"]),
        (date(2026, 12, 31), ["101"]),
        (date(2027, 1, 1), ["101", "102", "103"]),
        (date(2031, 3, 31), ["101", "102", "103"]),
    ],
)
def test_standard_warnings_by_period(period_end, standards):
    assert [warning.standard.code for warning in standard_warnings(period_end)] == standards


def test_standard_warnings_name_the_old_codes_in_use_only():
    used = {"305-1", "304-2", "305-6", "201-2", "401-1"}
    found = {warning.standard.code: warning.codes for warning in standard_warnings(date(2027, 6, 30), used)}
    assert found == {"101": ("304-2",), "102": ("201-2", "305-1")}


def test_standard_warnings_name_every_replaced_code_without_a_choice():
    replaced = {warning.standard.code: warning.codes for warning in standard_warnings(date(2027, 6, 30))}
    assert replaced == {standard.code: standard.replaces for standard in NEWER_STANDARDS}
    assert [len(codes) for codes in replaced.values()] == [4, 6, 5]
