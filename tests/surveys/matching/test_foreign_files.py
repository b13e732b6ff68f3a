"""Files as people's tools and hands leave them are read as their truth says, or refused with a doubt."""

import pytest

from materiality.tables.problems import FileProblem
from surveys.matching.balance import balance_of
from surveys.matching.kinds import KINDS
from tests.conftest import HEAVY
from tests.factories.foreign_files import foreign_file
from tests.factories.tool_exports import asked
from tests.surveys.matching.reading import guessed, read, said, true

ASKED = asked(zone="Asia/Shanghai")
NAMES = {"started": "started_at", "submitted": "submitted_at", "state": "unfinished"}
SEEDS = 2_000 if HEAVY else 40
BATCH = 20


def outcome(seed: int) -> tuple[str, str]:
    """`exact`, `refused` or `silent`, and what was found."""
    file = foreign_file(seed)
    try:
        found = guessed(file.contents, ASKED)
    except FileProblem as problem:
        return "refused", problem.code
    if found.doubts:
        assert all(doubt.code in KINDS for doubt in found.doubts)
        return "refused", found.doubts[0].code
    parsed = read(file.contents, found.match, ASKED)
    if parsed.errors:
        return "refused", f"{parsed.errors[0].cell} {parsed.errors[0].code}"
    if doubts := balance_of(parsed, ASKED, match=found.match).doubts:
        return "refused", doubts[0]["code"]
    names = ["ratings", *(NAMES.get(name, name) for name in file.names)]
    names += ["unfinished"] if "submitted" in file.names and "unfinished" not in names else []
    return _compared(said(parsed, tuple(names)), true(file.rows, tuple(names), ASKED), names, file.told)


def _compared(got: list[tuple], truth: list[tuple], names: list[str], told: list[str]) -> tuple[str, str]:
    if len(got) != len(truth):
        return "silent", f"{told}: {len(got)} rows for {len(truth)}"
    for row, (one, other) in enumerate(zip(got, truth, strict=True)):
        for name, value, right in zip(names, one, other, strict=True):
            if name in ("started_at", "submitted_at") and value:
                value = value.replace(microsecond=0)
            if value != right:
                return "silent", f"{told}: row {row}, {name}: {value} for {right}"
    return "exact", ""


@pytest.mark.parametrize("first", range(0, SEEDS, BATCH))
def test_no_file_is_stored_otherwise_than_it_says(first):
    found = [outcome(seed) for seed in range(first, first + BATCH)]
    assert [what for how, what in found if how == "silent"] == []


def test_many_files_are_read_without_a_doubt():
    found = [outcome(seed)[0] for seed in range(40)]
    assert found.count("exact") >= 8
