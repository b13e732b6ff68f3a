"""Make a batch of personal links."""

from django.db import transaction
from django.utils.translation import gettext as _

from materiality import audit
from materiality.models import Group, User
from materiality.refusals import NotAllowed
from surveys.models import Batch, Survey

LARGEST_BATCH = 100_000_000


@transaction.atomic
def create_batch(
    *,
    survey: Survey,
    group: Group,
    size: int,
    by: User | None,
    label: str = "",
    channel: str = Batch.Channel.LINKS,
) -> Batch:
    """Make one row that stands for `size` personal links, serials 0..size-1.

    NotAllowed where the survey is closed, the group is another cycle's, or the size is not in 1..LARGEST_BATCH.
    """
    stored = Survey.objects.select_for_update(no_key=True).get(pk=survey.pk)
    if stored.state == Survey.State.CLOSED:
        raise NotAllowed(_("The survey is closed: nobody could use new links."))
    if group.cycle_id != stored.cycle_id:
        raise NotAllowed(_("The group %(group)s is not of this survey's cycle.") % {"group": group.code})
    if not 1 <= size <= LARGEST_BATCH:
        raise NotAllowed(
            _("A batch has 1 to %(most)s links, not %(size)s.") % {"most": f"{LARGEST_BATCH:,}", "size": f"{size:,}"}
        )
    batch = Batch.objects.create(
        survey=stored, group=group, size=size, label=label.strip(), channel=channel, created_by=by
    )
    after = {"survey": stored.code, "group": group.code, "links": size, "channel": channel, "label": batch.label}
    audit.record("create_batch", batch, by=by, after=after)
    return batch
