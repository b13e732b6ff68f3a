"""Mailings: which are being sent, how far they are, and to whom a new one would go."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, QuerySet

from surveys.invitations.used_links import used_serials
from surveys.models import Delivery, Mailing, Recipient, Survey


@dataclass(frozen=True)
class Deliveries:
    """Deliveries of a mailing by state; `waiting` are those that are being sent, too."""

    waiting: int
    sent: int
    failed: int
    left_out: int

    @property
    def all(self) -> int:
        return self.waiting + self.sent + self.failed + self.left_out

    @property
    def done(self) -> int:
        return self.all - self.waiting


def mailings_to_send() -> list[int]:
    """Keys of the mailings that are being sent."""
    return list(Mailing.objects.filter(state=Mailing.State.SENDING).order_by("pk").values_list("pk", flat=True))


@dataclass(frozen=True)
class ListedMailing:
    """A mailing and how far it is."""

    mailing: Mailing
    sent: Deliveries


def listed_mailings(survey: Survey, *, kind: str = "", state: str = "") -> list[ListedMailing]:
    """The mailings, newest first (two queries: a survey has few)."""
    wanted = {name: value for name, value in (("kind", kind), ("state", state)) if value}
    mailings = list(survey.mailings.filter(**wanted).order_by("-pk"))
    sent = sent_of(mailings)
    return [ListedMailing(mailing, sent[mailing.pk]) for mailing in mailings]


def sent_of(mailings: list[Mailing]) -> dict[int, Deliveries]:
    """How far each mailing is."""
    counts: dict[int, dict[str, int]] = {mailing.pk: {} for mailing in mailings}
    rows = Delivery.objects.filter(mailing__in=mailings).order_by().values_list("mailing_id", "state")
    for mailing_id, state, number in rows.annotate(number=Count("pk")):
        counts[mailing_id][state] = number
    return {mailing_id: _sent(states) for mailing_id, states in counts.items()}


def audience(survey: Survey, kind: str) -> list[int]:
    """Keys of the recipients to whom a new mailing goes: they take mail and have not answered, and to an invitation
    nobody is asked who was invited before or will be by a mailing that is not stopped.
    """
    found = survey.recipients.filter(state=Recipient.State.ACTIVE)
    if kind == Mailing.Kind.INVITATION:
        found = found.filter(~Exists(_invitations()))
    used: dict[int, set[int]] = {}
    keys = []
    for key, batch, serial in found.order_by("pk").values_list("pk", "batch_id", "serial").iterator():
        if batch not in used:
            used[batch] = set(used_serials(batch).tolist())
        if serial not in used[batch]:
            keys.append(key)
    return keys


def _invitations() -> QuerySet[Delivery]:
    running = Delivery.objects.filter(
        mailing__kind=Mailing.Kind.INVITATION,
        recipient=OuterRef("pk"),
        state__in=[Delivery.State.WAITING, Delivery.State.SENDING],
    ).exclude(mailing__state=Mailing.State.STOPPED)
    sent = Delivery.objects.filter(
        mailing__kind=Mailing.Kind.INVITATION, recipient=OuterRef("pk"), state=Delivery.State.SENT
    )
    return (running | sent).order_by()


def _sent(states: dict[str, int]) -> Deliveries:
    waiting = states.get(Delivery.State.WAITING, 0) + states.get(Delivery.State.SENDING, 0)
    return Deliveries(
        waiting,
        states.get(Delivery.State.SENT, 0),
        states.get(Delivery.State.FAILED, 0),
        states.get(Delivery.State.LEFT_OUT, 0),
    )
