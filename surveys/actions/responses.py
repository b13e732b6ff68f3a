"""Stored responses: overrule, make a comment a proposal, release and finalise anonymous ones."""

import uuid
from dataclasses import replace
from datetime import datetime
from random import SystemRandom

from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from materiality.models import AuditEvent, Proposal, User
from materiality.platform import audit
from materiality.platform.keys import ensure_installation_key
from materiality.platform.refusals import NotAllowed
from materiality.queries.proposals import ProposalValues, store_proposal
from surveys.models import (
    AnonymousAnswer,
    AnonymousComment,
    Assignments,
    FieldworkFigures,
    PaperSheet,
    ReadyDraft,
    Response,
    Survey,
    Tally,
    UsedLinks,
)
from surveys.paper.entry import forget_paper
from surveys.queries.responses import ResponseFilter, find_answer, listed_responses
from surveys.questionnaire.asking import GRACE
from surveys.questionnaire.ranking import named_apart
from surveys.respond.drafts import TABLES
from surveys.responses.anonymity import (
    erase_leftovers,
    erase_what_is_deleted,
    rewrite_in_key_order,
    rewrite_shuffled,
    vacuum,
)
from surveys.responses.holdings import HELD_SINCE, hold, hold_all, holdings_of
from surveys.responses.tallies import single_answers

# Fewer finished answers than this wait for more, so that a lot cannot be told apart by who came just then.
FEWEST = 10
# All that is stored is written anew with each lot; so much of it must be new that this stays cheap.
_STORED_PER_NEW = 20
_MIXED = (Response, AnonymousComment, AnonymousAnswer)


def mix_responses(*, survey: Survey, everything: bool = False) -> int:
    """Make responses of the answers that wait, under random ids, and write all of the survey's anew in random order;
    returns how many came in.

    All that wait are taken when there are at least 10, and a twentieth of what is stored, or with `everything` (at
    closing). Comments and profile answers go into tables of their own, without group (architecture.md, step *mix*).
    No audit event: its time would tell lots of responses apart.
    """
    erase_what_is_deleted()
    with transaction.atomic():
        # The survey's row is the lock: two workers must not both take the same answers, and nobody may change a
        # response that is being written anew. Those who finish meanwhile need not wait (no_key).
        Survey.objects.select_for_update(no_key=True).get(pk=survey.pk, anonymous=True)
        if not everything and not _enough(survey):
            return 0
        waiting = list(ReadyDraft.objects.select_for_update().filter(survey=survey))
        # Those that are written anew at this moment cannot be taken: what is left may be too few by now.
        if not waiting or (len(waiting) < FEWEST and not everything):
            return 0
        _store(waiting)
        for model in _MIXED:
            rewrite_shuffled(model, survey.pk)
        ReadyDraft.objects.filter(pk__in=[ready.pk for ready in waiting]).delete()
        transaction.on_commit(lambda: erase_leftovers(emptied=(*TABLES, ReadyDraft), rewritten=_MIXED), robust=True)
    return len(waiting)


def _enough(survey: Survey) -> bool:
    number = ReadyDraft.objects.filter(survey=survey).count()
    return number >= FEWEST and number * _STORED_PER_NEW >= Response.objects.filter(survey=survey).count()


def _store(waiting: list[ReadyDraft]) -> None:
    apart = [(ready, named_apart(ready.profile)) for ready in waiting]
    responses = [
        Response(
            id=uuid.uuid4(),
            survey_id=ready.survey_id,
            group_id=ready.group_id,
            ratings=bytes(ready.ratings),
            seconds_per_item=ready.seconds_per_item,
            flags=ready.flags,
            named=named,
        )
        for ready, (_profile, named) in apart
    ]
    comments = [AnonymousComment(survey_id=ready.survey_id, text=ready.comment) for ready in waiting if ready.comment]
    answers = [
        AnonymousAnswer(survey_id=ready.survey_id, question=question, answer=answer)
        for ready, (profile, _named) in apart
        for question, answer in single_answers(profile)
    ]
    for rows in (responses, comments, answers):
        SystemRandom().shuffle(rows)
    _create(responses, comments, answers)
    _hold(waiting[0].survey_id, responses, comments, answers)


def _hold(survey_pk: int, *tables: list[models.Model]) -> None:
    hold(survey_pk, *(type(rows[0]).objects.filter(pk__in=[row.pk for row in rows]) for rows in tables if rows))


def _create(*tables: list[models.Model]) -> None:
    for rows in filter(None, tables):
        type(rows[0]).objects.bulk_create(rows, batch_size=500)


@transaction.atomic
def overrule_response(*, response: Response, overruled: int, reason: str, by: User) -> Response:
    """Include or exclude a response, or (NO) leave it to the rules again; its flags stay as they are.

    NotAllowed without a reason, for an unfinished response, or where the decision stands already. Runs made before
    keep their numbers; the next one counts the decision.
    """
    # Mixing writes the responses of an anonymous survey anew: its lock comes first, or the change could be lost.
    Survey.objects.select_for_update(no_key=True).get(pk=response.survey_id)
    stored = Response.objects.select_for_update().get(pk=response.pk)
    if stored.unfinished:
        raise NotAllowed(_("This response was never submitted; unfinished responses do not count."))
    if not reason.strip():
        raise NotAllowed(_("Say why: the reason stands in the audit trail."))
    if stored.overruled == overruled:
        raise NotAllowed(_("That is decided already."))
    before = {"overruled": stored.overruled, "reason": stored.overruled_reason}
    decided = overruled != Response.Overruled.NO
    stored.overruled = overruled
    stored.overruled_by = by if decided else None
    stored.overruled_reason = reason.strip() if decided else ""
    found = Response.objects.filter(pk=stored.pk)
    with holdings_of(stored.survey_id) as sums:
        if sums:
            sums.count(found, -1)
        stored.save(update_fields=["overruled", "overruled_by", "overruled_reason"])
        if sums:
            sums.count(found)
    audit.record(
        "overrule_response", stored, by=by, before=before, after={"overruled": overruled}, reason=reason.strip()
    )
    return stored


