"""Surveys: what they ask of which group, items, profile questions, the privacy notice, rule sets."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from materiality.platform.bilingual import Texts, default_languages
from surveys.questionnaire.asking import QUESTION_KINDS, Plan
from surveys.questionnaire.instrument import CURRENT, INSTRUMENTS, Instrument


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

    @property
    def plan(self) -> Plan:
        return Plan(self.society, self.business, tuple(self.left_out), self.expected)


class Assignments(models.Model):
    """How often each issue of a split survey has been given to respondents of a group and not expired.

    `counts` holds a little-endian uint32 per issue, in the order of the issues' first items; of an anonymous survey
    sealed with its key.
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

    spoken_in = "survey"

    survey = models.ForeignKey("surveys.Survey", on_delete=models.CASCADE, related_name="profile_questions")
    position = models.PositiveSmallIntegerField()
    code = models.SlugField(
        _("Code"),
        max_length=40,
        help_text=_("Names the question in exports: letters a–z, digits and hyphens."),
    )
    kind = models.CharField(
        _("Kind of answer"),
        max_length=8,
        choices=[(kind.code, _(kind.word)) for kind in QUESTION_KINDS.values()],
        default="single",
    )
    text = Texts(300, word=_("Question"), pair=(_("Question in Chinese"), _("Question in English")))
    options = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["survey", "position"]
        constraints = [models.UniqueConstraint(fields=["survey", "code"], name="profile_code_once_per_survey")]

    def __str__(self) -> str:
        return self.code


class Notice(models.Model):
    """A version of a survey's privacy notice; a response names the one that was consented to."""

    spoken_in = "survey"

    survey = models.ForeignKey("surveys.Survey", on_delete=models.CASCADE, related_name="notices")
    version = models.PositiveSmallIntegerField()
    text = Texts(
        5_000,
        long=True,
        blank=True,
        word=_("Privacy notice"),
        pair=(_("Privacy notice in Chinese"), _("Privacy notice in English")),
    )
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["survey", "version"]
        constraints = [models.UniqueConstraint(fields=["survey", "version"], name="notice_version_once")]

    def __str__(self) -> str:
        return f"{self.survey_id} v{self.version}"


class RuleSet(models.Model):
    """A version of a survey's screening rules, `surveys.questionnaire.screening.Rules.to_json()`."""

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


KEPT = [MinValueValidator(1), MaxValueValidator(3650)]  # days


