"""The background job that makes the file of printed sheets: one PDF, or a ZIP of them where there are very many."""

import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from django.urls import reverse
from django.utils.translation import gettext as _

from materiality.models import Issue, Job
from materiality.platform.bilingual import option_text, speaking, tag_of, text_of
from materiality.platform.files import keep_file
from materiality.platform.jobs import Progress
from materiality.platform.organisation import organisation_name
from materiality.platform.pdf import REGIONS, typeset_alone
from materiality.platform.words import word_for
from materiality.scoring.cube import DIMENSIONS, NOT_ASKED
from surveys.models import Item, Notice, PaperSheet, ProfileQuestion, Survey
from surveys.models.instrument import page_head, plain_question, ranking_question, scale_words
from surveys.paper.sheets import open_sheet
from surveys.questionnaire.asking import QUESTION_KINDS


@dataclass(frozen=True)
class SheetIssue:
    """An issue of the survey with its items (dimension, position)."""

    issue: Issue
    items: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class NumberedIssue:
    """An issue on a sheet: its number there from 1, and those of its items that the sheet asks."""

    number: int
    issue: Issue
    items: tuple[tuple[str, int], ...]


def sheet_issues(survey: Survey) -> list[SheetIssue]:
    """All issues of the survey in frozen order, with category; one query."""
    rows = Item.objects.filter(survey=survey).select_related("issue__category").order_by("position")
    own: dict[int, list[Item]] = {}
    for item in rows:
        own.setdefault(item.issue_id, []).append(item)
    return [
        SheetIssue(items[0].issue, tuple((item.dimension, item.position) for item in items)) for items in own.values()
    ]


def numbered(issues: Iterable[SheetIssue], asked: bytes) -> list[NumberedIssue]:
    """The issues that a sheet with this vector asks, numbered."""
    found: list[NumberedIssue] = []
    for each in issues:
        items = tuple(item for item in each.items if asked[item[1]] != NOT_ASKED)
        if items:
            found.append(NumberedIssue(len(found) + 1, each.issue, items))
    return found


Each = Callable[[Callable[[], str]], list[str]]


def printed_words(survey: Survey, sheets: Sequence[PaperSheet], *, language: str, definitions: bool) -> dict:
    """What `sheet.typ` reads; every text is a list, one per language (`both`: the survey's first two)."""
    languages = list(map(tag_of, survey.languages[:2])) if language == "both" else [language]

    def each(text: Callable[[], str]) -> list[str]:
        """The text in every language of the sheets."""
        found = []
        for one in languages:
            with speaking(one, survey.languages):
                found.append(str(text()))
        return found

    issues, definitions = sheet_issues(survey), definitions or survey.instrument.always_defined
    return {
        **_frame(survey, languages, each),
        **_front(survey, sheets, each),
        **_scale(survey, each),
        "issues": [_issue(issue, each, definitions) for issue in issues],
        "profile": [_question(question, each) for question in survey.profile_questions.order_by("position")],
        "sheets": [_sheet(sheet, issues, each) for sheet in sheets],
    }


def _frame(survey: Survey, languages: Sequence[str], each: Each) -> dict:
    titles = each(lambda: survey.title)
    return {
        "langs": [language.partition("-")[0] for language in languages],
        "lang": languages[0].partition("-")[0],
        "regions": [REGIONS.get(language) for language in languages],
        "title": titles[0],
        "titles": titles,
        "organisation": " / ".join(dict.fromkeys(organisation_name(language) for language in languages)),
        "thanks": each(lambda: _("Thank you.")),
    }


def _front(survey: Survey, sheets: Sequence[PaperSheet], each: Each) -> dict:
    version = sheets[0].notice_version if sheets else survey.notice_version
    notice = Notice.objects.filter(survey=survey, version=version).first()
    paragraphs = [each(lambda: _stored(survey))]
    if notice and notice.text:
        paragraphs.append(each(lambda: text_of(notice, "text")))
    introduction = each(lambda: survey.introduction)
    return {
        "introduction": [introduction] if any(introduction) else [],
        "stored_title": each(lambda: _("What is stored")),
        "stored": paragraphs,
        "consent": each(
            lambda: _(
                "I take part of my own will and agree that my answers are stored and evaluated as described above."
            )
        ),
        "how": each(lambda: _("Please tick one box in each line. You may leave out any line.")),
        "head": each(page_head),
        "ranking": each(ranking_question) if survey.ranking else [],
        "ranking_how": each(lambda: _("Write their numbers into the boxes; the order does not matter.")),
        "question": each(lambda: survey.question or _("Is there anything you would like to add? (optional)")),
    }


def _stored(survey: Survey) -> str:
    if survey.anonymous:
        return _(
            "Your group and your answers, put among those of others, so that nobody can tell which are yours. What "
            "you say about yourself and your comment are kept apart. The number of this sheet is not kept with your "
            "answers. Please do not write your name on it."
        )
    return _(
        "Your group, your answers and the number of this sheet. Neither your name nor your address is stored with "
        "them. Please do not write your name on it."
    )


