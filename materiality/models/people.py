"""Staff accounts."""

import secrets

from django.contrib.auth.hashers import check_password
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


def new_salt() -> str:
    """128 random bits."""
    return secrets.token_hex(16)


class User(AbstractUser):
    """A member of staff; what the role allows is in platform/people.py."""

    # Not in the audit trail's digests: what logging in and looking round change.
    unaudited = ("last_login", "toured")

    username = models.CharField(
        _("User name"),
        max_length=150,
        unique=True,
        validators=[UnicodeUsernameValidator()],
        help_text=_("For logging in: letters, digits and @ . + - _"),
    )
    # The whole name: who is created by Django's own commands may have a last name besides.
    first_name = models.CharField(_("Name"), max_length=150, help_text=_("As it is kept in the audit trail."))
    email = models.EmailField(_("E-mail"), blank=True)
    is_active = models.BooleanField(
        _("May log in"), default=True, help_text=_("Whoever has left is deactivated; what they did stays.")
    )
    role = models.CharField(_("Role"), max_length=20, choices=Role.choices, default=Role.VIEWER)

    cycles = models.ManyToManyField(
        "Cycle",
        blank=True,
        verbose_name=_("Cycles"),
        related_name="viewers",
        help_text=_(
            "A viewer sees these cycles only, or all if none is chosen. Before the sign-off only the people named here,"
            " analysts, leads and the committee see scores."
        ),
    )

    toured = models.BooleanField(_("has seen the tour"), default=False, editable=False)
    # In the digests that events keep of this row for ever: once it is another, nobody can find out by trying from whose
    # name, address or password they were made.
    digest_salt = models.CharField(max_length=32, default=new_salt, editable=False)

    class Meta(AbstractUser.Meta):
        verbose_name = _("Person")

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @property
    def is_erased(self) -> bool:
        """Whether an administrator has taken the name out for good."""
        return not self.first_name and self.username == self.erased_name

    @property
    def erased_name(self) -> str:
        return f"erased-{self.pk}"

    def check_password(self, raw_password: str) -> bool:
        """Without writing the hash anew where hashes are made otherwise by now: that is an action (renew_hash)."""
        return check_password(raw_password, self.password)


class Upload(models.Model):
    """That somebody sent a file, and its bytes; kept for 24 hours, so that nobody fills the disk."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="uploads")
    at = models.DateTimeField()
    size = models.PositiveBigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["person", "at"], name="upload_person")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}: {self.size}"


class Factor(models.Model):
    """A second way, besides the password, in which a person shows who they are.

    `secret` is sealed under the installation's key: of an authenticator app its secret, of recovery codes their
    digests, of a passkey its public data. `used` is the last time step of an app, so that a code works once.
    """

    class Kind(models.TextChoices):
        APP = "app", _("Authenticator app")
        CODES = "codes", _("Recovery codes")
        PASSKEY = "passkey", _("Passkey")

    # Not in the audit trail's digests, as no event tells of a login.
    unaudited = ("used",)

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="factors")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    name = models.CharField(_("Name"), max_length=80, blank=True)
    secret = models.BinaryField()
    used = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("Second factor")
        ordering = ["kind", "pk"]

    def __str__(self) -> str:
        return self.get_kind_display()


# What stands in a User-Agent → what people call it; the first that is found, as most name others, too.
_BROWSERS = {"Edg": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
_SYSTEMS = {
    **{"Windows": "Windows", "Android": "Android", "iPhone": "iPhone", "iPad": "iPad"},
    **{"Mac OS X": "macOS", "CrOS": "ChromeOS", "Linux": "Linux"},
}


class StaffSession(models.Model):
    """Which session is whose, so that a person can see and end theirs; where from is not kept."""

    key = models.CharField(max_length=40, primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sessions")
    browser = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        """Browser and system as people call them, what the browser says where neither is known."""
        told = (_BROWSERS, _SYSTEMS)
        found = (next((name for sign, name in names.items() if sign in self.browser), "") for names in told)
        return " · ".join(filter(None, found)) or self.browser[:60]
