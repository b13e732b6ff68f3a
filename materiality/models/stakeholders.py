"""Stakeholder groups of a cycle."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from materiality.platform.bilingual import Bilingual, name_field


class StakeholderPoint(models.Model):
    """One bullet of a group: an expectation, a channel or a response."""

    class Kind(models.TextChoices):
        EXPECTATION = "expectation", pgettext_lazy("stakeholders", "Expectation")
        CHANNEL = "channel", pgettext_lazy("stakeholders", "Channel")
        RESPONSE = "response", pgettext_lazy("stakeholders", "Response")

    group = models.ForeignKey("Group", on_delete=models.CASCADE, related_name="points")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    text_zh = models.TextField(blank=True)
    text_en = models.TextField(blank=True)
    order = models.PositiveIntegerField(default=0)
    text = Bilingual()

    class Meta:
        ordering = ["group", "kind", "order", "pk"]
        constraints = [models.UniqueConstraint(fields=["group", "kind", "order"], name="stakeholder_point_order_once")]

    def __str__(self) -> str:
        return self.text_zh or self.text_en


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

    cycle = models.ForeignKey("Cycle", on_delete=models.CASCADE, related_name="engagements")
    group = models.ForeignKey("Group", on_delete=models.PROTECT, related_name="engagements")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    date = models.DateField()
    title_zh = name_field(blank=True)
    title_en = name_field(blank=True)
    note = models.TextField(blank=True)
    participants = models.PositiveIntegerField(null=True, blank=True)
    issues = models.ManyToManyField("Issue", blank=True, related_name="engagements")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    title = Bilingual()

    class Meta:
        ordering = ["-date", "-pk"]

    def __str__(self) -> str:
        return f"{self.date} {self.title_zh or self.title_en}"


class Attachment(models.Model):
    """A file of an engagement, checked by its contents' type and size and kept under its SHA-256."""

    engagement = models.ForeignKey(Engagement, on_delete=models.CASCADE, related_name="attachments")
    file_name = models.CharField(max_length=200)
    path = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["engagement", "pk"]

    def __str__(self) -> str:
        return self.file_name


class Group(models.Model):
    """A stakeholder group; weights are relative, any non-negative numbers."""

    class Side(models.TextChoices):
        INTERNAL = "internal", _("Internal")
        EXTERNAL = "external", _("External")

    cycle = models.ForeignKey("Cycle", on_delete=models.CASCADE, related_name="groups")
    code = models.SlugField(max_length=40)
    name_zh = name_field()
    name_en = name_field()
    definition_zh = models.TextField(blank=True)
    definition_en = models.TextField(blank=True)
    side = models.CharField(max_length=8, choices=Side.choices, default=Side.EXTERNAL)
    weight_society = models.FloatField(default=1, validators=[MinValueValidator(0)])
    weight_business = models.FloatField(default=1, validators=[MinValueValidator(0)])
    target = models.PositiveIntegerField(default=0)
    order = models.PositiveSmallIntegerField(default=0)
    name = Bilingual()
    definition = Bilingual()

    class Meta:
        ordering = ["order", "code"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "code"], name="group_code_once_per_cycle"),
            models.CheckConstraint(
                condition=Q(weight_society__gte=0, weight_business__gte=0), name="group_weights_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return self.code
