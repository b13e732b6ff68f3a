"""Bodies of background jobs: check and store an import, count for a run, try out and change rules."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils.translation import gettext as _

from materiality.actions.scores import score_cycle
from materiality.models import Job
from materiality.platform.files import keep_file
from materiality.platform.jobs import Progress
from materiality.platform.refusals import NotAllowed
from materiality.scoring.run import Counted
from materiality.tables.problems import FileProblem
from surveys.actions.imports import check_import, store_import
from surveys.actions.screening import change_rules
from surveys.intake.parse import ParsedResponses
from surveys.matching.kinds import LEAVE
from surveys.models import ResponseImport, Survey
from surveys.questionnaire.screening import Rules
from surveys.responses.columns import ResponseColumns
from surveys.responses.reading import (
    ForeignFile,
    UnknownMatch,
    asked_of,
    balance_for,
    columns_to_store,
    file_sentence,
    guess_json,
    named_match,
    outside_answer,
    personal_headers,
    planner_for,
    read_file,
    recogniser,
    summary_of,
    write_errors,
)
from surveys.responses.screening import flags_of_new
from surveys.responses.trials import dry_run, tiers_if_stored


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
        outside = outside_answer(imported, match)
        try:
            parsed = _read(imported, match, progress)
        except ForeignFile as foreign:
            return Checked({"guess": guess_json(foreign.guess)}, match=foreign.guess.match.to_json())
        if parsed.guess:
            guessed, match = guess_json(parsed.guess), parsed.guess.match.to_json()
    except FileProblem as problem:
        return Checked({"problem": {"code": problem.code, "params": problem.params}}, problem=file_sentence(problem))
    except UnknownMatch as problem:
        return Checked({}, problem=_("There is no column match %(name)s.") % {"name": problem})
    asked = asked_of(imported.survey)
    columns = columns_to_store(imported.survey, parsed, asked=asked, outside=outside)
    flags = flags_of_new(imported.survey, columns)
    groups = dict(imported.survey.cycle.groups.values_list("pk", "code"))
    summary = summary_of(parsed, columns, flags, groups)
    balance = balance_for(imported.survey, parsed, asked, match=match, outside=outside)
    balance.tiers = tiers_if_stored(imported.survey, columns, flags)
    summary |= {"balance": balance.to_json(), "outside": outside}
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
    planner = planner_for(survey, match, name) if match else recogniser(survey, name, imported.answers)
    sheet = imported.answers.get("sheet", "")
    return read_file(survey, _path(imported), _rows(progress, _("Reading rows")), planner=planner, sheet=sheet)


def store_file_check(job: Job, checked: Checked) -> dict:
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
    outside = outside_answer(imported, imported.match) or imported.summary.get("outside", "")
    columns = columns_to_store(imported.survey, parsed, asked=asked_of(imported.survey), outside=outside)
    if imported.answers.get("said", {}).get("row_numbers") == LEAVE:
        columns.token = [""] * len(columns)
    if len(columns) != imported.summary["good"]:
        raise NotAllowed(_("The survey has changed since the file was checked. Upload it again."))
    return columns


def store_responses(job: Job, columns: ResponseColumns) -> dict:
    """Store of a confirmed import: all rows."""
    return {"responses": store_import(imported=_import_of(job), columns=columns, by=job.created_by)}


def _import_of(job: Job) -> ResponseImport:
    return ResponseImport.objects.select_related("survey__cycle").get(pk=job.inputs["import"])


def _path(imported: ResponseImport) -> Path:
    return Path(default_storage.path(imported.path))


def _rows(progress: Progress, words: str):
    return lambda done, total: progress(100 * done // max(total or done, 1) * 9 // 10, f"{words}: {done:,}")


def _keep_workbook(parsed: ParsedResponses) -> str:

    personal = personal_headers(parsed.notes)
    places = [place for place, header in enumerate(parsed.header) if header in personal]
    for cells in parsed.bad_rows.values():
        for column in places:
            cells[column : column + 1] = [""]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "errors.xlsx"
        write_errors(path, parsed)
        return keep_file(path, "imports")[0]


def store_run(job: Job, counted: Counted) -> dict:
    """Store of a scoring job: the run."""
    return {"run": score_cycle(cycle=job.cycle, counted=counted, by=job.created_by).number}


# Up to this many responses a page does the work itself, in a second or two.
MOST_AT_ONCE = 30_000


def try_rules(job: Job, progress: Progress) -> dict:
    """Build of a dry run."""
    return dry_run(_survey_of(job), Rules.from_json(job.inputs["rules"]), progress)


def keep_trial(job: Job, found: dict) -> dict:
    """Store of a dry run: nothing but the job's own result."""
    survey = _survey_of(job)
    return {**found, "url": reverse("rules_trial", args=[survey.cycle.code, survey.code, job.pk])}


def wait_for_rules(job: Job, progress: Progress) -> None:
    """Build of a change of rules: all of its work is in the transaction that follows."""
    progress(10, _("Screening responses"))


def store_rules(job: Job, _built: None) -> dict:
    """Store of a change of rules."""
    rules = Rules.from_json(job.inputs["rules"])
    survey = _survey_of(job)
    changed = change_rules(survey=survey, rules=rules, reason=job.inputs["reason"], by=job.created_by)
    return {"version": changed.version, "url": reverse("screening", args=[survey.cycle.code, survey.code])}


def _survey_of(job: Job) -> Survey:
    return Survey.objects.select_related("cycle").get(pk=job.inputs["survey"])
