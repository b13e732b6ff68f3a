"""Profile questions: save, order, remove."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from materiality.models import User
from materiality.platform import audit
from materiality.platform.bilingual import DEFAULT_LANGUAGES
from materiality.platform.refusals import NotAllowed
from surveys.actions.plans import locked_draft
from surveys.models import ProfileQuestion, Survey
from surveys.questionnaire.asking import QUESTION_KINDS


@transaction.atomic
def move_profile_question(*, question: ProfileQuestion, up: bool, by: User | None) -> list[str]:
    """Ask the question one place earlier or later; returns the codes in their new order.

    At the end of the list nothing moves. NotAllowed once the survey was opened.
    """
    stored = locked_draft(question.survey)
    rows = list(stored.profile_questions.all())
    before = [row.code for row in rows]
    place = before.index(question.code)
    other = place - 1 if up else place + 1
    if 0 <= other < len(rows):
        rows[place], rows[other] = rows[other], rows[place]
    for position, row in enumerate(rows, start=1):
        row.position = position
    ProfileQuestion.objects.bulk_update(rows, ["position"])
    after = [row.code for row in rows]
    audit.record("move_profile_question", stored, by=by, before={"order": before}, after={"order": after})
    return after


@transaction.atomic
def remove_profile_question(*, question: ProfileQuestion, by: User | None) -> None:
    """Delete the question. NotAllowed once the survey was opened."""
    stored = locked_draft(question.survey)
    before = audit.told(question, QUESTION)
    question.delete()
    audit.record("remove_profile_question", stored, by=by, before=before)


MOST = 20
QUESTION = ("code", "kind", "text", "options")


@transaction.atomic
def save_profile_question(
    *, survey: Survey, values: Mapping[str, Any], question: ProfileQuestion | None = None, by: User | None
) -> ProfileQuestion:
    """Store the columns of QUESTION in `question`, or in a new one at the end; `options` are texts by
    language, or (Chinese, English); their codes become their numbers from 1.

    NotAllowed once the survey was opened, where the code is taken, a choice has fewer than two options, or there are
    20 questions already.
    """
    stored = locked_draft(survey)
    _check(values, stored.profile_questions.exclude(pk=question.pk if question else None))
    row = question or ProfileQuestion(survey=stored, position=_next(stored))
    before = {} if question is None else audit.told(row, QUESTION)
    options = [{"code": str(code), **texts} for code, texts in enumerate(map(_by_language, values["options"]), start=1)]
    audit.write(row, {**values, "options": options})
    audit.record("save_profile_question", stored, by=by, before=before, after=audit.told(row, QUESTION))
    return row


def _by_language(option: Mapping[str, str] | tuple[str, str]) -> dict[str, str]:
    return dict(option) if isinstance(option, Mapping) else dict(zip(DEFAULT_LANGUAGES, option, strict=True))


def _next(survey: Survey) -> int:
    last = survey.profile_questions.aggregate(last=Max("position"))["last"]
    return 1 if last is None else last + 1


def _check(values: Mapping[str, Any], others: QuerySet[ProfileQuestion]) -> None:
    if others.filter(code=values["code"]).exists():
        raise NotAllowed(_("There is already a question with the code “%(code)s”.") % {"code": values["code"]})
    if len(others) >= MOST:
        raise NotAllowed(_("A survey has at most %(number)s profile questions.") % {"number": MOST})
    if not QUESTION_KINDS[values["kind"]].has_options:
        if values["options"]:
            raise NotAllowed(_("A short text has no options."))
    elif len(values["options"]) < 2:
        raise NotAllowed(_("A choice needs at least two options."))
