"""The files of responses that were uploaded, and what can be done with each now."""

from django.db.models import IntegerField, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from materiality.models import Cycle, Job
from surveys.models import ResponseImport


def listed_imports(cycle: Cycle) -> QuerySet[ResponseImport]:
    """Imports of the cycle, newest first, with the counts `rows`, `good` and `bad_rows` (None while unknown).

    The summaries stay in the database: each can hold a thousand bad cells.
    """
    counts = {name: Cast(KT(f"summary__{name}"), IntegerField()) for name in ("rows", "good", "bad_rows")}
    imports = ResponseImport.objects.filter(survey__cycle=cycle).select_related("survey", "created_by", "job")
    return imports.defer("summary", "survey__introduction_zh", "survey__introduction_en").annotate(**counts)


def awaits_confirmation(imported: ResponseImport) -> bool:
    """Whether it was checked and is not confirmed; a job that failed to store it leaves it to be confirmed again."""
    failed = imported.job is not None and imported.job.state == Job.State.FAILED
    return imported.state == ResponseImport.State.CHECKED and (imported.confirmed_at is None or failed)


def stage_of(imported: ResponseImport, good: int | None = None) -> str:
    """Where an import stands: checking, storing, failed, or its state checked, stored, refused or discarded.

    `match`: the columns of a foreign file were guessed and wait for a person to confirm them. A job that failed leaves
    the row in the state before it. A checked file without a `good` row is `unusable`.
    """
    over = (ResponseImport.State.STORED, ResponseImport.State.REFUSED, ResponseImport.State.DISCARDED)
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