def _scale(survey: Survey, each: Each) -> dict:
    short, ends = survey.instrument.short_on_paper, (0, survey.k - 1)
    question = (lambda name: str(word_for("dimension", name))) if short else plain_question
    return {
        "values": [str(value) for value in range(1, survey.k + 1)],
        "scale": [
            each(lambda at=at: "" if short and at not in ends else scale_words(survey.instrument, survey.k)[at])
            for at in range(survey.k)
        ],
        "dont_know": each(lambda: _("Don't know")),
        "several": each(lambda: _("(several possible)")),
        "dimensions": {name: each(lambda name=name: question(name)) for name in DIMENSIONS},
    }


def _issue(entry: SheetIssue, each: Each, definitions: bool) -> dict:
    meant = each(lambda: entry.issue.definition) if definitions else []
    return {
        "name": each(lambda: entry.issue.name),
        "definition": [text for text in meant if text],
        "category": each(lambda: entry.issue.category.name),
    }


def _question(question: ProfileQuestion, each: Each) -> dict:
    def option_words(option: dict) -> list[str]:
        return each(lambda: option_text(option))

    return {
        "kind": asdict(QUESTION_KINDS[question.kind]),
        "text": each(lambda: question.text),
        "options": [option_words(option) for option in question.options],
    }


def _sheet(sheet: PaperSheet, issues: Sequence[SheetIssue], each: Each) -> dict:
    asked = bytes(sheet.asked)
    shown = []
    for place, issue in enumerate(issues):
        dimensions = [dimension for dimension, position in issue.items if asked[position] != 255]
        if dimensions:
            shown.append([place, dimensions])
    return {
        "number": sheet.number,
        "shown": f"{sheet.number:04}",
        "group": each(lambda: sheet.group.name),
        "issues": shown,
    }


FOLDER = "paper"
PAGE = Path(__file__).with_name("sheet.typ")
# A rating takes about 0.2 MB of memory while its PDF is made.
RATINGS_PER_FILE = 2_000


@dataclass(frozen=True)
class Printed:
    """A file that is kept: its path in the storage, SHA-256, size in bytes, `pdf` or `zip`."""

    path: str
    sha256: str
    size: int
    kind: str


def print_file(job: Job, progress: Progress) -> Printed:
    """Build of a print job; the same sheets give the same bytes whenever it is done anew."""
    inputs = job.inputs
    survey = Survey.objects.select_related("cycle").get(pk=inputs["survey"])
    sheets = PaperSheet.objects.filter(survey=survey, number__gte=inputs["first"], number__lte=inputs["last"])
    found = list(sheets.select_related("group").order_by("number"))
    for sheet in found:
        sheet.survey = survey
    parts = list(lots_of([open_sheet(sheet) for sheet in found]))
    with tempfile.TemporaryDirectory(prefix="yiti-paper-") as name:
        files = []
        for number, part in enumerate(parts):
            progress(5 + 90 * number // len(parts), _("Putting the sheets together"))
            path = Path(name) / f"{survey.code}-{part[0].number:04}-{part[-1].number:04}.pdf"
            path.write_bytes(sheets_pdf(survey, part, language=inputs["language"], definitions=inputs["definitions"]))
            files.append(path)
        whole = files[0] if len(files) == 1 else _zipped(files)
        stored, digest = keep_file(whole, FOLDER)
        return Printed(stored, digest, whole.stat().st_size, whole.suffix[1:])


def sheets_pdf(survey: Survey, sheets: list[PaperSheet], *, language: str, definitions: bool) -> bytes:
    words = printed_words(survey, sheets, language=language, definitions=definitions)
    return typeset_alone(PAGE.read_text("utf-8"), words)


def lots_of(sheets: list[PaperSheet]) -> Iterator[list[PaperSheet]]:
    """The sheets in lots of bounded size, in their order; a sheet is never divided."""
    part: list[PaperSheet] = []
    ratings = 0
    for sheet in sheets:
        asked = len(sheet.asked) - bytes(sheet.asked).count(NOT_ASKED)
        if part and ratings + asked > RATINGS_PER_FILE:
            yield part
            part, ratings = [], 0
        part.append(sheet)
        ratings += asked
    if part:
        yield part


def keep_printed(job: Job, printed: Printed) -> dict:
    """Store of a print job: where the file is."""
    survey = Survey.objects.select_related("cycle").get(pk=job.inputs["survey"])
    address = reverse("paper", args=[survey.cycle.code, survey.code])
    kept = {"path": printed.path, "sha256": printed.sha256, "size": printed.size, "kind": printed.kind}
    return {**kept, "url": address}


def _zipped(files: list[Path]) -> Path:
    target = files[0].with_name("sheets.zip")
    with zipfile.ZipFile(target, "w") as archive:
        for path in files:
            archive.writestr(zipfile.ZipInfo(path.name, (1980, 1, 1, 0, 0, 0)), path.read_bytes())
    return target
