"""Counts of fieldwork that no stored response tells, and figures kept for pages of large surveys."""

from django.db import models


class Tally(models.Model):
    """A number per survey, measure, group (code, empty = unknown), channel and place: counted without a token.

    Measures: `opened` (first pages shown), `started` (answers begun), `broken_off` (deleted unfinished; place = the
    last page that was saved), `burst` (submitted by the open link when unusually many came from one address), `mode`
    (submitted, by group; channel = normal, large or paper), `course` (items of those submitted, by group; channel = one
    of questionnaire.asking.COURSE, place = first, second or last third of the issues as they came to them). Of
    anonymous surveys, at the release: `submitted` (by group and channel), `day` (by group; place = the day's proleptic
    ordinal; days with fewer than 5 are joined to the next), `seconds` (by group; place = tenths of a second per
    item asked, at most 50), `unknown` (by group: flags that fewer than 5 of a lot earned by their times, and that
    stand on no response).
    """

    class Measure(models.TextChoices):
        OPENED = "opened"
        STARTED = "started"
        BROKEN_OFF = "broken_off"
        SUBMITTED = "submitted"
        DAY = "day"
        BURST = "burst"
        MODE = "mode"
        COURSE = "course"
        SECONDS = "seconds"
        UNKNOWN = "unknown"

    survey = models.ForeignKey("surveys.Survey", on_delete=models.CASCADE, related_name="tallies")
    measure = models.CharField(max_length=10, choices=Measure.choices)
    group = models.CharField(max_length=40, blank=True)
    channel = models.CharField(max_length=40, blank=True)
    place = models.IntegerField(default=0)
    number = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["survey", "measure", "group", "channel", "place"], name="tally_once")
        ]

    def __str__(self) -> str:
        return f"{self.survey_id} {self.measure} {self.number}"


class FieldworkFigures(models.Model):
    """The figures of a survey's fieldwork as they were counted at a moment, for surveys too large to count on view."""

    survey = models.OneToOneField("surveys.Survey", on_delete=models.CASCADE, related_name="figures")
    figures = models.JSONField()
    counted_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.survey_id)
