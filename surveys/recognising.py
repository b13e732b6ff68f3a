"""Column matches of files for one survey: what a survey asks, saved matches, the guess for a file."""

from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from surveys.instrument import LANGUAGES
from surveys.intake.besides import AskedBesides, AskedQuestion
from surveys.intake.own_format import is_own_format
from surveys.intake.plan import Plan, Planner, plain_plan
from surveys.intake.problems import N_
from surveys.intake.reader import Table
from surveys.matching.apply import planner_of
from surveys.matching.asked import Asked, Question
from surveys.matching.doubts import MESSAGES
from surveys.matching.fields import is_personal
from surveys.matching.groupwords import GroupNames
from surveys.matching.guess import Guess, guess
from surveys.matching.issues import IssueNames
from surveys.matching.match import BrokenMatch, Match
from surveys.matching.texts import cleaned
from surveys.matching.tools import READY_MADE
from surveys.models import ColumnMatch, ResponseImport, Survey

AUTO = "auto"
_LONGEST_EXAMPLE = 60


class UnknownMatch(Exception):
    """There is no column match of this name."""


class ForeignFile(Exception):
    """The file is not in the `responses` format; `guess` is what its columns seem to be."""

    def __init__(self, found: Guess) -> None:
        super().__init__()
        self.guess = found


def asked_of(survey: Survey) -> Asked:
    """What the survey asks, with the names in both languages."""
    items = list(survey.items.select_related("issue").order_by("position"))
    issues = {item.issue_id: IssueNames(item.issue.code, item.issue.name_zh, item.issue.name_en) for item in items}
    groups = [GroupNames(group.code, group.name_zh, group.name_en) for group in survey.cycle.groups.all()]
    questions = [
        Question(
            each.code, each.kind, each.text_zh, each.text_en, [(o["code"], o["zh"], o["en"]) for o in each.options]
        )
        for each in survey.profile_questions.all()
    ]
    return Asked(
        items=[(item.issue.code, item.dimension) for item in items],
        issues=list(issues.values()),
        groups=groups,
        k=survey.k,
        questions=questions,
        attention=survey.attention,
    )


def named_match(name: str) -> Match | None:
    """The saved match of the name that a person gave; None where the columns are to be recognised. UnknownMatch."""
    if name in ("", AUTO, *READY_MADE):
        return None
    saved = ColumnMatch.objects.filter(name=name).first()
    if saved is None:
        raise UnknownMatch(name)
    return match_of(saved.columns)


def recogniser(survey: Survey, name: str) -> Planner:
    """Reads a file in the `responses` format as it is; raises ForeignFile with the guess for any other.

    `name` is `auto`, a ready-made match or ''; without it a file that is meant to be in that format, though some
    columns are wrong, is read as it is, so that each of them is told.
    """

    def plan(table: Table) -> Plan:
        asked = asked_of(survey)
        codes = [group.code for group in asked.groups]
        plain = plain_plan(table, asked.items, codes, ZoneInfo(survey.zone), LANGUAGES, _besides(asked))
        if not plain.columns.problems:
            return plain
        if not name and is_own_format(plain.columns, [issue.code for issue in asked.issues]):
            return plain
        tool = name if name in READY_MADE else ""
        raise ForeignFile(guess(table.header, (cells for _number, cells in table.rows), asked, tool=tool))

    return plan


def _besides(asked: Asked) -> AskedBesides:
    """What the survey asks besides its items, as the `responses` format names it."""
    questions = [
        AskedQuestion(each.code, tuple(code for code, _zh, _en in each.options), each.kind == "multiple")
        for each in asked.questions
    ]
    return AskedBesides(questions, asked.k if asked.attention else 0)


def guess_json(found: Guess) -> dict:
    """What the page of the match needs; answers in columns about persons are left out."""
    examples = [
        [] if column.why == "personal" else [text[:_LONGEST_EXAMPLE] for text in texts]
        for column, texts in zip(found.match.columns, found.examples, strict=True)
    ]
    return {
        "doubts": [doubt.to_json() for doubt in found.doubts],
        "found": found.found_issues,
        "asked": found.asked_issues,
        "examples": examples,
    }


def examples_of(imported: ResponseImport) -> list[list[str]]:
    """Answers per column of the import's match: those that were guessed from, and those that the check did not know."""
    headers = [cleaned(column["header"]) for column in imported.match["columns"]]
    guessed = imported.summary.get("guess", {}).get("examples", [])
    examples = [list(guessed[place]) if place < len(guessed) else [] for place in range(len(headers))]
    for error in imported.summary.get("listed", []):
        header = cleaned(error["column"])
        if error["code"] in ("unknown_value", "unknown_group_word") and header in headers:
            of_column = examples[headers.index(header)]
            if error["value"] not in of_column:
                of_column.append(error["value"])
    return examples


def match_of(plain: dict) -> Match:
    """The stored match; UnknownMatch where it is none."""
    try:
        return Match.from_json(plain)
    except BrokenMatch as error:
        raise UnknownMatch(str(error)) from error


def planner_for(survey: Survey, match: dict, name: str) -> Planner:
    """How a file is read by the stored match."""
    return planner_of(match_of(match), asked_of(survey), zone=ZoneInfo(survey.zone), languages=LANGUAGES, name=name)


def personal_headers(notes: list[dict]) -> set[str]:
    """Headers of the columns about who somebody is, by the notes on a file; they are neither stored nor shown."""
    return {
        note["header"]
        for note in notes
        if note["code"] == "personal" or (note["code"] == "strange" and is_personal(cleaned(note["header"])))
    }


def doubt_sentence(doubt: dict) -> str:
    """What is not certain, in the active language."""
    return _(MESSAGES[doubt["code"]]) % doubt["params"]


NOTES = {
    "personal": N_("%(header)s is about a person and is not taken in."),
    "tool": N_("%(header)s is a figure of the tool and is not taken in."),
    "other": N_("%(header)s is not taken in."),
    "attention": N_("%(header)s asks for attention; this survey has no such question, so it is not taken in."),
    "lacking": N_("The file has no column for %(number)s of the %(items)s items; they count as not asked."),
    "strange": N_("%(header)s is unknown to the match and is not taken in."),
    "missing": N_("The match knows the column %(header)s (%(target)s), which this file does not have."),
}


def note_sentence(note: dict) -> str:
    """What a person should know about a column, in the active language."""
    shown = {**note, "header": f"“{note['header'][:100]}”"}
    return _(NOTES[note["code"]]) % shown
