"""Stakeholder groups of a cycle, their lists, engagement records and attachments."""

from functools import cache

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy

from materiality.models.library import library_languages
from materiality.platform.bilingual import Texts


class StakeholderPoint(models.Model):
    """One bullet of a group: an expectation, a channel or a response."""

    class Kind(models.TextChoices):
        EXPECTATION = "expectation", pgettext_lazy("stakeholders", "Expectation")
        CHANNEL = "channel", pgettext_lazy("stakeholders", "Channel")
        RESPONSE = "response", pgettext_lazy("stakeholders", "Our response")

    class Often(models.TextChoices):
        """Words for how often that are the same thing in every language; any other text is printed as written."""

        DAILY = "daily", pgettext_lazy("how often", "Daily")
        WEEKLY = "weekly", pgettext_lazy("how often", "Weekly")
        MONTHLY = "monthly", pgettext_lazy("how often", "Monthly")
        QUARTERLY = "quarterly", pgettext_lazy("how often", "Quarterly")
        HALF_YEARLY = "half_yearly", pgettext_lazy("how often", "Half-yearly")
        YEARLY = "yearly", pgettext_lazy("how often", "Yearly")
        ONGOING = "ongoing", pgettext_lazy("how often", "Ongoing")
        WHEN_NEEDED = "when_needed", pgettext_lazy("how often", "When needed")

    spoken_in = "group.cycle"

    group = models.ForeignKey("Group", on_delete=models.CASCADE, related_name="points")
    kind = models.CharField(_("Kind"), max_length=12, choices=Kind.choices)
    text = Texts(500, long=True, blank=True, pair=(_("Chinese"), _("English")))
    order = models.PositiveIntegerField(_("order"), default=0)
    frequency = models.CharField(
        _("Frequency"), max_length=100, blank=True, help_text=_("How often a channel is used, such as monthly.")
    )

    class Meta:
        verbose_name = _("Stakeholder point")
        ordering = ["group", "kind", "order", "pk"]
        constraints = [models.UniqueConstraint(fields=["group", "kind", "order"], name="stakeholder_point_order_once")]

    def __str__(self) -> str:
        return self.text

    def clean(self) -> None:
        if not self.text:
            raise ValidationError(_("Write the text in at least one language."))

    @property
    def often(self) -> str:
        return how_often(self.frequency)


def how_often(text: str) -> str:
    """A frequency in the active language, as written where it is none of the common words."""
    value = _common_words().get(text.strip().casefold())
    return str(StakeholderPoint.Often(value).label) if value else text


@cache
def _common_words() -> dict[str, str]:
    """Folded word in any language of the pages -> value of `Often`."""
    words = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            words |= {str(label).casefold(): value for value, label in StakeholderPoint.Often.choices}
    return words


class Engagement(models.Model):
    """A record of an engagement: an interview, a hotline's month, a meeting …"""

    class Kind(models.TextChoices):
        INTERVIEW = "interview", _("Interview")
        FOCUS_GROUP = "focus_group", _("Focus group")
        HOTLINE = "hotline", _("Hotline")
        MEETING = "meeting", _("Meeting")
        VISIT = "visit", _("Visit")
        WORKSHOP = "workshop", _("Workshop")
        OTHER = "other", _("Other")

    spoken_in = "cycle"

    cycle = models.ForeignKey("Cycle", on_delete=models.CASCADE, related_name="engagements")
    group = models.ForeignKey("Group", on_delete=models.PROTECT, related_name="engagements")
    kind = models.CharField(_("Kind"), max_length=12, choices=Kind.choices)
    date = models.DateField(_("Date"))
    participants = models.PositiveIntegerField(
        _("Participants"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(10_000_000)],
        help_text=_("Empty: not counted."),
    )
    title = Texts(blank=True)
    note = models.TextField(
        _("Note"),
        blank=True,
        max_length=20_000,
        help_text=_("What was said. Leave out names and whatever else could point to a person."),
    )
    issues = models.ManyToManyField("Issue", blank=True, related_name="engagements", verbose_name=_("Issues touched"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("Engagement record")
        ordering = ["-date", "-pk"]

    def __str__(self) -> str:
        return f"{self.date} {self.title}"

    def clean(self) -> None:
        wrong = {}
        if not self.title:
            wrong["title"] = _("Give the record a title in at least one language.")
        if self.date and self.date > timezone.localdate():
            wrong["date"] = _("The date lies ahead. Record an engagement once it has taken place.")
        if wrong:
            raise ValidationError(wrong)


class Attachment(models.Model):
    """A file of an engagement, checked by its contents' type and size and kept under its SHA-256."""

    engagement = models.ForeignKey(Engagement, on_delete=models.CASCADE, related_name="attachments")
    file_name = models.CharField(max_length=200)
    path = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("Attachment")
        ordering = ["engagement", "pk"]

    def __str__(self) -> str:
        return self.file_name


_WEIGHT = [MinValueValidator(0, _("A weight cannot be below 0."))]


class GroupBase(models.Model):
    """What is said of a stakeholder group; weights are relative, any non-negative numbers."""

    class Side(models.TextChoices):
        INTERNAL = "internal", _("Internal")
        EXTERNAL = "external", _("External")

    code = models.SlugField(
        _("Code"), max_length=40, help_text=_("Names the group in files of responses. It cannot change later.")
    )
    name = Texts()
    definition = Texts(0, blank=True)
    side = models.CharField(_("Side"), max_length=8, choices=Side.choices, default=Side.EXTERNAL)
    weight_society = models.FloatField(_("Weight for impact on society"), default=1, validators=_WEIGHT)
    weight_business = models.FloatField(_("Weight for impact on business"), default=1, validators=_WEIGHT)
    target = models.PositiveIntegerField(
        _("Target"), default=0, help_text=_("How many responses you hope for; 0 if there is no target.")
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.code


class Group(GroupBase):
    """A stakeholder group of a cycle."""

    spoken_in = "cycle"

    cycle = models.ForeignKey("Cycle", on_delete=models.CASCADE, related_name="groups", editable=False)

    class Meta:
        verbose_name = _("Stakeholder group")
        ordering = ["order", "code"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "code"], name="group_code_once_per_cycle"),
            models.CheckConstraint(
                condition=Q(weight_society__gte=0, weight_business__gte=0), name="group_weights_not_negative"
            ),
        ]


class OwnGroup(GroupBase):
    """A stakeholder group of the organisation, beside its library: a new cycle starts from them."""

    class Meta:
        verbose_name = _("Group of the organisation")
        ordering = ["order", "code"]
        constraints = [
            models.UniqueConstraint(fields=["code"], name="own_group_code_once"),
            models.CheckConstraint(
                condition=Q(weight_society__gte=0, weight_business__gte=0), name="own_group_weights_not_negative"
            ),
        ]

    @property
    def languages(self) -> list[str]:
        return library_languages()
