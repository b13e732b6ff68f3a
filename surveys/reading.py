"""Reading a file of responses for one survey: what it holds, what is wrong with it, what would be stored."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from django.conf import settings
from django.utils.translation import gettext as _

from materiality.scoring.codes import NOT_ASKED
from surveys.arrays import ResponseColumns
from surveys.intake.limits import Limits
from surveys.intake.parse import Progress, parse_responses
from surveys.intake.parsed import ParsedResponses
from surveys.intake.plan import Planner
from surveys.intake.problems import CellError, FileProblem, template
from surveys.models import Survey
from surveys.questionnaire.rules import FLAG_BIT, flags_asked

LISTED = 1_000


_read_once: ContextVar[dict | None] = ContextVar("read_once", default=None)


@contextmanager
def reading_once() -> Iterator[None]:
    """Within, a file that was read is not read again: a command checks and stores it in one go."""
    token = _read_once.set({})
    try:
        yield
    finally:
        _read_once.reset(token)


def read_file(
    survey: Survey, path: Path, progress: Progress | None = None, *, planner: Planner | None = None
) -> ParsedResponses:
    """Parse a CSV or XLSX file against the survey's items and groups. FileProblem where it cannot be read.

    `planner` says how a foreign file is read.
    """
    known = _read_once.get()
    if known is None:
        return _parse(survey, path, progress, planner)
    if (survey.pk, path) not in known:
        known[survey.pk, path] = _parse(survey, path, progress, planner)
    return known[survey.pk, path]


def _parse(survey: Survey, path: Path, progress: Progress | None, planner: Planner | None) -> ParsedResponses:
    return parse_responses(
        path,
        items=list(survey.items.values_list("issue__code", "dimension").order_by("position")),
        groups=list(survey.cycle.groups.values_list("code", flat=True)),
        k=survey.k,
        zone=ZoneInfo(survey.zone),
        limits=Limits(max_bytes=settings.MAX_UPLOAD_BYTES),
        progress=progress,
        planner=planner,
    )


def columns_of(survey: Survey, parsed: ParsedResponses) -> ResponseColumns:
    """The good rows as they would be stored: without consent neither ratings nor comment are kept (scoring.md)."""
    codes = dict(survey.cycle.groups.values_list("code", "pk"))
    keys = [codes[code] for code in parsed.group_codes]
    good = np.flatnonzero(~parsed.bad)
    columns = ResponseColumns(
        group=[keys[place] for place in parsed.group.tolist()],
        channel=parsed.channel,
        language=parsed.language,
        token=parsed.token,
        started_at=parsed.started_at,
        submitted_at=parsed.submitted_at,
        unfinished=parsed.unfinished,
        consent=parsed.consent,
        comment=parsed.comment,
        ratings=parsed.ratings,
        profile=parsed.profile,
        attention=parsed.attention,
    )
    if len(good) < len(columns):
        columns = columns.pick(good)
    for row in np.flatnonzero(~columns.consent).tolist():
        columns.ratings[row] = NOT_ASKED
        columns.comment[row] = ""
        columns.profile[row] = {}
        columns.attention[row] = None
    return columns


def file_sentence(problem: FileProblem) -> str:
    """What is wrong with a file as a whole, in the active language."""
    return _(template(problem.code, problem.params)) % problem.params


def cell_sentence(code: str, value: str, params: dict) -> str:
    """What is wrong with a cell, in the active language."""
    return _(template(code, params)) % {**params, "value": f"“{params.get('value', value)}”"}


def summary_of(parsed: ParsedResponses, columns: ResponseColumns, flags: np.ndarray, groups: dict[int, str]) -> dict:
    """Counts and the first bad cells, as plain values for the preview."""
    counts = Counter(columns.group)
    asked = flags_asked(attention=any(code is not None for code in columns.attention))
    return {
        "rows": len(parsed.bad),
        "good": len(columns),
        "bad_rows": int(parsed.bad.sum()),
        "errors": parsed.error_count,
        "header_ok": parsed.header_ok,
        "duplicates": int((flags & FLAG_BIT["duplicate"] > 0).sum()),
        "unfinished": int(columns.unfinished.sum()),
        "comments": sum(1 for text in columns.comment if text),
        "flags": {flag: int((flags & FLAG_BIT[flag] > 0)[~columns.unfinished].sum()) for flag in asked},
        "groups": {code: counts.get(pk, 0) for pk, code in groups.items()},
        "notes": parsed.notes[:LISTED],
        "listed": [_plain(error) for error in parsed.errors[:LISTED]],
    }


def _plain(error: CellError) -> dict:
    return {
        "row": error.row,
        "cell": error.cell,
        "column": error.column,
        "value": error.value,
        "code": error.code,
        "params": {name: str(value) for name, value in error.params.items()},
    }
