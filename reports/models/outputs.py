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
    """One file that was asked for; `parameters` are frozen with the request. The job's row holds state and progress.

    `made_from` is the digest of its inputs (`reports.outputs.made_from`), `outline_rows` how long the outline is that
    it is made from, if any: the job's inputs hold all of it, and are too large to be read for a list.
    """

    cycle = models.ForeignKey("materiality.Cycle", on_delete=models.PROTECT, related_name="outputs")
    run = models.ForeignKey("materiality.Run", null=True, blank=True, on_delete=models.PROTECT, related_name="outputs")
    job = models.OneToOneField("materiality.Job", on_delete=models.PROTECT, related_name="output")
    kind = models.CharField(_("kind"), max_length=20, choices=kinds)
    format = models.CharField(_("format"), max_length=4, choices=formats)
    language = models.CharField(_("language"), max_length=10)
    parameters = models.JSONField(default=dict, blank=True)
    outline_rows = models.PositiveIntegerField(null=True, blank=True)
    made_from = models.CharField(max_length=64, blank=True)
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
        against, since = self.parameters.get("against", []), str(self.parameters.get("since", ""))
        # A number is a run of the cycle itself.
        moved = {since} if since and not since.isdigit() else set()
        return moved | ({against} if isinstance(against, str) else set(against))


class TableText(models.Model):
    """A text of the company's own in a table of the report, `texts` by content language: {"zh": …, "en": …}."""

    class Table(models.TextChoices):
        SDG = "sdg-table", _("SDG table: our contribution to each goal")
        EXCHANGE = "exchange-table", _("Exchange topics: because of what each is material or not")
        PRIORITIES = "work-priorities", _("Work priorities of the year by material issue")

    cycle = models.ForeignKey("materiality.Cycle", on_delete=models.CASCADE, related_name="table_texts")
    table = models.CharField(_("Table"), max_length=20, choices=Table.choices)
    code = models.CharField(_("Code"), max_length=40)
    texts = models.JSONField(_("Text"), default=dict, blank=True)

    class Meta:
        verbose_name = _("Text of a table")
        ordering = ["table", "code"]
        constraints = [models.UniqueConstraint(fields=["cycle", "table", "code"], name="table_text_once")]

    def __str__(self) -> str:
        return f"{self.table} {self.code}"
