"""The organisation whose installation this is."""

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
