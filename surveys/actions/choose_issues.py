"""Say which issues one group rates."""

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from materiality import audit
from materiality.models import Group, User
from materiality.refusals import NotAllowed
from surveys.in_draft import locked_draft
from surveys.models import GroupPlan, Survey
from surveys.queries.plans import asked_issues, raters_of
from surveys.questionnaire.plans import default_left_out


@transaction.atomic
def choose_issues(*, survey: Survey, group: Group, issues: Collection[str] | None, by: User | None) -> GroupPlan:
    """Ask the group about these issues (codes) of the survey; None = those that the library says it can rate.

    NotAllowed once the survey was opened, for an issue that it does not ask about or a group of another cycle.
    """
    stored = locked_draft(survey)
    asked = asked_issues(stored)
    codes = [issue.code for issue in asked]
    if group.cycle_id != stored.cycle_id:
        raise NotAllowed(_("The cycle has no group “%(code)s”.") % {"code": group.code})
    unknown = [] if issues is None else sorted(set(issues) - set(codes))
    if unknown:
        raise NotAllowed(_("The survey does not ask about %(codes)s.") % {"codes": ", ".join(unknown[:10])})
    if issues is None:
        left_out = default_left_out(group.code, raters_of(asked))
    else:
        left_out = [code for code in codes if code not in issues]
    row, _made = GroupPlan.objects.get_or_create(survey=stored, group=group)
    before, row.left_out = row.left_out, left_out
    row.save(update_fields=["left_out"])
    audit.record(
        "choose_issues",
        stored,
        by=by,
        before={"group": group.code, "left_out": before},
        after={"group": group.code, "left_out": left_out},
    )
    return row
