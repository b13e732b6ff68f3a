"""Stored responses: overrule, make a comment a proposal, release and finalise anonymous ones."""

from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

import numpy as np
from django.db import connection, transaction
from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from materiality.models import AuditEvent, Proposal, User
from materiality.platform import audit
from materiality.platform.keys import KeyMissing, ensure_installation_key, installation_key
from materiality.platform.refusals import NotAllowed
from materiality.queries.proposals import ProposalValues, store_proposal
from materiality.queries.scores import SMALL_CELL
from materiality.scoring.cube import NOT_ASKED
from surveys.invitations.used_links import mark_used
from surveys.models import (
    AnonymousAnswer,
    AnonymousComment,
    Assignments,
    FieldworkFigures,
    PaperSheet,
    Response,
    SealedDraft,
    Survey,
    Tally,
    UsedLinks,
)
from surveys.paper.entry import forget_paper
from surveys.queries.responses import ResponseFilter, find_answer, listed_responses
from surveys.questionnaire.asking import GRACE
from surveys.questionnaire.contents import Contents
from surveys.questionnaire.screening import GRACE_SECONDS
from surveys.respond.drafts import TABLES
from surveys.respond.keys import destroy_key_of, key_of
from surveys.respond.sealed import finished_columns, unseal_finished
from surveys.responses.anonymity import (
    OF_TIME,
    alike,
    erase_what_is_deleted,
    insert_unlinked,
    rewrite_in_key_order,
    vacuum,
)
from surveys.responses.holdings import HELD_SINCE, hold_all, holdings_of
from surveys.responses.screening import flags_of_new
from surveys.responses.tallies import add_to_tally, how_answered

# Fewer finished answers of a group than this wait for more, so that a lot cannot be told apart by who came just then.
FEWEST = 10


def release_responses(*, survey: Survey, everything: bool = False) -> int:
    """Make responses of finished answers, each group by itself and ten or more of it; returns how many came in.

    Those whose flags of time fewer than five of the lot share wait with the rest. With `everything` (after the
    closing) all that can be opened is released, in a last lot as small as it is. What cannot be opened stays, and is
    counted. No audit event: its time would tell lots of responses apart.
    """
    erase_what_is_deleted()
    with transaction.atomic():
        # The survey's row is the lock: two workers must not both take the same answers, and nobody may change a
        # response meanwhile. Those who finish need not wait (no_key).
        stored = Survey.objects.select_for_update(no_key=True).get(pk=survey.pk, anonymous=True)
        finished = stored.sealed_drafts.filter(state=SealedDraft.State.FINISHED)
        counts = finished.order_by("group").values_list("group").annotate(number=Count("pk"))
        ready = [group for group, number in counts if everything or number >= FEWEST]
        return sum(_release(stored, finished.filter(group=group), everything) for group in ready)


def _release(survey: Survey, finished: QuerySet[SealedDraft], everything: bool) -> int:
    """Release what is finished of one group, and erase it where it was sealed."""
    opened = _opened(survey, finished.select_for_update(of=("self",)).select_related("group"))
    if not opened:
        return 0
    rows, contents = zip(*opened, strict=True)
    columns = finished_columns(rows, contents)
    flags = flags_of_new(survey, columns, grace_seconds=GRACE_SECONDS)
    flags |= np.array([held.flags or 0 for held in contents], np.uint16)
    # Who answers in large text gets a part of a full questionnaire, which shows: such responses need company, too.
    partly = np.zeros(len(rows), bool) if survey.split else asked_less(columns.ratings)
    places = np.arange(len(rows)) if everything else np.flatnonzero(alike((flags & OF_TIME) * 2 + partly))
    if len(places) < FEWEST and not everything:
        return 0
    # A link that was made void and given out again may have been used twice: the first one counts.
    fresh = np.array([place for place in places if _uses_link(contents[place])], np.intp)
    insert_unlinked(survey, columns.pick(fresh), flags[fresh])
    _count_how(survey, rows[0].group.code, [contents[place] for place in fresh])
    SealedDraft.objects.filter(pk__in=[rows[place].pk for place in places]).delete()
    return len(fresh)


def _count_how(survey: Survey, group: str, contents: list[Contents]) -> None:
    """Text sizes, and how they went on. The latter is left out where fewer than five of the lot tell it, or all but
    fewer than five do, as the rest came on paper: who is one of those few would else be told by the sums.
    """
    going = sum(1 for held in contents if held.course)
    told = going >= SMALL_CELL and not 0 < len(contents) - going < SMALL_CELL
    counts = sum((how_answered(held.mode, held.course if told else ()) for held in contents), Counter())
    for (measure, channel, place), number in sorted(counts.items()):
        add_to_tally(survey.pk, measure, group=group, channel=channel, place=place, number=number)


def asked_less(ratings: np.ndarray) -> np.ndarray:
    """bool[R]: whether a response was asked less than the others."""
    asked = (ratings != NOT_ASKED).sum(axis=1)
    return asked < asked.max()


def _uses_link(held: Contents) -> bool:
    return held.batch_id is None or mark_used(held.batch_id, held.serial)


def _opened(survey: Survey, finished: QuerySet[SealedDraft]) -> list[tuple[SealedDraft, Contents]]:
    """What can be opened; the rest is marked."""
    key, opened = key_of(survey), []
    for row in finished:
        try:
            opened.append((row, unseal_finished(key, row)))
        except ValueError:
            SealedDraft.objects.filter(pk=row.pk).update(state=SealedDraft.State.UNREADABLE)
    return opened


