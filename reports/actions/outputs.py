"""Ask for a file to be made, again where it failed or is out of date; cancel, delete."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from materiality.models import Cycle, Job, Run, User
from materiality.platform import audit
from materiality.platform.jobs import request_job, send_job
from materiality.platform.refusals import NotAllowed
from materiality.queries.cycles import BEFORE_ARCHIVE, locked_cycle
from reports.models import Output, TableText
from reports.models.outputs import JOB
from reports.outputs import KINDS, made_from, options_of, output_inputs, stale_outputs, stored_path
from reports.queries.outputs import ENDED, PACK


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
        made_from=made_from(inputs),
        outline_rows=len(inputs["outline"]) if "outline" in inputs else None,
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


@transaction.atomic
def retry_output(*, output: Output, by: User | None) -> None:
    """Queue a job that failed or was cancelled once more, with the inputs that were frozen for it. NotAllowed else."""
    held = Job.objects.filter(pk=output.job_id, state__in=ENDED)
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
    """Ask again for each file that is out of date, the newest of its kind, format, language and options, an evidence
    pack after what it holds; what cannot be made any more is left as it is.
    """
    packs, others = [], []
    for output in _newest(cycle):
        (packs if output.kind == PACK else others).append(output)
    return _remade(cycle, others, by) + _remade(cycle, packs, by)


def _remade(cycle: Cycle, outputs: Sequence[Output], by: User | None) -> list[Output]:
    made, stale = [], stale_outputs(cycle, outputs)
    for output in outputs:
        wanted = {"kind": output.kind, "format": output.format, "language": output.language}
        if output.pk in stale:
            with suppress(NotAllowed):
                made.append(request_output(cycle=cycle, by=by, options=options_of(output), **wanted))
    return made


def _newest(cycle: Cycle) -> list[Output]:
    found: dict[str, Output] = {}
    for output in Output.objects.filter(cycle=cycle).select_related("job").order_by("pk"):
        if output.job.state not in ENDED and output.kind in KINDS:
            found[repr((output.kind, output.format, output.language, options_of(output)))] = output
    return list(found.values())


@transaction.atomic
def set_table_texts(*, cycle: Cycle, table: str, texts: Mapping[str, Mapping[str, str]], by: User | None) -> int:
    """Keep the company's own texts of a table, {code: {language: text}}; an empty one is deleted. How many changed."""
    stored = locked_cycle(cycle, BEFORE_ARCHIVE)
    held = {row.code: row for row in TableText.objects.filter(cycle=stored, table=table)}
    before, after = {}, {}
    for code, given in texts.items():
        row = held.get(code) or TableText(cycle=stored, table=table, code=code)
        kept = {language: text.strip() for language, text in {**row.texts, **given}.items() if text.strip()}
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
