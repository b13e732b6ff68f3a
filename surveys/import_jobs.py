"""Background jobs of imports: checking an uploaded file, and storing its rows."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from materiality.files import keep_file
from materiality.jobs import Progress
from materiality.models import Job
from materiality.refusals import NotAllowed
from surveys.actions.check_import import check_import
from surveys.actions.store_import import store_import
from surveys.arrays import ResponseColumns
from surveys.intake.parsed import ParsedResponses
from surveys.intake.problems import FileProblem
from surveys.models import ResponseImport
from surveys.reading import columns_of, file_sentence, read_file, summary_of
from surveys.recognising import (
    ForeignFile,
    UnknownMatch,
    guess_json,
    named_match,
    personal_headers,
    planner_for,
    recogniser,
)
from surveys.screening import flags_of_new


@dataclass(frozen=True)
class Checked:
    """What the check of an import found."""

    summary: dict
    error_workbook: str = ""
    problem: str = ""
    match: dict | None = None  # how a foreign file is, or would be, read


def check_file(job: Job, progress: Progress) -> Checked:
    """Build of a check: read the whole file and list everything that is wrong with it.

    A foreign file without a match stops at the guess, which a person confirms.
    """
    imported = _import_of(job)
    guessed = imported.summary.get("guess", {})
    try:
        match = imported.match or _named(imported.match_name)
        try:
            parsed = _read(imported, match, progress)
        except ForeignFile as foreign:
            guessed, match = guess_json(foreign.guess), foreign.guess.match.to_json()
            if foreign.guess.doubts or not imported.match_name:
                return Checked({"guess": guessed}, match=match)
            parsed = _read(imported, match, progress)
    except FileProblem as problem:
        return Checked({"problem": {"code": problem.code, "params": problem.params}}, problem=file_sentence(problem))
    except UnknownMatch as problem:
        return Checked({}, problem=_("There is no column match %(name)s.") % {"name": problem})
    columns = columns_of(imported.survey, parsed)
    flags = flags_of_new(imported.survey, columns)
    groups = dict(imported.survey.cycle.groups.values_list("pk", "code"))
    summary = summary_of(parsed, columns, flags, groups)
    if guessed:
        summary["guess"] = guessed
    return Checked(summary, _keep_workbook(parsed) if parsed.error_count else "", match=match)


def _named(name: str) -> dict:
    """The saved match of this name, {} where the columns are to be recognised."""
    match = named_match(name)
    return match.to_json() if match else {}


def _read(imported: ResponseImport, match: dict, progress: Progress) -> ParsedResponses:
    """The rows, by the match where there is one; ForeignFile where one is needed, FileProblem without the file."""
    survey, name = imported.survey, imported.match_name
    if not default_storage.exists(imported.path):
        raise FileProblem("file_gone")
    planner = planner_for(survey, match, name) if match else recogniser(survey, name)
    return read_file(survey, _path(imported), _rows(progress, _("Reading rows")), planner=planner)


def store_check(job: Job, checked: Checked) -> dict:
    """Store of a check: the preview."""
    imported = check_import(
        imported=_import_of(job),
        summary=checked.summary,
        error_workbook=checked.error_workbook,
        problem=checked.problem,
        match=checked.match,
        by=job.created_by,
    )
    return {"import": imported.pk}


def read_confirmed(job: Job, progress: Progress) -> ResponseColumns:
    """Build of a confirmed import: read the kept file again."""
    imported = _import_of(job)
    try:
        parsed = _read(imported, imported.match, progress)
    except FileProblem as problem:
        raise NotAllowed(file_sentence(problem)) from problem
    if parsed.error_count and not imported.skip_bad_rows:
        raise NotAllowed(_("The survey has changed since the file was checked. Upload it again."))
    columns = columns_of(imported.survey, parsed)
    if len(columns) != imported.summary["good"]:
        raise NotAllowed(_("The survey has changed since the file was checked. Upload it again."))
    return columns


def store_rows(job: Job, columns: ResponseColumns) -> dict:
    """Store of a confirmed import: all rows."""
    return {"responses": store_import(imported=_import_of(job), columns=columns, by=job.created_by)}


def _import_of(job: Job) -> ResponseImport:
    return ResponseImport.objects.select_related("survey__cycle").get(pk=job.inputs["import"])


def _path(imported: ResponseImport) -> Path:
    return Path(default_storage.path(imported.path))


def _rows(progress: Progress, words: str):
    return lambda done, total: progress(100 * done // max(total or done, 1) * 9 // 10, f"{words}: {done:,}")


def _keep_workbook(parsed: ParsedResponses) -> str:
    from surveys.error_workbook import write_errors  # openpyxl takes long to load and most files have no error

    personal = personal_headers(parsed.notes)
    places = [place for place, header in enumerate(parsed.header) if header in personal]
    for cells in parsed.bad_rows.values():
        for column in places:
            cells[column : column + 1] = [""]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "errors.xlsx"
        write_errors(path, parsed)
        return keep_file(path, "imports")[0]
