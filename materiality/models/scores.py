"""Scoring runs: immutable, and enough to make every number again."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Run(models.Model):
    """A scoring run: method, responses, cube and cuts. Never changed once stored.

    `scoring` is the version of the definitions (scoring.md) by which it was computed; `method` is `Method.as_dict()`;
    `responses` holds counts of total, unfinished, submitted, valid, per flag and per group; `digest` is the SHA-256
    over the responses; `cube` the bytes of `Cube.to_bytes()`, `asked` those of the plan in the cube's order, and
    `clustered` the groups whose parts were dealt by cluster. `cuts`, `primary_cuts` and `pooled_cuts` (with a key
    "primary") are the cut points of `tiers.Cuts`; `statement` and `primary_statement` the figures of
    `tiers.Statement` from which the cuts are put into words; `figures` what the run says of its groups: habits,
    variance_share, halo, warnings, one_sided, and `cuts` by level of issues with children. A run that was kept from the
    page of the method has a name and a reason.
    `back` are the bytes of the cubes of responses that one screening rule alone kept out; they never leave. `late`
    names the parameters that are not those of the cycle's first run: changed after results had been seen.

    A run of its own kind rests on figures reported elsewhere: `source` says by whom, `reported` are the figures (see
    ReportedFigure), and its cube is empty.
    """

    cycle = models.ForeignKey("Cycle", on_delete=models.PROTECT, related_name="runs")
    number = models.PositiveIntegerField(_("number"))
    name = models.CharField(_("name of the run"), max_length=100, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    late = models.JSONField(default=list, editable=False)
    edition = models.ForeignKey("Edition", on_delete=models.PROTECT, related_name="runs")
    scoring = models.PositiveSmallIntegerField(default=1, editable=False)
    method = models.JSONField(_("method"))
    surveys = models.JSONField(default=list)
    responses = models.JSONField(_("responses"))
    digest = models.CharField(max_length=64)
    cube = models.BinaryField()
    asked = models.BinaryField(default=bytes)
    back = models.BinaryField(default=bytes)
    source = models.CharField(_("reported by"), max_length=200, blank=True)
    reported = models.JSONField(default=list, editable=False)
    clustered = models.JSONField(default=list)
    figures = models.JSONField(default=dict)
    cuts = models.JSONField()
    primary_cuts = models.JSONField()
    pooled_cuts = models.JSONField(default=dict)
    statement = models.JSONField(default=dict)
    primary_statement = models.JSONField(default=dict)
    seed = models.BigIntegerField()
    software = models.CharField(max_length=40)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)

    class Meta:
        verbose_name = _("Scoring run")
        ordering = ["cycle", "-number"]
        constraints = [models.UniqueConstraint(fields=["cycle", "number"], name="run_number_once_per_cycle")]

    def __str__(self) -> str:
        return f"{self.cycle_id} run {self.number}"


class ReportedFigure(models.Model):
    """What somebody else found: one group's figure for one issue and dimension of a cycle."""

    class Dimension(models.TextChoices):
        SOCIETY = "society", _("Society")
        BUSINESS = "business", _("Business")

    cycle = models.ForeignKey("Cycle", on_delete=models.CASCADE, related_name="reported_figures")
    group = models.ForeignKey("Group", on_delete=models.PROTECT, related_name="+")
    issue = models.ForeignKey("Issue", on_delete=models.PROTECT, related_name="+")
    dimension = models.CharField(_("Dimension"), max_length=8, choices=Dimension.choices)
    n = models.PositiveIntegerField(_("Number of ratings"))
    mean = models.FloatField(_("Mean"), null=True, blank=True)
    scale = models.PositiveSmallIntegerField(_("Points of the scale"), null=True, blank=True)
    score = models.FloatField(_("Score"), null=True, blank=True)
    sd = models.FloatField(_("Standard deviation"), null=True, blank=True)
    source = models.CharField(_("Reported by"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("Figure from elsewhere")
        ordering = ["cycle", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "group", "issue", "dimension"], name="reported_figure_once"),
            models.CheckConstraint(
                condition=Q(mean__isnull=False, scale__isnull=False) | Q(score__isnull=False),
                name="reported_figure_has_value",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group_id} {self.issue_id} {self.dimension}"

    @property
    def points(self) -> float:
        """The figure on 0–100."""
        return self.score if self.score is not None else 100 * (self.mean - 1) / (self.scale - 1)

    @property
    def spread(self) -> float | None:
        """The standard deviation in points of 0–100; `sd` is in those of the mean where there is one."""
        if self.sd is None:
            return None
        return self.sd if self.mean is None else 100 * self.sd / (self.scale - 1)


class IssueScore(models.Model):
    """The result of one issue in a run; fields as in `scores.json`, scores on 0–100.

    `groups` is {group: {dimension: {"n", "mean", "score"}}}; `base` {dimension: [groups asked, groups counted]},
    `disagreement` {dimension: points}, `not_comparable` the dimensions on which nothing joins it to the other issues.
    `level` is that of an issue with children, 1 = top. `pooled_*` is the result with groups weighted by their
    responses, kept beside the run's own. Runs of version 1 have `base_groups` instead of a base.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="scores")
    issue = models.ForeignKey("Issue", on_delete=models.PROTECT, related_name="scores")
    level = models.PositiveSmallIntegerField(null=True)
    derived = models.BooleanField(default=False)
    derived_society = models.FloatField(null=True)
    derived_business = models.FloatField(null=True)
    material = models.BooleanField(default=False)
    society = models.FloatField(null=True)
    society_low = models.FloatField(null=True)
    society_high = models.FloatField(null=True)
    society_n = models.PositiveIntegerField(default=0)
    business = models.FloatField(null=True)
    business_low = models.FloatField(null=True)
    business_high = models.FloatField(null=True)
    business_n = models.PositiveIntegerField(default=0)
    var_society = models.FloatField(null=True)
    var_business = models.FloatField(null=True)
    cov = models.FloatField(null=True)
    priority = models.FloatField(null=True)
    var_priority = models.FloatField(null=True)
    rank = models.PositiveIntegerField(null=True)
    rank_low = models.PositiveIntegerField(null=True)
    rank_high = models.PositiveIntegerField(null=True)
    tier = models.CharField(max_length=12)
    tier_certainty = models.FloatField(null=True)
    plain_society = models.FloatField(null=True)
    plain_business = models.FloatField(null=True)
    base = models.JSONField(default=dict)
    disagreement = models.JSONField(default=dict)
    not_comparable = models.JSONField(default=list)
    base_groups = models.PositiveSmallIntegerField(default=0)
    groups = models.JSONField(default=dict)
    pooled_society = models.FloatField(null=True)
    pooled_business = models.FloatField(null=True)
    pooled_priority = models.FloatField(null=True)
    pooled_rank = models.PositiveIntegerField(null=True)
    pooled_tier = models.CharField(max_length=12, default="unscored")

    class Meta:
        ordering = ["run", "rank", "issue__code"]
        constraints = [
            models.UniqueConstraint(fields=["run", "issue"], name="issue_score_once_per_run"),
            models.CheckConstraint(
                condition=Q(priority__isnull=True) | Q(priority__gte=0, priority__lte=100), name="priority_on_0_100"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.issue_id}"
