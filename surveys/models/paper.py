"""Paper rounds: numbered printed questionnaires, entered twice."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class PaperSheet(models.Model):
    """One printed questionnaire. `asked` is a rating vector in which what is not asked is marked; `first` and `second`
    are the two entries of it (vectors, empty = not entered yet) with their profile answers and comments, whose
    differences are shown before it is stored. `notice_version` is the privacy notice printed on it.

    Of an anonymous survey `asked` and the entries stand in `sealed` only, which the survey's key opens; once stored, a
    sheet keeps nothing of them (see surveys.paper.entry).
    """

    class State(models.TextChoices):
        PRINTED = "printed", _("Printed")
        ENTERED = "entered", _("Entered once")
        DIFFERS = "differs", _("Entries differ")
        STORED = "stored", _("Stored")

    # Filled in step by step; what counts is the response that is made of it.
    # Of an anonymous split survey, what a sheet asked would tell which response is made of it.
    unaudited = (
        "sealed",
        "asked",
        "first",
        "second",
        "first_comment",
        "second_comment",
        "first_profile",
        "second_profile",
    )

    survey = models.ForeignKey("surveys.Survey", on_delete=models.CASCADE, related_name="paper_sheets")
    group = models.ForeignKey("materiality.Group", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(_("number"))
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.PRINTED)
    asked = models.BinaryField()
    sealed = models.BinaryField(default=bytes)
    first = models.BinaryField(default=bytes)
    second = models.BinaryField(default=bytes)
    first_profile = models.JSONField(default=dict, blank=True)
    second_profile = models.JSONField(default=dict, blank=True)
    first_comment = models.TextField(blank=True)
    second_comment = models.TextField(blank=True)
    first_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    second_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    notice_version = models.PositiveSmallIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("Paper sheet")
        ordering = ["survey", "number"]
        constraints = [models.UniqueConstraint(fields=["survey", "number"], name="paper_number_once")]

    def __str__(self) -> str:
        return str(self.number)