@transaction.atomic
def discard_damaged(*, survey: Survey, reason: str, by: User | None) -> int:
    """Delete finished answers that cannot be opened, so that the survey can be finalised; returns how many went.

    They are tried once more: what opens after all waits for its release again. NotAllowed without a reason, or where
    there is none.
    """
    if not reason.strip():
        raise NotAllowed(_("Give a reason: it is kept in the audit trail."))
    stored = Survey.objects.select_for_update(no_key=True).get(pk=survey.pk)
    damaged = stored.sealed_drafts.filter(state=SealedDraft.State.UNREADABLE).select_for_update(of=("self",))
    whole = [row.pk for row, _contents in _opened(stored, damaged)]
    stored.sealed_drafts.filter(pk__in=whole).update(state=SealedDraft.State.FINISHED)
    gone = list(damaged.exclude(pk__in=whole).values_list("pk", "group__code"))
    if not gone and not whole:
        raise NotAllowed(_("Every finished response can be opened."))
    SealedDraft.objects.filter(pk__in=[pk for pk, _group in gone]).delete()
    told = {"responses": len(gone), "opened": len(whole), "groups": dict(Counter(group for _pk, group in gone))}
    audit.record("discard_damaged", stored, by=by, after=told, reason=reason.strip())
    return len(gone)


@transaction.atomic
def give_up_answers(*, survey: Survey, reason: str, by: User | None) -> int:
    """Delete what nobody can open any more, begun or finished, as the closed survey's key is lost (after a restore
    without it), so that the survey can be finalised; returns how many finished ones went.

    NotAllowed without a reason, while the survey is open, where the key is there, or where there is nothing;
    KeyMissing where the audit key cannot be read either.
    """
    if not reason.strip():
        raise NotAllowed(_("Give a reason: it is kept in the audit trail."))
    stored = Survey.objects.select_for_update(no_key=True).get(pk=survey.pk)
    if stored.closed_at is None or not stored.sealed_drafts.exists():
        raise NotAllowed(_("Only sealed answers of a survey that is closed can be given up."))
    # Where this one is away, too, the folder of keys is not where it was, and nothing is lost yet.
    installation_key(audit.AUDIT_KEY)
    with suppress(KeyMissing):
        key_of(stored)
        raise NotAllowed(_("The key of the survey is there: nothing is lost."))
    finished = stored.sealed_drafts.exclude(state=SealedDraft.State.BEGUN).values_list("group__code", flat=True)
    groups = Counter(finished)
    number, _each = stored.sealed_drafts.all().delete()
    told = {"responses": groups.total(), "begun": number - groups.total(), "groups": dict(groups)}
    audit.record("give_up_answers", stored, by=by, after=told, reason=reason.strip())
    return groups.total()


@transaction.atomic
def overrule_response(*, response: Response, overruled: int, reason: str, by: User) -> Response:
    """Include or exclude a response, or (NO) leave it to the rules again; its flags stay as they are.

    NotAllowed without a reason, for an unfinished response, or where the decision stands already. Runs made before
    keep their numbers; the next one counts the decision.
    """
    # An import writes the responses of an anonymous survey anew: its lock comes first, or the change could be lost.
    Survey.objects.select_for_update(no_key=True).get(pk=response.survey_id)
    stored = Response.objects.select_for_update().get(pk=response.pk)
    if stored.unfinished:
        raise NotAllowed(_("This response was never submitted; unfinished responses do not count."))
    if not reason.strip():
        raise NotAllowed(_("Give a reason: it is kept in the audit trail."))
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
        raise NotAllowed(_("Give a reason: it is kept in the audit trail."))
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
        raise NotAllowed(_("This open answer is a suggestion already."))
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
_VACUUMED = (*_REWRITTEN, *TABLES, Assignments, UsedLinks, Tally, PaperSheet)


def finalise_survey(*, survey: Survey, by: User | None = None, now: datetime | None = None) -> Survey:
    """Rewrite the survey's responses, comments and profile answers in the order of their random ids, erase what was
    deleted, and destroy the survey's key, so that no copy of the database opens any more.

    Runs outside any transaction, as databases vacuum only there; broken off at any step, it can be done again.
    NotAllowed where the survey is not anonymous, not closed, within the grace, or has answers in progress or waiting.
    """
    if connection.in_atomic_block:
        raise RuntimeError("a survey is finalised outside of transactions")
    moment = now or timezone.now()
    stored = Survey.objects.get(pk=survey.pk)
    if not stored.anonymous or stored.closed_at is None or moment <= stored.closed_at + GRACE:
        raise NotAllowed(_("Only an anonymous survey that has been closed for 15 minutes can be finalised."))
    if stored.sealed_drafts.exists():
        raise NotAllowed(_("Answers still wait to be released."))
    erase_what_is_deleted()
    with transaction.atomic():
        Survey.objects.select_for_update(no_key=True).get(pk=stored.pk)
        for model in _REWRITTEN:
            rewrite_in_key_order(model, stored.pk)
        forget_paper(stored)
        stored.assignments.all().delete()
    vacuum(*_VACUUMED)
    destroy_key_of(stored)
    with transaction.atomic():
        stored.sealed_at = moment
        stored.save(update_fields=["sealed_at"])
        audit.record("finalise_survey", stored, by=by, after={"responses": stored.responses.count()})
    return stored
