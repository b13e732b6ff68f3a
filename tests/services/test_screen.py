"""Screening by command, on SQLite and on PostgreSQL, against plain loops over an export."""

import pytest

from tests.services.reference_scores import reference

pytestmark = pytest.mark.services


def table(text):
    """{first column: numbers} of the lines with tabs."""
    lines = [line.split("\t") for line in text.splitlines() if "\t" in line]
    return {line[0]: line[1:] for line in lines}


def test_screen_by_command_agrees_with_plain_loops(installation, default_library, tmp_path):
    installation.manage("load_demo", "--responses", "600")
    exported = tmp_path / "responses.csv"
    installation.manage("export_responses", "demo", str(exported))
    expected = reference(exported)["responses"]
    before = installation.manage("screen", "demo").stdout
    assert "0 responses carry other flags" in before
    found = table(before)
    assert {flag: int(found[flag][0]) for flag in expected["flags"]} == expected["flags"]
    assert int(found["valid"][0]) == expected["valid"]

    other = ("--rule", "speeding=reject:2.5", "--rule", "duplicate=off")
    trial = table(installation.manage("screen", "demo", "--dry-run", *other).stdout)
    assert installation.manage("screen", "demo").stdout == before
    after = table(installation.manage("screen", "demo", *other).stdout)
    assert trial["valid after"] == after["valid"]
    assert [cell.split(" ")[2] for cell in trial["speeding"]] == after["speeding"]
    back = installation.manage("screen", "demo", "--rule", "speeding=reject:1", "--rule", "duplicate=reject").stdout
    assert table(back) == found
    assert installation.python("from surveys.models import RuleSet; print(RuleSet.objects.count())") == 3
