"""The report's outline: chapters and sections, their issues and the disclosures they report on."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from materiality.platform.bilingual import Bilingual


class Section(models.Model):
    """One row of the outline: a section, or a whole chapter where `section_*` is empty."""

    class Omission(models.TextChoices):
        NOT_APPLICABLE = "not_applicable", _("Not applicable")
        LEGAL = "legal_prohibitions", _("Legal prohibitions")
        CONFIDENTIALITY = "confidentiality_constraints", _("Confidentiality constraints")
        UNAVAILABLE = "information_unavailable", _("Information unavailable or incomplete")

    cycle = models.ForeignKey("materiality.Cycle", on_delete=models.CASCADE, related_name="sections")
    order = models.PositiveIntegerField()
    chapter = Bilingual(300, blank=True)
    section = Bilingual(300, blank=True)
    issues = models.ManyToManyField("materiality.Issue", blank=True, related_name="sections")
    location = models.CharField(max_length=300, blank=True)
    omission_requirement = models.CharField(max_length=300, blank=True)
    omission_reason = models.CharField(max_length=40, blank=True, choices=Omission.choices)
    omission_explanation = models.TextField(blank=True)

    class Meta:
        ordering = ["cycle", "order"]
        constraints = [models.UniqueConstraint(fields=["cycle", "order"], name="section_order_once_per_cycle")]

    def __str__(self) -> str:
        return f"{self.order} {self.section_zh or self.chapter_zh}"


class IndexEntry(models.Model):
    """A section reports on a disclosure of the cycle's GRI edition, or on a topic of a sector standard (11.2.1)."""

    row = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="entries")
    disclosure = models.ForeignKey(
        "materiality.Disclosure", null=True, blank=True, on_delete=models.PROTECT, related_name="index_entries"
    )
    sector_code = models.CharField(max_length=20, blank=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["row", "position"]
        constraints = [
            models.UniqueConstraint(fields=["row", "disclosure"], name="index_entry_once"),
            models.UniqueConstraint(
                fields=["row", "sector_code"], condition=~models.Q(sector_code=""), name="sector_entry_once"
            ),
            models.CheckConstraint(
                condition=models.Q(disclosure__isnull=False) ^ ~models.Q(sector_code=""), name="index_entry_is_one_kind"
            ),
        ]

    def __str__(self) -> str:
        return self.sector_code or str(self.disclosure_id)
