"""Saved column matches: which column of another tool's export is which item, question or field."""

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
