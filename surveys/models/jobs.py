"""The kinds of background jobs of this app; hooks.py says what they do."""

from django.db import models
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class JobKind(TextChoices):
    SCORE = "score", _("Computing scores")
    COUNT_CHUNK = "count_chunk", _("Counting a chunk of responses")
    CHECK_IMPORT = "check_import", _("Checking a file of responses")
    STORE_IMPORT = "store_import", _("Storing responses")
    COUNT_FIELDWORK = "count_fieldwork", _("Counting the responses of a large survey")
    PRINT_SHEETS = "print_sheets", _("Printing paper sheets")
    DRY_RUN = "dry_run", _("Trying out screening rules")
    CHANGE_RULES = "change_rules", _("Screening responses again")
    READ_RECIPIENTS = "read_recipients", _("Reading a list of recipients")


class Chunk(models.Model):
    """Responses of one survey that are counted by a job of their own, for the job `whole`: those with ids after `after`
    (None: from the first one) up to `upto` (None: to the last one). `counted` are the bytes of the count, until they
    are added to the others'; then the row goes.
    """

    job = models.OneToOneField("materiality.Job", on_delete=models.CASCADE, related_name="chunk")
    whole = models.ForeignKey("materiality.Job", on_delete=models.CASCADE, related_name="chunks")
    survey = models.ForeignKey("surveys.Survey", on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    after = models.UUIDField(null=True)
    upto = models.UUIDField(null=True)
    counted = models.BinaryField(default=bytes)

    class Meta:
        ordering = ["whole", "survey", "number"]
        constraints = [models.UniqueConstraint(fields=["whole", "survey", "number"], name="chunk_once_per_job")]

    def __str__(self) -> str:
        return f"{self.whole_id}: {self.survey_id} {self.number}"
