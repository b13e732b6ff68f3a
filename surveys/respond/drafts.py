"""What staff may learn of answers in progress: numbers, and of a person who asks their own.

The table of drafts is read and written in this room only; `answers.py` opens, saves and finishes.
"""

from datetime import datetime

from django.db.models import Count, QuerySet
from django.db.models.functions import Coalesce
from django.db.models.lookups import LessThan

from surveys.models import Draft, ReadyDraft, Survey

# The tables in which answers in progress lie, for emptying what was deleted from the files.
TABLES = (Draft,)
# SQL: the survey's key where it has more than so many; stops there.
BEYOND = "SELECT survey_id FROM (SELECT survey_id FROM surveys_draft WHERE survey_id = %s LIMIT 1 OFFSET %s) AS begun"


def number_begun(survey: Survey, **link: int) -> int:
    """How many answers are in progress, of all or by one link (`batch_id`, `serial`)."""
    return Draft.objects.filter(survey=survey, **link).count()


def begun_by_place(survey: Survey, cutoff: datetime) -> list[list]:
    """[group key, channel, page saved last, whether idle since the cutoff, number], sorted."""
    idle = LessThan(Coalesce("saved_at", "started_at"), cutoff)
    rows = Draft.objects.filter(survey=survey).annotate(idle=idle).order_by()
    rows = rows.values_list("group_id", "channel", "page", "idle").annotate(number=Count("pk"))
    return [[group, channel, page, bool(is_idle), number] for group, channel, page, is_idle, number in sorted(rows)]


def number_sealed() -> int:
    """How many answers of anonymous surveys are begun, or wait to be released."""
    return Draft.objects.filter(survey__anonymous=True).count() + ReadyDraft.objects.count()


def surveys_with_begun() -> QuerySet[Survey]:
    """The surveys in which answers are in progress."""
    return Survey.objects.filter(pk__in=Draft.objects.values("survey"))


def begun_by_link(survey: Survey, **link: int) -> dict[str, object] | None:
    """Answers in progress by this link, for whom they are of; of an anonymous survey only that there are some."""
    told = ("started_at", "saved_at", "language")
    more = () if survey.anonymous else ("comment", "profile", "ratings")
    return Draft.objects.filter(survey=survey, **link).values(*told, *more).first()
