"""Open an assessment cycle."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from materiality import audit
from materiality.models import Cycle, Group, User
from materiality.queries.cycles import edition_in_force
from materiality.queries.default_groups import default_groups
from materiality.refusals import NotAllowed
from materiality.scoring.method import Method


@transaction.atomic
def open_cycle(
    *,
    code: str,
    title_zh: str,
    title_en: str,
    gri_edition: str,
    period_start: date,
    period_end: date,
    by: User | None,
) -> Cycle:
    """Create a cycle on the edition in force with the default method and groups, and open it.

    NotAllowed where no edition is in force, the code is taken or the period ends before it starts.
    """
    edition = edition_in_force()
    if edition is None:
        raise NotAllowed(_("No edition of the issue library is in force. Load the library first."))
    if Cycle.objects.filter(code=code).exists():
        raise NotAllowed(_("There is already a cycle with the code %(code)s.") % {"code": code})
    if period_end < period_start:
        raise NotAllowed(_("The period ends before it starts."))
    details = {"gri_edition": gri_edition, "period_start": period_start, "period_end": period_end}
    cycle = Cycle.objects.create(
        code=code,
        title_zh=title_zh,
        title_en=title_en,
        edition=edition,
        state=Cycle.State.OPEN,
        method=_default_method(),
        **details,
    )
    groups = Group.objects.bulk_create(Group(cycle=cycle, **values) for values in default_groups())
    after = {"edition": edition.code, "method": cycle.method, **details}
    audit.record("open_cycle", cycle, by=by, after=after, touched=groups)
    return cycle


def _default_method() -> dict:
    """Weights stand with the groups, so the cycle keeps none."""
    return {name: value for name, value in Method().as_dict().items() if name != "weights"}
