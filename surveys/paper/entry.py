"""Entries of paper sheets: read, compared, taken over, forgotten."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from materiality.models import Issue, Job
from materiality.platform.bilingual import option_text, speaking, text_of
from materiality.platform.refusals import NotAllowed
from materiality.platform.words import word_for
from materiality.scoring.cube import DONT_KNOW, NOT_ASKED, SKIPPED
from surveys.models import PaperSheet, ProfileQuestion, Survey
from surveys.models.instrument import ranking_question
from surveys.models.jobs import JobKind
from surveys.paper.printing import NumberedIssue
from surveys.paper.sheets import empty_sheet, open_sheet
from surveys.questionnaire.asking import QUESTION_KINDS
from surveys.questionnaire.contents import Contents
from surveys.questionnaire.responses import NAMED

_WORDS = {"": SKIPPED, "D": DONT_KNOW, "DK": DONT_KNOW}


@dataclass(frozen=True)
class Differences:
    """Where two entries differ: positions of items, codes of profile questions, the comment."""

    items: tuple[int, ...]
    questions: tuple[str, ...]
    comment: bool

    def __bool__(self) -> bool:
        return bool(self.items or self.questions or self.comment)


def entry_differences(first: Contents, second: Contents) -> Differences:
    """Everything in which the entries are not the same; spaces around a comment and line ends do not count."""
    items = tuple(place for place, (a, b) in enumerate(zip(first.ratings, second.ratings, strict=True)) if a != b)
    codes = [*first.profile, *(code for code in second.profile if code not in first.profile)]
    questions = tuple(code for code in codes if first.profile.get(code) != second.profile.get(code))
    return Differences(items, questions, first.comment.split() != second.comment.split())


def typed_code(text: str, k: int) -> int | None:
    """The byte of what was typed for an item: 1..`k`, D for don't know, nothing for skipped; None for anything else."""
    word = text.strip().upper()
    if word in _WORDS:
        return _WORDS[word]
    return int(word) if word.isascii() and word.isdigit() and len(word) < 3 and 1 <= int(word) <= k else None


def asked_positions(asked: Sequence[int]) -> list[int]:
    """The positions of the items that a sheet asks."""
    return [place for place, code in enumerate(asked) if code != NOT_ASKED]


@dataclass
class EntryLine:
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


def entry_lines(issues: Iterable[NumberedIssue], typed) -> list[EntryLine]:
    """A line per item to be typed; `typed` is the TypedEntry that could not be stored, or None."""
    return [
        EntryLine(
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
    issues: Iterable[NumberedIssue],
    found: Differences,
    first: Contents,
    second: Contents,
    posted: Mapping,
    missing: set[str],
) -> list[EntryLine]:
    """A line per item in which the entries differ."""
    return [
        EntryLine(
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
    first: Contents | None = None,
    second: Contents | None = None,
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
                [(option["code"], option_text(option), option["code"] in chosen) for option in question.options],
                typed=given if isinstance(given, str) else "",
                error=(typed.errors.get(f"p_{question.code}", "") if typed else "")
                or (_("Choose what the sheet says.") if name in missing else ""),
                first=answer_words(question, first) if first else "",
                second=answer_words(question, second) if second else "",
                chosen=(posted or {}).get(name, ""),
                several=QUESTION_KINDS[question.kind].several,
            )
        )
    return lines


def ranking_of(survey: Survey, issues: Iterable[NumberedIssue]) -> ProfileQuestion:
    """The ranking step of a sheet as a question whose options are its issues, to be compared and shown like others."""
    text = {}
    for language in survey.languages:
        with speaking(language, survey.languages):
            text[language] = ranking_question()
    options = [
        {"code": each.issue.code}
        | {language: f"{each.number} {text_of(each.issue, 'name', language)}" for language in survey.languages}
        for each in issues
    ]
    return ProfileQuestion(survey=survey, code=NAMED, kind="multiple", options=options, text=text)


def rating_words(code: int) -> str:
    """A rating as the page of differences shows it."""
    return {SKIPPED: _("nothing"), DONT_KNOW: _("don't know")}.get(code, str(code))


def answer_words(question: ProfileQuestion, entry: Contents) -> str:
    answer = entry.profile.get(question.code)
    words = {option["code"]: option_text(option) for option in question.options}
    given = answer if isinstance(answer, list) else [answer] if answer else []
    return "; ".join(words.get(code, code) for code in given) or _("nothing")


def forget_paper(survey: Survey) -> int:
    """Delete the printed files, which tell what each number was asked, and empty every sheet that is left, entered or
    not; returns how many files went. Can be done again.
    """
    empty = PaperSheet(survey=survey)
    empty_sheet(empty)
    PaperSheet.objects.filter(survey=survey).update(**{name: getattr(empty, name) for name in PaperSheet.unaudited})
    jobs = Job.objects.filter(cycle_id=survey.cycle_id, kind=JobKind.PRINT_SHEETS, state=Job.State.DONE)
    paths = [job.result.get("path") for job in jobs if job.inputs.get("survey") == survey.pk]
    found = [path for path in paths if path and default_storage.exists(path)]
    for path in found:
        default_storage.delete(path)
    return len(found)


def refuse_closed(survey: Survey) -> None:
    """NotAllowed where the survey takes no more sheets: an anonymous one is sealed when it closes."""
    if survey.state == Survey.State.DRAFT or (survey.anonymous and survey.state == Survey.State.CLOSED):
        raise NotAllowed(_("The survey is closed; an anonymous survey takes no more answers then."))


def locked_sheet(sheet: PaperSheet) -> PaperSheet:
    """The stored sheet with its survey and group, locked for the caller's transaction; NotAllowed as `refuse_closed`.

    The survey's row comes first, as in closing and sealing, so that none of these waits for another in a circle.
    """
    surveys = Survey.objects.select_for_update(no_key=True, of=("self",)).select_related("cycle")
    survey = surveys.get(pk=sheet.survey_id)
    refuse_closed(survey)
    stored = PaperSheet.objects.select_for_update(of=("self",)).select_related("group").get(pk=sheet.pk)
    stored.survey = survey
    return open_sheet(stored)
