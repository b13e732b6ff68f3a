"""What a survey asks besides its items: of which group, profile questions, the privacy notice, rule sets."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from materiality.bilingual import Bilingual


class GroupPlan(models.Model):
    """What one group is asked: the dimensions it rates, the issues it is not asked about (codes), and in a split
    survey how many issues each of its respondents gets. `expected` is how many responses are expected of it; 0 = the
    group's target. `issues_each` is set when the survey opens.
    """

    survey = models.ForeignKey("surveys.Survey", on_delete=models.CASCADE, related_name="plans")
    group = models.ForeignKey("materiality.Group", on_delete=models.CASCADE, related_name="+")
    society = models.BooleanField(default=True)
    business = models.BooleanField(default=True)
    left_out = models.JSONField(default=list, blank=True)
    expected = models.PositiveIntegerField(default=0)
    issues_each = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["survey", "group"], name="plan_once_per_group")]

    def __str__(self) -> str:
        return f"{self.survey_id} {self.group_id}"


class Assignments(models.Model):
    """How often each issue of a split survey has been given to respondents of a group and not expired.

    `counts` holds a little-endian uint32 per issue, in the order of the issues' first items.
    """

    survey = models.ForeignKey("surveys.Survey", on_delete=models.CASCADE, related_name="assignments")
    group = models.ForeignKey("materiality.Group", on_delete=models.CASCADE, related_name="+")
    counts = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["survey", "group"], name="assignments_once_per_group")]

    def __str__(self) -> str:
        return f"{self.survey_id} {self.group_id}"


class ProfileQuestion(models.Model):
    """A question about the respondent. `options` are [{"code", "zh", "en"}]; a short text has none."""

    class Kind(models.TextChoices):
        SINGLE = "single", _("One choice")
        MULTIPLE = "multiple", _("Several choices")
        TEXT = "text", _("Short text")

    survey = models.ForeignKey("surveys.Survey", on_delete=models.CASCADE, related_name="profile_questions")
    position = models.PositiveSmallIntegerField()
    code = models.SlugField(max_length=40)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.SINGLE)
    text_zh = models.CharField(max_length=300)
    text_en = models.CharField(max_length=300)
    options = models.JSONField(default=list, blank=True)
    text = Bilingual()

    class Meta:
        ordering = ["survey", "position"]
        constraints = [models.UniqueConstraint(fields=["survey", "code"], name="profile_code_once_per_survey")]

    def __str__(self) -> str:
        return self.code


class Notice(models.Model):
    """A version of a survey's privacy notice; a response names the one that was consented to."""

    survey = models.ForeignKey("surveys.Survey", on_delete=models.CASCADE, related_name="notices")
    version = models.PositiveSmallIntegerField()
    text_zh = models.TextField(blank=True)
    text_en = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    text = Bilingual()

    class Meta:
        ordering = ["survey", "version"]
        constraints = [models.UniqueConstraint(fields=["survey", "version"], name="notice_version_once")]

    def __str__(self) -> str:
        return f"{self.survey_id} v{self.version}"


class RuleSet(models.Model):
    """A version of a survey's screening rules, `surveys.questionnaire.rules.Rules.to_json()`."""

    survey = models.ForeignKey("surveys.Survey", on_delete=models.CASCADE, related_name="rule_sets")
    version = models.PositiveSmallIntegerField()
    rules = models.JSONField()
    reason = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["survey", "version"]
        constraints = [models.UniqueConstraint(fields=["survey", "version"], name="rule_set_version_once")]

    def __str__(self) -> str:
        return f"{self.survey_id} v{self.version}"
