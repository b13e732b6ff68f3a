"""The tables at once for a new installation; an older one goes on by the migrations that this one replaces."""

import uuid
from importlib import import_module

import django.contrib.auth.models
import django.contrib.auth.validators
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import materiality.platform.bilingual

audit_rows = import_module("materiality.migrations.0005_audit_rows")
three_levels = import_module("materiality.migrations.0022_three_levels")
editions_keep = import_module("materiality.migrations.0023_category_status")


class Migration(migrations.Migration):
    replaces = [
        ("materiality", "0001_initial"),
        ("materiality", "0002_two_levels"),
        ("materiality", "0003_score_details"),
        ("materiality", "0004_living_library"),
        ("materiality", "0005_audit_rows"),
        ("materiality", "0006_editions_keep"),
        ("materiality", "0007_reminder_sent_to"),
        ("materiality", "0008_scoring_version_2"),
        ("materiality", "0009_words_of_models"),
        ("materiality", "0010_staff_says_it_once"),
        ("materiality", "0011_keys_outside"),
        ("materiality", "0012_audited_parts"),
        ("materiality", "0013_confirmed_steps"),
        ("materiality", "0014_kept_runs"),
        ("materiality", "0015_event_mac"),
        ("materiality", "0016_second_factors"),
        ("materiality", "0017_anchor_by_mail"),
        ("materiality", "0018_kept_out"),
        ("materiality", "0019_cycle_published_on"),
        ("materiality", "0020_reported_figures"),
        ("materiality", "0021_texts_in_languages"),
        ("materiality", "0022_three_levels"),
        ("materiality", "0023_category_status"),
        ("materiality", "0024_review"),
        ("materiality", "0025_frameworks_and_indicators"),
        ("materiality", "0026_point_frequency"),
    ]
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="Cycle",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.SlugField(
                        error_messages={"unique": "There is already a cycle with this code."},
                        help_text="Short name in addresses and files: letters a–z, digits and hyphens. It cannot change later.",
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
                ("period_start", models.DateField(verbose_name="Period from")),
                ("period_end", models.DateField(verbose_name="Period to")),
                (
                    "published_on",
                    models.DateField(
                        blank=True,
                        help_text="Planned or real. It decides which standards are in force and what a number means.",
                        null=True,
                        verbose_name="Day of publication",
                    ),
                ),
                (
                    "gri_edition",
                    models.CharField(
                        choices=[("2016", "GRI 2016"), ("2021", "GRI 2021")],
                        default="2021",
                        help_text="The edition of the GRI Standards whose disclosures the content index names.",
                        max_length=4,
                        verbose_name="GRI edition",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("open", "Open"),
                            ("closed", "Closed"),
                            ("in_review", "In review"),
                            ("signed_off", "Signed off"),
                            ("archived", "Archived"),
                        ],
                        default="draft",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("method", models.JSONField(default=dict, verbose_name="method")),
                (
                    "confirmed",
                    models.JSONField(blank=True, default=dict, editable=False, verbose_name="confirmed steps"),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "Cycle",
                "ordering": ["-period_end", "-created_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("period_start__lte", models.F("period_end"))), name="cycle_period_in_order"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="KeyCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("purpose", models.CharField(max_length=40, unique=True)),
                ("fingerprint", models.CharField(max_length=32)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                ("last_name", models.CharField(blank=True, max_length=150, verbose_name="last name")),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False,
                        help_text="Designates whether the user can log into this admin site.",
                        verbose_name="staff status",
                    ),
                ),
                ("date_joined", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date joined")),
                (
                    "username",
                    models.CharField(
                        help_text="For logging in: letters, digits and @ . + - _",
                        max_length=150,
                        unique=True,
                        validators=[django.contrib.auth.validators.UnicodeUsernameValidator()],
                        verbose_name="User name",
                    ),
                ),
                (
                    "first_name",
                    models.CharField(help_text="As it stands in the audit trail.", max_length=150, verbose_name="Name"),
                ),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="E-mail")),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Whoever has left is deactivated; what they did stays.",
                        verbose_name="May log in",
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("viewer", "Viewer"),
                            ("analyst", "Analyst"),
                            ("lead", "Lead"),
                            ("committee", "Committee member"),
                            ("administrator", "Administrator"),
                        ],
                        default="viewer",
                        max_length=20,
                        verbose_name="Role",
                    ),
                ),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
                (
                    "cycles",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Of a viewer: the only cycles they see; none means all. Before the sign-off scores are seen by those who are named here, by analysts, leads and the committee.",
                        related_name="viewers",
                        to="materiality.cycle",
                        verbose_name="Cycles",
                    ),
                ),
            ],
            options={
                "verbose_name": "Person",
                "verbose_name_plural": "users",
                "abstract": False,
            },
            managers=[
                ("objects", django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name="AuditColumns",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("object_type", models.CharField(max_length=60)),
                ("names", models.TextField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("object_type", "names"), name="audit_columns_once")],
            },
        ),
        migrations.CreateModel(
            name="AuditPerson",
            fields=[
                ("reference", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(blank=True, max_length=200)),
                (
                    "user",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "Person",
            },
        ),
        migrations.CreateModel(
            name="AuditEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.BigIntegerField(unique=True)),
                ("at", models.DateTimeField()),
                ("action", models.CharField(max_length=60)),
                ("object_type", models.CharField(max_length=60)),
                ("object_id", models.CharField(max_length=60)),
                ("object_text", models.CharField(blank=True, max_length=200)),
                ("before", models.JSONField(blank=True, default=dict)),
                ("after", models.JSONField(blank=True, default=dict)),
                ("reason", models.TextField(blank=True)),
                ("row_digest", models.CharField(blank=True, max_length=64)),
                ("touched_digest", models.CharField(blank=True, max_length=64)),
                ("previous_hash", models.CharField(blank=True, max_length=64)),
                ("hash", models.CharField(max_length=64)),
                ("mac", models.BinaryField(null=True)),
                (
                    "columns",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="materiality.auditcolumns",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="materiality.auditperson",
                    ),
                ),
            ],
            options={
                "ordering": ["-number"],
                "indexes": [
                    models.Index(fields=["object_type", "object_id", "number"], name="audit_object"),
                    models.Index(fields=["person", "number"], name="audit_person"),
                    models.Index(fields=["action", "number"], name="audit_action"),
                    models.Index(fields=["at"], name="audit_at"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Calendar",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "review_months",
                    models.PositiveSmallIntegerField(
                        default=6,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(60),
                        ],
                        verbose_name="Months from one review of the library to the next",
                    ),
                ),
                (
                    "survey_months",
                    models.PositiveSmallIntegerField(
                        default=2,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(60),
                        ],
                        verbose_name="Months from one survey to the next",
                    ),
                ),
                (
                    "remind_days_before",
                    models.PositiveSmallIntegerField(
                        default=14,
                        validators=[django.core.validators.MaxValueValidator(365)],
                        verbose_name="Days before the due date when staff are reminded",
                    ),
                ),
            ],
            options={
                "verbose_name": "Calendar",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("pk", 1)), name="one_calendar"),
                    models.CheckConstraint(
                        condition=models.Q(("review_months__gte", 1), ("survey_months__gte", 1)), name="calendar_months"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Disclosure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=20, verbose_name="code")),
                ("title", materiality.platform.bilingual.Texts()),
                ("standard_code", models.CharField(blank=True, max_length=20)),
                ("standard_title", materiality.platform.bilingual.Texts(blank=True)),
                ("standard_year", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("series", models.CharField(blank=True, max_length=20)),
                ("colour", models.CharField(blank=True, max_length=7)),
                ("order", models.PositiveIntegerField(default=0, verbose_name="order")),
                ("kind", models.CharField(blank=True, max_length=40, verbose_name="kind")),
                ("identity", models.CharField(blank=True, max_length=30)),
                ("effective_from", models.DateField(blank=True, null=True, verbose_name="In force from")),
                ("withdrawn_from", models.DateField(blank=True, null=True, verbose_name="In force until")),
                ("replaced_by", models.CharField(blank=True, max_length=120, verbose_name="Replaced by")),
                (
                    "code_official",
                    models.BooleanField(
                        default=True,
                        help_text="A code that is not is never printed, only its title.",
                        verbose_name="Official code",
                    ),
                ),
                ("own_wording", models.JSONField(blank=True, default=list, verbose_name="Own wording")),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="materiality.disclosure",
                        verbose_name="primary issue",
                    ),
                ),
            ],
            options={
                "verbose_name": "Disclosure",
                "ordering": ["framework", "order"],
            },
        ),
        migrations.CreateModel(
            name="Crosswalk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "relation",
                    models.CharField(
                        choices=[
                            ("equal", "equal"),
                            ("moved", "moved"),
                            ("merged", "merged"),
                            ("split", "split"),
                            ("part", "part"),
                            ("reworked", "reworked"),
                            ("withdrawn", "withdrawn"),
                        ],
                        max_length=12,
                    ),
                ),
                ("note", materiality.platform.bilingual.Texts(blank=True, default=dict)),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="successors",
                        to="materiality.disclosure",
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="predecessors",
                        to="materiality.disclosure",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("source", "target", "relation"), name="crosswalk_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("target__isnull", True)),
                        fields=("source", "relation"),
                        name="crosswalk_to_nothing_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DisclosureLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("basis", models.CharField(blank=True, max_length=200)),
                (
                    "disclosure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="goal_links",
                        to="materiality.disclosure",
                    ),
                ),
                (
                    "goal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="disclosure_links",
                        to="materiality.disclosure",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("disclosure", "goal"), name="disclosure_link_once")],
            },
        ),
        migrations.CreateModel(
            name="Edition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.SlugField(
                        help_text="Short name in addresses and files: letters a–z, digits and hyphens. It cannot change later.",
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
                        choices=[("draft", "Draft"), ("published", "In force"), ("superseded", "Superseded")],
                        default="draft",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                (
                    "note",
                    models.TextField(
                        blank=True,
                        help_text="What the review is about, for those who look back.",
                        verbose_name="Note on the edition",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                (
                    "based_on",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="successors",
                        to="materiality.edition",
                    ),
                ),
            ],
            options={
                "verbose_name": "Edition",
                "ordering": ["-created_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "published")), fields=("state",), name="one_edition_in_force"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state", "draft"), ("published_at__isnull", False), _connector="OR"),
                        name="published_edition_has_a_date",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="cycle",
            name="edition",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="cycles", to="materiality.edition"
            ),
        ),
        migrations.CreateModel(
            name="Category",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.SlugField(
                        help_text="Names the category in files and over editions. It cannot change later.",
                        max_length=40,
                        verbose_name="code",
                    ),
                ),
                ("name", materiality.platform.bilingual.Texts()),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                (
                    "status",
                    models.CharField(
                        choices=[("active", "Active"), ("retired", "Retired")],
                        default="active",
                        max_length=8,
                        verbose_name="status",
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="categories", to="materiality.edition"
                    ),
                ),
            ],
            options={
                "verbose_name": "Category",
                "ordering": ["order", "code"],
                "constraints": [
                    models.UniqueConstraint(fields=("edition", "code"), name="category_code_once_per_edition")
                ],
            },
        ),
        migrations.CreateModel(
            name="EditionChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("action", models.CharField(max_length=40)),
                ("object_text", models.CharField(blank=True, max_length=200)),
                ("reason", models.TextField(blank=True)),
                ("before", models.JSONField(default=dict)),
                ("after", models.JSONField(default=dict)),
                ("undone", models.BooleanField(default=False)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="changes", to="materiality.edition"
                    ),
                ),
            ],
            options={
                "ordering": ["edition", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Engagement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("interview", "Interview"),
                            ("focus_group", "Focus group"),
                            ("hotline", "Hotline"),
                            ("meeting", "Meeting"),
                            ("visit", "Visit"),
                            ("workshop", "Workshop"),
                            ("other", "Other"),
                        ],
                        max_length=12,
                        verbose_name="Kind",
                    ),
                ),
                ("date", models.DateField(verbose_name="Date")),
                (
                    "participants",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Empty: not counted.",
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(10000000)],
                        verbose_name="Participants",
                    ),
                ),
                ("title", materiality.platform.bilingual.Texts(blank=True)),
                (
                    "note",
                    models.TextField(
                        blank=True,
                        help_text="What was said. Leave out names and whatever else could point to a person.",
                        max_length=20000,
                        verbose_name="Note",
                    ),
                ),
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
                    "cycle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="engagements", to="materiality.cycle"
                    ),
                ),
            ],
            options={
                "verbose_name": "Engagement record",
                "ordering": ["-date", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file_name", models.CharField(max_length=200)),
                ("path", models.CharField(max_length=200)),
                ("sha256", models.CharField(max_length=64)),
                ("content_type", models.CharField(max_length=100)),
                ("size", models.PositiveBigIntegerField(verbose_name="size in bytes")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "engagement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attachments",
                        to="materiality.engagement",
                    ),
                ),
            ],
            options={
                "verbose_name": "Attachment",
                "ordering": ["engagement", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Factor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("app", "Authenticator app"), ("codes", "Recovery codes"), ("passkey", "Passkey")],
                        max_length=8,
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=80, verbose_name="Name")),
                ("secret", models.BinaryField()),
                ("used", models.BigIntegerField(default=0)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="factors", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "Second factor",
                "ordering": ["kind", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Framework",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=20, verbose_name="code")),
                ("edition", models.CharField(max_length=20, verbose_name="edition")),
                ("title", materiality.platform.bilingual.Texts()),
                ("publisher", models.CharField(blank=True, max_length=300, verbose_name="Publisher")),
                (
                    "column",
                    models.SlugField(
                        blank=True,
                        help_text="Names the framework in spreadsheets of issues. Empty: it has no column there.",
                        max_length=40,
                        verbose_name="Column",
                    ),
                ),
                ("note", materiality.platform.bilingual.Texts(blank=True, default=dict)),
                ("in_force_from", models.DateField(blank=True, null=True, verbose_name="In force from")),
                (
                    "in_force_until",
                    models.DateField(
                        blank=True,
                        help_text="The first day on which it is not in force.",
                        null=True,
                        verbose_name="In force until",
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=1000, verbose_name="order")),
                (
                    "successor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="predecessors",
                        to="materiality.framework",
                        verbose_name="Successor",
                    ),
                ),
            ],
            options={
                "verbose_name": "Framework",
                "ordering": ["order", "code", "edition"],
                "constraints": [
                    models.UniqueConstraint(fields=("code", "edition"), name="framework_edition_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("column", ""), _negated=True),
                        fields=("column",),
                        name="framework_column_once",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="disclosure",
            name="framework",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="disclosures", to="materiality.framework"
            ),
        ),
        migrations.CreateModel(
            name="FrameworkValue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("issue", models.CharField(max_length=40, verbose_name="Issue code")),
                ("value", models.FloatField(verbose_name="Value")),
                ("unit", models.CharField(blank=True, max_length=60, verbose_name="Unit")),
                (
                    "disclosure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="values", to="materiality.disclosure"
                    ),
                ),
            ],
            options={
                "verbose_name": "Number of a framework",
                "ordering": ["issue", "disclosure"],
                "constraints": [models.UniqueConstraint(fields=("issue", "disclosure"), name="framework_value_once")],
            },
        ),
        migrations.CreateModel(
            name="Group",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.SlugField(
                        help_text="Names the group in files of responses. It cannot change later.",
                        max_length=40,
                        verbose_name="Code",
                    ),
                ),
                ("name", materiality.platform.bilingual.Texts()),
                ("definition", materiality.platform.bilingual.Texts(blank=True)),
                (
                    "side",
                    models.CharField(
                        choices=[("internal", "Internal"), ("external", "External")],
                        default="external",
                        max_length=8,
                        verbose_name="Side",
                    ),
                ),
                (
                    "weight_society",
                    models.FloatField(
                        default=1,
                        validators=[django.core.validators.MinValueValidator(0, "A weight cannot be below 0.")],
                        verbose_name="Weight for impact on society",
                    ),
                ),
                (
                    "weight_business",
                    models.FloatField(
                        default=1,
                        validators=[django.core.validators.MinValueValidator(0, "A weight cannot be below 0.")],
                        verbose_name="Weight for impact on business",
                    ),
                ),
                (
                    "target",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="How many responses you hope for; 0 if there is no target.",
                        verbose_name="Target",
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=0, editable=False, verbose_name="order")),
                (
                    "cycle",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="groups",
                        to="materiality.cycle",
                    ),
                ),
            ],
            options={
                "verbose_name": "Stakeholder group",
                "ordering": ["order", "code"],
                "constraints": [
                    models.UniqueConstraint(fields=("cycle", "code"), name="group_code_once_per_cycle"),
                    models.CheckConstraint(
                        condition=models.Q(("weight_business__gte", 0), ("weight_society__gte", 0)),
                        name="group_weights_not_negative",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="engagement",
            name="group",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="engagements", to="materiality.group"
            ),
        ),
        migrations.CreateModel(
            name="Indicator",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("issue", models.CharField(max_length=40, verbose_name="Issue code")),
                (
                    "code",
                    models.SlugField(help_text="Names the indicator in files.", max_length=40, verbose_name="Code"),
                ),
                ("name", materiality.platform.bilingual.Texts()),
                (
                    "unit",
                    models.CharField(
                        blank=True, help_text="Such as hours, CNY or %.", max_length=60, verbose_name="Unit"
                    ),
                ),
                (
                    "baseline_year",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1900),
                            django.core.validators.MaxValueValidator(2200),
                        ],
                        verbose_name="Baseline year",
                    ),
                ),
                ("baseline", models.FloatField(blank=True, null=True, verbose_name="Baseline")),
                (
                    "target_year",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1900),
                            django.core.validators.MaxValueValidator(2200),
                        ],
                        verbose_name="Target year",
                    ),
                ),
                ("target", models.FloatField(blank=True, null=True, verbose_name="Target value")),
                ("source", models.CharField(blank=True, max_length=300, verbose_name="Source")),
                (
                    "owner",
                    models.CharField(
                        blank=True, help_text="A department rather than a person.", max_length=200, verbose_name="Owner"
                    ),
                ),
                ("values", models.JSONField(blank=True, default=dict, editable=False, verbose_name="Yearly values")),
                ("order", models.PositiveIntegerField(default=0, editable=False, verbose_name="order")),
            ],
            options={
                "verbose_name": "Indicator",
                "ordering": ["issue", "order", "code"],
                "constraints": [models.UniqueConstraint(fields=("issue", "code"), name="indicator_once_per_issue")],
            },
        ),
        migrations.CreateModel(
            name="Issue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40, verbose_name="code")),
                ("name", materiality.platform.bilingual.Texts()),
                ("definition", materiality.platform.bilingual.Texts(blank=True)),
                ("groups", models.JSONField(blank=True, default=list, verbose_name="groups")),
                (
                    "status",
                    models.CharField(
                        choices=[("active", "Active"), ("retired", "Retired")],
                        default="active",
                        max_length=8,
                        verbose_name="status",
                    ),
                ),
                ("order", models.PositiveIntegerField(default=0, verbose_name="order")),
                ("version", models.PositiveIntegerField(default=1)),
                ("changed", models.JSONField(blank=True, default=dict)),
                (
                    "category",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="issues", to="materiality.category"
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="issues", to="materiality.edition"
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="secondaries",
                        to="materiality.issue",
                        verbose_name="primary issue",
                    ),
                ),
            ],
            options={
                "verbose_name": "Issue",
                "ordering": ["code"],
                "constraints": [
                    models.UniqueConstraint(fields=("edition", "code"), name="issue_code_once_per_edition"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("parent__isnull", True),
                            models.Q(("parent", models.F("id")), _negated=True),
                            _connector="OR",
                        ),
                        name="issue_is_not_its_own_parent",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Erratum",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("field", models.CharField(max_length=40)),
                ("old_text", models.TextField()),
                ("new_text", models.TextField()),
                ("reason", models.TextField(verbose_name="reason")),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "issue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="errata", to="materiality.issue"
                    ),
                ),
            ],
            options={
                "verbose_name": "Erratum",
                "ordering": ["issue", "pk"],
            },
        ),
        migrations.AddField(
            model_name="engagement",
            name="issues",
            field=models.ManyToManyField(
                blank=True, related_name="engagements", to="materiality.issue", verbose_name="Issues touched"
            ),
        ),
        migrations.CreateModel(
            name="IssueMapping",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("equal", "the same"),
                            ("part", "the issue is a part of it"),
                            ("whole", "it is a part of the issue"),
                            ("related", "related"),
                        ],
                        default="equal",
                        max_length=8,
                        verbose_name="Type",
                    ),
                ),
                (
                    "disclosure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mappings",
                        to="materiality.disclosure",
                    ),
                ),
                (
                    "issue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="mappings", to="materiality.issue"
                    ),
                ),
            ],
            options={
                "verbose_name": "Mapping",
                "ordering": ["disclosure__framework", "disclosure__order"],
                "constraints": [models.UniqueConstraint(fields=("issue", "disclosure"), name="issue_mapping_once")],
            },
        ),
        migrations.AddField(
            model_name="issue",
            name="disclosures",
            field=models.ManyToManyField(
                related_name="issues", through="materiality.IssueMapping", to="materiality.disclosure"
            ),
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=40)),
                ("inputs", models.JSONField(default=dict)),
                ("language", models.CharField(default="zh-hans", max_length=10)),
                (
                    "state",
                    models.CharField(
                        choices=[("queued", "Waiting"), ("running", "Running"), ("done", "Done"), ("failed", "Failed")],
                        default="queued",
                        max_length=8,
                    ),
                ),
                ("progress", models.PositiveSmallIntegerField(default=0)),
                ("progress_text", models.CharField(blank=True, max_length=200)),
                ("claim", models.CharField(blank=True, max_length=32)),
                ("attempt", models.PositiveSmallIntegerField(default=0)),
                ("heartbeat_at", models.DateTimeField(blank=True, null=True)),
                ("error", models.TextField(blank=True)),
                ("result", models.JSONField(blank=True, default=dict)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "cycle",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="jobs",
                        to="materiality.cycle",
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at"],
                "indexes": [models.Index(fields=["state", "heartbeat_at"], name="job_state_heartbeat")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("progress__gte", 0), ("progress__lte", 100)),
                        name="job_progress_is_a_percentage",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Lineage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("kept", "kept"),
                            ("renamed", "renamed"),
                            ("moved", "moved"),
                            ("merged", "merged"),
                            ("split", "split"),
                            ("added", "added"),
                            ("retired", "retired"),
                        ],
                        max_length=8,
                    ),
                ),
                ("reason", models.TextField(blank=True)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lineage", to="materiality.edition"
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="descendants",
                        to="materiality.issue",
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ancestors",
                        to="materiality.issue",
                    ),
                ),
            ],
            options={
                "ordering": ["edition", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("edition", "source", "target"), name="lineage_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("source__isnull", True)),
                        fields=("edition", "target"),
                        name="lineage_added_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("target__isnull", True)),
                        fields=("edition", "source"),
                        name="lineage_retired_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source__isnull", False), ("target__isnull", False), _connector="OR"),
                        name="lineage_has_an_end",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MappingProposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "To be decided"), ("confirmed", "Confirmed"), ("dismissed", "Dismissed")],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "crosswalk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="proposals",
                        to="materiality.crosswalk",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "issue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mapping_proposals",
                        to="materiality.issue",
                    ),
                ),
            ],
            options={
                "verbose_name": "Proposed mapping",
                "ordering": ["issue", "pk"],
                "constraints": [models.UniqueConstraint(fields=("issue", "crosswalk"), name="mapping_proposal_once")],
            },
        ),
        migrations.CreateModel(
            name="OwnGroup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.SlugField(
                        help_text="Names the group in files of responses. It cannot change later.",
                        max_length=40,
                        verbose_name="Code",
                    ),
                ),
                ("name", materiality.platform.bilingual.Texts()),
                ("definition", materiality.platform.bilingual.Texts(blank=True)),
                (
                    "side",
                    models.CharField(
                        choices=[("internal", "Internal"), ("external", "External")],
                        default="external",
                        max_length=8,
                        verbose_name="Side",
                    ),
                ),
                (
                    "weight_society",
                    models.FloatField(
                        default=1,
                        validators=[django.core.validators.MinValueValidator(0, "A weight cannot be below 0.")],
                        verbose_name="Weight for impact on society",
                    ),
                ),
                (
                    "weight_business",
                    models.FloatField(
                        default=1,
                        validators=[django.core.validators.MinValueValidator(0, "A weight cannot be below 0.")],
                        verbose_name="Weight for impact on business",
                    ),
                ),
                (
                    "target",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="How many responses you hope for; 0 if there is no target.",
                        verbose_name="Target",
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=0, editable=False, verbose_name="order")),
            ],
            options={
                "verbose_name": "Group of the organisation",
                "ordering": ["order", "code"],
                "constraints": [
                    models.UniqueConstraint(fields=("code",), name="own_group_code_once"),
                    models.CheckConstraint(
                        condition=models.Q(("weight_business__gte", 0), ("weight_society__gte", 0)),
                        name="own_group_weights_not_negative",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("new", "New issue"), ("change", "Change"), ("retire", "Retire")],
                        max_length=8,
                        verbose_name="Kind",
                    ),
                ),
                (
                    "origin",
                    models.CharField(
                        choices=[("staff", "Staff"), ("respondent", "Respondent"), ("import", "Import")],
                        default="staff",
                        max_length=12,
                    ),
                ),
                ("name", materiality.platform.bilingual.Texts(blank=True)),
                ("text", materiality.platform.bilingual.Texts(blank=True)),
                (
                    "reason",
                    models.TextField(
                        blank=True,
                        help_text="Why the library should change. Leave out what could point to a person.",
                        max_length=20000,
                        verbose_name="Reason",
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        blank=True,
                        help_text="Where it comes from: a standard, a meeting, a report, a link.",
                        max_length=300,
                        verbose_name="Source",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "To be decided"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                            ("deferred", "Deferred"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("decision_reason", models.TextField(blank=True)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
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
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="proposals",
                        to="materiality.edition",
                    ),
                ),
                (
                    "issue",
                    models.ForeignKey(
                        blank=True,
                        help_text="The issue to change or retire; empty for a new one.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposals",
                        to="materiality.issue",
                    ),
                ),
            ],
            options={
                "verbose_name": "Suggestion",
                "ordering": ["-created_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "open"),
                            models.Q(("decided_at__isnull", False), models.Q(("decision_reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="decided_proposal_has_date_and_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind", "new"), ("issue__isnull", False), _connector="OR"),
                        name="proposal_to_change_names_an_issue",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("review", "Library review"),
                            ("survey", "Survey"),
                            ("anchor", "Anchor of the audit trail"),
                        ],
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                ("due_on", models.DateField()),
                ("sent_at", models.DateTimeField(auto_now_add=True)),
                ("recipients", models.PositiveIntegerField(default=0, verbose_name="recipients")),
                ("sent_to", models.JSONField(blank=True, default=list)),
            ],
            options={
                "verbose_name": "Reminder",
                "ordering": ["-due_on"],
                "constraints": [models.UniqueConstraint(fields=("kind", "due_on"), name="reminder_once")],
            },
        ),
        migrations.CreateModel(
            name="ReportedFigure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "dimension",
                    models.CharField(
                        choices=[("society", "Society"), ("business", "Business")],
                        max_length=8,
                        verbose_name="Dimension",
                    ),
                ),
                ("n", models.PositiveIntegerField(verbose_name="Number of ratings")),
                ("mean", models.FloatField(blank=True, null=True, verbose_name="Mean")),
                ("scale", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="Points of the scale")),
                ("score", models.FloatField(blank=True, null=True, verbose_name="Score")),
                ("sd", models.FloatField(blank=True, null=True, verbose_name="Standard deviation")),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="Reported by")),
                (
                    "cycle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reported_figures",
                        to="materiality.cycle",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="materiality.group"
                    ),
                ),
                (
                    "issue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="materiality.issue"
                    ),
                ),
            ],
            options={
                "verbose_name": "Figure from elsewhere",
                "ordering": ["cycle", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("cycle", "group", "issue", "dimension"), name="reported_figure_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("mean__isnull", False), ("scale__isnull", False)),
                            ("score__isnull", False),
                            _connector="OR",
                        ),
                        name="reported_figure_has_value",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Run",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                ("name", models.CharField(blank=True, max_length=100, verbose_name="name of the run")),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                ("late", models.JSONField(default=list, editable=False)),
                ("scoring", models.PositiveSmallIntegerField(default=1, editable=False)),
                ("method", models.JSONField(verbose_name="method")),
                ("surveys", models.JSONField(default=list)),
                ("responses", models.JSONField(verbose_name="responses")),
                ("digest", models.CharField(max_length=64)),
                ("cube", models.BinaryField()),
                ("asked", models.BinaryField(default=bytes)),
                ("back", models.BinaryField(default=bytes)),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="reported by")),
                ("reported", models.JSONField(default=list, editable=False)),
                ("clustered", models.JSONField(default=list)),
                ("figures", models.JSONField(default=dict)),
                ("cuts", models.JSONField()),
                ("primary_cuts", models.JSONField()),
                ("pooled_cuts", models.JSONField(default=dict)),
                ("statement", models.JSONField(default=dict)),
                ("primary_statement", models.JSONField(default=dict)),
                ("seed", models.BigIntegerField()),
                ("software", models.CharField(max_length=40)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "cycle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="runs", to="materiality.cycle"
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="runs", to="materiality.edition"
                    ),
                ),
            ],
            options={
                "verbose_name": "Scoring run",
                "ordering": ["cycle", "-number"],
                "constraints": [models.UniqueConstraint(fields=("cycle", "number"), name="run_number_once_per_cycle")],
            },
        ),
        migrations.CreateModel(
            name="IssueScore",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("level", models.PositiveSmallIntegerField(null=True)),
                ("derived", models.BooleanField(default=False)),
                ("derived_society", models.FloatField(null=True)),
                ("derived_business", models.FloatField(null=True)),
                ("material", models.BooleanField(default=False)),
                ("society", models.FloatField(null=True)),
                ("society_low", models.FloatField(null=True)),
                ("society_high", models.FloatField(null=True)),
                ("society_n", models.PositiveIntegerField(default=0)),
                ("business", models.FloatField(null=True)),
                ("business_low", models.FloatField(null=True)),
                ("business_high", models.FloatField(null=True)),
                ("business_n", models.PositiveIntegerField(default=0)),
                ("var_society", models.FloatField(null=True)),
                ("var_business", models.FloatField(null=True)),
                ("cov", models.FloatField(null=True)),
                ("priority", models.FloatField(null=True)),
                ("var_priority", models.FloatField(null=True)),
                ("rank", models.PositiveIntegerField(null=True)),
                ("rank_low", models.PositiveIntegerField(null=True)),
                ("rank_high", models.PositiveIntegerField(null=True)),
                ("tier", models.CharField(max_length=12)),
                ("tier_certainty", models.FloatField(null=True)),
                ("plain_society", models.FloatField(null=True)),
                ("plain_business", models.FloatField(null=True)),
                ("base", models.JSONField(default=dict)),
                ("disagreement", models.JSONField(default=dict)),
                ("not_comparable", models.JSONField(default=list)),
                ("base_groups", models.PositiveSmallIntegerField(default=0)),
                ("groups", models.JSONField(default=dict)),
                ("pooled_society", models.FloatField(null=True)),
                ("pooled_business", models.FloatField(null=True)),
                ("pooled_priority", models.FloatField(null=True)),
                ("pooled_rank", models.PositiveIntegerField(null=True)),
                ("pooled_tier", models.CharField(default="unscored", max_length=12)),
                (
                    "issue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="scores", to="materiality.issue"
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="scores", to="materiality.run"
                    ),
                ),
            ],
            options={
                "ordering": ["run", "rank", "issue__code"],
                "constraints": [
                    models.UniqueConstraint(fields=("run", "issue"), name="issue_score_once_per_run"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("priority__isnull", True),
                            models.Q(("priority__gte", 0), ("priority__lte", 100)),
                            _connector="OR",
                        ),
                        name="priority_on_0_100",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("tier", models.CharField(max_length=12, verbose_name="Decision")),
                ("reason", models.TextField(verbose_name="reason")),
                ("at", models.DateTimeField(auto_now=True)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "issue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="materiality.issue"
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="decisions", to="materiality.run"
                    ),
                ),
            ],
            options={
                "verbose_name": "Decision",
                "ordering": ["run", "issue__code"],
                "constraints": [models.UniqueConstraint(fields=("run", "issue"), name="decision_once_per_issue")],
            },
        ),
        migrations.CreateModel(
            name="SheetImport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20, verbose_name="kind")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("uploaded", "Headers to be matched"),
                            ("checked", "Waiting for confirmation"),
                            ("stored", "Stored"),
                            ("refused", "Cannot be read"),
                            ("discarded", "Discarded"),
                            ("undone", "Undone"),
                        ],
                        default="uploaded",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("file_name", models.CharField(max_length=200)),
                ("path", models.CharField(max_length=200)),
                ("sha256", models.CharField(max_length=64)),
                ("headers", models.JSONField(blank=True, default=dict)),
                ("plan", models.JSONField(blank=True, default=dict)),
                ("undo", models.JSONField(blank=True, default=dict)),
                ("problem", models.TextField(blank=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
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
                    "cycle",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sheet_imports",
                        to="materiality.cycle",
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sheet_imports",
                        to="materiality.edition",
                    ),
                ),
            ],
            options={
                "verbose_name": "Imported spreadsheet",
                "ordering": ["-created_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="SignOff",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                ("snapshot", models.JSONField()),
                ("sha256", models.CharField(max_length=64)),
                ("anchor", models.CharField(max_length=100)),
                ("note", models.TextField(blank=True)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "cycle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sign_offs", to="materiality.cycle"
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sign_offs", to="materiality.run"
                    ),
                ),
            ],
            options={
                "verbose_name": "Sign-off",
                "ordering": ["cycle", "-number"],
                "constraints": [
                    models.UniqueConstraint(fields=("cycle", "number"), name="sign_off_number_once_per_cycle")
                ],
            },
        ),
        migrations.CreateModel(
            name="StaffSession",
            fields=[
                ("key", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("browser", models.CharField(blank=True, max_length=200)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sessions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="StakeholderPoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("expectation", "Expectation"), ("channel", "Channel"), ("response", "Response")],
                        max_length=12,
                        verbose_name="Kind",
                    ),
                ),
                ("text", materiality.platform.bilingual.Texts(blank=True)),
                ("order", models.PositiveIntegerField(default=0, verbose_name="order")),
                (
                    "frequency",
                    models.CharField(
                        blank=True,
                        help_text="How often a channel is used, such as monthly.",
                        max_length=100,
                        verbose_name="Frequency",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="points", to="materiality.group"
                    ),
                ),
            ],
            options={
                "verbose_name": "Stakeholder point",
                "ordering": ["group", "kind", "order", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("group", "kind", "order"), name="stakeholder_point_order_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditedRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("object_type", models.CharField(max_length=60)),
                ("object_id", models.CharField(max_length=60)),
                ("row_digest", models.CharField(max_length=64)),
                ("rows", models.PositiveIntegerField(null=True)),
                (
                    "columns",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="materiality.auditcolumns"
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="touched",
                        to="materiality.auditevent",
                        to_field="number",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["object_type", "object_id", "event"], name="audited_row_object")],
            },
        ),
        migrations.AddConstraint(
            model_name="disclosure",
            constraint=models.UniqueConstraint(fields=("framework", "code"), name="disclosure_once_per_framework"),
        ),
        *(migrations.RunPython(each.add_triggers) for each in (audit_rows, three_levels, editions_keep)),
    ]
