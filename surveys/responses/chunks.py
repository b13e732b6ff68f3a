"""Counting the responses of a large survey in chunks, on as many workers as there are.

A job that counts makes a job of every chunk, as a row that any worker may claim. It reads the responses once in the
order of their ids, for the digest, and counts the chunks that nobody has taken by then; the partial cubes and parts are
added up. With one worker it does all of it; a chunk whose worker dies is claimed again like any other job.
"""

from functools import reduce
from operator import add
from time import sleep
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from materiality.actions.scores import score_cycle
from materiality.models import Job
from materiality.platform.jobs import ClaimLost, Progress, execute, request_job
from materiality.platform.refusals import NotAllowed
from materiality.scoring.cube import Cube, pack, unpack
from materiality.scoring.run import Counted
from surveys.models import Chunk, Response, Survey
from surveys.models.jobs import JobKind
from surveys.responses.counting import (
    Digest,
    Groups,
    SurveyCount,
    SurveyCounter,
    count_cycle,
    count_survey,
)
from surveys.responses.stored import stored_responses

WAIT = 0.05  # seconds between looks at chunks that others count


class ResponsesChanged(Exception):
    """Responses changed while they were counted."""


def count_in_chunks(job: Job, progress: Progress) -> Counted:
    """Build of a scoring job: the count of its cycle; surveys of more than two chunks are shared with other workers.

    Where responses changed in the meantime, all are counted in one piece.
    """
    progress(5, _("Counting responses"))
    Job.objects.filter(chunk__whole=job).delete()
    try:
        return count_cycle(job.cycle, progress, count=_Shared(job, progress).count)
    except ResponsesChanged:
        return count_cycle(job.cycle, progress)
    finally:
        # Whoever has taken the job over makes chunks of its own.
        if Job.objects.filter(pk=job.pk, claim=job.claim).exists():
            Job.objects.filter(chunk__whole=job).delete()


def store_run(job: Job, counted: Counted) -> dict:
    """Store of a scoring job: the run."""
    return {"run": score_cycle(cycle=job.cycle, counted=counted, by=job.created_by).number}


class _Shared:
    """The work of a job that counts in chunks."""

    def __init__(self, job: Job, progress: Progress) -> None:
        self._job, self._progress = job, progress

    def count(self, survey: Survey, groups: Groups, digest: Digest) -> SurveyCount:
        """Clusters are known only when all responses have been read, so such a survey is counted in one piece."""
        if survey.cluster or survey.responses.count() <= 2 * settings.COUNTED_AT_ONCE:
            return count_survey(survey, groups, digest)
        chunks = request_chunks(self._job, survey)
        checks = [self._read(chunk, len(chunks), groups, digest) for chunk in chunks]
        return reduce(add, (self._counted(*pair) for pair in zip(chunks, checks, strict=True)))

    def _read(self, chunk: Chunk, number: int, groups: Groups, digest: Digest) -> int | None:
        """Read a chunk for the digest, and count it if nobody does; else the check of what was read."""
        said = _("Counting responses, chunk %(number)s of %(all)s") % {"number": chunk.number + 1, "all": number}
        self._progress(5 + 45 * chunk.number // number, said)
        with stored_responses(responses_of(chunk)) as found:
            lots = list(found)
        for lot in lots:
            digest(lot)
        waits = Job.objects.filter(pk=chunk.job_id, state=Job.State.QUEUED).exists()
        if waits and execute(
            str(chunk.job_id), lambda _job, _progress: SurveyCounter(chunk.survey, groups).counted_of(lots)
        ):
            return None
        return reduce(lambda check, lot: lot.check(check), lots, 0)

    def _counted(self, chunk: Chunk, check: int | None) -> SurveyCount:
        """The count of a chunk once it is there; one that its worker has left is done here."""
        while (job := Job.objects.filter(pk=chunk.job_id).first()) and not job.is_over:
            self._progress(50, "")
            if not execute(str(chunk.job_id)):
                sleep(WAIT)
        if job is None:
            raise ClaimLost
        if job.state == Job.State.FAILED:
            raise NotAllowed(job.error)
        chunk.refresh_from_db(fields=["counted"])
        found = count_from_bytes(bytes(chunk.counted))
        if check not in (None, found.check):
            raise ResponsesChanged
        return found


_BOUNDS = """
SELECT id FROM (
    SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS place FROM surveys_response WHERE survey_id = %s
) AS placed WHERE place %% %s = 0 ORDER BY id
"""


@transaction.atomic
def request_chunks(job: Job, survey: Survey) -> list[Chunk]:
    """Chunks of equal size, each with its job, which is sent to the workers."""
    with connection.cursor() as cursor:
        cursor.execute(_BOUNDS, [survey.pk, settings.COUNTED_AT_ONCE])
        bounds = [None, *(UUID(str(pk)) for (pk,) in cursor.fetchall()), None]
    chunks = []
    for number, (after, upto) in enumerate(zip(bounds, bounds[1:], strict=False)):
        part = request_job(JobKind.COUNT_CHUNK, inputs={"of": str(job.pk)}, by=None, language=job.language)
        chunks.append(Chunk(job=part, whole=job, survey=survey, number=number, after=after, upto=upto))
    return Chunk.objects.bulk_create(chunks)


def responses_of(chunk: Chunk):
    found = Response.objects.filter(survey=chunk.survey_id)
    if chunk.after:
        found = found.filter(id__gt=chunk.after)
    return found.filter(id__lte=chunk.upto) if chunk.upto else found


def count_chunk(job: Job, _progress: Progress) -> SurveyCount:
    """Build of the job of a chunk."""
    chunk = Chunk.objects.select_related("survey__cycle").get(job=job)
    counter = SurveyCounter(chunk.survey, list(chunk.survey.cycle.groups.values_list("id", "code")))
    with stored_responses(responses_of(chunk)) as lots:
        return counter.counted_of(lots)


def keep_chunk(job: Job, counted: SurveyCount) -> dict:
    """Store of the job of a chunk."""
    Chunk.objects.filter(job=job).update(counted=count_to_bytes(counted))
    return {"responses": int(counted.groups[:, 0].sum())}


OF_CUBE, OF_BACK = ("counts", "absent", "valid", "parts"), ("counts", "absent", "valid")


def count_to_bytes(counted: SurveyCount) -> bytes:
    """A count that was dealt by id, as bytes."""
    cube = counted.cube
    labels = {"groups": cube.groups, "issues": cube.issues, "k": cube.k, "rules": sorted(counted.back)}
    labels |= {"named": counted.named, "check": counted.check}
    arrays = {name: getattr(cube, name) for name in OF_CUBE}
    arrays |= {f"{rule} {name}": getattr(back, name) for rule, back in sorted(counted.back.items()) for name in OF_BACK}
    return pack(labels, {**arrays, "sizes": counted.groups, "flags": counted.flags})


def count_from_bytes(data: bytes) -> SurveyCount:
    """Inverse of `count_to_bytes`."""
    labels, arrays = unpack(data)
    codes = tuple(labels["groups"]), tuple(labels["issues"]), labels["k"]
    back = {rule: Cube(*codes, *(arrays[f"{rule} {name}"] for name in OF_BACK), parts=None) for rule in labels["rules"]}
    return SurveyCount(
        cube=Cube(*codes, *(arrays[name] for name in OF_CUBE)),
        back=back,
        groups=arrays["sizes"],
        flags=arrays["flags"],
        named=labels["named"],
        check=labels["check"],
    )
