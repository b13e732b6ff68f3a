"""What a committee decides on the issues of a run, and the exact state that it signs."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Decision(models.Model):
    """The tier of an issue after review where it is not, or not without a reason, the one that the rule proposes."""

    run = models.ForeignKey("Run", on_delete=models.CASCADE, related_name="decisions")
    issue = models.ForeignKey("Issue", on_delete=models.PROTECT, related_name="+")
    tier = models.CharField(pgettext_lazy("committee", "Decision"), max_length=12)
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = pgettext_lazy("committee", "Decision")
        ordering = ["run", "issue__code"]
        constraints = [models.UniqueConstraint(fields=["run", "issue"], name="decision_once_per_issue")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.issue_id}: {self.tier}"


class SignOff(models.Model):
    """A snapshot of a run with its decisions as somebody signed it: `snapshot` as `queries.review.snapshot` gives it,
    `sha256` its hash, `anchor` the head of the audit trail at that moment.
    """

    cycle = models.ForeignKey("Cycle", on_delete=models.CASCADE, related_name="sign_offs")
    run = models.ForeignKey("Run", on_delete=models.PROTECT, related_name="sign_offs")
    number = models.PositiveIntegerField(_("number"))
    snapshot = models.JSONField()
    sha256 = models.CharField(max_length=64)
    anchor = models.CharField(max_length=100)
    note = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("Sign-off")
        ordering = ["cycle", "-number"]
        constraints = [models.UniqueConstraint(fields=["cycle", "number"], name="sign_off_number_once_per_cycle")]

    def __str__(self) -> str:
        return f"{self.cycle_id} sign-off {self.number}"
