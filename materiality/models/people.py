"""Staff accounts."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    VIEWER = "viewer", _("Viewer")
    ANALYST = "analyst", _("Analyst")
    LEAD = "lead", _("Lead")
    COMMITTEE = "committee", _("Committee member")
    ADMINISTRATOR = "administrator", _("Administrator")


class User(AbstractUser):
    """A member of staff; what the role allows is in permissions.py."""

    # Not in the audit trail's digests: what logging in changes, and what could tell an erased person again.
    unaudited = ("password", "last_login", "username", "first_name", "last_name", "email")

    role = models.CharField(_("Role"), max_length=20, choices=Role.choices, default=Role.VIEWER)

    class Meta(AbstractUser.Meta):
        verbose_name = _("Person")

    def __str__(self) -> str:
        return self.get_full_name() or self.username
