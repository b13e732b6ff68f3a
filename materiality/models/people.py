"""Staff accounts."""

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    VIEWER = "viewer", _("Viewer")
    ANALYST = "analyst", _("Analyst")
    LEAD = "lead", _("Lead")
    COMMITTEE = "committee", _("Committee member")
    ADMINISTRATOR = "administrator", _("Administrator")


class User(AbstractUser):
    """A member of staff; what the role allows is in platform/people.py."""

    # Not in the audit trail's digests: what logging in changes, and what could tell an erased person again.
    unaudited = ("password", "last_login", "username", "first_name", "last_name", "email")

    username = models.CharField(
        _("User name"),
        max_length=150,
        unique=True,
        validators=[UnicodeUsernameValidator()],
        help_text=_("For logging in: letters, digits and @ . + - _"),
    )
    # The whole name: who is created by Django's own commands may have a last name besides.
    first_name = models.CharField(_("Name"), max_length=150, help_text=_("As it stands in the audit trail."))
    email = models.EmailField(_("E-mail"), blank=True)
    is_active = models.BooleanField(
        _("May log in"), default=True, help_text=_("Whoever has left is deactivated; what they did stays.")
    )
    role = models.CharField(_("Role"), max_length=20, choices=Role.choices, default=Role.VIEWER)

    class Meta(AbstractUser.Meta):
        verbose_name = _("Person")

    def __str__(self) -> str:
        return self.get_full_name() or self.username
