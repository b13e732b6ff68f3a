"""How issues of one edition come from those of the edition before, and what was changed on the way."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Lineage(models.Model):
    """One line of descent into `edition`: `source` (edition before) → `target` (this edition).

    `added` has no source, `retired` no target; a merge has several rows with one target, a split several with one
    source. `reason` is kept where identity changes.
    """

    class Kind(models.TextChoices):
        KEPT = "kept", _("kept")
        RENAMED = "renamed", _("renamed")
        MOVED = "moved", _("moved")
        MERGED = "merged", _("merged")
        SPLIT = "split", _("split")
        ADDED = "added", _("added")
        RETIRED = "retired", _("retired")

    edition = models.ForeignKey("Edition", on_delete=models.CASCADE, related_name="lineage")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    source = models.ForeignKey("Issue", null=True, blank=True, on_delete=models.PROTECT, related_name="descendants")
    target = models.ForeignKey("Issue", null=True, blank=True, on_delete=models.CASCADE, related_name="ancestors")
    reason = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["edition", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "source", "target"], name="lineage_once"),
            models.UniqueConstraint(
                fields=["edition", "target"], condition=Q(source__isnull=True), name="lineage_added_once"
            ),
            models.UniqueConstraint(
                fields=["edition", "source"], condition=Q(target__isnull=True), name="lineage_retired_once"
            ),
            models.CheckConstraint(
                condition=Q(source__isnull=False) | Q(target__isnull=False), name="lineage_has_an_end"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} → {self.target_id} ({self.kind})"


class EditionChange(models.Model):
    """One change of a draft edition, with the rows before and after, so that the last one can be undone."""

    edition = models.ForeignKey("Edition", on_delete=models.CASCADE, related_name="changes")
    action = models.CharField(max_length=40)
    object_text = models.CharField(max_length=200, blank=True)
    reason = models.TextField(blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    undone = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["edition", "-pk"]

    def __str__(self) -> str:
        return f"{self.edition_id}: {self.action} {self.object_text}"


class Erratum(models.Model):
    """A corrected spelling in a published edition; the old text is kept."""

    issue = models.ForeignKey("Issue", on_delete=models.CASCADE, related_name="errata")
    field = models.CharField(max_length=40)
    old_text = models.TextField()
    new_text = models.TextField()
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["issue", "pk"]

    def __str__(self) -> str:
        return f"{self.issue_id}.{self.field}"
