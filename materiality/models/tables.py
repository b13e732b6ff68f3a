"""Imports of spreadsheets of library, catalogues, mappings, groups and stakeholders: shown, confirmed, undone."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SheetImport(models.Model):
    """One uploaded spreadsheet. `headers` is the match of its columns; `plan` what the preview showed.

    `undo` holds the rows before and after, by natural key, so that the import can be taken back as long as nothing
    was built on it.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Headers to be matched")
        CHECKED = "checked", _("Waiting for confirmation")
        STORED = "stored", _("Stored")
        REFUSED = "refused", _("Cannot be read")
        DISCARDED = "discarded", _("Discarded")
        UNDONE = "undone", _("Undone")

    kind = models.CharField(_("kind"), max_length=20)
    cycle = models.ForeignKey("Cycle", null=True, blank=True, on_delete=models.CASCADE, related_name="sheet_imports")
    edition = models.ForeignKey(
        "Edition", null=True, blank=True, on_delete=models.CASCADE, related_name="sheet_imports"
    )
    # The file is the whole list: what it does not name is retired.
    replaces = models.BooleanField(_("replaces the list"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.UPLOADED)
    file_name = models.CharField(max_length=200)
    path = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    headers = models.JSONField(default=dict, blank=True)
    plan = models.JSONField(default=dict, blank=True)
    undo = models.JSONField(default=dict, blank=True)
    problem = models.TextField(blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    stored_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("Imported spreadsheet")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.file_name
