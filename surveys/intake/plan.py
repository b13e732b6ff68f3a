"""How the rows of a file are read: which cell is what, and by which reader."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from surveys.intake.besides import ATTENTION, AskedBesides
from surveys.intake.cells import (
    group_reader,
    language_reader,
    read_consent,
    read_unfinished,
    text_reader,
    time_reader,
)
from surveys.intake.columns import UNFINISHED, Columns, match_columns
from surveys.intake.reader import CSV, Table
from surveys.questionnaire.ratings import RatingTable

LONGEST_COMMENT, LONGEST_TOKEN, LONGEST_CHANNEL = 10_000, 200, 40

Reader = Callable[[object], object]


@dataclass(frozen=True)
class Plan:
    """Columns, a reader per field, and for foreign files what the `responses` format does not have.

    `tables` are what rating cells mean, per item with a column; None = as in formats.md. `duration` is the column of
    seconds and its reader, `attention` that of the attention question and what its cells mean, `profile` (column,
    question code, reader of a code, of a list of codes or of text; None = no answer). `notes` are what a person should
    know though nothing is wrong.
    """

    columns: Columns
    readers: Mapping[str, Reader]
    tables: Sequence[Mapping[object, int]] | None = None
    duration: tuple[int, Reader] | None = None
    attention: tuple[int, Mapping[object, int]] | None = None
    profile: Sequence[tuple[int, str, Reader]] = ()
    notes: Sequence[dict] = field(default_factory=tuple)


Planner = Callable[[Table], Plan]


def plain_plan(
    table: Table,
    items: Sequence[tuple[str, str]],
    codes: Sequence[str],
    zone: ZoneInfo,
    languages: Sequence[str],
    asked: AskedBesides | None = None,
) -> Plan:
    """The plan of a file in the `responses` format; `asked` is what the survey asks besides its items."""
    asked = asked or AskedBesides()
    neutralised = table.kind == CSV
    columns = match_columns(table.header, items, row=table.header_row, more=asked.names)
    attention = columns.more.get(ATTENTION)
    return Plan(
        columns,
        field_readers(codes, zone, languages, neutralised=neutralised),
        attention=None if attention is None else (attention, RatingTable(asked.attention)),
        profile=[
            (columns.more[question.name], question.code, question.reader(neutralised))
            for question in asked.questions
            if question.name in columns.more
        ],
    )


def field_readers(
    codes: Sequence[str], zone: ZoneInfo, languages: Sequence[str], *, neutralised: bool
) -> dict[str, Reader]:
    """Readers of all fields by name; `neutralised`: apostrophes before formulas are taken away."""
    time: Callable[[object], dt.datetime | None] = time_reader(zone)
    return {
        "token": text_reader(LONGEST_TOKEN, trimmed=True, neutralised=neutralised),
        "group": group_reader(codes),
        "channel": text_reader(LONGEST_CHANNEL, trimmed=True, neutralised=neutralised),
        "language": language_reader(languages),
        "started_at": time,
        "submitted_at": time,
        "consent": read_consent,
        UNFINISHED: read_unfinished,
        "comment": text_reader(LONGEST_COMMENT, trimmed=False, neutralised=neutralised),
    }
