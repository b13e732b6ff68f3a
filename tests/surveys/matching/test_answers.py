"""Doubts answered in one word each: the match that comes of it reads the file as it is meant, or the doubt stays."""

import pytest

from surveys.matching.answers import answered
from surveys.matching.kinds import KINDS
from tests.factories.tool_exports import csv_of
from tests.surveys.matching.reading import guessed, read, said, true
from tests.surveys.matching.test_shapes_of_tools import ASKED, BASICS, ROWS, book, table


def outcome(contents: bytes, answers: dict[str, str], names=BASICS) -> set[str]:
    """Empty where the file is read exactly; else the doubts that are left, the problems, or `different`."""
    found = answered(guessed(contents, ASKED), answers, ASKED)
    if found.doubts:
        return {doubt.id for doubt in found.doubts}
    parsed = read(contents, found.match, ASKED)
    if parsed.errors:
        return {error.code for error in parsed.errors}
    return set() if said(parsed, names) == true(ROWS, names, ASKED) else {"different"}


def turned(row, item) -> str:
    value = row.ratings[item]
    return str(6 - int(value)) if value.isdigit() else value


def thirds(row, item) -> str:
    return {"1": "1", "3": "2", "5": "3"}.get(row.ratings[item], "")


def of_words(row, item) -> str:
    value = row.ratings[item]
    return ["pear", "fig", "plum", "kiwi", "lime"][int(value) - 1] if value.isdigit() else ""


SIDES = {"society": "对社会和环境的影响", "business": "对公司运营的影响"}
SAID_ROUND = book(data=table(value=turned), notes=[["1 = very important"]])
NO_SIDE = csv_of(table(lambda issue, _each: issue.en))
FRUIT = csv_of(table(value=lambda row, item: of_words(row, item) or row.ratings[item]))
RENAMED = csv_of(
    table(lambda issue, each: f"{SIDES[each]}—{issue.zh if each == 'society' else f'议题{issue.zh}管理工作'}")
)
LEFT = csv_of(table(value=lambda row, item: row.ratings[item] or "-7"))


@pytest.mark.parametrize(
    ("contents", "answers", "left"),
    [
        (SAID_ROUND, {"turned_in_text": "turn"}, set()),
        (SAID_ROUND, {"turned_in_text": "accept"}, {"different"}),
        (SAID_ROUND, {"turned_in_text": "yes"}, {"turned_in_text"}),
        (csv_of(table(end="End Date (UTC)")), {"other_zone": "survey"}, set()),
        (csv_of(table(end="End Date (EST)")), {"zone_words@C": "Asia/Shanghai"}, set()),
        (csv_of(table(end="End Date (EST)")), {"zone_words@C": "Mars"}, {"zone_words@C"}),
        (LEFT, {"unknown_values": "-7=skip"}, set()),
        (LEFT, {"unknown_values@C": "-7=skip"}, {"unknown_values@K"}),
        (LEFT, {"unknown_values": "-7=much"}, {"unknown_values@C", "unknown_values@K"}),
        (FRUIT, {"unknown_values": "pear < fig < plum < kiwi < lime"}, set()),
        (FRUIT, {"unknown_values": "pear < fig < plum"}, {"unknown_values@C", "unknown_values@K"}),
        (RENAMED, {"near_issue": "accept"}, set()),
        (RENAMED, {"near_issue": "leave", "lacking": "accept"}, {"different"}),
        (NO_SIDE, {"dimension": "society"}, {f"doubled@{letter}" for letter in "KLMNOPQR"}),
        (NO_SIDE, {f"dimension@{x}": "society" if x < "K" else "business" for x in "CDEFGHIJKLMNOPQR"}, set()),
    ],
)  # fmt: skip
def test_answer_settles_what_it_is_about_and_nothing_else(contents, answers, left):
    names = (*BASICS, "submitted_at") if b"End Date" in contents else BASICS
    assert outcome(contents, answers, names) == left


def test_scale_of_three_points_is_stretched_exactly():
    contents = csv_of(table(value=thirds))
    answers = {f"scale_end@{column}": "3" for column in "CK"}
    found = guessed(contents, ASKED)
    match = answered(found, answers, ASKED).match
    assert ({doubt.id for doubt in found.doubts}, set(match.lengths.values())) == ({*answers}, {3})
    stretched = [
        {item: value if value in ("1", "3", "5") else "" for item, value in row.ratings.items()} for row in ROWS
    ]
    ratings = [row for (row,) in said(read(contents, match, ASKED), ("ratings",))]
    assert ratings == [list(row.values()) for row in stretched]


def test_scale_that_does_not_fit_is_not_stretched():
    found = guessed(csv_of(table(value=thirds)), ASKED)
    assert len(answered(found, {"scale_end": "4"}, ASKED).doubts) == len(found.doubts)


@pytest.mark.parametrize("code", sorted(KINDS))
def test_every_doubt_says_what_can_be_answered(code):
    assert KINDS[code].choices or code == "no_issues"
