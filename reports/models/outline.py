"""The report's outline: chapters and sections, what they report, where; and the files it came from."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from materiality.platform.bilingual import Texts

JOB = "outline"  # the kind of job that reads a file


class Section(models.Model):
    """One row of the outline: a section, or a whole chapter where `section_*` is empty.

    `entries` are what it reports in the order printed (`reports.gri.index.Entry.told`): what the company printed, so
    no rows that a catalogue could change. `held` are texts of columns that nobody has decided.
    """

    class Omission(models.TextChoices):
        NOT_APPLICABLE = "not_applicable", _("Not applicable")
        LEGAL = "legal_prohibitions", _("Legal prohibitions")
        CONFIDENTIALITY = "confidentiality_constraints", _("Confidentiality constraints")
        UNAVAILABLE = "information_unavailable", _("Information unavailable / incomplete")

    spoken_in = "cycle"

    cycle = models.ForeignKey("materiality.Cycle", on_delete=models.CASCADE, related_name="sections")
    order = models.PositiveIntegerField()
    chapter = Texts(0, blank=True)
    section = Texts(0, blank=True)
    issues = models.ManyToManyField("materiality.Issue", blank=True, related_name="sections")
    entries = models.JSONField(default=list, blank=True)
    locations = models.JSONField(default=list, blank=True)
    omission_requirement = models.TextField(blank=True)
    omission_reason = models.CharField(max_length=40, blank=True, choices=Omission.choices)
    omission_explanation = models.TextField(blank=True)
    frameworks = models.JSONField(default=dict, blank=True)
    held = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["cycle", "order"]
        constraints = [models.UniqueConstraint(fields=["cycle", "order"], name="section_order_once_per_cycle")]

    def __str__(self) -> str:
        return f"{self.order} {self.section or self.chapter}"


class OutlineImport(models.Model):
    """A file or a pasted text: read by a job, shown, stored when confirmed, and taken back.

    `found` is what the reading gave: rows, readings, problems. `undo` are the rows before and the digest after.
    """

    class State(models.TextChoices):
        CHECKED = "checked", _("Waiting for confirmation")
        STORED = "stored", _("Stored")
        REFUSED = "refused", _("Cannot be read")
        DISCARDED = "discarded", _("Discarded")
        UNDONE = "undone", _("Undone")

    class Mode(models.TextChoices):
        REPLACE = "replace", _("replacing all rows")
        APPEND = "append", _("added after the existing rows")
        LOCATIONS = "locations", _("locations only")

    cycle = models.ForeignKey("materiality.Cycle", on_delete=models.CASCADE, related_name="outline_imports")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.CHECKED)
    mode = models.CharField(_("mode"), max_length=10, choices=Mode.choices, default=Mode.REPLACE)
    gri_edition = models.CharField(max_length=4)
    file_name = models.CharField(max_length=200)
    path = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    found = models.JSONField(default=dict, blank=True)
    undo = models.JSONField(default=dict, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("Imported outline")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.file_name
