"""Answers: in progress (draft) and given (response)."""

import secrets
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Draft(models.Model):
    """A respondent's answers until they are submitted.

    The key is random and known to the respondent's browser only; the random order in which issues are shown is
    derived from it and stored nowhere. `ratings` holds a byte per item (see materiality.scoring.codes). `batch` and
    `serial` say by which personal link it was begun, so that the link finds it again on any device. `page` is the last
    page that was saved, `profile` the answers to profile questions ({code: answer}), `attention` the answer to the
    attention question, `counted` whether its part is in the group's Assignments, `history` what became of each answer
    (see surveys.questionnaire.saving).
    """

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    survey = models.ForeignKey("surveys.Survey", on_delete=models.CASCADE, related_name="drafts")
    # Each index is a page that everybody who begins and submits has to write: those that another serves are left out,
    # and those of groups, which are deleted seldom.
    group = models.ForeignKey("materiality.Group", on_delete=models.CASCADE, related_name="+", db_index=False)
    channel = models.CharField(max_length=20, default="link")
    language = models.CharField(max_length=10)
    batch = models.ForeignKey(
        "surveys.Batch", null=True, blank=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    serial = models.PositiveIntegerField(null=True, blank=True)
    ratings = models.BinaryField()
    comment = models.TextField(blank=True)
    profile = models.JSONField(default=dict, blank=True)
    attention = models.PositiveSmallIntegerField(null=True, blank=True)
    notice_version = models.PositiveSmallIntegerField(default=1)
    page = models.PositiveSmallIntegerField(default=0)
    counted = models.BooleanField(default=False)
    history = models.BinaryField(default=bytes)
    started_at = models.DateTimeField()
    saved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "serial"], name="draft_once_per_link", condition=Q(batch__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return str(self.key)


def random_id() -> int:
    """A random key that says nothing about when a row came: on SQLite it is also the place of the row in the file."""
    return secrets.randbits(62) + 1


class SealedDraft(models.Model):
    """Answers to an anonymous survey, from the first page until they are released among others (docs/privacy.md).

    `lookup` is a keyed hash of what the respondent has, a personal link or a cookie; `sealed` opens with that and the
    survey's key while they are begun, with the key alone once they are finished. It holds all that is not here (see
    surveys.questionnaire.contents). `part` are the issues of a split survey, sealed with the key alone; `counted` says
    whether they are in the group's Assignments. `version` is another, at random, after every change.
    """

    class State(models.TextChoices):
        BEGUN = "begun", _("In progress")
        FINISHED = "finished", _("Finished")
        UNREADABLE = "damaged", _("Cannot be opened")

    id = models.BigAutoField(primary_key=True, default=random_id, editable=False)
    survey = models.ForeignKey("surveys.Survey", on_delete=models.CASCADE, related_name="sealed_drafts", db_index=False)
    group = models.ForeignKey("materiality.Group", on_delete=models.PROTECT, related_name="+", db_index=False)
    channel = models.CharField(max_length=20, default="link")
    page = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=8, choices=State.choices, default=State.BEGUN)
    version = models.PositiveIntegerField(default=0)
    counted = models.BooleanField(default=False)
    lookup = models.BinaryField(max_length=16)
    sealed = models.BinaryField()
    part = models.BinaryField(default=bytes)
    begun_on = models.DateField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["survey", "lookup"], name="sealed_draft_once")]
        indexes = [models.Index(fields=["survey", "state", "group"], name="sealed_draft_state")]

    def __str__(self) -> str:
        return str(self.pk)


