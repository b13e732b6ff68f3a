"""The audit trail: append-only events in one chain of hashes."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditPerson(models.Model):
    """The name behind the random reference that events carry; it can be erased without breaking the chain."""

    # It could be found out from a digest by trying, once it is erased; verify_audit holds it against the account.
    unaudited = ("name",)

    reference = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    name = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("Person")

    def __str__(self) -> str:
        return self.name or str(self.reference)


class AuditColumns(models.Model):
    """The columns, joined by commas, that digests of a table's rows were made from, so that columns can be added."""

    object_type = models.CharField(max_length=60)
    names = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["object_type", "names"], name="audit_columns_once")]

    def __str__(self) -> str:
        return f"{self.object_type}: {self.names}"


class AuditEvent(models.Model):
    """One action: who, when, what, on which object, before → after, why.

    `row_digest` is the SHA-256 of the object's row after the action, `touched_digest` that of the digests of all other
    rows it changed (AuditedRow); `hash` is the SHA-256 over the previous hash and this event's contents. Triggers in
    the database refuse to change or delete an event (migration 0005_audit_rows).
    """

    number = models.BigIntegerField(unique=True)
    person = models.ForeignKey(AuditPerson, null=True, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField()
    action = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60)
    object_id = models.CharField(max_length=60)
    object_text = models.CharField(max_length=200, blank=True)
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)
    reason = models.TextField(blank=True)
    row_digest = models.CharField(max_length=64, blank=True)
    columns = models.ForeignKey(AuditColumns, null=True, on_delete=models.PROTECT, related_name="+")
    touched_digest = models.CharField(max_length=64, blank=True)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)
    # Fingerprint of the audit key, and the HMAC of the hash under it; none in events of before there was one.
    mac = models.BinaryField(null=True)

    class Meta:
        ordering = ["-number"]
        indexes = [
            models.Index(fields=["object_type", "object_id", "number"], name="audit_object"),
            models.Index(fields=["person", "number"], name="audit_person"),
            models.Index(fields=["action", "number"], name="audit_action"),
            models.Index(fields=["at"], name="audit_at"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.action}"


class AuditedRow(models.Model):
    """A further row that an action changed besides the object of its event, with its digest after the action.

    Where `rows` is a number it is that many rows of a table, all that belong to one object: `object_id` is that
    object's label and key, as in `materiality.edition:3`.
    """

    event = models.ForeignKey(AuditEvent, to_field="number", on_delete=models.PROTECT, related_name="touched")
    object_type = models.CharField(max_length=60)
    object_id = models.CharField(max_length=60)
    row_digest = models.CharField(max_length=64)
    rows = models.PositiveIntegerField(null=True)
    columns = models.ForeignKey(AuditColumns, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["object_type", "object_id", "event"], name="audited_row_object")]

    def __str__(self) -> str:
        return f"{self.event_id} {self.object_type} {self.object_id}"
