"""Batches with what became of their links, and recipients with whether they have answered."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from surveys.invitations.used_links import PER_BLOCK, bit_is_set
from surveys.models import Batch, Recipient, Survey, UsedLinks


@dataclass(frozen=True)
class ListedBatch:
    """A batch and how many of its links are used."""

    batch: Batch
    used: int


def listed_batches(survey: Survey, used: dict[int, int], *, group: str = "") -> list[ListedBatch]:
    """The batches, newest first, those of mail among them. `used` is that of `links_used`."""
    batches = survey.batches.select_related("group").order_by("-pk")
    found = batches.filter(group__code=group) if group else batches
    return [ListedBatch(batch, used.get(batch.pk, 0)) for batch in found]


def listed_recipients(survey: Survey, *, group: str, state: str, answered: str) -> QuerySet[Recipient]:
    """The recipients that pass the filters; `answered` is `yes`, `no` or empty."""
    found = survey.recipients.select_related("group").order_by("pk")
    if group:
        found = found.filter(group__code=group)
    if state:
        found = found.filter(state=state)
    if answered:
        blocks, links = _used_blocks(survey), found.values_list("pk", "batch_id", "serial")
        keys = [pk for pk, batch, serial in links if _is_used(blocks, batch, serial) == (answered == "yes")]
        found = found.filter(pk__in=keys)
    return found


def answered_in(survey: Survey) -> Callable[[Recipient], bool]:
    """Whether the link of a recipient of the survey is used: who has answered, not what. One query."""
    blocks = _used_blocks(survey)
    return lambda recipient: _is_used(blocks, recipient.batch_id, recipient.serial)


def recipient_counts(survey: Survey) -> dict[str, int]:
    """Recipients by state, and `all` of them."""
    rows = survey.recipients.order_by().values_list("state").annotate(number=Count("pk"))
    counts = dict.fromkeys(Recipient.State.values, 0) | dict(rows)
    return {**counts, "all": sum(counts.values())}


def links_used(survey: Survey) -> tuple[dict[int, int], int]:
    """How many links of each batch are used, and how many of those are recipients'."""
    used: dict[int, int] = {}
    by_mail = 0
    rows = UsedLinks.objects.filter(batch__survey=survey).values_list("batch_id", "batch__channel", "bits")
    for batch, channel, bits in rows.iterator():
        number = int.from_bytes(bits, "big").bit_count()
        used[batch] = used.get(batch, 0) + number
        by_mail += number if channel == Batch.Channel.MAIL else 0
    return used, by_mail


def _used_blocks(survey: Survey) -> dict[tuple[int, int], bytes]:
    """Bits of the survey's batches of mail by batch and block."""
    rows = UsedLinks.objects.filter(batch__survey=survey, batch__channel=Batch.Channel.MAIL)
    return {(batch, block): bytes(bits) for batch, block, bits in rows.values_list("batch_id", "block", "bits")}


def _is_used(blocks: dict[tuple[int, int], bytes], batch: int, serial: int) -> bool:
    bits = blocks.get((batch, serial // PER_BLOCK))
    return bits is not None and bit_is_set(bits, serial)