@transaction.atomic
def overrule_responses(*, survey: Survey, wanted: ResponseFilter, overruled: int, reason: str, by: User | None) -> int:
    """Decide the same of every submitted response that passes the filter; returns of how many that was new.

    NotAllowed without a reason, or where nothing would change.
    """
    Survey.objects.select_for_update(no_key=True).get(pk=survey.pk)
    if not reason.strip():
        raise NotAllowed(_("Say why: the reason stands in the audit trail."))
    found = listed_responses(survey, wanted).filter(unfinished=False).exclude(overruled=overruled)
    rows = list(Response.objects.select_for_update().filter(pk__in=list(found.values_list("pk", flat=True))))
    if not rows:
        raise NotAllowed(_("That is decided already."))
    decided = overruled != Response.Overruled.NO
    for row in rows:
        row.overruled, row.overruled_by = overruled, by if decided else None
        row.overruled_reason = reason.strip() if decided else ""
    decided_now = Response.objects.filter(pk__in=[row.pk for row in rows])
    with holdings_of(survey.pk) as sums:
        if sums:
            sums.count(decided_now, -1)
        Response.objects.bulk_update(rows, ["overruled", "overruled_by", "overruled_reason"], batch_size=200)
        if sums:
            sums.count(decided_now.all())
    FieldworkFigures.objects.filter(survey=survey).delete()
    told = {
        "overruled": overruled,
        "responses": len(rows),
        **{name: value for name, value in vars(wanted).items() if value},
    }
    audit.record("overrule_responses", survey, by=by, after=told, reason=reason.strip(), touched=rows)
    return len(rows)


@transaction.atomic
def promote_comment(*, survey: Survey, reference: str, values: ProposalValues, by: User | None) -> Proposal:
    """Put a proposal before those who decide, with the open answer as its source.

    `values.reason` is what was said, as far as it is to be kept. NotAllowed where the answer is gone, was made a
    proposal before, or the values are wrong.
    """
    Survey.objects.select_for_update().get(pk=survey.pk)  # two people must not promote one answer
    answer = find_answer(survey, reference)
    if answer is None:
        raise NotAllowed(_("There is no such open answer in the survey."))
    if answer.proposal:
        raise NotAllowed(_("This open answer is a proposal already."))
    values = replace(values, source=answer.source)
    proposal = store_proposal(values, origin=Proposal.Origin.RESPONDENT, by=by)
    audit.record("promote_comment", proposal, by=by, after=values.told(), reason=proposal.reason)
    return proposal


@transaction.atomic
def hold_surveys() -> list[Survey]:
    """Give surveys of before there were such rows their row of what they hold; returns those that got one.

    Never a second one: where an event says that a survey had its row, verify_audit tells that it is gone.
    """
    ensure_installation_key(audit.AUDIT_KEY)
    held = AuditEvent.objects.filter(object_type="surveys.survey", after__has_key=HELD_SINCE)
    known = set(held.values_list("object_id", flat=True))
    begun = Survey.objects.filter(holding=None).exclude(state=Survey.State.DRAFT).order_by("pk")
    surveys = [survey for survey in begun if str(survey.pk) not in known]
    for survey in surveys:
        row = hold_all(survey.pk)
        audit.record("hold_survey", survey, by=None, after={HELD_SINCE: True, "responses": row.figures["responses"][0]})
    return surveys


_REWRITTEN = (Response, AnonymousComment, AnonymousAnswer)
_VACUUMED = (*_REWRITTEN, *TABLES, ReadyDraft, Assignments, UsedLinks, Tally, PaperSheet)


def seal_survey(*, survey: Survey, by: User | None = None, now: datetime | None = None) -> Survey:
    """Rewrite the survey's responses, comments and profile answers in the order of their random ids, and erase what
    was deleted, drafts with their links among it.

    Runs outside any transaction, as databases vacuum only there; broken off half-way, it can be done again. NotAllowed
    where the survey is not anonymous, not closed, within the grace, or has answers that still wait to be mixed
    (architecture.md, step *seal*).
    """
    if connection.in_atomic_block:
        raise RuntimeError("a survey is sealed outside of transactions")
    moment = now or timezone.now()
    stored = Survey.objects.get(pk=survey.pk)
    if not stored.anonymous or stored.closed_at is None or moment <= stored.closed_at + GRACE:
        raise NotAllowed(_("Only an anonymous survey that has been closed for 15 minutes can be sealed."))
    if ReadyDraft.objects.filter(survey=stored).exists():
        raise NotAllowed(_("Finished answers still wait to be mixed."))
    erase_what_is_deleted()
    with transaction.atomic():
        Survey.objects.select_for_update(no_key=True).get(pk=stored.pk)
        for model in _REWRITTEN:
            rewrite_in_key_order(model, stored.pk)
        forget_paper(stored)
    vacuum(*_VACUUMED)
    with transaction.atomic():
        stored.sealed_at = moment
        stored.save(update_fields=["sealed_at"])
        audit.record("seal_survey", stored, by=by, after={"responses": stored.responses.count()})
    return stored
