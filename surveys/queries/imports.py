"""Imports: the list, the preview with the balance, what waits."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from materiality.models import Job
from materiality.platform.bilingual import text_of
from materiality.platform.hooks import WaitingWork
from materiality.platform.words import word_for
from materiality.queries.cycles import UNDER_WAY
from materiality.tables.problems import FileProblem
from surveys.models import ResponseImport, Survey
from surveys.queries.matches import dimension_labels, field_labels, target_labels
from surveys.responses.reading import (
    answer_label,
    asked_of,
    cell_sentence,
    doubt_sentence,
    file_sentence,
    note_sentence,
    row_choices,
    unanswered,
)


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
    """Counts of the file; `new` are good rows that are no duplicates; `flags` (flag, rows), `groups` (name,
    rows, {asked: items that it is asked, with_column: those that the file holds}).
    """

    rows: int = 0
    good: int = 0
    new: int = 0
    duplicates: int = 0
    unfinished: int = 0
    bad_rows: int = 0
    errors: int = 0
    header_ok: bool = True
    groups: list[tuple[str, int, dict]] = field(default_factory=list)
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
    doubts = unanswered(imported)
    found, names = [], target_labels(asked_of(imported.survey)) if doubts else {}
    for doubt in doubts:
        choices = row_choices(doubt["code"], imported.survey)
        answers = [(choice, answer_label(doubt["code"], choice)) for choice in choices]
        found.append(RowDoubt(doubt["id"], doubt_sentence(doubt["code"], doubt["params"], names), answers))
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
        groups=[
            (names.get(code, code), number, summary.get("balance", {}).get("groups", {}).get(code, {}))
            for code, number in summary["groups"].items()
        ],
        flags=list(summary["flags"].items()),
        listed=BadCells(summary["listed"]),
        notes=[note_sentence(note) for note in summary.get("notes", []) if note["code"] not in _OF_COLUMNS],
        doubts=_row_doubts(imported) if imported.state == ResponseImport.State.CHECKED else [],
        balance=_shown(summary.get("balance", {}), imported.survey),
    )


# Notes of columns that are not taken in: the table of all columns says so.
_OF_COLUMNS = ("personal", "tool", "other", "unnamed")


def _shown(balance: dict, survey: Survey) -> dict:
    """The balance as its table shows it: what was read, expected and left out, in words."""
    if not balance:
        return {}
    left = {
        "title": _("Rows above the headings"), "machine": _("Rows added by the tool"), "head": _("Repeated headings"),
        "totals": _("Rows of totals"), "trial": _("Tests, previews and rows that are not valid"),
    }  # fmt: skip
    issues, asked = _issue_names(survey), [item for item in balance["items"] if item["asked"]]
    items = [_named_item(item, issues) for item in balance["items"]]
    moved = [(each["code"], each["from"], each["to"]) for each in (balance["tiers"] or {}).get("moved", [])]
    here = sorted((item for item in items if item["column"]), key=lambda item: not item["stands_out"])
    lacking = [item["item"].partition(":")[0] for item in asked if not item["column"]]
    return {
        **balance,
        "read": [(sheet["name"] or "–", sheet["rows"]) for sheet in balance["sheets"] if sheet["read"]],
        "unread": [(sheet["name"], sheet["rows"]) for sheet in balance["sheets"] if not sheet["read"]],
        "left": [(left[name], number) for name, number in balance["rows"]["left"].items() if number],
        "sides": [
            (label, sum(own), sum(own[at] and bool(item["column"]) for at, item in enumerate(items)))
            for side, label in dimension_labels().items()
            if any(own := [item["asked"] and item["item"].endswith(f":{side}") for item in items])
        ],
        "here": here,
        "lacking": [issues.get(code, code) for code in dict.fromkeys(lacking)],
        "columns": _columns(balance["columns"], issues),
        "outside": sum(each["n"] for each in balance["outside_plan"]) + balance["kept_outside"],
        "moved": [
            (issues.get(code, code), word_for("tier", before), word_for("tier", after)) for code, before, after in moved
        ],
    }


def _issue_names(survey: Survey) -> dict[str, str]:
    """What the issues of the survey's items are called, by code."""
    items = survey.items.select_related("issue").order_by("position")
    return {item.issue.code: text_of(item.issue, "name") for item in items}


def _named_item(item: dict, issues: Mapping[str, str]) -> dict:
    code, _colon, side = item["item"].partition(":")
    return {**item, "name": issues.get(code, code), "side": dimension_labels().get(side, side)}


def _columns(columns: list[dict], issues: Mapping[str, str]) -> list[tuple[str, str, str, str]]:
    """(letter, header, what it is taken for in words, why for nothing) of every column; first those for nothing."""
    fields, sides, found = field_labels(), dimension_labels(), []
    why = {"personal": _("about a person"), "tool": _("a figure of the tool")}
    for each in columns:
        code, _colon, side = each["as"].partition(":")
        words = f"{issues[code]} · {sides.get(side, side)}" if code in issues else fields.get(each["as"], each["as"])
        found.append((each["column"], each["header"], words, why.get(each["why"], "")))
    return sorted(found, key=lambda column: column[2] != "")


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
