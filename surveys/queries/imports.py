"""Imports: the list, the preview, the match to be put right, saved matches, what waits."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, IntegerField, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from materiality.models import Issue, Job
from materiality.platform.hooks import WaitingWork
from materiality.platform.words import word_for
from materiality.queries.cycles import UNDER_WAY
from materiality.tables.problems import FileProblem, column_letters
from materiality.templatetags.yiti import inlang
from surveys.matching.answers import ACCEPT, GROUP, TURN, ZONE, choices_of
from surveys.matching.apply import words_of
from surveys.matching.match import (
    ATTENTION,
    FIELD,
    IGNORED,
    ITEM,
    NAMES,
    OUTSIDE_DROP,
    OUTSIDE_KEEP,
    OUTSIDE_WIDEN,
    PROFILE,
    Asked,
    Match,
    Target,
)
from surveys.matching.scales import rescaled
from surveys.matching.values import natural_order
from surveys.models import ColumnMatch, ResponseImport, Survey
from surveys.queries.plans import field_labels, listed_targets, target_words
from surveys.responses.reading import (
    cell_sentence,
    doubt_sentence,
    examples_of,
    file_sentence,
    note_sentence,
    row_choices,
    stored_match,
    unanswered,
)

_SHOWN = 3
# Ignored columns beyond this are not listed: a form of thousands of fields is refused by the server.
MOST_LISTED, MOST_IGNORED = 700, 200


@dataclass(frozen=True)
class ColumnLine:
    """One column of the file; `target` in words, `doubts` sentences, of which `hints` are of this column alone."""

    place: int
    letter: str
    header: str
    examples: list[str]
    target: str
    doubts: list[str] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    error: str = ""


@dataclass(frozen=True)
class WordLine:
    """An answer of a value map and what it is taken for; `name` is its field in the form."""

    name: str
    text: str
    value: str
    known: bool


@dataclass(frozen=True)
class ValueMap:
    """What the answers of so many columns mean; `choices` are (value, label)."""

    name: str
    title: str
    columns: int
    words: list[WordLine]
    choices: list[tuple[str, str]]
    order: str = ""  # the answers as a person may put them in order, lowest first; '' where none is needed
    turns: str = ""  # name of the field that turns the ratings round
    scale: str = ""  # name of the field that says how many points the file's scale has
    lengths: list[tuple[int, str]] = field(default_factory=list)
    length: int = 0


@dataclass(frozen=True)
class MatchPage:
    """All that the page shows: columns in doubt first, then fields, then items, then what is left out.

    `doubts` are about many columns, `whole` about the file, `turns` those that ask whether 1 is the most: (name of the
    field, sentence, chosen).
    """

    tool: str
    found: int
    asked: int
    doubts: list[str]
    turns: list[tuple[str, str, str]]
    whole: list[tuple[str, str, str]]
    sections: list[tuple[str, list[ColumnLine], bool]]
    maps: list[ValueMap]
    targets: list[tuple[str, str]]
    dates: str
    ask_dates: bool
    hidden: int
    no_group: bool = False
    aggregates: bool = False

    @property
    def fields(self) -> set[str]:
        """Fields for the whole file that stand beside what they answer."""
        return {name for name, _sentence, _chosen in self.whole} & set(_ASKED_BY_FIELD.values())


_ASKED_BY_FIELD = {GROUP: "everybody", ZONE: "zone"}
# Says the same as these do.
_SAME = {"lacking": ("few_issues", "no_issues")}


def whole_file_doubts(doubts: Sequence[dict]) -> list[dict]:
    """Those about no column that have an answer of their own on the page, each thing asked once."""
    codes = {doubt["code"] for doubt in doubts}
    return [
        doubt
        for doubt in doubts
        if doubt["column"] < 0
        and (choices := choices_of(doubt["code"]))
        and TURN not in choices
        and not codes.intersection(_SAME.get(doubt["code"], ()))
    ]


def match_page(
    imported: ResponseImport,
    asked: Asked,
    posted: Mapping[int, str],
    errors: Mapping[int, str],
    said: Mapping[str, str] | None = None,
) -> MatchPage:
    """The page; `posted` are the targets as a person wrote them where some of them are wrong (`errors`), `said` what
    was said of doubts that have a field of their own, by their ids.
    """
    match, guessed = stored_match(imported.match), imported.summary.get("guess", {})
    examples = examples_of(imported)
    asks = [doubt for doubt in guessed.get("doubts", []) if TURN in choices_of(doubt["code"])]
    whole, said = whole_file_doubts(guessed.get("doubts", [])), said or {}
    by_column: dict[int, list[str]] = {}
    for doubt in guessed.get("doubts", []):
        if doubt not in (*asks, *whole) and doubt["code"] not in _SAME:
            by_column.setdefault(doubt["column"], []).append(doubt_sentence(doubt))
    many = _of_many(by_column)
    targets = _targets_of(match, target_words(asked)) | dict(posted)
    sections, hidden = _sections(match, _lines(match, examples, targets, by_column, many, errors))
    return MatchPage(
        tool=NAMES.get(match.tool, ""),
        found=len({code for code, _dimension in match.items()}),
        asked=len({code for code, _dimension in asked.items}),
        doubts=[*by_column.get(-1, []), *(f"{letters}: {sentence}" for sentence, letters in many.items())],
        turns=[(f"d-{each['id']}", _about(each), said.get(each["id"], "")) for each in asks],
        whole=[(_field_of(each), _about(each), said.get(each["id"], "")) for each in whole],
        sections=sections,
        maps=_maps(match, examples, asked),
        targets=listed_targets(asked),
        dates=match.dates,
        ask_dates=match.dates != "ymd",
        hidden=hidden,
        no_group=not any(column.target.text == "group" for column in match.columns),
        aggregates=any(doubt["code"] == "aggregates" for doubt in guessed.get("doubts", [])),
    )


def _field_of(doubt: Mapping) -> str:
    """Of the form, in which a doubt about the whole file is answered."""
    return _ASKED_BY_FIELD.get(choices_of(doubt["code"])[0], f"d-{doubt['id']}")


def _targets_of(match: Match, words: Mapping[str, str]) -> dict[int, str]:
    """By place what the match takes each column for, in words."""
    return {
        place: "" if column.target.kind == IGNORED else words.get(column.target.text, column.target.text)
        for place, column in enumerate(match.columns)
    }


def _lines(match: Match, examples: list, targets: Mapping, said: Mapping, many: Collection, errors: Mapping) -> list:
    """The columns; all that is handed over beside the match is by place."""
    lines = []
    for place, column in enumerate(match.columns):
        doubts, error = said.get(place, []), errors.get(place, "")
        hints = [sentence for sentence in doubts if sentence not in many]
        shown = column_letters(place), column.header, examples[place][:_SHOWN], targets[place]
        lines.append(ColumnLine(place, *shown, doubts, hints, error))
    return lines


def _of_many(by_column: Mapping[int, list[str]]) -> dict[str, str]:
    """Sentences that are said of more than two columns, each once with the letters of the columns."""
    columns: dict[str, list[int]] = {}
    for column, sentences in by_column.items():
        for sentence in sentences if column >= 0 else ():
            columns.setdefault(sentence, []).append(column)
    return {
        sentence: ", ".join(map(column_letters, found[:8])) + (" …" if len(found) > 8 else "")
        for sentence, found in columns.items()
        if len(found) > 2
    }


def _about(doubt: dict) -> str:
    """The sentence of a doubt with the header that it is about."""
    return f"{doubt['header'][:120]}: {doubt_sentence(doubt)}" if doubt["header"] else doubt_sentence(doubt)


def _sections(match: Match, lines: list[ColumnLine]) -> tuple[list[tuple[str, list[ColumnLine], bool]], int]:
    """(title, columns, whether it stands open) per kind, and how many ignored columns are not listed.

    What is not taken in stands open where no column is an item yet: the items are to be sought there.
    """
    kinds: dict[str, list[ColumnLine]] = {"doubt": [], "field": [], "society": [], "business": [], "ignored": []}
    for column, line in zip(match.columns, lines, strict=True):
        kind = column.target.detail if column.target.kind == ITEM else "field"
        kind = "ignored" if column.target.kind == IGNORED else kind
        kinds["doubt" if line.doubts or line.error else kind].append(line)
    ignored = sorted(kinds["ignored"], key=lambda line: match.columns[line.place].why in ("personal", "tool"))
    most = max(MOST_LISTED - len(lines) + len(ignored), MOST_IGNORED)
    kinds["ignored"], hidden = ignored[:most], max(len(ignored) - most, 0)
    titles = {
        "doubt": _("To be decided"),
        "field": _("About the response"),
        "society": _("Ratings: society"),
        "business": _("Ratings: business"),
        "ignored": _("Not taken in"),
    }
    opened = ("doubt", "field") if match.items() else ("doubt", "field", "ignored")
    sections = [(titles[kind], each, kind in opened) for kind, each in kinds.items() if each]
    return sections, hidden


def _maps(match: Match, examples: list, asked: Asked) -> list[ValueMap]:
    result = []
    for number, (name, seen) in enumerate(words_of(match, examples).items()):
        columns = [column for column in match.columns if column.values == name]
        known = match.maps.get(name, {})
        words = [
            WordLine(f"v{number}-{place}", text, known.get(key, ""), key in known)
            for place, (key, text) in enumerate(seen.items())
        ]
        words.sort(key=_in_order)
        title = map_title(columns[0].target)
        rated = columns[0].target.kind == ITEM
        unknown = [text for key, text in seen.items() if key not in known]
        length = match.lengths.get(name, 0)
        result.append(
            ValueMap(
                name, title, len(columns), words, _choices(columns[0].target, asked, length or asked.k),
                order=" < ".join(natural_order(unknown)) if rated and len(unknown) > 1 else "",
                turns=f"round{number}" if rated and not unknown else "",
                scale=f"s{number}" if rated and len(_lengths(asked.k)) > 1 else "", lengths=_lengths(asked.k),
                length=length,
            )
        )  # fmt: skip
    return result


def _lengths(k: int) -> list[tuple[int, str]]:
    """Scales that can be stretched to the survey's exactly, the survey's own first: (points or 0, words)."""
    own = [(0, _("%(number)s points, as in this survey") % {"number": k})]
    return own + [
        (length, _("%(length)s points, stretched to %(number)s") % {"length": length, "number": k})
        for length in range(k - 1, 1, -1)
        if rescaled(1, length, k)
    ]


def _in_order(line: WordLine) -> tuple[bool, str, str]:
    """Undecided answers first, ratings from 1 up, absences last."""
    return line.known, line.value.zfill(2) if line.value.isdigit() else f"~{line.value}", line.text


def map_title(target: Target) -> str:
    """What the answers of a value map are about, by a column that it holds for."""
    if target.kind in (ITEM, ATTENTION):
        return {"society": _("Ratings: society"), "business": _("Ratings: business")}.get(target.detail, _("Ratings"))
    return field_labels().get(target.code, target.code) if target.kind == FIELD else target.code


def _choices(target, asked: Asked, end: int) -> list[tuple[str, str]]:
    unknown = [("?", _("– not decided –"))]
    if target.kind in (ITEM, ATTENTION):
        numbers = [(str(number), str(number)) for number in range(1, end + 1)]
        return [*unknown, *numbers, ("DK", _("Don't know")), ("", _("Skipped")), ("NA", _("Not asked"))]
    if target.kind == PROFILE:
        question = next((each for each in asked.questions if each.code == target.code), None)
        return unknown + [(code, f"{zh} / {en}") for code, zh, en in (question.options if question else ())]
    named = {
        "group": [(group.code, f"{group.zh} / {group.en}") for group in asked.groups],
        "language": [("zh-hans", "中文"), ("en", "English"), ("", _("Unknown"))],
    }
    return unknown + named.get(target.code, [("yes", _("yes")), ("no", _("no")), ("", _("Unknown"))])


@dataclass(frozen=True)
class SaidColumn:
    """A column by its header and what it is taken for: `target` as people write it, with the issue's or field's name if
    it has one; '' where the column is not taken in.
    """

    header: str
    target: str
    name: str = ""


@dataclass(frozen=True)
class SaidMap:
    """What the answers of so many columns mean: (answer, meaning)."""

    title: str
    columns: int
    words: list[tuple[str, str]]


def listed_matches() -> QuerySet[ColumnMatch]:
    """All saved matches by name, without their columns; `used` files were uploaded with each, the last at `used_at`."""
    uses = ResponseImport.objects.filter(match_name=OuterRef("name")).order_by().values("match_name")
    number = uses.annotate(number=Count("pk")).values("number")
    last = uses.annotate(last=Max("created_at")).values("last")
    found = ColumnMatch.objects.select_related("created_by").defer("columns").order_by("name")
    return found.annotate(used=Subquery(number, output_field=IntegerField()), used_at=Subquery(last))


def tool_name(tool: str) -> str:
    """A tool as people call it, '' for none that is known."""
    return NAMES.get(tool, tool)


def said_columns(match: Match) -> list[SaidColumn]:
    """The columns in the order of the file, those that are not taken in last."""
    names = {ITEM: _issue_names(match), FIELD: field_labels()}
    said = [
        SaidColumn(
            column.header,
            "" if column.target.kind == IGNORED else column.target.text,
            names.get(column.target.kind, {}).get(column.target.code, ""),
        )
        for column in match.columns
    ]
    return sorted(said, key=lambda column: not column.target)


def said_maps(match: Match) -> list[SaidMap]:
    """What the answers mean, by the maps that a column uses."""
    maps = []
    for name, words in match.maps.items():
        columns = [column for column in match.columns if column.values == name]
        if columns:
            target = columns[0].target
            meant = [(answer, _meaning(target, value)) for answer, value in words.items()]
            maps.append(SaidMap(map_title(target), len(columns), meant))
    return maps


def date_order_words(match: Match) -> str:
    """How dates of the file are read, in words; '' where it makes no difference."""
    return {"dmy": _("Day first: 31/12/2026"), "mdy": _("Month first: 12/31/2026")}.get(match.dates, "")


def _meaning(target: Target, value: str) -> str:
    """A value of a map in words; codes of groups, options and levels stand for themselves."""
    if target.kind in (ITEM, ATTENTION):
        return {"DK": _("Don't know"), "": _("Skipped"), "NA": _("Not asked")}.get(value, value)
    if target.code == "comment" and target.kind == FIELD:
        return value or _("Skipped")
    if target.kind == FIELD:
        known = {"yes": _("yes"), "no": _("no"), "zh-hans": "中文", "en": "English", "": _("Unknown")}
        return known.get(value, value)
    return value


def _issue_names(match: Match) -> dict[str, str]:
    """Names of the issues by code as the newest edition that has them calls them."""
    codes = {code for code, _dimension in match.items()}
    issues = Issue.objects.filter(code__in=codes).exclude(edition__published_at=None)
    return {issue.code: inlang(issue, "name") for issue in issues.order_by("edition__published_at")}


@dataclass(frozen=True)
class CellFault:
    """One bad cell; `row` as the spreadsheet shows it, `sentence` what is wrong and how to mend it."""

    row: int
    cell: str
    column: str
    value: str
    sentence: str


@dataclass(frozen=True)
class FilePreview:
    """Counts of the file; `new` are good rows that are no duplicates; `groups` (name, rows); `flags` (flag, rows)."""

    rows: int = 0
    good: int = 0
    new: int = 0
    duplicates: int = 0
    unfinished: int = 0
    bad_rows: int = 0
    errors: int = 0
    header_ok: bool = True
    groups: list[tuple[str, int]] = field(default_factory=list)
    flags: list[tuple[str, int]] = field(default_factory=list)
    listed: "BadCells | list" = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    problem: str = ""
    doubts: list["RowDoubt"] = field(default_factory=list)
    balance: dict = field(default_factory=dict)


@dataclass(frozen=True)
class RowDoubt:
    """What does not balance, with the answers that there are: (value, label); `code` is the id of the doubt."""

    code: str
    sentence: str
    answers: list[tuple[str, str]]

    @property
    def name(self) -> str:
        """Of its field in the form."""
        return f"d-{self.code}"


def _row_doubts(imported: ResponseImport) -> list[RowDoubt]:
    found = []
    for doubt in unanswered(imported):
        answers = [(ACCEPT, _("It is meant so"))]
        if doubt["code"] == "outside_plan":
            words = {
                OUTSIDE_DROP: _("Leave these ratings out"),
                OUTSIDE_KEEP: _("Keep them beside the plan: stored and exported, counted nowhere"),
                OUTSIDE_WIDEN: _("Change the plan: these groups were asked this, and the ratings count"),
            }
            answers = [(choice, words[choice]) for choice in row_choices(doubt["code"], imported.survey)]
        found.append(RowDoubt(doubt["id"], doubt_sentence(doubt), answers))
    return found


class BadCells:
    """The listed bad cells; only those of the shown page are put into words."""

    def __init__(self, plain: list[dict]) -> None:
        self.plain = plain

    def __len__(self) -> int:
        return len(self.plain)

    def __getitem__(self, part: slice) -> list[CellFault]:
        return [_bad_cell(error) for error in self.plain[part]]


def file_preview(imported: ResponseImport) -> FilePreview:
    """What is known about the file so far; empty while it is being checked."""
    summary = imported.summary
    if "rows" not in summary:
        return FilePreview(problem=_problem(imported))
    names = {group.code: group.name for group in imported.survey.cycle.groups.all()}
    return FilePreview(
        **{name: summary[name] for name in ("rows", "good", "duplicates", "unfinished", "bad_rows", "errors")},
        new=summary["good"] - summary["duplicates"],
        header_ok=summary["header_ok"],
        groups=[(names.get(code, code), number) for code, number in summary["groups"].items()],
        flags=list(summary["flags"].items()),
        listed=BadCells(summary["listed"]),
        notes=[note_sentence(note) for note in summary.get("notes", [])],
        doubts=_row_doubts(imported) if imported.state == ResponseImport.State.CHECKED else [],
        balance=_shown(summary.get("balance", {})),
    )


def _shown(balance: dict) -> dict:
    """The balance as its table shows it: what was read, expected and left out, in words."""
    if not balance:
        return {}
    left = {
        "title": _("rows above the header"), "machine": _("rows of the tool's own"), "head": _("repeated headers"),
        "totals": _("lines of totals"), "trial": _("tests and previews"),
    }  # fmt: skip
    items = balance["items"]
    moved = [(each["code"], each["from"], each["to"]) for each in (balance["tiers"] or {}).get("moved", [])]
    here = sorted((item for item in items if item["column"]), key=lambda item: not item["stands_out"])
    return {
        **balance,
        "read": [(sheet["name"] or "–", sheet["rows"]) for sheet in balance["sheets"] if sheet["read"]],
        "unread": [(sheet["name"], sheet["rows"]) for sheet in balance["sheets"] if not sheet["read"]],
        "left": [(left[name], number) for name, number in balance["rows"]["left"].items() if number],
        "asked": sum(item["asked"] for item in items),
        "here": here,
        "lacking": [item["item"] for item in items if item["asked"] and not item["column"]],
        "outside": sum(each["n"] for each in balance["outside_plan"]) + balance["kept_outside"],
        "moved": [(code, word_for("tier", before), word_for("tier", after)) for code, before, after in moved],
    }


def _problem(imported: ResponseImport) -> str:
    """What is wrong with the file as a whole; in the language of the check where only its sentence was kept."""
    kept = imported.summary.get("problem")
    return file_sentence(FileProblem(kept["code"], **kept["params"])) if kept else imported.problem


def _bad_cell(error: dict) -> CellFault:
    value = error["value"]
    shown = f"{value[:60]}…" if len(value) > 60 else value
    sentence = cell_sentence(error["code"], shown, error["params"])
    return CellFault(error["row"], error["cell"], error["column"] or _("(no name)"), shown, sentence)


def listed_imports(survey: Survey) -> QuerySet[ResponseImport]:
    """Imports of the survey, newest first, with the counts `rows`, `good` and `bad_rows` (None while unknown).

    The summaries stay in the database: each can hold a thousand bad cells.
    """
    counts = {name: Cast(KT(f"summary__{name}"), IntegerField()) for name in ("rows", "good", "bad_rows")}
    return survey.imports.select_related("created_by", "job").defer("summary").annotate(**counts)


def awaits_confirmation(imported: ResponseImport) -> bool:
    """Whether it was checked and is not confirmed; a job that failed to store it leaves it to be confirmed again."""
    failed = imported.job is not None and imported.job.state == Job.State.FAILED
    return imported.state == ResponseImport.State.CHECKED and (imported.confirmed_at is None or failed)


def stage_of(imported: ResponseImport, good: int | None = None) -> str:
    """Where an import stands: checking, storing, failed, or its state checked, stored, refused or discarded.

    `match`: the columns of a foreign file were guessed and wait for a person to confirm them. A job that failed leaves
    the row in the state before it. A checked file without a `good` row is `unusable`.
    """
    over = (
        ResponseImport.State.STORED, ResponseImport.State.REFUSED, ResponseImport.State.DISCARDED,
        ResponseImport.State.WITHDRAWN,
    )  # fmt: skip
    if imported.state in over:
        return imported.state
    if imported.job is not None and imported.job.state == Job.State.FAILED:
        return "failed"
    if imported.state == ResponseImport.State.CHECKING:
        done = imported.job is not None and imported.job.state == Job.State.DONE
        return "match" if done else "checking"
    if good == 0:
        return "unusable"
    return "storing" if imported.confirmed_at else "checked"


MOST = 10
_CHECKED = Q(state=ResponseImport.State.CHECKED, confirmed_at=None, summary__good__gt=0)
# The job that guessed the columns is over, and none checks the rows yet (`stage_of`: match).
_GUESSED = Q(state=ResponseImport.State.CHECKING, job__state=Job.State.DONE)


def waiting_imports() -> QuerySet[ResponseImport]:
    """Imports that were checked, with rows to store, or whose columns were guessed; oldest first."""
    return ResponseImport.objects.filter(_CHECKED | _GUESSED).order_by("created_at")


def number_waiting() -> Coalesce:
    """How many imports of a survey wait, to be read with the survey."""
    of_survey = waiting_imports().filter(survey=OuterRef("pk")).order_by().values("survey")
    return Coalesce(Subquery(of_survey.annotate(number=Count("pk")).values("number")), 0)


def imports_to_confirm() -> list[WaitingWork]:
    """The oldest ten of the cycles under way (one query)."""
    found = waiting_imports().filter(survey__cycle__state__in=UNDER_WAY).select_related("survey__cycle")
    rows = found.only("file_name", "state", "created_at", "survey__code", "survey__cycle__code")[:MOST]
    return [
        WaitingWork(
            imported.file_name,
            _("its rows wait to be confirmed")
            if imported.state == ResponseImport.State.CHECKED
            else _("its columns wait to be confirmed"),
            reverse("response_import", args=[imported.survey.cycle.code, imported.pk]),
            imported.created_at,
        )
        for imported in rows
    ]
