"""Open a survey: freeze its items with their wording and take answers."""

from itertools import groupby

from django.db import transaction
from django.utils import timezone

from materiality import audit
from materiality.models import User
from materiality.refusals import NotAllowed
from surveys.instrument import LANGUAGES
from surveys.models import Item, ItemText, Survey
from surveys.opening import freeze, opening_reasons
from surveys.queries.issue_html import issue_html
from surveys.queries.plans import asked_issues, planned_groups


@transaction.atomic
def open_survey(*, survey: Survey, by: User | None) -> Survey:
    """Render every issue once per language and set the survey open; returns it as stored.

    What each group is asked, the sizes of a split and the first privacy notice are fixed from here on. NotAllowed,
    with every reason, where it is open or closed already, has no items, its cycle has no groups or is over, no group
    is asked anything, the settings of a split are impossible, or its closing time has passed.
    """
    stored = Survey.objects.select_for_update(of=("self",)).select_related("cycle").get(pk=survey.pk)
    items = list(Item.objects.filter(survey=stored).select_related("issue").order_by("issue__code", "position"))
    codes = [issue.code for issue in asked_issues(stored)]
    groups = planned_groups(stored, codes)
    reasons = opening_reasons(stored, codes, groups)
    if reasons:
        raise NotAllowed(" ".join(reasons))
    freeze(stored, codes, groups, by)
    ItemText.objects.bulk_create(_texts(stored, items))
    stored.state, stored.opened_at = Survey.State.OPEN, timezone.now()
    stored.save(update_fields=["state", "opened_at"])
    audit.record(
        "open_survey",
        stored,
        by=by,
        before={"state": Survey.State.DRAFT},
        after={
            "state": stored.state,
            "opened_at": stored.opened_at,
            "items": len(items),
            "groups": {each.group.code: {**vars(each.plan), "issues_each": each.each} for each in groups},
        },
    )
    return stored


def _texts(survey: Survey, items: list[Item]) -> list[ItemText]:
    texts = []
    for _pk, group in groupby(items, key=lambda item: item.issue_id):
        own = list(group)
        for language in LANGUAGES:
            html = issue_html(own[0].issue, own, k=survey.k, language=language)
            texts.append(ItemText(survey=survey, issue=own[0].issue, language=language, html=html))
    return texts
