"""What the check of an import found, ready to be shown in the active language."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from surveys.intake.problems import FileProblem
from surveys.models import ResponseImport
from surveys.reading import cell_sentence, file_sentence
from surveys.recognising import note_sentence


@dataclass(frozen=True)
class BadCell:
    """One bad cell; `row` as the spreadsheet shows it, `sentence` what is wrong and how to mend it."""

    row: int
    cell: str
    column: str
    value: str
    sentence: str


@dataclass(frozen=True)
class Preview:
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


class BadCells:
    """The listed bad cells; only those of the shown page are put into words."""

    def __init__(self, plain: list[dict]) -> None:
        self.plain = plain

    def __len__(self) -> int:
        return len(self.plain)

    def __getitem__(self, part: slice) -> list[BadCell]:
        return [_bad_cell(error) for error in self.plain[part]]


def preview_of(imported: ResponseImport) -> Preview:
    """What is known about the file so far; empty while it is being checked."""
    summary = imported.summary
    if "rows" not in summary:
        return Preview(problem=_problem(imported))
    names = {group.code: group.name for group in imported.survey.cycle.groups.all()}
    return Preview(
        **{name: summary[name] for name in ("rows", "good", "duplicates", "unfinished", "bad_rows", "errors")},
        new=summary["good"] - summary["duplicates"],
        header_ok=summary["header_ok"],
        groups=[(names.get(code, code), number) for code, number in summary["groups"].items()],
        flags=list(summary["flags"].items()),
        listed=BadCells(summary["listed"]),
        notes=[note_sentence(note) for note in summary.get("notes", [])],
    )


def _problem(imported: ResponseImport) -> str:
    """What is wrong with the file as a whole; in the language of the check where only its sentence was kept."""
    kept = imported.summary.get("problem")
    return file_sentence(FileProblem(kept["code"], **kept["params"])) if kept else imported.problem


def _bad_cell(error: dict) -> BadCell:
    value = error["value"]
    shown = f"{value[:60]}…" if len(value) > 60 else value
    sentence = cell_sentence(error["code"], shown, error["params"])
    return BadCell(error["row"], error["cell"], error["column"] or _("(no name)"), shown, sentence)
