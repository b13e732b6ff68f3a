"""Guessing a file and reading it by the guess, in tests."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from materiality.tables.read import open_table
from surveys.intake.parse import ParsedResponses, parse_responses
from surveys.matching.apply import planner_of
from surveys.matching.guess import Guess, guess
from surveys.matching.match import Asked, Match
from surveys.questionnaire.ratings import CELL_TEXT
from tests.factories.tool_exports import Truth
from tests.factories.tool_exports import asked as everything

SHANGHAI = ZoneInfo("Asia/Shanghai")


def guessed(file: bytes, asked: Asked | None = None, **more) -> Guess:
    """The guess for a file."""
    with open_table(file) as table:
        return guess(table, asked or everything(), **more)


def read(file: bytes, match: Match, asked: Asked | None = None) -> ParsedResponses:
    """The file read by a match that went through its JSON."""
    asked = replace(asked or everything(), zone=SHANGHAI.key)
    planner = planner_of(Match.from_json(match.to_json()), asked)
    return parse_responses(file, planner=planner, groups=[group.code for group in asked.groups], k=asked.k)


def doubts(found: Guess) -> set[str]:
    """Codes of the doubts."""
    return {doubt.code for doubt in found.doubts}


def said(parsed: ParsedResponses, names: tuple[str, ...]) -> list[tuple]:
    """What the rows say under these names, comparable with `true`."""
    times = {name: [t and t.astimezone(SHANGHAI).replace(tzinfo=None) for t in getattr(parsed, name)]
             for name in ("started_at", "submitted_at")}  # fmt: skip
    columns = {
        **times,
        "token": parsed.token,
        "channel": parsed.channel,
        "language": parsed.language,
        "comment": parsed.comment,
        "group": [parsed.group_codes[place] for place in parsed.group],
        "consent": parsed.consent.tolist(),
        "unfinished": parsed.unfinished.tolist(),
        "ratings": [[CELL_TEXT[code] for code in row] for row in parsed.ratings],
    }
    return list(zip(*(columns[name] for name in names), strict=True))


def true(rows: list[Truth], names: tuple[str, ...], asked: Asked | None = None) -> list[tuple]:
    """The same of the truth."""
    items = (asked or everything()).items
    values = {
        "started_at": lambda row: row.started,
        "submitted_at": lambda row: row.submitted if row.finished else None,
        "token": lambda row: row.token,
        "channel": lambda row: row.channel,
        "language": lambda row: row.language,
        "comment": lambda row: row.comment,
        "group": lambda row: row.group.code,
        "consent": lambda row: row.consent,
        "unfinished": lambda row: not row.finished,
        "ratings": lambda row: [row.ratings[item] for item in items],
    }
    return [tuple(values[name](row) for name in names) for row in rows]
