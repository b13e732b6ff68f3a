"""Open a survey: freeze its items with their wording and take answers."""

from itertools import groupby

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from materiality import audit
from materiality.models import Cycle, User
from materiality.refusals import NotAllowed
from surveys.instrument import LANGUAGES
from surveys.models import Item, ItemText, Survey
from surveys.queries.issue_html import issue_html

_OVER = (Cycle.State.SIGNED_OFF, Cycle.State.ARCHIVED)


@transaction.atomic
def open_survey(*, survey: Survey, by: User | None) -> Survey:
    """Render every issue once per language and set the survey open; returns it as stored.

    NotAllowed, with every reason, where it is open or closed already, has no items, its cycle has no groups or is
    over, or its closing time has passed.
    """
    stored = Survey.objects.select_for_update(of=("self",)).select_related("cycle").get(pk=survey.pk)
    items = list(Item.objects.filter(survey=stored).select_related("issue").order_by("issue__code", "position"))
    reasons = _reasons(stored, items)
    if reasons:
        raise NotAllowed(" ".join(reasons))
    ItemText.objects.bulk_create(_texts(stored, items))
    stored.state, stored.opened_at = Survey.State.OPEN, timezone.now()
    stored.save(update_fields=["state", "opened_at"])
    audit.record(
        "open_survey",
        stored,
        by=by,
        before={"state": Survey.State.DRAFT},
        after={"state": stored.state, "opened_at": stored.opened_at, "items": len(items)},
    )
    return stored


def _reasons(survey: Survey, items: list[Item]) -> list[str]:
    if survey.state == Survey.State.OPEN:
        return [_("The survey is open already.")]
    if survey.state == Survey.State.CLOSED:
        return [_("The survey is closed. Build a new one to ask again.")]
    reasons = []
    if survey.cycle.state in _OVER:
        reasons.append(_("The cycle is over."))
    if not items:
        reasons.append(_("The survey has no items."))
    if not survey.cycle.groups.exists():
        reasons.append(_("The cycle has no stakeholder groups that could answer."))
    if survey.closes_at and survey.closes_at <= timezone.now():
        reasons.append(_("The closing time has passed; set a later one first."))
    return reasons


def _texts(survey: Survey, items: list[Item]) -> list[ItemText]:
    texts = []
    for _pk, group in groupby(items, key=lambda item: item.issue_id):
        own = list(group)
        for language in LANGUAGES:
            html = issue_html(own[0].issue, own, k=survey.k, language=language)
            texts.append(ItemText(survey=survey, issue=own[0].issue, language=language, html=html))
    return texts
