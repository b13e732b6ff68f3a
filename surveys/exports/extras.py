"""Columns after the items: whether a response is finished, and on wish what screening and profile questions say."""

from surveys.exports.selection import Selection
from surveys.intake.columns import UNFINISHED
from surveys.models import ProfileQuestion, Response
from surveys.questionnaire.ratings import CELL_TEXT
from surveys.questionnaire.screening import flag_names

OVERRULED = {Response.Overruled.INCLUDE: "include", Response.Overruled.EXCLUDE: "exclude"}


def extra_names(selection: Selection) -> list[str]:
    """Names of the columns after the items; without `full` at most `unfinished`, which imports take."""
    if not selection.full:
        return [UNFINISHED] if selection.tells_unfinished else []
    names = [UNFINISHED, "valid", "flags", "overruled"]
    if selection.survey.attention:
        names.append("attention")
    if not selection.survey.anonymous:
        names += ["seconds_per_item", "notice_version"]
    return names + [profile_name(question) for question in selection.questions]


def extra_values(selection: Selection, row: tuple) -> list[str | int | float]:
    """The cells under `extra_names` of one row of `Selection.rows`, its part behind the ratings."""
    unfinished, flags, overruled, attention, seconds, notice, profile = row
    if not selection.full:
        return [_word(unfinished)]
    counts = is_valid(selection, unfinished, flags, overruled)
    cells = [_word(unfinished), _word(counts), ";".join(flag_names(flags)), OVERRULED.get(overruled, "")]
    if selection.survey.attention:
        cells.append("NA" if attention is None else CELL_TEXT[attention] or "")
    if not selection.survey.anonymous:
        cells += ["" if seconds is None else seconds, "" if notice is None else notice]
    return cells + [answer_text(profile.get(question.code)) for question in selection.questions]


def is_valid(selection: Selection, unfinished: bool, flags: int, overruled: int) -> bool:
    """Whether a response counts (scoring.md); the same as `screening.valid` for one row."""
    accepted = not flags & selection.rejecting or overruled == Response.Overruled.INCLUDE
    return not unfinished and accepted and overruled != Response.Overruled.EXCLUDE


def profile_name(question: ProfileQuestion) -> str:
    """Header of a profile question's column."""
    return f"profile:{question.code}"


def answer_text(answer: str | list[str] | None) -> str:
    """A profile answer as one cell: several choices are joined by a semicolon."""
    return ";".join(answer) if isinstance(answer, list) else answer or ""


def _word(value: bool) -> str:
    return "yes" if value else "no"
