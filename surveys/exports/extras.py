"""Columns after the items: what else was asked, and on wish what screening says, which imports do not take."""

from surveys.exports.selection import Selection
from surveys.intake.besides import ATTENTION, SEVERAL, profile_name
from surveys.intake.columns import UNFINISHED
from surveys.models import Response
from surveys.questionnaire.ratings import CELL_TEXT
from surveys.questionnaire.screening import flag_names

OVERRULED = {Response.Overruled.INCLUDE: "include", Response.Overruled.EXCLUDE: "exclude"}


def extra_names(selection: Selection) -> list[str]:
    """Names of the columns after the items; without `full` only those that imports take, and only where needed."""
    names = [UNFINISHED] if selection.full or selection.tells_unfinished else []
    if selection.has_attention:
        names.append(ATTENTION)
    names += [profile_name(question.code) for question in selection.questions]
    if selection.full:
        names += ["valid", "flags", "overruled"]
    if selection.full and not selection.survey.anonymous:
        names += ["seconds_per_item", "notice_version"]
    return names


def extra_values(selection: Selection, row: tuple) -> list[str | int | float]:
    """The cells under `extra_names` of one row of `Selection.rows`, its part behind the ratings."""
    unfinished, flags, overruled, attention, seconds, notice, profile = row
    cells = [_word(unfinished)] if selection.full or selection.tells_unfinished else []
    if selection.has_attention:
        cells.append("NA" if attention is None else CELL_TEXT[attention] or "")
    cells += [answer_text(profile.get(question.code)) for question in selection.questions]
    if selection.full:
        counts = is_valid(selection, unfinished, flags, overruled)
        cells += [_word(counts), ";".join(flag_names(flags & selection.shown)), OVERRULED.get(overruled, "")]
    if selection.full and not selection.survey.anonymous:
        cells += ["" if seconds is None else seconds, "" if notice is None else notice]
    return cells


def is_valid(selection: Selection, unfinished: bool, flags: int, overruled: int) -> bool:
    """Whether a response counts (scoring.md); the same as `screening.valid` for one row."""
    accepted = not flags & selection.rejecting or overruled == Response.Overruled.INCLUDE
    return not unfinished and accepted and overruled != Response.Overruled.EXCLUDE


def answer_text(answer: str | list[str] | None) -> str:
    """A profile answer as one cell: several choices are joined by a semicolon."""
    return SEVERAL.join(answer) if isinstance(answer, list) else answer or ""


def _word(value: bool) -> str:
    return "yes" if value else "no"
