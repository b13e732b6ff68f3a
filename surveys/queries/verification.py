"""Verification of what surveys hold: against their rows of holdings, and against what runs have frozen of them."""

from collections.abc import Iterator

from materiality.models import AuditEvent, Run
from materiality.platform.audit import Finding
from materiality.platform.keys import KeyMissing
from surveys.models import Holding, Response, Survey
from surveys.responses.counting import digest_now
from surveys.responses.holdings import FLAGS_HELD, HELD_SINCE, TABLES_HELD, Sums, held_now, holding_key, seal_of


def holding_findings() -> Iterator[Finding]:
    """Surveys whose responses, flags, comments or profile answers are not those that the application wrote."""
    for survey in Survey.objects.exclude(state=Survey.State.DRAFT).order_by("pk"):
        row = Holding.objects.filter(survey=survey).first()
        about = {"survey": survey.code}
        if row is None:
            yield Finding(0, "holding_gone" if _was_held(survey) else "unheld", about)
            continue
        try:
            key = holding_key(survey.pk)
        except KeyMissing:
            yield Finding(0, "holding_key", about)
            continue
        found = list(_differences(survey, row, key))
        # What was written while it was read is read again.
        yield from found and _differences(survey, Holding.objects.get(pk=row.pk), key)


def _was_held(survey: Survey) -> bool:
    own = AuditEvent.objects.filter(object_type=survey._meta.label_lower, object_id=str(survey.pk))
    return own.filter(after__has_key=HELD_SINCE).exists()


def _differences(survey: Survey, row: Holding, key: bytes) -> Iterator[Finding]:
    if row.seal != seal_of(key, row.figures):
        yield Finding(0, "holding_seal", {"survey": survey.code})
    sums = Sums(key)
    for model in TABLES_HELD:
        sums.count(model._base_manager.filter(survey=survey))
    for name, (number, total) in sums.figures().items():
        then, sum_then = row.figures[name]
        if (number, total) != (then, sum_then):
            yield Finding(0, f"held_{name}", {"survey": survey.code, "then": then, "now": number})


def run_findings() -> Iterator[Finding]:
    """Runs of what the surveys hold now whose digest is another; those of earlier states cannot be recomputed."""
    for run in Run.objects.filter(source="").select_related("cycle").defer("cube").order_by("cycle", "number"):
        surveys = list(Survey.objects.filter(cycle=run.cycle, code__in=run.surveys).order_by("code"))
        about = {"cycle": run.cycle.code, "run": run.number}
        then, now = run.responses.get("holdings"), held_now(surveys)
        if not then or {code: own["seal"] for code, own in then.items()} != {c: own["seal"] for c, own in now.items()}:
            yield Finding(0, "moved_on", about)
        elif digest_now(surveys) != run.digest:
            yield Finding(0, "run_digest", about | {"responses": Response.objects.filter(survey__in=surveys).count()})


def others_held(run: Run) -> bool:
    """Whether the surveys that the run counted hold other responses or flags by now.

    False where the run does not say what they held, and for an open anonymous survey, which tells only numbers.
    """
    then = run.responses.get("holdings") or {}
    now = held_now(Survey.objects.filter(cycle=run.cycle_id, code__in=then)) if then else {}
    names = (TABLES_HELD[Response], FLAGS_HELD)
    return any(then[code].get(name, own.get(name)) != own.get(name) for code, own in now.items() for name in names)
