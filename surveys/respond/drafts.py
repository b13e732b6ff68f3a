"""What staff may learn of answers in progress: numbers, and of a person who asks their own.

The tables of drafts are read and written in this room only; `answers.py` opens, saves and finishes. Those of an
anonymous survey are sealed.
"""

from datetime import datetime

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.db.models.lookups import LessThan

from surveys.invitations.links import secret_of
from surveys.models import Batch, Draft, SealedDraft, Survey
from surveys.questionnaire.tokens import token_of
from surveys.respond.keys import key_of, lookup_of

# The tables in which answers in progress lie, for emptying what was deleted from the files.
TABLES = (Draft, SealedDraft)
# SQL: the survey's key where it has more than so many; stops there.
BEYOND = tuple(
    f"SELECT survey_id FROM (SELECT survey_id FROM {table} WHERE survey_id = %s LIMIT 1 OFFSET %s) AS {name}"
    for table, name in (("surveys_draft", "begun"), ("surveys_sealeddraft", "sealed"))
)


def begun_drafts(survey: Survey, **link: int) -> QuerySet:
    """The answers in progress of a survey, all or those by one link (`batch_id`, `serial`)."""
    if not survey.anonymous:
        return Draft.objects.filter(survey=survey, **link)
    begun = SealedDraft.objects.filter(survey=survey, state=SealedDraft.State.BEGUN)
    if not link:
        return begun
    if not survey.key_check or survey.sealed_at:
        return begun.none()
    batch = Batch.objects.get(pk=link["batch_id"])
    token = token_of(secret_of(batch.salt), batch.pk, link["serial"])
    return begun.filter(lookup=lookup_of(key_of(survey), token))


def number_begun(survey: Survey, **link: int) -> int:
    """How many answers are in progress, of all or by one link (`batch_id`, `serial`)."""
    return begun_drafts(survey, **link).count()


def number_finished(survey: Survey) -> int:
    """How many finished answers of an anonymous survey wait to be released, damaged ones included."""
    return survey.sealed_drafts.exclude(state=SealedDraft.State.BEGUN).count() if survey.anonymous else 0


def begun_before(survey: Survey, moment: datetime) -> QuerySet:
    """Answers in progress that were begun before; of sealed ones the day is known."""
    if survey.anonymous:
        return begun_drafts(survey).filter(begun_on__lt=moment.date())
    return begun_drafts(survey).filter(started_at__lt=moment)


def idle_since(survey: Survey, moment: datetime) -> QuerySet:
    """Answers in progress that were not saved since."""
    return _seen(survey).filter(seen__lt=moment)


def _seen(survey: Survey) -> QuerySet:
    return begun_drafts(survey).annotate(seen=F("saved_at") if survey.anonymous else Coalesce("saved_at", "started_at"))


def begun_by_place(survey: Survey, cutoff: datetime) -> list[list]:
    """[group key, channel, page saved last, whether idle since the cutoff, number], sorted."""
    rows = _seen(survey).annotate(idle=LessThan(F("seen"), cutoff)).order_by()
    rows = rows.values_list("group_id", "channel", "page", "idle").annotate(number=Count("pk"))
    return [[group, channel, page, bool(is_idle), number] for group, channel, page, is_idle, number in sorted(rows)]


def number_sealed() -> int:
    """How many answers of anonymous surveys are begun, or wait to be released."""
    return SealedDraft.objects.count()


def surveys_with_begun() -> QuerySet[Survey]:
    """The surveys in which answers are in progress."""
    sealed = SealedDraft.objects.filter(state=SealedDraft.State.BEGUN)
    return Survey.objects.filter(Q(pk__in=Draft.objects.values("survey")) | Q(pk__in=sealed.values("survey")))


def begun_by_link(survey: Survey, **link: int) -> dict[str, object] | None:
    """Answers in progress by this link, for whom they are of; of an anonymous survey only that there are some."""
    if survey.anonymous:
        return begun_drafts(survey, **link).values("begun_on", "saved_at").first()
    told = ("started_at", "saved_at", "language", "comment", "profile", "ratings")
    return begun_drafts(survey, **link).values(*told).first()
