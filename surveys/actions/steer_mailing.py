"""Pause a mailing, go on with it, or stop it for good."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from materiality import audit
from materiality.models import User
from materiality.refusals import NotAllowed
from surveys.models import Mailing

_State = Mailing.State
STEPS = {"pause": _State.PAUSED, "resume": _State.SENDING, "stop": _State.STOPPED}
_FROM = {
    _State.PAUSED: (_State.SENDING,),
    _State.SENDING: (_State.PAUSED,),
    _State.STOPPED: (_State.SENDING, _State.PAUSED),
}


@transaction.atomic
def steer_mailing(*, mailing: Mailing, step: str, by: User | None) -> Mailing:
    """`step` is a key of STEPS. A mail that is on its way at this moment still arrives. Returns it as stored.

    NotAllowed where the mailing has ended or is in that state already.
    """
    stored = Mailing.objects.select_for_update().get(pk=mailing.pk)
    state = STEPS[step]
    if stored.state not in _FROM[state]:
        raise NotAllowed(_("The mailing is “%(state)s” already.") % {"state": stored.get_state_display()})
    before = {"state": stored.state}
    stored.state = state
    stored.finished_at = timezone.now() if state == _State.STOPPED else None
    if state == _State.SENDING:  # whoever goes on has mended what was wrong: nothing waits any longer
        stored.claim, stored.claimed_at, stored.problem = "", None, ""
        stored.deliveries.filter(next_try_at__isnull=False).update(next_try_at=None)
    stored.save(update_fields=["state", "finished_at", "claim", "claimed_at", "problem"])
    audit.record("steer_mailing", stored, by=by, before=before, after={"state": state})
    return stored