class Response(models.Model):
    """A submitted (or, from a file, unfinished) response. One row; `ratings` a byte per item in frozen order.

    `id` grows with the order of arrival, but is random where the survey is anonymous. `token` is the file's, or
    `batch-serial` of the personal link. `profile` holds the answers to profile questions ({code: answer}), `attention`
    the rating given to the attention question (None = not asked), `named` the codes of the issues named in the ranking
    step (empty = the step was not asked or not taken), `notice_version` the privacy notice that was
    consented to (None = unknown). `flags` are the bits of
    `surveys.questionnaire.screening.FLAGS` earned; `overruled` is a person's decision to include or exclude.
    """

    class Overruled(models.IntegerChoices):
        NO = 0, _("as the rules say")
        INCLUDE = 1, _("included by a person")
        EXCLUDE = 2, _("excluded by a person")

    # Not in the audit trail's digests: screening sets flags anew whenever the dates of a survey move.
    unaudited = ("flags",)

    id = models.UUIDField(primary_key=True, editable=False)
    survey = models.ForeignKey("surveys.Survey", on_delete=models.PROTECT, related_name="responses", db_index=False)
    group = models.ForeignKey("materiality.Group", on_delete=models.PROTECT, related_name="responses", db_index=False)
    channel = models.CharField(_("channel"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    token = models.CharField(max_length=200, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    unfinished = models.BooleanField(default=False)
    consent = models.BooleanField(default=True)
    comment = models.TextField(blank=True)
    ratings = models.BinaryField()
    profile = models.JSONField(default=dict, blank=True)
    named = models.JSONField(default=list, blank=True)
    attention = models.PositiveSmallIntegerField(null=True, blank=True)
    notice_version = models.PositiveSmallIntegerField(null=True, blank=True)
    seconds_per_item = models.FloatField(null=True, blank=True)
    flags = models.PositiveIntegerField(default=0)
    overruled = models.PositiveSmallIntegerField(_("decision"), choices=Overruled.choices, default=Overruled.NO)
    overruled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    overruled_reason = models.TextField(blank=True)
    source = models.ForeignKey(
        "surveys.ResponseImport",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="responses",
        db_index=False,
    )

    class Meta:
        verbose_name = _("Response")
        ordering = ["survey", "id"]
        indexes = [
            models.Index(fields=["survey", "id"], name="response_survey_id"),
            models.Index(fields=["survey", "id"], name="response_comment", condition=~Q(comment="")),
            models.Index(fields=["survey", "token"], name="response_token", condition=~Q(token="")),
            models.Index(fields=["source"], name="response_source", condition=Q(source__isnull=False)),
            models.Index(fields=["overruled_by"], name="response_overruled", condition=Q(overruled_by__isnull=False)),
            # Counting by kind reads this index alone: a tenth of the time of reading the rows with their ratings.
            models.Index(fields=["survey", "group", "flags", "overruled", "unfinished"], name="response_kind"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Holding(models.Model):
    """How many responses, comments, profile answers and flags a survey holds, with additive keyed hashes of them, and
    the keyed hash of it all (`surveys.responses.holdings`). `key` is the fingerprint of the audit key.
    """

    survey = models.OneToOneField("surveys.Survey", on_delete=models.CASCADE, related_name="holding")
    figures = models.JSONField()
    seal = models.CharField(max_length=64)
    key = models.CharField(max_length=32)

    def __str__(self) -> str:
        return str(self.survey_id)


class AnonymousComment(models.Model):
    """What somebody wrote in an anonymous survey, kept apart: no row says which response, group or day it is of."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    survey = models.ForeignKey("surveys.Survey", on_delete=models.PROTECT, related_name="anonymous_comments")
    text = models.TextField()

    class Meta:
        ordering = ["survey", "id"]

    def __str__(self) -> str:
        return self.text[:80]


class AnonymousAnswer(models.Model):
    """One answer to one profile question in an anonymous survey, kept apart: of which response, nothing says."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    survey = models.ForeignKey("surveys.Survey", on_delete=models.PROTECT, related_name="anonymous_answers")
    question = models.SlugField(max_length=40)
    answer = models.TextField()

    class Meta:
        ordering = ["survey", "id"]

    def __str__(self) -> str:
        return f"{self.question}: {self.answer[:80]}"
