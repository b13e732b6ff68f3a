"""Outputs: files made by a job from a named run or outline."""

from django.db import models
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

JOB = "output"  # the kind of job that makes one


def kinds() -> list[tuple[str, str]]:
    """The outputs there are: declared above the models, and named here as hooks name jobs."""
    return import_string("reports.outputs.kind_choices")()


def formats() -> list[tuple[str, str]]:
    return import_string("reports.outputs.format_choices")()


class Output(models.Model):
    """One file that was asked for; `parameters` are frozen with the request. The job's row holds state and progress."""

    cycle = models.ForeignKey("materiality.Cycle", on_delete=models.PROTECT, related_name="outputs")
    run = models.ForeignKey("materiality.Run", null=True, blank=True, on_delete=models.PROTECT, related_name="outputs")
    job = models.OneToOneField("materiality.Job", on_delete=models.PROTECT, related_name="output")
    kind = models.CharField(_("kind"), max_length=20, choices=kinds)
    format = models.CharField(_("format"), max_length=4, choices=formats)
    language = models.CharField(_("language"), max_length=10)
    parameters = models.JSONField(default=dict, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(_("size in bytes"), default=0)

    class Meta:
        verbose_name = _("Output")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.file_name or f"{self.kind}.{self.format}"

    @property
    def earlier_cycles(self) -> set[str]:
        """Codes of the cycles that the file tells of besides its own."""
        against = self.parameters.get("against", [])
        return {against} if isinstance(against, str) else set(against)
