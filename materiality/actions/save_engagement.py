"""Add or change an engagement record."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from materiality import audit
from materiality.cycle_states import BEFORE_SIGN_OFF, locked_cycle
from materiality.engagement_values import EngagementValues, told
from materiality.models import Cycle, Engagement, User
from materiality.refusals import NotAllowed


@transaction.atomic
def save_engagement(
    *, cycle: Cycle, values: EngagementValues, by: User | None, engagement: Engagement | None = None
) -> Engagement:
    """Add a record to the cycle, or change `engagement` of it.

    NotAllowed where the cycle is signed off, the title is missing in both languages, the date lies ahead, or the
    group or an issue belongs to another cycle or edition.
    """
    stored = locked_cycle(cycle, BEFORE_SIGN_OFF)
    _refuse_wrong(stored, values)
    before = {}
    if engagement is None:
        row = Engagement.objects.create(cycle=stored, created_by=by, **values.columns())
    else:
        row = Engagement.objects.select_for_update().get(pk=engagement.pk, cycle=stored)
        before = told(row)
        for name, value in values.columns().items():
            setattr(row, name, value)
        row.save(update_fields=list(values.columns()))
    row.issues.set(values.issues)
    after = told(row)
    changed = [name for name in after if before.get(name) != after[name] or not before]
    if changed:
        told_before = {name: before[name] for name in changed if before}
        audit.record("save_engagement", row, by=by, before=told_before, after={name: after[name] for name in changed})
    return row


def _refuse_wrong(cycle: Cycle, values: EngagementValues) -> None:
    if not (values.title_zh or values.title_en):
        raise NotAllowed(_("Give the record a title in at least one language."))
    if values.date > timezone.localdate():
        raise NotAllowed(_("The date lies ahead. Record an engagement once it has taken place."))
    if values.group.cycle_id != cycle.pk:
        raise NotAllowed(_("The group belongs to another cycle."))
    if any(issue.edition_id != cycle.edition_id for issue in values.issues):
        raise NotAllowed(_("An issue belongs to another edition of the library than the cycle."))
