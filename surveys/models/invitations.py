"""Invitations: batches of personal links, which links are used, recipients of mail and what was sent to them."""

import secrets

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from materiality.platform.bilingual import LABELS, Texts


def new_salt() -> bytes:
    """From which, with the installation's key, the secret of a batch is made: 32 random bytes."""
    return secrets.token_bytes(32)


class Batch(models.Model):
    """`size` personal links for one group, serials 0..size-1, none of them stored (architecture.md, Batch links).

    The links are made from a secret which the database does not hold: it follows from `salt` and the installation's
    key (see surveys.invitations.links.secret_of). A new salt makes all of them void.
    """

    class Channel(models.TextChoices):
        LINKS = "batch", _("Personal links")
        MAIL = "mail", _("Mail")

    # The audit trail shows that links were made void, not what they are made of.
    unaudited = ("salt",)

    survey = models.ForeignKey("surveys.Survey", on_delete=models.CASCADE, related_name="batches")
    group = models.ForeignKey("materiality.Group", on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices, default=Channel.LINKS)
    label = models.CharField(_("label"), max_length=120, blank=True)
    size = models.PositiveIntegerField()
    salt = models.BinaryField(default=new_salt)
    voided_at = models.DateTimeField(_("voided at"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("Batch of links")
        ordering = ["survey", "id"]

    def __str__(self) -> str:
        return str(self.pk)


class UsedLinks(models.Model):
    """Which of 4,096 consecutive serials of a batch have been used: a bit each, so that no time and no order is kept.

    `bits` are 512 bytes; serial s is bit s % 8 of byte s % 4096 // 8 in the block s // 4096.
    """

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="used")
    block = models.PositiveIntegerField()
    bits = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "block"], name="used_links_block_once")]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.block}"


class Recipient(models.Model):
    """Somebody who is invited by mail; their link is that of `serial` in `batch`."""

    class State(models.TextChoices):
        ACTIVE = "active", _("Can be written to")
        BOUNCED = "bounced", _("Address does not work")
        UNSUBSCRIBED = "unsubscribed", _("Wants no mail")

    survey = models.ForeignKey("surveys.Survey", on_delete=models.CASCADE, related_name="recipients")
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="recipients")
    serial = models.PositiveIntegerField()
    group = models.ForeignKey("materiality.Group", on_delete=models.PROTECT, related_name="+")
    email = models.CharField(max_length=254)
    name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=10, default="zh-hans")
    state = models.CharField(max_length=12, choices=State.choices, default=State.ACTIVE)
    note = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["survey", "id"]
        constraints = [
            models.UniqueConstraint(fields=["survey", "email"], name="recipient_email_once_per_survey"),
            models.UniqueConstraint(fields=["batch", "serial"], name="recipient_serial_once"),
        ]

    def __str__(self) -> str:
        return self.email


MOST_A_MINUTE = 6_000


class Mailing(models.Model):
    """One mail to many recipients, an invitation or a reminder, sent in chunks at `per_minute`.

    Subject and body hold the places {name}, {title}, {link}, {unsubscribe}, {organisation} and {closes}. Links begin
    with `address`, such as https://survey.example.com.
    """

    class Kind(models.TextChoices):
        INVITATION = "invitation", _("Invitation")
        REMINDER = "reminder", _("Reminder")

    class State(models.TextChoices):
        SENDING = "sending", _("Being sent")
        PAUSED = "paused", _("Paused")
        SENT = "sent", _("Sent")
        STOPPED = "stopped", _("Stopped")

    # Moves with every chunk, without anybody doing anything.
    unaudited = ("state", "claimed_at", "claim", "problem", "finished_at")

    spoken_in = "survey"

    survey = models.ForeignKey("surveys.Survey", on_delete=models.CASCADE, related_name="mailings")
    kind = models.CharField(_("Kind"), max_length=10, choices=Kind.choices, default=Kind.INVITATION)
    subject = Texts(word=_("Subject"), pair=(_("Chinese subject"), _("English subject")))
    body = Texts(10_000, long=True, word=LABELS["text"][0], pair=(_("Chinese text"), _("English text")))
    address = models.CharField(max_length=200, blank=True)
    per_minute = models.PositiveIntegerField(
        _("Mails a minute"),
        default=60,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_A_MINUTE)],
        help_text=_("As many as your mail provider allows."),
    )
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.SENDING)
    claim = models.CharField(max_length=32, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    problem = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("Mailing")
        ordering = ["survey", "-id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Delivery(models.Model):
    """One mail of a mailing to one recipient. `sending` outlives only a worker that died in that very moment."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Could not be sent")
        LEFT_OUT = "left_out", _("Left out")

    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="deliveries")
    recipient = models.ForeignKey(Recipient, on_delete=models.CASCADE, related_name="deliveries")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["mailing", "id"]
        constraints = [models.UniqueConstraint(fields=["mailing", "recipient"], name="delivery_once")]
        indexes = [
            models.Index(fields=["mailing", "id"], name="delivery_due", condition=Q(state__in=["waiting", "sending"]))
        ]

    def __str__(self) -> str:
        return f"{self.mailing_id} {self.recipient_id}"


class UnwantedMail(models.Model):
    """An address that wants no mail, kept as a keyed digest, so that it is known again after recipients are purged."""

    digest = models.CharField(max_length=64, primary_key=True)

    def __str__(self) -> str:
        return self.digest[:8]
