"""Targets and indicators beside issues, and what others make of an issue: numbers of a framework."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from materiality.models.library import library_languages
from materiality.platform.bilingual import Texts

_YEAR = [MinValueValidator(1900), MaxValueValidator(2200)]


class Indicator(models.Model):
    """A figure by which the organisation follows an issue, from a baseline to a target.

    It stands beside the library, by the code of the issue, which no other issue ever gets: so it is carried over from
    edition to edition and from cycle to cycle. `values`: {year: number}.
    """

    issue = models.CharField(_("Issue code"), max_length=40)
    code = models.SlugField(_("Code"), max_length=40, help_text=_("Names the indicator in files."))
    name = Texts()
    unit = models.CharField(_("Unit"), max_length=60, blank=True, help_text=_("Such as hours, CNY or %."))
    baseline_year = models.PositiveSmallIntegerField(_("Baseline year"), null=True, blank=True, validators=_YEAR)
    baseline = models.FloatField(_("Baseline"), null=True, blank=True)
    target_year = models.PositiveSmallIntegerField(_("Target year"), null=True, blank=True, validators=_YEAR)
    target = models.FloatField(_("Target value"), null=True, blank=True)
    source = models.CharField(_("Source"), max_length=300, blank=True)
    owner = models.CharField(_("Owner"), max_length=200, blank=True, help_text=_("A department rather than a person."))
    values = models.JSONField(_("Yearly values"), default=dict, blank=True, editable=False)
    order = models.PositiveIntegerField(_("order"), default=0, editable=False)

    class Meta:
        verbose_name = _("Indicator")
        ordering = ["issue", "order", "code"]
        constraints = [models.UniqueConstraint(fields=["issue", "code"], name="indicator_once_per_issue")]

    def __str__(self) -> str:
        return f"{self.issue} {self.code}"

    @property
    def languages(self) -> list[str]:
        return library_languages()

    def clean(self) -> None:
        if self.baseline_year and self.target_year and self.target_year < self.baseline_year:
            raise ValidationError({"target_year": _("The target lies before the baseline.")})


class FrameworkValue(models.Model):
    """The number that a framework, such as a rater's list, gives an issue; by the code of the issue, as indicators."""

    issue = models.CharField(_("Issue code"), max_length=40)
    disclosure = models.ForeignKey("Disclosure", on_delete=models.CASCADE, related_name="values")
    value = models.FloatField(_("Value"))
    unit = models.CharField(_("Unit"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("Number of a framework")
        ordering = ["issue", "disclosure"]
        constraints = [models.UniqueConstraint(fields=["issue", "disclosure"], name="framework_value_once")]

    def __str__(self) -> str:
        return f"{self.issue} {self.disclosure_id}"
