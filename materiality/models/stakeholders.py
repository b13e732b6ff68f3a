"""Stakeholder groups of a cycle."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from materiality.bilingual import Bilingual, name_field


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