class Survey(models.Model):
    """One survey of a cycle. Times are UTC; `zone` is the time zone in which they are shown and entered.

    `rules` is `surveys.questionnaire.screening.Rules.to_json()`, a copy of the RuleSet `rules_version`. Items are made
    when the survey is built and frozen with their wording when it opens. `sealed_at` is when a closed anonymous
    survey was finalised: its responses rewritten in key order and its key destroyed. `key_check` is the fingerprint of
    that key (architecture.md, Anonymous means unlinkable). `cluster` is what ties responses together that are not
    independent: CHANNEL, BATCH, or PROFILE and the code of a profile question (scoring.md, Parts).

    A survey answered `elsewhere` was never open: its answers come from files, its dates are those of that fieldwork.

    A `split` survey gives each respondent the issues of `core` (codes) and a drawn part, about `split_issues` issues
    in all unless the group's plan says more. With `attention` one question among the issues asks for the rating
    `attention_value`; with `ranking` a step after them asks which three matter most. `instrument_version` is that of
    the wording with which it was opened (None: not yet). Answers not finished are deleted `drafts_kept_days` after
    they were begun, recipients `recipients_kept_days` after the closing.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    class Level(models.TextChoices):
        SECONDARY = "secondary", _("Secondary issues")
        MIDDLE = "middle", _("Issues of the second of three levels")
        PRIMARY = "primary", _("Primary issues")

    cycle = models.ForeignKey("materiality.Cycle", on_delete=models.PROTECT, related_name="surveys")
    code = models.SlugField(
        _("Code"),
        max_length=40,
        unique=True,
        help_text=_("Ends the address that respondents open: letters a–z, digits and hyphens. It cannot change later."),
        error_messages={"unique": _("There is already a survey with this code.")},
    )
    title = Texts()
    languages = models.JSONField(_("languages"), default=default_languages, editable=False)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.DRAFT)
    level = models.CharField(_("Asks about"), max_length=10, choices=Level.choices, default=Level.SECONDARY)
    k = models.PositiveSmallIntegerField(
        _("Scale"),
        default=5,
        validators=[MinValueValidator(2), MaxValueValidator(10)],
        help_text=_(
            "From “very little” to “very much”, with “don't know” beside it. All surveys of a cycle share one scale."
        ),
    )
    opens_at = models.DateTimeField(_("opens at"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes at"), null=True, blank=True)
    zone = models.CharField(_("Time zone"), max_length=60, default="Asia/Shanghai")
    anonymous = models.BooleanField(
        _("Anonymous"),
        default=False,
        help_text=_(
            "Nothing is stored that ties a response to a person, a token or a moment, and finished answers count once "
            "ten of a group are in. It cannot change once the survey is open."
        ),
    )
    elsewhere = models.BooleanField(_("answered elsewhere"), default=False, editable=False)
    several_per_browser = models.BooleanField(
        _("Several responses from one browser"),
        default=False,
        help_text=_("For a shared device, such as a tablet at an event."),
    )
    introduction = Texts(
        5_000,
        long=True,
        blank=True,
        word=_("Introduction"),
        pair=(_("Introduction in Chinese"), _("Introduction in English")),
    )
    contact = models.CharField(
        _("Contact"),
        max_length=200,
        blank=True,
        help_text=_("Whom respondents can ask: a name with a mail address or a telephone number. On the first page."),
    )
    thanks = Texts(
        5_000, long=True, blank=True, word=_("Thanks"), pair=(_("Thanks in Chinese"), _("Thanks in English"))
    )
    CHANNEL, BATCH, PROFILE = "channel", "batch", "profile:"
    cluster = models.CharField(
        _("Responses belong together by"),
        max_length=60,
        blank=True,
        help_text=_(
            "Where people of one plant, event or list answer alike, their responses tell less than their number says. "
            "Name what they have in common, and the intervals allow for it."
        ),
    )
    question = Texts(
        300, blank=True, word=_("Open question"), pair=(_("Open question in Chinese"), _("Open question in English"))
    )
    notice_version = models.PositiveSmallIntegerField(default=1)
    split = models.BooleanField(
        _("Split the questionnaire"),
        default=False,
        help_text=_("Each respondent gets a part of the issues; together they rate all of them."),
    )
    split_issues = models.PositiveSmallIntegerField(
        _("Issues for each respondent"),
        default=12,
        validators=[MinValueValidator(1), MaxValueValidator(1000)],
        help_text=_("The core included. Groups of few people get more, so that every issue is rated."),
    )
    core = models.JSONField(_("Core: issues that every respondent gets"), default=list, blank=True)
    ranking = models.BooleanField(
        _("Ask which three issues matter most"),
        default=True,
        help_text=_(
            "After the ratings, of the issues that a respondent rated. It is what separates issues where all ratings "
            "lie at the top; it is shown beside the scores and never enters them."
        ),
    )
    instrument_version = models.PositiveSmallIntegerField(null=True, blank=True)
    attention = models.BooleanField(
        _("Ask an attention question"),
        default=False,
        help_text=_(
            "One question among the issues asks for a certain rating. Another rating earns the flag “Attention”, "
            "which does nothing unless the screening rules say so."
        ),
    )
    attention_value = models.PositiveSmallIntegerField(_("Rating that it asks for"), default=2)
    drafts_kept_days = models.PositiveSmallIntegerField(
        _("Days that unfinished answers are kept"),
        default=30,
        validators=KEPT,
        help_text=_("Answers that were begun but never submitted are deleted so many days after they were begun."),
    )
    recipients_kept_days = models.PositiveSmallIntegerField(
        _("Days that recipients are kept"),
        default=30,
        validators=KEPT,
        help_text=_("Names and addresses of invited people are deleted so many days after the survey closed."),
    )
    rules = models.JSONField(default=dict)
    rules_version = models.PositiveSmallIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    opened_at = models.DateTimeField(_("opened at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    sealed_at = models.DateTimeField(null=True, blank=True)
    key_check = models.CharField(max_length=32, blank=True, editable=False)

    class Meta:
        verbose_name = _("Survey")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_at__isnull=True) | Q(closes_at__isnull=True) | Q(opens_at__lt=F("closes_at")),
                name="survey_opens_before_it_closes",
            ),
            models.CheckConstraint(condition=Q(k__gte=2, k__lte=10), name="survey_scale_2_to_10"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def instrument(self) -> Instrument:
        """The version of the instrument with which it was opened; a draft has the one that is current."""
        return INSTRUMENTS[self.instrument_version or CURRENT]


class Item(models.Model):
    """One issue on one dimension; `position` is the place of its byte in a response's ratings."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveIntegerField()
    issue = models.ForeignKey("materiality.Issue", on_delete=models.PROTECT, related_name="items")
    dimension = models.CharField(max_length=8, choices=[("society", _("Society")), ("business", _("Business"))])

    class Meta:
        ordering = ["survey", "position"]
        constraints = [
            models.UniqueConstraint(fields=["survey", "position"], name="item_position_once"),
            models.UniqueConstraint(fields=["survey", "issue", "dimension"], name="item_once_per_survey"),
        ]

    def __str__(self) -> str:
        return f"{self.issue_id}:{self.dimension}"


class ItemText(models.Model):
    """The HTML of one issue's scales in one language, rendered once when the survey opens."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="texts")
    issue = models.ForeignKey("materiality.Issue", on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=10)
    html = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["survey", "language", "issue"], name="item_text_once")]

    def __str__(self) -> str:
        return f"{self.survey_id} {self.issue_id} {self.language}"
