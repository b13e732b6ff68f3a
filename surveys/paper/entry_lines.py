"""What the pages of a sheet show, line by line."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from materiality.bilingual import is_chinese
from materiality.models import Issue
from materiality.scoring.codes import DONT_KNOW, SKIPPED
from materiality.words import word_for
from surveys.models import ProfileQuestion
from surveys.paper.contents import NumberedIssue
from surveys.paper.entry import Differences, Entry


@dataclass
class Line:
    """One item of a sheet: its input's place, what was typed, what is wrong; or the two entries where they differ."""

    number: int
    issue: Issue
    dimension: str
    place: int
    typed: str = ""
    error: str = ""
    first: str = ""
    second: str = ""
    chosen: str = ""


@dataclass
class QuestionLine:
    """One profile question: options (code, label, chosen), what was typed; or the two answers where they differ."""

    question: ProfileQuestion
    options: list[tuple[str, str, bool]]
    typed: str = ""
    error: str = ""
    first: str = ""
    second: str = ""
    chosen: str = ""
    several: bool = field(default=False)


def entry_lines(issues: Iterable[NumberedIssue], typed) -> list[Line]:
    """A line per item to be typed; `typed` is the TypedEntry that could not be stored, or None."""
    return [
        Line(
            issue.number,
            issue.issue,
            str(word_for("dimension", dimension)),
            place,
            typed=typed.typed[place] if typed else "",
            error=typed.errors.get(f"i{place}", "") if typed else "",
        )
        for issue in issues
        for dimension, place in issue.items
    ]


def difference_lines(
    issues: Iterable[NumberedIssue], found: Differences, first: Entry, second: Entry, posted: Mapping, missing: set[str]
) -> list[Line]:
    """A line per item in which the entries differ."""
    return [
        Line(
            issue.number,
            issue.issue,
            str(word_for("dimension", dimension)),
            place,
            typed=posted.get(f"t{place}", "")[:20],
            error=_("Choose what the sheet says.") if f"c{place}" in missing else "",
            first=rating_words(first.ratings[place]),
            second=rating_words(second.ratings[place]),
            chosen=posted.get(f"c{place}", ""),
        )
        for issue in issues
        for dimension, place in issue.items
        if place in found.items
    ]


def profile_lines(
    questions: Iterable[ProfileQuestion],
    typed,
    *,
    first: Entry | None = None,
    second: Entry | None = None,
    missing: Iterable[str] = (),
    posted: Mapping | None = None,
) -> list[QuestionLine]:
    """A line per profile question: to be typed (`typed` may be None), or with its two answers."""
    lines = []
    for question in questions:
        given = (typed.profile if typed else {}).get(question.code, "")
        chosen = given if isinstance(given, list) else [given]
        name = f"q_{question.code}"
        lines.append(
            QuestionLine(
                question,
                [(option["code"], _words(option), option["code"] in chosen) for option in question.options],
                typed=given if isinstance(given, str) else "",
                error=(typed.errors.get(f"p_{question.code}", "") if typed else "")
                or (_("Choose what the sheet says.") if name in missing else ""),
                first=answer_words(question, first) if first else "",
                second=answer_words(question, second) if second else "",
                chosen=(posted or {}).get(name, ""),
                several=question.kind == ProfileQuestion.Kind.MULTIPLE,
            )
        )
    return lines


def rating_words(code: int) -> str:
    """A rating as the page of differences shows it."""
    return {SKIPPED: _("nothing"), DONT_KNOW: _("don't know")}.get(code, str(code))


def answer_words(question: ProfileQuestion, entry: Entry) -> str:
    """A profile answer in words."""
    answer = entry.profile.get(question.code)
    words = {option["code"]: _words(option) for option in question.options}
    given = answer if isinstance(answer, list) else [answer] if answer else []
    return "; ".join(words.get(code, code) for code in given) or _("nothing")


def _words(option: dict) -> str:
    first, second = ("zh", "en") if is_chinese() else ("en", "zh")
    return option[first] or option[second] or option["code"]
