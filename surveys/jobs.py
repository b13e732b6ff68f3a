"""Kinds of background jobs of this app: scoring a cycle, checking and storing an import."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from materiality.actions.score_cycle import score_cycle
from materiality.counted import Counted
from materiality.files import keep_file
from materiality.jobs import Progress
from materiality.models import Job
from materiality.refusals import NotAllowed
from surveys.actions.check_import import check_import
from surveys.actions.store_import import store_import
from surveys.arrays import ResponseColumns
from surveys.cube import count_cycle
from surveys.intake.parsed import ParsedResponses
from surveys.intake.problems import FileProblem
from surveys.models import ResponseImport
from surveys.reading import columns_of, file_sentence, read_file, summary_of
from surveys.screening import flags_of_new


@dataclass(frozen=True)
class Checked:
    """What the check of an import found."""

    summary: dict
    error_workbook: str = ""
    problem: str = ""


def count_for_run(job: Job, progress: Progress) -> Counted:
    """Build of a scoring job: read all responses."""
    progress(5, _("Counting responses"))
    return count_cycle(job.cycle, progress)


def store_run(job: Job, counted: Counted) -> dict:
    """Store of a scoring job: the run."""
    return {"run": score_cycle(cycle=job.cycle, counted=counted, by=job.created_by).number}


def check_file(job: Job, progress: Progress) -> Checked:
    """Build of a check: read the whole file and list everything that is wrong with it."""
    imported = _import_of(job)
    try:
        parsed = read_file(imported.survey, _path(imported), _rows(progress, _("Reading rows")))
    except FileProblem as problem:
        return Checked({"problem": {"code": problem.code, "params": problem.params}}, problem=file_sentence(problem))
    columns = columns_of(imported.survey, parsed)
    flags = flags_of_new(imported.survey, columns)
    groups = dict(imported.survey.cycle.groups.values_list("pk", "code"))
    summary = summary_of(parsed, columns, flags, groups)
    return Checked(summary, _keep_workbook(parsed) if parsed.error_count else "")


def store_check(job: Job, checked: Checked) -> dict:
    """Store of a check: the preview."""
    imported = check_import(
        imported=_import_of(job),
        summary=checked.summary,
        error_workbook=checked.error_workbook,
        problem=checked.problem,
        by=job.created_by,
    )
    return {"import": imported.pk}


def read_confirmed(job: Job, progress: Progress) -> ResponseColumns:
    """Build of a confirmed import: read the kept file again."""
    imported = _import_of(job)
    try:
        parsed = read_file(imported.survey, _path(imported), _rows(progress, _("Reading rows")))
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

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "errors.xlsx"
        write_errors(path, parsed)
        return keep_file(path, "imports")[0]
