"""Ask for a file to be made."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from materiality.models import Cycle, Run, User
from materiality.platform import audit
from materiality.platform.jobs import request_job
from reports.models import Output
from reports.models.outputs import JOB
from reports.outputs import output_inputs


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
        kind=kind,
        format=format,
        language=language,
        parameters=parameters,
    )
    asked = {"kind": kind, "format": format, "language": language, "run": inputs.get("run_number"), **parameters}
    audit.record("request_output", output, by=by, after=asked)
    return output
