"""Assessment cycles."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from materiality.platform.bilingual import Texts, default_languages


class Cycle(models.Model):
    """One materiality assessment, on one edition of the library.

    `method` is `materiality.scoring.method.Method.as_dict()`, without the weights, which stand with
    the groups. `confirmed`: {step that a person found as it should be: SHA-256 of what it rested on then}.
    `left_out`: codes of issues of the edition that are not in its scope.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")
        IN_REVIEW = "in_review", _("In review")
        SIGNED_OFF = "signed_off", _("Signed off")
        ARCHIVED = "archived", _("Archived")

    class Purpose(models.TextChoices):
        """What an assessment is for; it sets the rule of a new cycle's method."""

        PRIORITY = "priority", _("Priorities of the year: one ranking, cut into high, medium and low")
        DOUBLE = "double", _("Double materiality (GRI 2021, ESRS, stock exchanges): highest on either dimension")

    class Sample(models.TextChoices):
        """Whether the cycle holds made-up data to look at, and whether somebody put it aside."""

        NO = "", _("no")
        SHOWN = "shown", _("Sample")
        ASIDE = "aside", _("put aside")

    class GriEdition(models.TextChoices):
        GRI_2016 = "2016", "GRI 2016"
        GRI_2021 = "2021", "GRI 2021"

    code = models.SlugField(
        _("Code"),
        max_length=40,
        unique=True,
        error_messages={"unique": _("There is already a cycle with this code.")},
        help_text=_("Short name in addresses and files: letters a–z, digits and hyphens. It cannot change later."),
    )
    title = Texts()
    languages = models.JSONField(_("languages"), default=default_languages, editable=False)
    edition = models.ForeignKey("Edition", on_delete=models.PROTECT, related_name="cycles")
    period_start = models.DateField(_("Period from"))
    period_end = models.DateField(_("Period to"))
    published_on = models.DateField(
        _("Day of publication"),
        null=True,
        blank=True,
        help_text=_("Planned or real. It decides which standards are in force and what a number means."),
    )
    gri_edition = models.CharField(
        _("GRI edition"),
        max_length=4,
        choices=GriEdition.choices,
        default=GriEdition.GRI_2021,
        help_text=_("The edition of the GRI Standards whose disclosures the content index names."),
    )
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.DRAFT)
    method = models.JSONField(_("method"), default=dict)
    confirmed = models.JSONField(_("confirmed steps"), default=dict, blank=True, editable=False)
    left_out = models.JSONField(_("issues left out"), default=list, blank=True, editable=False)
    sample = models.CharField(
        _("sample data"), max_length=5, choices=Sample.choices, default=Sample.NO, blank=True, editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("Cycle")
        ordering = ["-period_end", "-created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(period_start__lte=F("period_end")), name="cycle_period_in_order")
        ]

    def __str__(self) -> str:
        return self.code

    def clean(self) -> None:
        if self.period_start and self.period_end and self.period_end < self.period_start:
            raise ValidationError({"period_end": _("The period ends before it starts.")})
        if self.period_start and self.published_on and self.published_on < self.period_start:
            raise ValidationError({"published_on": _("The report would be published before its period begins.")})
