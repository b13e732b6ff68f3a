"""Change the details of a cycle."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from materiality import audit
from materiality.cycle_states import BEFORE_REVIEW, locked_cycle
from materiality.models import Cycle, User
from materiality.refusals import NotAllowed


@transaction.atomic
def edit_cycle(
    *,
    cycle: Cycle,
    title_zh: str,
    title_en: str,
    gri_edition: str,
    period_start: date,
    period_end: date,
    by: User | None,
) -> Cycle:
    """Change titles, period and GRI edition. NotAllowed once the review has begun, or where the period is reversed."""
    stored = locked_cycle(cycle, BEFORE_REVIEW)
    if period_end < period_start:
        raise NotAllowed(_("The period ends before it starts."))
    wanted = {
        "title_zh": title_zh,
        "title_en": title_en,
        "gri_edition": gri_edition,
        "period_start": period_start,
        "period_end": period_end,
    }
    before = {name: getattr(stored, name) for name in wanted if getattr(stored, name) != wanted[name]}
    if not before:
        return stored
    after = {name: wanted[name] for name in before}
    for name, value in after.items():
        setattr(stored, name, value)
    stored.save(update_fields=list(after))
    audit.record("edit_cycle", stored, by=by, before=before, after=after)
    return stored
