"""Seal a closed anonymous survey: nothing in the order of stored rows tells when an answer came."""

from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from materiality import audit
from materiality.models import User
from materiality.refusals import NotAllowed
from surveys.erasing import erase_what_is_deleted, rewrite_in_key_order, vacuum
from surveys.models import (
    AnonymousAnswer,
    AnonymousComment,
    Assignments,
    Draft,
    PaperSheet,
    ReadyDraft,
    Response,
    Survey,
    Tally,
    UsedLinks,
)
from surveys.paper.forgetting import forget_paper
from surveys.questionnaire.window import GRACE

_REWRITTEN = (Response, AnonymousComment, AnonymousAnswer)
_VACUUMED = (*_REWRITTEN, Draft, ReadyDraft, Assignments, UsedLinks, Tally, PaperSheet)


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
