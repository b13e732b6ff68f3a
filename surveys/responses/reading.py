"""Reading a file of responses for one survey, in our format or by a match; its faults as sentences."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Prefetch
from django.utils.translation import gettext as _

from materiality.models import Issue, Lineage
from materiality.platform.bilingual import DEFAULT_LANGUAGES, Text, option_text, reading_languages, shown
from materiality.platform.jobs import Progress
from materiality.scoring.cube import NOT_ASKED
from materiality.tables.limited import tell, within_limits
from materiality.tables.problems import N_, CellError, FileProblem, template
from materiality.tables.read import Limits, Table
from surveys.intake.columns import (
    AskedBesides,
    AskedQuestion,
    Planner,
    ReadingPlan,
    is_own_format,
    match_columns,
    plain_plan,
)
from surveys.intake.parse import ParsedResponses, parse_responses
from surveys.matching.answers import answered, said_of
from surveys.matching.apply import planner_of
from surveys.matching.balance import Balance, balance_of, by_the_plan, left_json, sheets_json
from surveys.matching.guess import Guess, chosen_layouts, guess
from surveys.matching.kinds import ACCEPT, KINDS, ROW_KINDS, Doubt
from surveys.matching.layout import Seen
from surveys.matching.match import ITEM, OUTSIDE_WIDEN, READY_MADE, Asked, BrokenMatch, Match, Question, is_personal
from surveys.matching.words import GroupNames, IssueNames, cleaned
from surveys.models import ColumnMatch, ResponseImport, Survey
from surveys.questionnaire.asking import QUESTION_KINDS
from surveys.questionnaire.responses import MOST_NAMED, NAMED, ResponseColumns
from surveys.questionnaire.screening import FLAG_BIT, flags_asked
from surveys.responses.screening import fieldwork_of

AUTO = "auto"
OUTSIDE_PLAN = "outside_plan"
_LONGEST_EXAMPLE = 60


class UnknownMatch(Exception):
    """There is no column match of this name."""


class ForeignFile(Exception):
    """The file is not in the `responses` format; `guess` is what its columns seem to be."""

    def __init__(self, found: Guess) -> None:
        super().__init__(found)
        self.guess = found


def asked_of(survey: Survey) -> Asked:
    """What the survey asks, with the names in Chinese and English, and those of other languages beside them."""
    asked = Issue.objects.only("code", "name")  # each is read once, though it has two items
    items = list(survey.items.prefetch_related(Prefetch("issue", asked)).order_by("position"))
    rows = {item.issue_id: item.issue for item in items}
    former = _former_names(set(rows))
    issues = [
        IssueNames(row.code, row.name_zh, row.name_en, (*former.get(pk, ()), *_in_others(row.name)))
        for pk, row in rows.items()
    ]
    groups = [GroupNames(group.code, *_two(group.name)) for group in survey.cycle.groups.all()]
    questions = [
        Question(each.code, each.kind, *_two(each.text), [_option(option) for option in each.options])
        for each in survey.profile_questions.all()
    ]
    return Asked(
        items=[(item.issue.code, item.dimension) for item in items],
        issues=issues,
        groups=groups,
        k=survey.k,
        questions=questions,
        attention=survey.attention,
        plan=_plan_of(survey, items),
        zone=survey.zone,
        languages=reading_languages(survey.languages),
        ranking=survey.ranking,
    )


def _two(text: Text) -> tuple[str, str]:
    """The text in Chinese and in English; where there is neither, in the language that there is."""
    return tuple(shown(text.texts, language) for language in ("zh-hans", "en"))


def _in_others(text: Text) -> tuple[str, ...]:
    return tuple(each for language, each in text.texts.items() if language not in DEFAULT_LANGUAGES)


def _option(option: Mapping[str, str]) -> tuple[str, str, str]:
    return option["code"], option_text(option, "zh-hans"), option_text(option, "en")


def _former_names(issues: set[int]) -> dict[int, tuple[str, ...]]:
    """Per issue the names that it had in earlier editions, as far as one issue alone descends from them."""
    names: dict[int, list[str]] = {}
    now = {pk: pk for pk in issues}  # an issue of an earlier edition -> the survey's
    while now:
        kinds = (Lineage.Kind.KEPT, Lineage.Kind.RENAMED, Lineage.Kind.MOVED)
        rows = Lineage.objects.filter(target__in=now, kind__in=kinds).exclude(source=None).select_related("source")
        earlier = {}
        for row in rows:
            own = now[row.target_id]
            earlier[row.source_id] = own
            names.setdefault(own, []).extend(row.source.name.texts.values())
        now = earlier
    return {pk: tuple(dict.fromkeys(found)) for pk, found in names.items()}


def _plan_of(survey: Survey, items: list) -> dict[str, frozenset[tuple[str, str]]]:
    """Per group the items that it is asked, of the groups that are not asked everything."""
    codes = list(dict.fromkeys(item.issue.code for item in items))
    every = {(item.issue.code, item.dimension) for item in items}
    found = {}
    for row in survey.plans.select_related("group"):
        plan = row.plan
        asked = every & {(code, dimension) for code in plan.issues(codes) for dimension in plan.dimensions}
        if asked != every:
            found[row.group.code] = frozenset(asked)
    return found


def named_match(name: str) -> dict:
    """The saved match of the name that a person gave; {} where the columns are to be recognised. UnknownMatch."""
    if name in ("", AUTO, *READY_MADE):
        return {}
    saved = ColumnMatch.objects.filter(name=name).first()
    if saved is None:
        raise UnknownMatch(name)
    return stored_match(saved.columns).to_json()


def recogniser(asked: Asked, name: str, answers: Mapping) -> Planner:
    """Reads a file in the `responses` format as it is; raises ForeignFile with the guess for any other.

    `name` is `auto`, a ready-made match or ''; without it a file that is meant to be in that format, though some
    columns are wrong, is read as it is, so that each of them is told. `answers`: see ResponseImport.
    """
    zone, codes, besides = ZoneInfo(asked.zone), [group.code for group in asked.groups], _besides(asked)

    def plan(table: Table) -> ReadingPlan:
        plain = plain_plan(table, asked.items, codes, zone, asked.languages, besides)
        plain = replace(plain, **_other_sheets(table, asked))
        if not answers.get("head"):
            if not plain.columns.problems:
                return plain
            if not name and is_own_format(plain.columns, [issue.code for issue in asked.issues]):
                return plain
        tool = name if name in READY_MADE else ""
        layouts = chosen_layouts(table, asked, answers.get("sheet", ""), answers.get("head", ()))
        found = guess(table, asked, tool=tool, layouts=layouts, constants=answers.get("constants"))
        found = answered(found, answers.get("said", {}), asked)
        if not name or found.doubts:
            raise ForeignFile(found)
        # Read on at once: opening a large workbook again would take as long as all the rest.
        plan = planner_of(found.match, asked, name)(table)
        return replace(plan, guess=found)

    return plan


def _other_sheets(table: Table, asked: Asked) -> dict[str, object]:
    """Of a file in our own format: what is not read, and a note for each sheet that holds responses too."""
    seen, notes = Seen(), []
    for sheet in table.sheets:
        if sheet.name == table.sheet:
            continue
        _number, header = next(sheet.rows(), (0, []))
        seen.unread[sheet.name] = sum(1 for _row in sheet.rows())
        columns = match_columns(header, asked.items)
        if "group" in columns.fields and (columns.items >= 0).any():
            notes.append({"code": "more_sheets", "header": sheet.name})
    return {"notes": notes, "seen": seen}


def _besides(asked: Asked) -> AskedBesides:
    """What the survey asks besides its items, as the `responses` format names it."""
    questions = [
        AskedQuestion(each.code, tuple(code for code, _zh, _en in each.options), QUESTION_KINDS[each.kind].several)
        for each in asked.questions
    ]
    if asked.ranking:
        codes = tuple(issue.code for issue in asked.issues)
        questions.append(AskedQuestion(NAMED, codes, several=True, most=MOST_NAMED))
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
        "sheets": sheets_json(found.seen),
        "left_out": left_json(found.seen),
    }


def guess_of(imported: ResponseImport) -> Guess:
    """The stored guess, with what the check found beside it."""
    kept = imported.summary.get("guess", {})
    doubts = [Doubt.of(plain) for plain in kept.get("doubts", ())]
    match = stored_match(imported.match)
    return Guess(match, doubts, kept.get("found", 0), kept.get("asked", 0), examples_of(imported))


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


def stored_match(plain: dict) -> Match:
    """The stored match; UnknownMatch where it is none."""
    try:
        return Match.from_json(plain)
    except BrokenMatch as error:
        raise UnknownMatch(str(error)) from error


def personal_headers(notes: list[dict]) -> set[str]:
    """Headers of the columns about who somebody is, by the notes on a file; they are neither stored nor shown."""
    return {
        note["header"]
        for note in notes
        if note["code"] == "personal" or (note["code"] == "strange" and is_personal(cleaned(note["header"])))
    }


def doubt_sentence(code: str, params: Mapping[str, object], names: Mapping[str, str] | None = None) -> str:
    """What is not certain about columns, or does not balance, in the active language; `names` stand for codes in it."""
    names = names or {}
    told = {key: ", ".join(names.get(each, each) for each in str(value).split(", ")) for key, value in params.items()}
    return _(KINDS[code].text) % told


def answer_label(code: str, choice: str) -> str:
    """What a choice says, in the active language; '' where a person writes it."""
    text = KINDS[code].choices.get(choice, "")
    return _(text) if text else ""


NOTES = {
    "personal": N_("%(header)s is about a person and is not taken in."),
    "tool": N_("%(header)s is a figure of the tool and is not taken in."),
    "other": N_("%(header)s is not taken in."),
    "unnamed": N_("The column %(header)s has no name and is not taken in."),
    "attention": N_("%(header)s asks for attention; this survey has no such question, so it is not taken in."),
    "more_sheets": N_("The sheet %(header)s holds responses too and is not read."),
    "lacking": N_("The file has no column for %(number)s of the %(items)s items; they count as not asked."),
    "strange": N_("%(header)s is unknown to the match and is not taken in."),
    "missing": N_("The match knows the column %(header)s (%(target)s), which this file does not have."),
}


def note_sentence(note: dict) -> str:
    """What a person should know about a column, in the active language."""
    shown = {**note, "header": f"“{note['header'][:100]}”"}
    return _(NOTES[note["code"]]) % shown


# The columns that `forget_what_tells` changes.
FORGOTTEN = ("summary", "error_workbook")


def forget_what_tells(imported: ResponseImport) -> None:
    """Delete, on commit, the uploaded file where it has columns about persons, or nobody knows its columns. Of an
    anonymous survey it always goes, and with it the error workbook and the answers that columns were guessed from:
    they hold tokens, times and comments in the order of the rows. The caller saves FORGOTTEN.

    Another import of the same file finds it gone, and its upload has to be repeated.
    """
    survey = imported.survey
    paths = [imported.path] if survey.anonymous or _may_tell_who(imported) else []
    if survey.anonymous:
        paths += [imported.error_workbook] if imported.error_workbook else []
        imported.error_workbook = ""
        imported.summary = {name: value for name, value in imported.summary.items() if name != "guess"}
    transaction.on_commit(lambda: [default_storage.delete(path) for path in paths])


def _may_tell_who(imported: ResponseImport) -> bool:
    """Whether the file has columns about persons; one that could not be read has, unless another import knows it."""
    known = _tells_who(imported)
    if known is not None:
        return known
    twins = ResponseImport.objects.filter(path=imported.path).exclude(pk=imported.pk)
    return all(_tells_who(twin) is not False for twin in twins.defer("problem"))


def _tells_who(imported: ResponseImport) -> bool | None:
    """Whether a column is about a person, whatever it is taken for; None where the columns were never read."""
    summary, columns = imported.summary, imported.match.get("columns", [])
    if not columns and "rows" not in summary:
        return None
    if any(column["why"] == "personal" for column in columns) or personal_headers(summary.get("notes", [])):
        return True
    headers = [column["header"] for column in columns if column["target"]["kind"] != ITEM]
    headers += [error["column"] for error in summary.get("listed", []) if error["code"] == "unknown_column"]
    return any(is_personal(cleaned(header)) for header in headers)


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


def read_import(imported: ResponseImport, match: dict, asked: Asked, progress: Progress) -> ParsedResponses:
    """The rows of the kept file, by the match where there is one.

    ForeignFile where a match is needed, FileProblem where the file is gone or cannot be read.
    """
    known = _read_once.get()
    if known is None:
        return _parse(imported, match, asked, progress)
    if imported.pk not in known:
        known[imported.pk] = _parse(imported, match, asked, progress)
    return known[imported.pk]


def _parse(imported: ResponseImport, match: dict, asked: Asked, progress: Progress) -> ParsedResponses:
    if not default_storage.exists(imported.path):
        raise FileProblem("file_gone")
    name, words = imported.match_name, _("Reading rows")
    parse = partial(
        parse_responses,
        Path(default_storage.path(imported.path)),
        planner=planner_of(stored_match(match), asked, name) if match else recogniser(asked, name, imported.answers),
        groups=[group.code for group in asked.groups],
        k=asked.k,
        limits=Limits(max_bytes=settings.MAX_UPLOAD_BYTES),
        progress=tell,
        sheet=imported.answers.get("sheet") or None,
    )

    def told(done: int, total: int | None) -> None:
        progress(100 * done // max(total or done, 1) * 9 // 10, f"{words}: {done:,}")

    return within_limits(parse, told=told)


def columns_to_store(survey: Survey, parsed: ParsedResponses, *, asked: Asked, outside: str = "") -> ResponseColumns:
    """The good rows as they would be stored: without consent neither ratings nor comment are kept (scoring.md), and
    ratings outside the plan only where `outside` says so.
    """
    keys, codes = dict(survey.cycle.groups.values_list("code", "pk")), parsed.group_codes
    good = np.flatnonzero(~parsed.bad)
    columns = parsed.pick(good)
    columns.group = [keys[codes[place]] for place in columns.group.tolist()]
    columns.ratings = by_the_plan(parsed.ratings, parsed.group, codes, asked, outside)[good]
    for row in np.flatnonzero(~columns.consent).tolist():
        columns.ratings[row] = NOT_ASKED
        columns.comment[row] = ""
        columns.profile[row], columns.named[row] = {}, []
        columns.attention[row] = None
    return columns


def file_sentence(problem: FileProblem) -> str:
    """What is wrong with a file as a whole, in the active language."""
    return _(template(problem.code, problem.params)) % problem.params


def cell_sentence(code: str, value: str, params: dict) -> str:
    """What is wrong with a cell, in the active language."""
    return _(template(code, params)) % {**params, "value": f"“{params.get('value', value)}”"}


def balance_for(
    survey: Survey, parsed: ParsedResponses, asked: Asked, *, match: dict | None = None, outside: str = ""
) -> Balance:
    """The balance of a file that was read for this survey."""
    tokens = set(filter(None, parsed.token))
    known = set(survey.responses.exclude(token="").values_list("token", flat=True)) & tokens if tokens else ()
    read = stored_match(match) if match else None
    return balance_of(parsed, asked, match=read, window=fieldwork_of(survey), known_tokens=known, answer=outside)


def row_choices(code: str, survey: Survey) -> tuple[str, ...]:
    """What can be said of a doubt about the rows: the columns are settled by then. The plan of a survey that people
    answered here is what they were asked, so only one that was answered elsewhere may be made wider.
    """
    choices = ROW_KINDS[code].choices if code in ROW_KINDS else (ACCEPT,)
    return tuple(choice for choice in choices if choice != OUTSIDE_WIDEN or survey.elsewhere)


def unanswered(imported: ResponseImport) -> list[dict]:
    """Doubts of the balance that nobody answered yet."""
    said = imported.answers.get("said", {})
    doubts = imported.summary.get("balance", {}).get("doubts", ())
    return [
        doubt
        for doubt in doubts
        if said_of(doubt["id"], doubt["code"], said) not in row_choices(doubt["code"], imported.survey)
    ]


def outside_answer(imported: ResponseImport, match: Mapping) -> str:
    """What becomes of ratings outside the plan: as was said of this file, else as the match remembers, else ''."""
    said = imported.answers.get("said", {}).get(OUTSIDE_PLAN, "")
    choices = row_choices(OUTSIDE_PLAN, imported.survey)
    return next((answer for answer in (said, match.get("outside", "")) if answer in choices), "")


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
        "listed": [_plain(error, parsed.seen) for error in parsed.errors[:LISTED]],
    }


def _plain(error: CellError, seen: Seen | None) -> dict:
    sheet, row = seen.place(error.row) if seen else ("", error.row)
    cell = replace(error, row=row).cell
    return {
        "row": row,
        "sheet": sheet,
        "cell": f"{sheet}!{cell}" if sheet else cell,
        "column": error.column,
        "value": error.value,
        "code": error.code,
        "params": {name: str(value) for name, value in error.params.items()},
    }
