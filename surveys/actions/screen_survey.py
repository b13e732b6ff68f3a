"""Screen the stored responses of a survey anew by the rules in force."""

from django.db import transaction

from materiality import audit
from materiality.cycle_states import BEFORE_SIGN_OFF, locked_cycle
from materiality.models import User
from surveys.flag_writing import write_flags
from surveys.models import Survey
from surveys.rules_in_force import rules_in_force


@transaction.atomic
def screen_survey(*, survey: Survey, by: User | None) -> int:
    """Set all flags as the rules in force give them; returns how many responses moved.

    NotAllowed once the cycle is signed off.
    """
    locked_cycle(survey.cycle, BEFORE_SIGN_OFF)
    stored = Survey.objects.select_for_update(no_key=True).get(pk=survey.pk)
    moved = write_flags(stored, rules_in_force(stored))
    audit.record("screen_survey", stored, by=by, after={"version": stored.rules_version, "flags_moved": moved})
    return moved
