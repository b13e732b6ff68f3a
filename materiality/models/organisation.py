"""The organisation whose installation this is, and what the database knows of keys that lie outside it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from materiality.models.library import library_languages
from materiality.platform.bilingual import Texts


class Organisation(models.Model):
    """What the organisation is called, to respondents and in files; one row, none while nobody has said it."""

    name = Texts(word=_("Name of the organisation"))

    class Meta:
        verbose_name = _("Organisation")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_organisation")]

    def __str__(self) -> str:
        return str(self.name)

    @property
    def languages(self) -> list[str]:
        return library_languages()


class KeyCheck(models.Model):
    """A key of the installation: what it is for, and the fingerprint by which the right file is known.

    Once the row is there, the key is never made again: without its file nothing works that needs it.
    """

    purpose = models.CharField(max_length=40, unique=True)
    fingerprint = models.CharField(max_length=32)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.purpose}-{self.fingerprint}"
