"""The half-yearly review of the library: proposals, and what is due when."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from materiality.models.library import library_languages
from materiality.platform.bilingual import LABELS, Texts


class Proposal(models.Model):
    """Somebody proposes a new issue, a change or a retirement; a named person decides, with a reason.

    `issue` is the issue of the edition in force that is meant; `edition` the draft under review, null while there is
    none. A deferred proposal stands open for the next review.
    """

    class Kind(models.TextChoices):
        NEW = "new", _("New issue")
        CHANGE = "change", _("Change")
        RETIRE = "retire", _("Retire")

    class Origin(models.TextChoices):
        STAFF = "staff", _("Staff")
        RESPONDENT = "respondent", _("Respondent")
        IMPORT = "import", _("Import")

    class State(models.TextChoices):
        OPEN = "open", _("To be decided")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        DEFERRED = "deferred", _("Deferred")

    kind = models.CharField(_("Kind"), max_length=8, choices=Kind.choices)
    origin = models.CharField(max_length=12, choices=Origin.choices, default=Origin.STAFF)
    edition = models.ForeignKey("Edition", null=True, blank=True, on_delete=models.SET_NULL, related_name="proposals")
    issue = models.ForeignKey(
        "Issue",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="proposals",
        help_text=_("The issue to change or retire; empty for a new one."),
    )
    name = Texts(blank=True)
    text = Texts(5_000, long=True, blank=True, word=LABELS["definition"][0], pair=LABELS["definition"][1:])
    reason = models.TextField(
        _("Reason"),
        blank=True,
        max_length=20_000,
        help_text=_("Why the library should change. Leave out what could point to a person."),
    )
    source = models.CharField(
        _("Source"),
        max_length=300,
        blank=True,
        help_text=_("Where it comes from: a standard, a meeting, a report, a link."),
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    decision_reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("Suggestion")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open") | (Q(decided_at__isnull=False) & ~Q(decision_reason="")),
                name="decided_proposal_has_date_and_reason",
            ),
            models.CheckConstraint(
                condition=Q(kind="new") | Q(issue__isnull=False), name="proposal_to_change_names_an_issue"
            ),
        ]

    def __str__(self) -> str:
        return self.issue.code if self.issue_id else self.name

    @property
    def languages(self) -> list[str]:
        return library_languages()


_MONTHS = [MinValueValidator(1), MaxValueValidator(60)]


class Calendar(models.Model):
    """How often the organisation reviews its library and surveys its stakeholders; one row."""

    review_months = models.PositiveSmallIntegerField(
        _("Months from one review of the library to the next"), default=6, validators=_MONTHS
    )
    survey_months = models.PositiveSmallIntegerField(
        _("Months from one survey to the next"), default=2, validators=_MONTHS
    )
    remind_days_before = models.PositiveSmallIntegerField(
        _("Days before the due date when staff are reminded"), default=14, validators=[MaxValueValidator(365)]
    )

    class Meta:
        verbose_name = _("Calendar")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="one_calendar"),
            models.CheckConstraint(condition=Q(review_months__gte=1, survey_months__gte=1), name="calendar_months"),
        ]

    def __str__(self) -> str:
        return f"{self.review_months}/{self.survey_months}"

    def clean(self) -> None:
        if self.remind_days_before >= 28 * min(self.review_months, self.survey_months):
            raise ValidationError(_("The reminder would come as early as the last time: choose fewer days."))


class Reminder(models.Model):
    """A reminder that was sent: one per kind and due date, so that a missed day is made up and none is sent twice.

    `sent_to` holds the keys of the people who got it; who could not be reached is tried again.
    """

    class Kind(models.TextChoices):
        REVIEW = "review", _("Library review")
        SURVEY = "survey", _("Survey")
        ANCHOR = "anchor", _("Anchor of the audit trail")

    # Not in the audit trail's digests: a mail that failed is tried again without an event of its own.
    unaudited = ("recipients", "sent_to")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    due_on = models.DateField()
    sent_at = models.DateTimeField(auto_now_add=True)
    recipients = models.PositiveIntegerField(_("recipients"), default=0)
    sent_to = models.JSONField(default=list, blank=True)

    class Meta:
        verbose_name = _("Reminder")
        ordering = ["-due_on"]
        constraints = [models.UniqueConstraint(fields=["kind", "due_on"], name="reminder_once")]

    def __str__(self) -> str:
        return str(self.due_on)
