"""The audit trail: append-only events in one chain of hashes."""

import uuid

from django.conf import settings
from django.db import models


class AuditPerson(models.Model):
    """The name behind the random reference that events carry; it can be erased without breaking the chain."""

    reference = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    name = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.name or str(self.reference)


class AuditEvent(models.Model):
    """One action: who, when, what, on which object, before → after, why.

    `row_digest` is the SHA-256 of the object's row after the action; `hash` is the SHA-256 over the previous hash and
    this event's contents.
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
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"{self.number} {self.action}"
