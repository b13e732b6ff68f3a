"""Say which dimensions each group rates, and how many responses are expected of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from materiality import audit
from materiality.models import User
from materiality.refusals import NotAllowed
from surveys.models import GroupPlan, Survey
from surveys.queries.plans import plan_of


@dataclass(frozen=True)
class GroupAsked:
    """What the page of plans says of one group; `expected` 0 = its target."""

    society: bool
    business: bool
    expected: int


@transaction.atomic
def plan_groups(*, survey: Survey, plans: Mapping[str, GroupAsked], by: User | None) -> None:
    """Store the plans of these groups (codes); the issues that each rates stay as they are.

    Once the survey was opened only the expected responses may change, which moves no part of a split that was fixed.
    NotAllowed for another dimension then, or for a group that the cycle does not have.
    """
    stored = Survey.objects.select_for_update(of=("self",)).select_related("cycle").get(pk=survey.pk)
    groups = {group.code: group for group in stored.cycle.groups.all()}
    rows = {row.group_id: row for row in GroupPlan.objects.filter(survey=stored)}
    before, after = {}, {}
    for code, asked in plans.items():
        if code not in groups:
            raise NotAllowed(_("The cycle has no group “%(code)s”.") % {"code": code})
        old = plan_of(rows.get(groups[code].pk))
        was = GroupAsked(old.society, old.business, old.expected)
        if was == asked:
            continue
        if stored.state != Survey.State.DRAFT and (was.society, was.business) != (asked.society, asked.business):
            raise NotAllowed(_("The survey was opened; which dimensions a group rates is frozen since then."))
        GroupPlan.objects.update_or_create(survey=stored, group=groups[code], defaults=vars(asked))
        before[code], after[code] = vars(was), vars(asked)
    audit.record("plan_groups", stored, by=by, before=before, after=after)
