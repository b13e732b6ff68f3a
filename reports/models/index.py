"""The GRI content index of a cycle: what it claims, what is decided of each disclosure, which findings are accepted."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from reports.models.outline import Section


class ContentIndex(models.Model):
    """What the index says of itself."""

    class Claim(models.TextChoices):
        NONE = "none", _("no claim")
        ACCORDANCE = "accordance", _("in accordance with the GRI Standards (2021)")
        REFERENCE = "reference", _("with reference to the GRI Standards (2021)")
        CORE = "core", _("in accordance: Core option (2016)")
        COMPREHENSIVE = "comprehensive", _("in accordance: Comprehensive option (2016)")
        REFERENCED = "referenced", _("GRI-referenced (2016)")

    cycle = models.OneToOneField("materiality.Cycle", on_delete=models.CASCADE, related_name="content_index")
    claim = models.CharField(_("Claim"), max_length=14, choices=Claim.choices, default=Claim.NONE)
    sectors = models.JSONField(
        _("Sector standards"), default=list, blank=True, help_text=_("Number and version, such as 12@1.0.")
    )
    notified_on = models.DateField(_("GRI notified on"), null=True, blank=True)
    pages = models.PositiveIntegerField(_("Pages of the report"), null=True, blank=True)
    headings = models.JSONField(default=list, blank=True)  # [page, heading] as read from the report's file

    class Meta:
        verbose_name = _("GRI content index")

    def __str__(self) -> str:
        return str(self.cycle)


class IndexDecision(models.Model):
    """What is to happen with a disclosure of the index, by whom and why."""

    class State(models.TextChoices):
        REPORT = "report", _("report")
        OMIT = "omit", _("omit")
        UNUSED = "unused", _("not used")

    cycle = models.ForeignKey("materiality.Cycle", on_delete=models.CASCADE, related_name="index_decisions")
    identity = models.CharField(_("Disclosure"), max_length=20)
    state = models.CharField(_("state"), max_length=6, choices=State.choices)
    requirement = models.TextField(_("Requirement left out"), blank=True)
    reason = models.CharField(_("Reason for the omission"), max_length=40, blank=True, choices=Section.Omission.choices)
    explanation = models.TextField(_("Explanation"), blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("Decision on a disclosure")
        ordering = ["cycle", "identity"]
        constraints = [models.UniqueConstraint(fields=["cycle", "identity"], name="index_decision_once")]

    def __str__(self) -> str:
        return f"{self.identity} {self.state}"


class AcceptedFinding(models.Model):
    """A finding of the checks that somebody has accepted, and because of what; `key` tells it apart."""

    cycle = models.ForeignKey("materiality.Cycle", on_delete=models.CASCADE, related_name="accepted_findings")
    key = models.CharField(max_length=64)
    check_id = models.CharField(_("Check"), max_length=4)
    reason = models.TextField(_("Accepted because"))
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    accepted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("Accepted finding")
        ordering = ["cycle", "check_id"]
        constraints = [models.UniqueConstraint(fields=["cycle", "key"], name="accepted_finding_once")]

    def __str__(self) -> str:
        return self.check_id
