"""The tables at once for a new installation; an older one goes on by the migrations that this one replaces."""

import uuid

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import materiality.platform.bilingual
import surveys.models.invitations
import surveys.models.responses


class Migration(migrations.Migration):
    replaces = [
        ("surveys", "0001_initial"),
        ("surveys", "0002_anonymous_surveys"),
        ("surveys", "0003_import_confirmation"),
        ("surveys", "0004_response_kind"),
        ("surveys", "0005_response_comment"),
        ("surveys", "0006_fieldwork"),
        ("surveys", "0007_mail_addresses"),
        ("surveys", "0008_paper_entries"),
        ("surveys", "0009_draft_without_ready"),
        ("surveys", "0010_words_of_models"),
        ("surveys", "0011_surveys_say_it_once"),
        ("surveys", "0012_secrets_in_keys"),
        ("surveys", "0013_instrument_version"),
        ("surveys", "0014_questions_and_mailings_say_it_once"),
        ("surveys", "0015_import_answers"),
        ("surveys", "0016_holdings"),
        ("surveys", "0017_ranking_step"),
        ("surveys", "0018_contact"),
        ("surveys", "0019_import_elsewhere_withdrawn"),
        ("surveys", "0020_sealed_drafts"),
        ("surveys", "0021_seal_what_is_open"),
        ("surveys", "0022_clusters"),
        ("surveys", "0023_chunks"),
        ("surveys", "0024_texts_in_languages"),
        ("surveys", "0025_draft_history"),
        ("surveys", "0026_counts_of_course"),
        ("surveys", "0027_middle_level"),
    ]
    initial = True

    dependencies = [
        ("materiality", "0001_squashed_0026_point_frequency"),
        ("materiality", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="UnwantedMail",
            fields=[
                ("digest", models.CharField(max_length=64, primary_key=True, serialize=False)),
            ],
        ),
        migrations.CreateModel(
            name="Batch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "channel",
                    models.CharField(
                        choices=[("batch", "Personal links"), ("mail", "Mail")],
                        default="batch",
                        max_length=10,
                        verbose_name="channel",
                    ),
                ),
                ("label", models.CharField(blank=True, max_length=120, verbose_name="label")),
                ("size", models.PositiveIntegerField()),
                ("salt", models.BinaryField(default=surveys.models.invitations.new_salt)),
                ("voided_at", models.DateTimeField(blank=True, null=True, verbose_name="made void at")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="materiality.group"
                    ),
                ),
            ],
            options={
                "verbose_name": "Batch of links",
                "ordering": ["survey", "id"],
            },
        ),
        migrations.CreateModel(
            name="ColumnMatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.SlugField(max_length=60, unique=True)),
                ("tool", models.CharField(blank=True, max_length=40, verbose_name="tool")),
                ("columns", models.JSONField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "Column match",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Survey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.SlugField(
                        error_messages={"unique": "There is already a survey with this code."},
                        help_text="Ends the address that respondents open: letters a–z, digits and hyphens. It cannot change later.",
                        max_length=40,
                        unique=True,
                        verbose_name="Code",
                    ),
                ),
                ("title", materiality.platform.bilingual.Texts()),
                (
                    "languages",
                    models.JSONField(
                        default=materiality.platform.bilingual.default_languages,
                        editable=False,
                        verbose_name="languages",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("open", "Open"), ("closed", "Closed")],
                        default="draft",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("secondary", "Secondary issues"),
                            ("middle", "Issues of the second of three levels"),
                            ("primary", "Primary issues"),
                        ],
                        default="secondary",
                        max_length=10,
                        verbose_name="Asks about",
                    ),
                ),
                (
                    "k",
                    models.PositiveSmallIntegerField(
                        default=5,
                        help_text="From “very little” to “very much”, with “don't know” beside it. All surveys of a cycle share one scale.",
                        validators=[
                            django.core.validators.MinValueValidator(2),
                            django.core.validators.MaxValueValidator(10),
                        ],
                        verbose_name="Scale",
                    ),
                ),
                ("opens_at", models.DateTimeField(blank=True, null=True, verbose_name="opens at")),
                ("closes_at", models.DateTimeField(blank=True, null=True, verbose_name="closes at")),
                ("zone", models.CharField(default="Asia/Shanghai", max_length=60, verbose_name="Time zone")),
                (
                    "anonymous",
                    models.BooleanField(
                        default=False,
                        help_text="Nothing is stored that ties a response to a person, a token or a moment, and finished answers count once ten of a group are in. It cannot change once the survey is open.",
                        verbose_name="Anonymous",
                    ),
                ),
                ("elsewhere", models.BooleanField(default=False, editable=False, verbose_name="answered elsewhere")),
                (
                    "several_per_browser",
                    models.BooleanField(
                        default=False,
                        help_text="For a shared device, such as a tablet at an event.",
                        verbose_name="Several responses from one browser",
                    ),
                ),
                ("introduction", materiality.platform.bilingual.Texts(blank=True)),
                (
                    "contact",
                    models.CharField(
                        blank=True,
                        help_text="Whom respondents can ask: a name with a mail address or a telephone number. On the first page.",
                        max_length=200,
                        verbose_name="Contact",
                    ),
                ),
                ("thanks", materiality.platform.bilingual.Texts(blank=True)),
                (
                    "cluster",
                    models.CharField(
                        blank=True,
                        help_text="Where people of one plant, event or list answer alike, their responses tell less than their number says. Name what they have in common, and the intervals allow for it.",
                        max_length=60,
                        verbose_name="Responses belong together by",
                    ),
                ),
                ("question", materiality.platform.bilingual.Texts(blank=True)),
                ("notice_version", models.PositiveSmallIntegerField(default=1)),
                (
                    "split",
                    models.BooleanField(
                        default=False,
                        help_text="Each respondent gets a part of the issues; together they rate all of them.",
                        verbose_name="Split the questionnaire",
                    ),
                ),
                (
                    "split_issues",
                    models.PositiveSmallIntegerField(
                        default=12,
                        help_text="The core included. Groups of few people get more, so that every issue is rated.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1000),
                        ],
                        verbose_name="Issues for each respondent",
                    ),
                ),
                (
                    "core",
                    models.JSONField(blank=True, default=list, verbose_name="Core: issues that every respondent gets"),
                ),
                (
                    "ranking",
                    models.BooleanField(
                        default=True,
                        help_text="After the ratings, of the issues that a respondent rated. It is what separates issues where all ratings lie at the top; it stands beside the scores and never enters them.",
                        verbose_name="Ask which three issues matter most",
                    ),
                ),
                ("instrument_version", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "attention",
                    models.BooleanField(
                        default=False,
                        help_text="One question among the issues asks for a certain rating. Another rating earns the flag “Attention”, which does nothing unless the screening rules say so.",
                        verbose_name="Ask an attention question",
                    ),
                ),
                (
                    "attention_value",
                    models.PositiveSmallIntegerField(default=2, verbose_name="Rating that it asks for"),
                ),
                (
                    "drafts_kept_days",
                    models.PositiveSmallIntegerField(
                        default=30,
                        help_text="Answers that were begun but never submitted are deleted so many days after they were begun.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(3650),
                        ],
                        verbose_name="Days that unfinished answers are kept",
                    ),
                ),
                (
                    "recipients_kept_days",
                    models.PositiveSmallIntegerField(
                        default=30,
                        help_text="Names and addresses of invited people are deleted so many days after the survey closed.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(3650),
                        ],
                        verbose_name="Days that recipients are kept",
                    ),
                ),
                ("rules", models.JSONField(default=dict)),
                ("rules_version", models.PositiveSmallIntegerField(default=1)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("opened_at", models.DateTimeField(blank=True, null=True, verbose_name="opened at")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed at")),
                ("sealed_at", models.DateTimeField(blank=True, null=True)),
                ("key_check", models.CharField(blank=True, editable=False, max_length=32)),
                (
                    "cycle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="surveys", to="materiality.cycle"
                    ),
                ),
            ],
            options={
                "verbose_name": "Survey",
                "ordering": ["-created_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("opens_at__isnull", True),
                            ("closes_at__isnull", True),
                            ("opens_at__lt", models.F("closes_at")),
                            _connector="OR",
                        ),
                        name="survey_opens_before_it_closes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("k__gte", 2), ("k__lte", 10)), name="survey_scale_2_to_10"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SealedDraft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        default=surveys.models.responses.random_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("channel", models.CharField(default="link", max_length=20)),
                ("page", models.PositiveSmallIntegerField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[("begun", "In progress"), ("finished", "Finished"), ("damaged", "Cannot be opened")],
                        default="begun",
                        max_length=8,
                    ),
                ),
                ("version", models.PositiveIntegerField(default=0)),
                ("counted", models.BooleanField(default=False)),
                ("lookup", models.BinaryField(max_length=16)),
                ("sealed", models.BinaryField()),
                ("part", models.BinaryField(default=bytes)),
                ("begun_on", models.DateField()),
                ("saved_at", models.DateTimeField()),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="materiality.group"
                    ),
                ),
                (
                    "survey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sealed_drafts", to="surveys.survey"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["survey", "state", "group"], name="sealed_draft_state")],
                "constraints": [models.UniqueConstraint(fields=("survey", "lookup"), name="sealed_draft_once")],
            },
        ),
        migrations.CreateModel(
            name="RuleSet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveSmallIntegerField()),
                ("rules", models.JSONField()),
                ("reason", models.TextField(blank=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "survey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rule_sets", to="surveys.survey"
                    ),
                ),
            ],
            options={
                "ordering": ["survey", "version"],
                "constraints": [models.UniqueConstraint(fields=("survey", "version"), name="rule_set_version_once")],
            },
        ),
        migrations.CreateModel(
            name="ResponseImport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("checking", "Being checked"),
                            ("checked", "Waiting for confirmation"),
                            ("stored", "Stored"),
                            ("withdrawn", "Withdrawn"),
                            ("refused", "Cannot be read"),
                            ("discarded", "Discarded"),
                        ],
                        default="checking",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("file_name", models.CharField(max_length=200)),
                ("sha256", models.CharField(max_length=64)),
                ("path", models.CharField(max_length=200)),
                ("error_workbook", models.CharField(blank=True, max_length=200)),
                ("summary", models.JSONField(blank=True, default=dict)),
                ("problem", models.TextField(blank=True)),
                ("match", models.JSONField(blank=True, default=dict)),
                ("match_name", models.CharField(blank=True, max_length=60)),
                ("answers", models.JSONField(blank=True, default=dict)),
                ("withdrawn_reason", models.TextField(blank=True, verbose_name="reason")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("skip_bad_rows", models.BooleanField(default=False, verbose_name="bad rows left out")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("stored_at", models.DateTimeField(blank=True, null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="materiality.job",
                    ),
                ),
                (
                    "survey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="imports", to="surveys.survey"
                    ),
                ),
            ],
            options={
                "verbose_name": "Imported responses",
                "ordering": ["-created_at"],
                "indexes": [models.Index(fields=["survey", "sha256"], name="import_survey_sha256")],
            },
        ),
        migrations.CreateModel(
            name="Response",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("channel", models.CharField(blank=True, max_length=40, verbose_name="channel")),
                ("language", models.CharField(blank=True, max_length=10, verbose_name="language")),
                ("token", models.CharField(blank=True, max_length=200)),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("submitted_at", models.DateTimeField(blank=True, null=True)),
                ("unfinished", models.BooleanField(default=False)),
                ("consent", models.BooleanField(default=True)),
                ("comment", models.TextField(blank=True)),
                ("ratings", models.BinaryField()),
                ("profile", models.JSONField(blank=True, default=dict)),
                ("named", models.JSONField(blank=True, default=list)),
                ("attention", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("notice_version", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("seconds_per_item", models.FloatField(blank=True, null=True)),
                ("flags", models.PositiveIntegerField(default=0)),
                (
                    "overruled",
                    models.PositiveSmallIntegerField(
                        choices=[(0, "as the rules say"), (1, "included by a person"), (2, "excluded by a person")],
                        default=0,
                        verbose_name="decision",
                    ),
                ),
                ("overruled_reason", models.TextField(blank=True)),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="responses", to="materiality.group"
                    ),
                ),
                (
                    "overruled_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="responses",
                        to="surveys.responseimport",
                    ),
                ),
                (
                    "survey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="responses", to="surveys.survey"
                    ),
                ),
            ],
            options={
                "verbose_name": "Response",
                "ordering": ["survey", "id"],
                "indexes": [
                    models.Index(fields=["survey", "id"], name="response_survey_id"),
                    models.Index(
                        condition=models.Q(("comment", ""), _negated=True),
                        fields=["survey", "id"],
                        name="response_comment",
                    ),
                    models.Index(
                        condition=models.Q(("token", ""), _negated=True),
                        fields=["survey", "token"],
                        name="response_token",
                    ),
                    models.Index(fields=["survey", "group", "flags", "overruled", "unfinished"], name="response_kind"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Recipient",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("serial", models.PositiveIntegerField()),
                ("email", models.CharField(max_length=254)),
                ("name", models.CharField(blank=True, max_length=200)),
                ("language", models.CharField(default="zh-hans", max_length=10)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("active", "Can be written to"),
                            ("bounced", "Address does not work"),
                            ("unsubscribed", "Wants no mail"),
                        ],
                        default="active",
                        max_length=12,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="recipients", to="surveys.batch"
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="materiality.group"
                    ),
                ),
                (
                    "survey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="recipients", to="surveys.survey"
                    ),
                ),
            ],
            options={
                "ordering": ["survey", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("survey", "email"), name="recipient_email_once_per_survey"),
                    models.UniqueConstraint(fields=("batch", "serial"), name="recipient_serial_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProfileQuestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "code",
                    models.SlugField(
                        help_text="Names the question in exports: letters a–z, digits and hyphens.",
                        max_length=40,
                        verbose_name="Code",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("single", "One choice"), ("multiple", "Several choices"), ("text", "Short text")],
                        default="single",
                        max_length=8,
                        verbose_name="Kind of answer",
                    ),
                ),
                ("text", materiality.platform.bilingual.Texts()),
                ("options", models.JSONField(blank=True, default=list)),
                (
                    "survey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="profile_questions",
                        to="surveys.survey",
                    ),
                ),
            ],
            options={
                "ordering": ["survey", "position"],
                "constraints": [
                    models.UniqueConstraint(fields=("survey", "code"), name="profile_code_once_per_survey")
                ],
            },
        ),
        migrations.CreateModel(
            name="PaperSheet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                ("language", models.CharField(default="zh-hans", max_length=10, verbose_name="language")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("printed", "Printed"),
                            ("entered", "Entered once"),
                            ("differs", "Entries differ"),
                            ("stored", "Stored"),
                        ],
                        default="printed",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("asked", models.BinaryField()),
                ("sealed", models.BinaryField(default=bytes)),
                ("first", models.BinaryField(default=bytes)),
                ("second", models.BinaryField(default=bytes)),
                ("first_profile", models.JSONField(blank=True, default=dict)),
                ("second_profile", models.JSONField(blank=True, default=dict)),
                ("first_comment", models.TextField(blank=True)),
                ("second_comment", models.TextField(blank=True)),
                ("notice_version", models.PositiveSmallIntegerField(default=1)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "first_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="materiality.group"
                    ),
                ),
                (
                    "second_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "survey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="paper_sheets", to="surveys.survey"
                    ),
                ),
            ],
            options={
                "verbose_name": "Paper sheet",
                "ordering": ["survey", "number"],
                "constraints": [models.UniqueConstraint(fields=("survey", "number"), name="paper_number_once")],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveSmallIntegerField()),
                ("text", materiality.platform.bilingual.Texts(blank=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "survey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="notices", to="surveys.survey"
                    ),
                ),
            ],
            options={
                "ordering": ["survey", "version"],
                "constraints": [models.UniqueConstraint(fields=("survey", "version"), name="notice_version_once")],
            },
        ),
        migrations.CreateModel(
            name="Mailing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("invitation", "Invitation"), ("reminder", "Reminder")],
                        default="invitation",
                        max_length=10,
                        verbose_name="Kind",
                    ),
                ),
                ("subject", materiality.platform.bilingual.Texts()),
                ("body", materiality.platform.bilingual.Texts()),
                ("address", models.CharField(blank=True, max_length=200)),
                (
                    "per_minute",
                    models.PositiveIntegerField(
                        default=60,
                        help_text="As many as your mail provider allows.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(6000),
                        ],
                        verbose_name="Mails a minute",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("sending", "Being sent"),
                            ("paused", "Paused"),
                            ("sent", "Sent"),
                            ("stopped", "Stopped"),
                        ],
                        default="sending",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("claim", models.CharField(blank=True, max_length=32)),
                ("claimed_at", models.DateTimeField(blank=True, null=True)),
                ("problem", models.TextField(blank=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "survey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="mailings", to="surveys.survey"
                    ),
                ),
            ],
            options={
                "verbose_name": "Mailing",
                "ordering": ["survey", "-id"],
            },
        ),
        migrations.CreateModel(
            name="ItemText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("language", models.CharField(max_length=10)),
                ("html", models.TextField()),
                (
                    "issue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="materiality.issue"
                    ),
                ),
                (
                    "survey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="texts", to="surveys.survey"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("survey", "language", "issue"), name="item_text_once")],
            },
        ),
        migrations.CreateModel(
            name="Item",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField()),
                (
                    "dimension",
                    models.CharField(choices=[("society", "Society"), ("business", "Business")], max_length=8),
                ),
                (
                    "issue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="items", to="materiality.issue"
                    ),
                ),
                (
                    "survey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="items", to="surveys.survey"
                    ),
                ),
            ],
            options={
                "ordering": ["survey", "position"],
                "constraints": [
                    models.UniqueConstraint(fields=("survey", "position"), name="item_position_once"),
                    models.UniqueConstraint(fields=("survey", "issue", "dimension"), name="item_once_per_survey"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Holding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("figures", models.JSONField()),
                ("seal", models.CharField(max_length=64)),
                ("key", models.CharField(max_length=32)),
                (
                    "survey",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="holding", to="surveys.survey"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="GroupPlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("society", models.BooleanField(default=True)),
                ("business", models.BooleanField(default=True)),
                ("left_out", models.JSONField(blank=True, default=list)),
                ("expected", models.PositiveIntegerField(default=0)),
                ("issues_each", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="materiality.group"
                    ),
                ),
                (
                    "survey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="plans", to="surveys.survey"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("survey", "group"), name="plan_once_per_group")],
            },
        ),
        migrations.CreateModel(
            name="FieldworkFigures",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("figures", models.JSONField()),
                ("counted_at", models.DateTimeField()),
                (
                    "survey",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="figures", to="surveys.survey"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("channel", models.CharField(default="link", max_length=20)),
                ("language", models.CharField(max_length=10)),
                ("serial", models.PositiveIntegerField(blank=True, null=True)),
                ("ratings", models.BinaryField()),
                ("comment", models.TextField(blank=True)),
                ("profile", models.JSONField(blank=True, default=dict)),
                ("attention", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("notice_version", models.PositiveSmallIntegerField(default=1)),
                ("page", models.PositiveSmallIntegerField(default=0)),
                ("counted", models.BooleanField(default=False)),
                ("history", models.BinaryField(default=bytes)),
                ("started_at", models.DateTimeField()),
                ("saved_at", models.DateTimeField(blank=True, null=True)),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="surveys.batch",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="materiality.group"
                    ),
                ),
                (
                    "survey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="drafts", to="surveys.survey"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("batch__isnull", False)),
                        fields=("batch", "serial"),
                        name="draft_once_per_link",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Chunk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("after", models.UUIDField(null=True)),
                ("upto", models.UUIDField(null=True)),
                ("counted", models.BinaryField(default=bytes)),
                (
                    "job",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="chunk", to="materiality.job"
                    ),
                ),
                (
                    "whole",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="chunks", to="materiality.job"
                    ),
                ),
                (
                    "survey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="surveys.survey"
                    ),
                ),
            ],
            options={
                "ordering": ["whole", "survey", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("whole", "survey", "number"), name="chunk_once_per_job")
                ],
            },
        ),
        migrations.AddField(
            model_name="batch",
            name="survey",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="batches", to="surveys.survey"
            ),
        ),
        migrations.CreateModel(
            name="Assignments",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("counts", models.BinaryField()),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="materiality.group"
                    ),
                ),
                (
                    "survey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="assignments", to="surveys.survey"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("survey", "group"), name="assignments_once_per_group")],
            },
        ),
        migrations.CreateModel(
            name="AnonymousComment",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("text", models.TextField()),
                (
                    "survey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="anonymous_comments",
                        to="surveys.survey",
                    ),
                ),
            ],
            options={
                "ordering": ["survey", "id"],
            },
        ),
        migrations.CreateModel(
            name="AnonymousAnswer",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("question", models.SlugField(max_length=40)),
                ("answer", models.TextField()),
                (
                    "survey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="anonymous_answers",
                        to="surveys.survey",
                    ),
                ),
            ],
            options={
                "ordering": ["survey", "id"],
            },
        ),
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "measure",
                    models.CharField(
                        choices=[
                            ("opened", "Opened"),
                            ("started", "Started"),
                            ("broken_off", "Broken Off"),
                            ("submitted", "Submitted"),
                            ("day", "Day"),
                            ("burst", "Burst"),
                            ("mode", "Mode"),
                            ("course", "Course"),
                            ("seconds", "Seconds"),
                            ("unknown", "Unknown"),
                        ],
                        max_length=10,
                    ),
                ),
                ("group", models.CharField(blank=True, max_length=40)),
                ("channel", models.CharField(blank=True, max_length=40)),
                ("place", models.IntegerField(default=0)),
                ("number", models.BigIntegerField(default=0)),
                (
                    "survey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="tallies", to="surveys.survey"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("survey", "measure", "group", "channel", "place"), name="tally_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="UsedLinks",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("block", models.PositiveIntegerField()),
                ("bits", models.BinaryField()),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="used", to="surveys.batch"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("batch", "block"), name="used_links_block_once")],
            },
        ),
        migrations.CreateModel(
            name="WithdrawnResponses",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("rows", models.BinaryField()),
                (
                    "imported",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="withdrawn",
                        to="surveys.responseimport",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("sending", "Being sent"),
                            ("sent", "Sent"),
                            ("failed", "Could not be sent"),
                            ("left_out", "Left out"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("next_try_at", models.DateTimeField(blank=True, null=True)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("problem", models.CharField(blank=True, max_length=300)),
                (
                    "mailing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="deliveries", to="surveys.mailing"
                    ),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="deliveries", to="surveys.recipient"
                    ),
                ),
            ],
            options={
                "ordering": ["mailing", "id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["waiting", "sending"])),
                        fields=["mailing", "id"],
                        name="delivery_due",
                    )
                ],
                "constraints": [models.UniqueConstraint(fields=("mailing", "recipient"), name="delivery_once")],
            },
        ),
    ]
