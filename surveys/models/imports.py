"""Files of responses that were brought in, and saved column matches: which column of another tool's export is what."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ColumnMatch(models.Model):
    """A named match that imports can take again; `columns` is `surveys.matching.match.Match.to_json()`."""

    name = models.SlugField(max_length=60, unique=True)
    tool = models.CharField(_("tool"), max_length=40, blank=True)
    columns = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("Column match")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ResponseImport(models.Model):
    """One uploaded file of responses: checked, shown, and stored only when confirmed.

    `match` is the column match by which a foreign file is read (`surveys.matching.match.Match.to_json()`), empty for
    the `responses` format; with `match_name` `auto` it is guessed when the file is checked.

    `answers` are what a person said of the file: {"said": {id or kind of a doubt: choice}, "constants": fields that
    hold for every row, "sheet": the one that is read, "head": numbers of the rows of its header}. A stored file can be
    withdrawn, with a reason.

    `summary` holds the counts (rows, new, duplicates, bad, unfinished, per group) and the first bad cells.
    """

    class State(models.TextChoices):
        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", _("Waiting for confirmation")
        STORED = "stored", _("Stored")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        REFUSED = "refused", _("Cannot be read")
        DISCARDED = "discarded", _("Discarded")

    survey = models.ForeignKey("surveys.Survey", on_delete=models.PROTECT, related_name="imports")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.CHECKING)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=200)
    error_workbook = models.CharField(max_length=200, blank=True)
    summary = models.JSONField(default=dict, blank=True)
    problem = models.TextField(blank=True)
    match = models.JSONField(default=dict, blank=True)
    match_name = models.CharField(max_length=60, blank=True)
    answers = models.JSONField(default=dict, blank=True)
    withdrawn_reason = models.TextField(_("reason"), blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    skip_bad_rows = models.BooleanField(_("bad rows left out"), default=False)
    job = models.ForeignKey("materiality.Job", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    stored_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("Imported responses")
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["survey", "sha256"], name="import_survey_sha256")]

    def __str__(self) -> str:
        return self.file_name


class WithdrawnResponses(models.Model):
    """The responses of a withdrawn file, which count nowhere until it is brought back: compressed JSON of the rows."""

    imported = models.OneToOneField(ResponseImport, on_delete=models.CASCADE, related_name="withdrawn")
    number = models.PositiveIntegerField()
    rows = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.imported_id}: {self.number}"
