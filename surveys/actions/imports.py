"""Imports of responses: request, check, match, confirm, store, discard; saved column matches."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from django.core import serializers
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from materiality.models import Job, User
from materiality.platform import audit, jobs
from materiality.platform.files import digest_of_file, keep_file
from materiality.platform.refusals import NotAllowed
from materiality.tables.problems import FileProblem
from surveys.actions.plans import widen_plans
from surveys.intake.parse import ParsedResponses
from surveys.matching.apply import twice
from surveys.matching.kinds import LEAVE
from surveys.matching.match import OUTSIDE_WIDEN, READY_MADE, Match
from surveys.models import ColumnMatch, FieldworkFigures, Response, ResponseImport, Survey, WithdrawnResponses
from surveys.queries.imports import stage_of
from surveys.questionnaire.ratings import arrival_ids
from surveys.questionnaire.responses import ResponseColumns
from surveys.respond.answers import named_responses
from surveys.responses.anonymity import hide_among_others, insert_unlinked
from surveys.responses.columns import insert_responses
from surveys.responses.holdings import hold, holdings_of
from surveys.responses.reading import (
    AUTO,
    FORGOTTEN,
    ForeignFile,
    UnknownMatch,
    asked_of,
    balance_for,
    columns_to_store,
    doubt_sentence,
    file_sentence,
    forget_what_tells,
    guess_json,
    named_match,
    outside_answer,
    personal_headers,
    read_import,
    summary_of,
    unanswered,
)
from surveys.responses.screening import flags_of_new, mark_overtaken
from surveys.responses.trials import tiers_if_stored


@dataclass(frozen=True)
class Checked:
    """What the check of a file found. A summary without rows is the guess of a `match`; `problem` is that of the whole
    file.
    """

    summary: dict
    error_workbook: str = ""
    problem: str = ""
    match: dict | None = None  # how a foreign file is, or would be, read


def check_file(job: Job, progress: jobs.Progress) -> Checked:
    """Build of a check: read the whole file and list everything that is wrong with it.

    A foreign file without a match stops at the guess, which a person confirms.
    """
    imported = _import_of(job)
    try:
        return _checked(imported, progress)
    except ForeignFile as foreign:
        return Checked({"guess": guess_json(foreign.guess)}, match=foreign.guess.match.to_json())
    except FileProblem as problem:
        return Checked({"problem": {"code": problem.code, "params": problem.params}}, problem=file_sentence(problem))
    except UnknownMatch as problem:
        return Checked({}, problem=_("There is no column match %(name)s.") % {"name": problem})


def _checked(imported: ResponseImport, progress: jobs.Progress) -> Checked:
    survey, guessed = imported.survey, imported.summary.get("guess", {})
    match = imported.match or named_match(imported.match_name)
    outside, asked = outside_answer(imported, match), asked_of(survey)
    parsed = read_import(imported, match, asked, progress)
    if parsed.guess:
        guessed, match = guess_json(parsed.guess), parsed.guess.match.to_json()
    columns = columns_to_store(survey, parsed, asked=asked, outside=outside)
    flags = flags_of_new(survey, columns)
    summary = summary_of(parsed, columns, flags, dict(survey.cycle.groups.values_list("pk", "code")))
    balance = balance_for(survey, parsed, asked, match=match, outside=outside)
    balance.tiers = tiers_if_stored(survey, columns, flags)
    summary |= {"balance": balance.to_json(), "outside": outside} | ({"guess": guessed} if guessed else {})
    return Checked(summary, _kept_errors(parsed), match=match)


def _kept_errors(parsed: ParsedResponses) -> str:
    """The path of the error workbook, '' where there is no error."""
    if not parsed.error_count:
        return ""
    from surveys.responses.errors import keep_error_workbook  # openpyxl takes 0.2 s, and most files have no error

    return keep_error_workbook(parsed, personal_headers(parsed.notes))


def keep_check(job: Job, checked: Checked) -> dict:
    """Store of a check: the preview."""
    return {"import": check_import(imported=_import_of(job), checked=checked, by=job.created_by).pk}


def _import_of(job: Job) -> ResponseImport:
    return ResponseImport.objects.select_related("survey__cycle").get(pk=job.inputs["import"])


@transaction.atomic
def check_import(*, imported: ResponseImport, checked: Checked, by: User | None) -> ResponseImport:
    """Put the import up for confirmation, or refuse it where there is a problem of the whole file.

    The file of a refused import goes where it may tell who somebody is (see import_files). Without rows the import
    stays in checking until a person confirms the guess.
    """
    imported.summary, imported.problem = checked.summary, checked.problem
    imported.error_workbook = checked.error_workbook
    if "rows" in checked.summary:
        imported.state = ResponseImport.State.CHECKED
    if checked.match is not None:
        imported.match = checked.match
    if checked.problem:
        imported.state = ResponseImport.State.REFUSED
        forget_what_tells(imported)
    imported.save(update_fields=["state", "problem", "match", *FORGOTTEN])
    counts = {name: checked.summary[name] for name in ("rows", "good", "bad_rows") if name in checked.summary}
    audit.record("check_import", imported, by=by, after={"state": imported.state, **counts})
    return imported


@transaction.atomic
def confirm_import(
    *,
    imported: ResponseImport,
    by: User | None,
    skip_bad_rows: bool = False,
    answers: Mapping[str, object] | None = None,
    save_as: str = "",
    send: bool = True,
) -> ResponseImport:
    """Queue the storing of a checked import; `answers` are what is said of the balance (`ResponseImport.answers`); the
    match by which the file was read, or which is saved now as `save_as`, remembers them.

    NotAllowed where it is not checked, holds bad rows not left out, or something in its balance is not answered.

    Also where the same file was stored, or confirmed, after this one was uploaded: nobody was asked about that.
    """
    # The survey's row is the lock: two imports of one file must not be confirmed side by side.
    Survey.objects.select_for_update().get(pk=imported.survey_id)
    imported = ResponseImport.objects.select_for_update().get(pk=imported.pk)
    if imported.state != ResponseImport.State.CHECKED or stage_of(imported) == "storing":
        raise NotAllowed(_("This import is not waiting for confirmation (any more)."))
    if _stored_meanwhile(imported):
        raise NotAllowed(_("The same file was imported after you uploaded it. Discard this import."))
    if imported.summary["bad_rows"] and not skip_bad_rows:
        raise NotAllowed(_("Correct the bad rows and upload the file again, or tick that they are left out."))
    if not imported.summary["good"]:
        raise NotAllowed(_("There is no row that can be stored."))
    imported.answers = {**imported.answers, **(answers or {})}
    if open_doubts := unanswered(imported):
        raise NotAllowed(" ".join(doubt_sentence(doubt["code"], doubt["params"]) for doubt in open_doubts))
    imported.skip_bad_rows = skip_bad_rows
    imported.confirmed_at = timezone.now()
    imported.job = jobs.request_job(
        "store_import", inputs={"import": imported.pk}, by=by, cycle=imported.survey.cycle, send=send
    )
    touched = _remembered(imported, save_as, by)
    imported.save(update_fields=["skip_bad_rows", "confirmed_at", "answers", "job", "match_name"])
    after = {"skip_bad_rows": skip_bad_rows, **{name: given for name, given in imported.answers.items() if given}}
    audit.record("confirm_import", imported, by=by, after=after, touched=touched)
    return imported


def _remembered(imported: ResponseImport, save_as: str, by: User | None) -> list[ColumnMatch]:
    """The saved match by which the file was read, or that is saved now, with what was said of the balance, for the next
    file: names of columns, sheets and items that are meant so, and what becomes of ratings outside the plan.
    """
    if save_as and not imported.match:
        raise NotAllowed(_("The file is in Yiti's own format: there is no column match to be saved."))
    saved = ColumnMatch.objects.select_for_update().filter(name=imported.match_name or None).first()
    if not imported.match or not (saved or save_as):
        return []
    columns = {**(imported.match if save_as else saved.columns)}
    meant = {**columns.get("meant", {})}
    for doubt in imported.summary["balance"]["doubts"]:
        if names := doubt.get("names"):
            meant[doubt["code"]] = list(dict.fromkeys([*meant.get(doubt["code"], ()), *names]))
    said = outside_answer(imported, {})
    columns |= ({"meant": meant} if meant else {}) | ({"outside": said} if said not in ("", OUTSIDE_WIDEN) else {})
    if save_as:
        imported.match_name = save_as
        return [_saved(save_as, columns, imported.match["tool"], by)]
    if columns == saved.columns:
        return []
    saved.columns = columns
    saved.save(update_fields=["columns"])
    return [saved]


def _stored_meanwhile(imported: ResponseImport) -> bool:
    twins = ResponseImport.objects.filter(survey=imported.survey_id, sha256=imported.sha256).exclude(pk=imported.pk)
    stored = twins.filter(state=ResponseImport.State.STORED, stored_at__gt=imported.created_at)
    confirmed = twins.filter(state=ResponseImport.State.CHECKED, confirmed_at__isnull=False)
    return stored.exists() or confirmed.exclude(job__state=Job.State.FAILED).exists()


@transaction.atomic
def delete_match(*, match: ColumnMatch, by: User | None) -> None:
    """Delete it. Imports that were read by it keep their copy of its columns, and lose its name only.

    A file that was uploaded with it and is not read yet has its columns recognised instead.
    """
    stored = ColumnMatch.objects.select_for_update().get(pk=match.pk)
    imports = list(ResponseImport.objects.select_for_update().filter(match_name=stored.name))
    for imported in imports:
        imported.match_name = ""
    ResponseImport.objects.bulk_update(imports, ["match_name"], batch_size=200)
    pk = stored.pk
    stored.delete()
    # The event names the row, which is gone by then.
    stored.pk = pk
    before = {"name": stored.name, "tool": stored.tool, "imports": len(imports)}
    audit.record("delete_match", stored, by=by, before=before, touched=imports)


@transaction.atomic
def discard_import(*, imported: ResponseImport, by: User | None) -> ResponseImport:
    """Mark an import that was checked, or whose job failed, as discarded.

    Its file stays as evidence, unless it tells whose answers are whose (see import_files).
    """
    imported = ResponseImport.objects.select_for_update().get(pk=imported.pk)
    if stage_of(imported) not in ("match", "checked", "failed"):
        raise NotAllowed(_("This import is not waiting for confirmation (any more)."))
    imported.state = ResponseImport.State.DISCARDED
    forget_what_tells(imported)
    imported.save(update_fields=["state", *FORGOTTEN])
    audit.record("discard_import", imported, by=by)
    return imported


@transaction.atomic
def match_import(
    *, imported: ResponseImport, match: Match, save_as: str = "", by: User | None, send: bool = True
) -> ResponseImport:
    """Freeze the match in the import and queue its check; with `save_as` keep it under that name for other files.

    NotAllowed where the import is stored, being stored, discarded or no foreign file, and where the match names no
    group or no item, or one of them twice.
    """
    imported = ResponseImport.objects.select_for_update().get(pk=imported.pk)
    _refuse_settled(imported)
    if not match.items():
        raise NotAllowed(_("Say which issue at least one column holds."))
    if "group" not in match.constants and not any(column.target.text == "group" for column in match.columns):
        raise NotAllowed(_("Say which column is the stakeholder group."))
    for place in twice([column.target for column in match.columns]):
        raise NotAllowed(f"{match.columns[place].header}: {_('Another column is that already.')}")
    imported.match, imported.match_name = match.to_json(), save_as
    imported.state = ResponseImport.State.CHECKING
    # All that was doubted is answered by it, and is not asked again where the page is opened once more.
    imported.summary = {"guess": {**imported.summary["guess"], "doubts": []}} if "guess" in imported.summary else {}
    imported.job = jobs.request_job(
        "check_import", inputs={"import": imported.pk}, by=by, cycle=imported.survey.cycle, send=send
    )
    imported.save(update_fields=["match", "match_name", "state", "summary", "job"])
    touched = [_saved(save_as, imported.match, match.tool, by)] if save_as else []
    audit.record("match_import", imported, by=by, after={"saved_as": save_as}, touched=touched)
    return imported


@transaction.atomic
def look_again(
    *, imported: ResponseImport, sheet: str, head: list[int], by: User | None, send: bool = True
) -> ResponseImport:
    """Have the columns recognised anew, on this sheet and below these rows of headings ('' and none: as recognised).

    NotAllowed as `match_import`.
    """
    imported = ResponseImport.objects.select_for_update().get(pk=imported.pk)
    _refuse_settled(imported)
    imported.answers = {**imported.answers, "sheet": sheet, "head": head}
    imported.match, imported.match_name, imported.summary = {}, "", {}
    imported.state = ResponseImport.State.CHECKING
    imported.job = jobs.request_job(
        "check_import", inputs={"import": imported.pk}, by=by, cycle=imported.survey.cycle, send=send
    )
    imported.save(update_fields=["answers", "match", "match_name", "state", "summary", "job"])
    audit.record("match_import", imported, by=by, after={"sheet": sheet, "head": head})
    return imported


def _refuse_settled(imported: ResponseImport) -> None:
    if not imported.match or stage_of(imported) not in ("match", "checked", "failed") or imported.confirmed_at:
        raise NotAllowed(_("The columns of this import cannot be changed (any more)."))


def _saved(name: str, columns: dict, tool: str, by: User | None) -> ColumnMatch:
    refuse_reserved(name)
    row, _made = ColumnMatch.objects.update_or_create(
        name=name, defaults={"columns": columns, "tool": tool, "created_by": by}
    )
    return row


def refuse_reserved(name: str) -> None:
    """NotAllowed for the name of a ready-made match."""
    if name in (AUTO, *READY_MADE):
        raise NotAllowed(_("This name belongs to a ready-made match. Choose another."))


@transaction.atomic
def rename_match(*, match: ColumnMatch, name: str, by: User | None) -> ColumnMatch:
    """Rename it, in the imports that were read by it too: their columns are copies and stay as they are.

    NotAllowed where another match, or a ready-made one, has the name.
    """
    refuse_reserved(name)
    stored = ColumnMatch.objects.select_for_update().get(pk=match.pk)
    if stored.name == name:
        return stored
    if ColumnMatch.objects.filter(name=name).exists():
        raise NotAllowed(_("There is a column match %(name)s already.") % {"name": name})
    imports = list(ResponseImport.objects.select_for_update().filter(match_name=stored.name))
    before, stored.name = stored.name, name
    stored.save(update_fields=["name"])
    for imported in imports:
        imported.match_name = name
    ResponseImport.objects.bulk_update(imports, ["match_name"], batch_size=200)
    audit.record("rename_match", stored, by=by, before={"name": before}, after={"name": name}, touched=imports)
    return stored


class KnownFile(NotAllowed):
    """This very file was stored before; `again` confirms that it is meant."""


@transaction.atomic
def request_import(
    *,
    survey: Survey,
    path: Path,
    file_name: str,
    by: User | None,
    again: bool = False,
    match_name: str = "",
    answers: Mapping[str, object] | None = None,
    send: bool = True,
) -> ResponseImport:
    """Keep the file and queue its check. NotAllowed where the survey is not open yet or nothing has the name of
    the match; KnownFile where the file was stored into this survey before.

    `again` confirms that a file whose SHA-256 is known is to be imported once more. `match_name` is a saved or
    ready-made column match, or `auto`; without one a file that is not in the `responses` format is guessed, to be
    confirmed.
    """
    if survey.state == Survey.State.DRAFT:
        raise NotAllowed(_("Open the survey first: its items are frozen only then."))
    _refuse_unknown(match_name)
    before = survey.imports.filter(sha256=digest_of_file(path), state=ResponseImport.State.STORED).first()
    if before and not again:
        raise KnownFile(
            _("This very file was already imported on %(date)s. Confirm that it is to be imported once more.")
            % {"date": before.stored_at.astimezone(ZoneInfo(survey.zone)).date().isoformat()}
        )
    # Only now: a file that is refused may be about persons, and must not stay.
    stored, digest = keep_file(path, "imports")
    imported = ResponseImport.objects.create(
        survey=survey, file_name=file_name[-200:], sha256=digest, path=stored, match_name=match_name, created_by=by,
        answers=dict(answers or {}),
    )  # fmt: skip
    imported.job = jobs.request_job(
        "check_import", inputs={"import": imported.pk}, by=by, cycle=survey.cycle, send=send
    )
    imported.save(update_fields=["job"])
    audit.record("request_import", imported, by=by, after={"file": file_name, "sha256": digest})
    return imported


def _refuse_unknown(match_name: str) -> None:
    try:
        named_match(match_name)
    except UnknownMatch as problem:
        raise NotAllowed(_("There is no column match %(name)s.") % {"name": problem}) from problem


def read_confirmed(job: Job, progress: jobs.Progress) -> ResponseColumns:
    """Build of a confirmed import: read the kept file again."""
    imported = _import_of(job)
    asked = asked_of(imported.survey)
    try:
        parsed = read_import(imported, imported.match, asked, progress)
    except FileProblem as problem:
        raise NotAllowed(file_sentence(problem)) from problem
    if parsed.error_count and not imported.skip_bad_rows:
        raise NotAllowed(_("The survey has changed since the file was checked. Upload it again."))
    outside = outside_answer(imported, imported.match) or imported.summary.get("outside", "")
    columns = columns_to_store(imported.survey, parsed, asked=asked, outside=outside)
    if imported.answers.get("said", {}).get("row_numbers") == LEAVE:
        columns.token = [""] * len(columns)
    if len(columns) != imported.summary["good"]:
        raise NotAllowed(_("The survey has changed since the file was checked. Upload it again."))
    return columns


def keep_responses(job: Job, columns: ResponseColumns) -> dict:
    """Store of a confirmed import: all rows."""
    return {"responses": store_import(imported=_import_of(job), columns=columns, by=job.created_by)}


@transaction.atomic
def store_import(*, imported: ResponseImport, columns: ResponseColumns, by: User | None) -> int:
    """Screen and insert the rows in the file's order; returns how many. NotAllowed where they are stored already.

    Where ratings outside the plan were said to change it, it is changed with them. In an anonymous survey nothing is
    kept that tells whose a row is, and the order is random (see surveys.unlinked).
    """
    imported = ResponseImport.objects.select_for_update().get(pk=imported.pk)
    survey = Survey.objects.select_for_update(no_key=True).get(pk=imported.survey_id)
    if imported.state == ResponseImport.State.STORED:
        raise NotAllowed(_("This import is stored already."))
    if outside_answer(imported, imported.match) == OUTSIDE_WIDEN:
        widen_plans(survey=survey, rated=imported.summary["balance"]["outside_plan"], by=by)
    flags = flags_of_new(survey, columns)
    if survey.anonymous:
        insert_unlinked(survey, columns, flags, source=imported)
        hide_among_others(survey)
    else:
        insert_responses(survey, columns, ids=arrival_ids(len(columns)), flags=flags, source=imported)
        hold(survey.pk, Response.objects.filter(source=imported))
        mark_overtaken(survey)
    imported.state = ResponseImport.State.STORED
    imported.stored_at = timezone.now()
    forget_what_tells(imported)
    imported.save(update_fields=["state", "stored_at", *FORGOTTEN])
    audit.record("store_import", imported, by=by, after={"responses": len(columns)})
    return len(columns)


@transaction.atomic
def withdraw_import(*, imported: ResponseImport, reason: str, by: User | None) -> ResponseImport:
    """Take the responses of a stored file out of everything, until it is brought back.

    NotAllowed without a reason, where the file is not stored, and in an anonymous survey, where nothing that is stored
    says which responses came from it.
    """
    survey = Survey.objects.select_for_update(no_key=True).get(pk=imported.survey_id)
    imported = ResponseImport.objects.select_for_update().get(pk=imported.pk)
    if imported.state != ResponseImport.State.STORED:
        raise NotAllowed(_("Only a file that is stored can be withdrawn."))
    if survey.anonymous:
        raise NotAllowed(_("Nothing that is stored says which responses of an anonymous survey came from this file."))
    if not reason.strip():
        raise NotAllowed(_("Give a reason: it is kept in the audit trail."))
    rows = list(Response.objects.filter(source=imported).order_by("id"))
    packed = zlib.compress(serializers.serialize("json", rows).encode())
    WithdrawnResponses.objects.create(imported=imported, number=len(rows), rows=packed)
    found = Response.objects.filter(source=imported)
    with holdings_of(survey.pk) as sums:
        if sums:
            sums.count(found, -1)
        found.delete()
    return _moved(imported, survey, rows, ResponseImport.State.WITHDRAWN, reason.strip(), by)


@transaction.atomic
def restore_import(*, imported: ResponseImport, by: User | None) -> ResponseImport:
    """Bring the responses of a withdrawn file back as they were. NotAllowed where the file is not withdrawn."""
    survey = Survey.objects.select_for_update(no_key=True).get(pk=imported.survey_id)
    imported = ResponseImport.objects.select_for_update().get(pk=imported.pk)
    kept = WithdrawnResponses.objects.filter(imported=imported).first()
    if imported.state != ResponseImport.State.WITHDRAWN or kept is None:
        raise NotAllowed(_("Only a file that was withdrawn can be brought back."))
    plain = zlib.decompress(bytes(kept.rows)).decode()
    rows = [each.object for each in serializers.deserialize("json", plain)]
    Response.objects.bulk_create(rows, batch_size=500)
    kept.delete()
    hold(survey.pk, Response.objects.filter(source=imported))
    return _moved(imported, survey, rows, ResponseImport.State.STORED, "", by)


def _moved(imported: ResponseImport, survey: Survey, rows: list[Response], state: str, reason: str, by: User | None):
    """The import in its new state, with flags that no longer hold set anew and the event written."""
    before, imported.state, imported.withdrawn_reason = imported.state, state, reason
    imported.withdrawn_at = timezone.now() if reason else None
    imported.save(update_fields=["state", "withdrawn_reason", "withdrawn_at"])
    mark_overtaken(survey)
    FieldworkFigures.objects.filter(survey=survey).delete()
    audit.record(
        "withdraw_import" if reason else "restore_import", imported, by=by, before={"state": before},
        after={"state": state, "responses": len(rows)}, reason=reason, touched=named_responses(rows),
    )  # fmt: skip
    return imported
