"""Ask for a file to be made, again where it failed or is out of date; cancel, delete."""

import json
from collections.abc import Mapping
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from materiality.models import Cycle, Job, Run, User
from materiality.platform import audit
from materiality.platform.digests import value_digest
from materiality.platform.jobs import request_job, send_job
from materiality.platform.refusals import NotAllowed
from materiality.queries.cycles import BEFORE_ARCHIVE, locked_cycle
from reports.models import Output, TableText
from reports.models.outputs import JOB
from reports.outputs import KINDS, output_inputs, stored_path


@transaction.atomic
def request_output(
    *,
    cycle: Cycle,
    kind: str,
    format: str,
    language: str,
    by: User | None,
    options: Mapping[str, Any] | None = None,
    run: Run | None = None,
    send: bool = True,
) -> Output:
    """Store the request with its inputs frozen and queue the job; the newest run unless one is given.

    `send=False` leaves the job to the caller (`materiality.jobs.execute`). NotAllowed as `output_inputs` says.
    """
    inputs = output_inputs(cycle, kind=kind, format=format, language=language, options=options, run=run)
    parameters = inputs.get("parameters", {})
    output = Output.objects.create(
        cycle=cycle,
        run_id=inputs.get("run"),
        job=request_job(JOB, inputs=inputs, by=by, cycle=cycle, send=send),
        kind=inputs["kind"],
        format=format,
        language=language,
        parameters=parameters,
        **_outline_of(inputs),
    )
    asked = {
        "kind": inputs["kind"],
        "format": format,
        "language": language,
        "run": inputs.get("run_number"),
        **parameters,
    }
    audit.record("request_output", output, by=by, after=asked)
    return output


def _outline_of(inputs: dict) -> dict[str, Any]:
    """What the row keeps of the outline that the file is made from."""
    if "outline" not in inputs:
        return {}
    return {"outline_rows": len(inputs["outline"]), "outline_digest": value_digest(inputs["outline"])}


@transaction.atomic
def retry_output(*, output: Output, by: User | None) -> None:
    """Queue a job that failed or was cancelled once more, with the inputs that were frozen for it. NotAllowed else."""
    held = Job.objects.filter(pk=output.job_id, state__in=(Job.State.FAILED, Job.State.CANCELLED))
    fresh = {"state": Job.State.QUEUED, "error": "", "attempt": 0, "progress": 0, "sent_at": None, "finished_at": None}
    if not held.update(**fresh):
        raise NotAllowed(_("Only a file that could not be created, or was cancelled, can be tried again."))
    transaction.on_commit(lambda: send_job(Job.objects.get(pk=output.job_id)))
    audit.record("retry_output", output, by=by)


@transaction.atomic
def cancel_output(*, output: Output, by: User | None) -> None:
    """End a job that waits or runs: its worker notices at its next sign of life. NotAllowed where it is over."""
    running = Job.objects.filter(pk=output.job_id, state__in=(Job.State.QUEUED, Job.State.RUNNING))
    over = {"state": Job.State.CANCELLED, "progress_text": "", "finished_at": timezone.now(), "claim": ""}
    if not running.update(**over):
        raise NotAllowed(_("The file is created already, or could not be created."))
    audit.record("cancel_output", output, by=by)


@transaction.atomic
def remove_output(*, output: Output, by: User | None) -> None:
    """Delete the file and the request for it. NotAllowed while it is being made."""
    job = Job.objects.select_for_update().get(pk=output.job_id)
    if not job.is_over:
        raise NotAllowed(_("The file is being created. Cancel it first."))
    before = {"file_name": str(output), "sha256": output.sha256, "size": output.size}
    Output.objects.filter(pk=output.pk).delete()
    job.delete()
    audit.record("remove_output", output, by=by, before=before)
    if output.sha256:
        transaction.on_commit(lambda: _drop(output))


def _drop(output: Output) -> None:
    """The stored file, unless another output has the same contents."""
    if not Output.objects.filter(sha256=output.sha256).exists():
        default_storage.delete(stored_path(output))


@transaction.atomic
def remake_outputs(*, cycle: Cycle, by: User | None) -> list[Output]:
    """Ask again for each file whose inputs are no longer those it was made from, the newest of its kind, format,
    language and options; what cannot be made any more is left as it is.
    """
    made = []
    for output in _newest(cycle):
        chosen = _options(output)
        wanted = {"kind": output.kind, "format": output.format, "language": output.language, "options": chosen}
        try:
            if _differs(output_inputs(cycle, **wanted), output.job.inputs):
                made.append(request_output(cycle=cycle, by=by, **wanted))
        except NotAllowed:
            continue
    return made


def _differs(now: dict, asked: dict) -> bool:
    """Whether a file that was asked for with these inputs would be another now. Another day is no reason, nor is a name
    of the organisation beside a request of the time before such names were kept with it.
    """
    unasked = {"anchor", "organisation"} - ({"organisation"} & asked.keys())
    kept = [{name: value for name, value in each.items() if name not in unasked} for each in (now, asked)]
    return json.loads(json.dumps(kept[0])) != kept[1]  # as the database gives them back


def _newest(cycle: Cycle) -> list[Output]:
    found: dict[str, Output] = {}
    for output in Output.objects.filter(cycle=cycle).select_related("job").order_by("pk"):
        if output.job.state not in (Job.State.FAILED, Job.State.CANCELLED) and output.kind in KINDS:
            found[repr((output.kind, output.format, output.language, sorted(output.parameters.items())))] = output
    return list(found.values())


def _options(output: Output) -> dict[str, str]:
    """What was chosen when the output was asked for."""
    names = [option.name for option in KINDS[output.kind].options]
    return {name: str(output.parameters[name]) for name in names if output.parameters.get(name)}


@transaction.atomic
def set_table_texts(*, cycle: Cycle, table: str, texts: Mapping[str, Mapping[str, str]], by: User | None) -> int:
    """Keep the company's own texts of a table, {code: {language: text}}; an empty one is deleted. How many changed."""
    stored = locked_cycle(cycle, BEFORE_ARCHIVE)
    held = {row.code: row for row in TableText.objects.filter(cycle=stored, table=table)}
    before, after = {}, {}
    for code, given in texts.items():
        kept = {language: text.strip() for language, text in given.items() if text.strip()}
        row = held.get(code) or TableText(cycle=stored, table=table, code=code)
        if kept != row.texts:
            before[code], after[code] = row.texts, kept
            row.texts = kept
            if kept:
                row.save()
            elif row.pk:
                row.delete()
    if after:
        audit.record("set_table_texts", stored, by=by, before={table: before}, after={table: after})
    return len(after)
