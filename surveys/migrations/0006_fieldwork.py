"""Split questionnaires, invitations, paper sheets, column matches, versions of rules and notices, counts of fieldwork."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import surveys.models.invitations
import surveys.models.responses


class Migration(migrations.Migration):
    dependencies = [
        ("materiality", "0007_reminder_sent_to"),
        ("surveys", "0005_response_comment"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ColumnMatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.SlugField(max_length=60, unique=True)),
                ("tool", models.CharField(blank=True, max_length=40)),
                ("columns", models.JSONField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ["name"],
            },
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
            ],
            options={
                "ordering": ["mailing", "id"],
            },
        ),
        migrations.CreateModel(
            name="FieldworkFigures",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("figures", models.JSONField()),
                ("counted_at", models.DateTimeField()),
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
            ],
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
                    ),
                ),
                ("subject_zh", models.CharField(max_length=200)),
                ("subject_en", models.CharField(max_length=200)),
                ("body_zh", models.TextField()),
                ("body_en", models.TextField()),
                ("per_minute", models.PositiveIntegerField(default=60)),
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
                    ),
                ),
                ("claim", models.CharField(blank=True, max_length=32)),
                ("claimed_at", models.DateTimeField(blank=True, null=True)),
                ("problem", models.TextField(blank=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["survey", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveSmallIntegerField()),
                ("text_zh", models.TextField(blank=True)),
                ("text_en", models.TextField(blank=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ["survey", "version"],
            },
        ),
        migrations.CreateModel(
            name="PaperSheet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("language", models.CharField(default="zh-hans", max_length=10)),
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
                    ),
                ),
                ("asked", models.BinaryField()),
                ("first", models.BinaryField(default=bytes)),
                ("second", models.BinaryField(default=bytes)),
                ("first_comment", models.TextField(blank=True)),
                ("second_comment", models.TextField(blank=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ["survey", "number"],
            },
        ),
        migrations.CreateModel(
            name="ProfileQuestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("code", models.SlugField(max_length=40)),
                (
                    "kind",
                    models.CharField(
                        choices=[("single", "One choice"), ("multiple", "Several choices"), ("text", "Short text")],
                        default="single",
                        max_length=8,
                    ),
                ),
                ("text_zh", models.CharField(max_length=300)),
                ("text_en", models.CharField(max_length=300)),
                ("options", models.JSONField(blank=True, default=list)),
            ],
            options={
                "ordering": ["survey", "position"],
            },
        ),
        migrations.CreateModel(
            name="ReadyDraft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        default=surveys.models.responses.random_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("ratings", models.BinaryField()),
                ("comment", models.TextField(blank=True)),
                ("profile", models.JSONField(blank=True, default=dict)),
                ("flags", models.PositiveIntegerField(default=0)),
                ("seconds_per_item", models.FloatField(blank=True, null=True)),
            ],
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
            ],
            options={
                "ordering": ["survey", "id"],
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
            ],
            options={
                "ordering": ["survey", "version"],
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
                        ],
                        max_length=10,
                    ),
                ),
                ("group", models.CharField(blank=True, max_length=40)),
                ("channel", models.CharField(blank=True, max_length=40)),
                ("place", models.IntegerField(default=0)),
                ("number", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="UsedLinks",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("block", models.PositiveIntegerField()),
                ("bits", models.BinaryField()),
            ],
        ),
        migrations.AddField(
            model_name="draft",
            name="attention",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="draft",
            name="counted",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="draft",
            name="notice_version",
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="draft",
            name="page",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="draft",
            name="profile",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="draft",
            name="saved_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="draft",
            name="serial",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="response",
            name="attention",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="response",
            name="notice_version",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="response",
            name="profile",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="responseimport",
            name="match",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="responseimport",
            name="match_name",
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddField(
            model_name="survey",
            name="attention",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="survey",
            name="attention_value",
            field=models.PositiveSmallIntegerField(default=2),
        ),
        migrations.AddField(
            model_name="survey",
            name="core",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="survey",
            name="drafts_kept_days",
            field=models.PositiveSmallIntegerField(default=30),
        ),
        migrations.AddField(
            model_name="survey",
            name="notice_version",
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="survey",
            name="question_en",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name="survey",
            name="question_zh",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name="survey",
            name="recipients_kept_days",
            field=models.PositiveSmallIntegerField(default=30),
        ),
        migrations.AddField(
            model_name="survey",
            name="rules_version",
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="survey",
            name="split",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="survey",
            name="split_issues",
            field=models.PositiveSmallIntegerField(default=12),
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
        ),
        migrations.CreateModel(
            name="Batch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "channel",
                    models.CharField(
                        choices=[("batch", "Personal links"), ("mail", "Mail")], default="batch", max_length=10
                    ),
                ),
                ("label", models.CharField(blank=True, max_length=120)),
                ("size", models.PositiveIntegerField()),
                ("secret", models.BinaryField(default=surveys.models.invitations.new_salt)),
                ("voided_at", models.DateTimeField(blank=True, null=True)),
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
                (
                    "survey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="batches", to="surveys.survey"
                    ),
                ),
            ],
            options={
                "ordering": ["survey", "id"],
            },
        ),
        migrations.AddField(
            model_name="draft",
            name="batch",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="surveys.batch"
            ),
        ),
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.UniqueConstraint(
                condition=models.Q(("batch__isnull", False)), fields=("batch", "serial"), name="draft_once_per_link"
            ),
        ),
        migrations.AddField(
            model_name="columnmatch",
            name="created_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="fieldworkfigures",
            name="survey",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="figures", to="surveys.survey"
            ),
        ),
        migrations.AddField(
            model_name="groupplan",
            name="group",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="materiality.group"
            ),
        ),
        migrations.AddField(
            model_name="groupplan",
            name="survey",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="plans", to="surveys.survey"
            ),
        ),
        migrations.AddField(
            model_name="mailing",
            name="created_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="mailing",
            name="survey",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="mailings", to="surveys.survey"
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="mailing",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="deliveries", to="surveys.mailing"
            ),
        ),
        migrations.AddField(
            model_name="notice",
            name="created_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="notice",
            name="survey",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="notices", to="surveys.survey"
            ),
        ),
        migrations.AddField(
            model_name="papersheet",
            name="first_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="papersheet",
            name="group",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="materiality.group"
            ),
        ),
        migrations.AddField(
            model_name="papersheet",
            name="second_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="papersheet",
            name="survey",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="paper_sheets", to="surveys.survey"
            ),
        ),
        migrations.AddField(
            model_name="profilequestion",
            name="survey",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="profile_questions", to="surveys.survey"
            ),
        ),
        migrations.AddField(
            model_name="readydraft",
            name="group",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="materiality.group"
            ),
        ),
        migrations.AddField(
            model_name="readydraft",
            name="survey",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="ready_drafts", to="surveys.survey"
            ),
        ),
        migrations.AddField(
            model_name="recipient",
            name="batch",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="recipients", to="surveys.batch"
            ),
        ),
        migrations.AddField(
            model_name="recipient",
            name="group",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="materiality.group"
            ),
        ),
        migrations.AddField(
            model_name="recipient",
            name="survey",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="recipients", to="surveys.survey"
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="recipient",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="deliveries", to="surveys.recipient"
            ),
        ),
        migrations.AddField(
            model_name="ruleset",
            name="created_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="ruleset",
            name="survey",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="rule_sets", to="surveys.survey"
            ),
        ),
        migrations.AddField(
            model_name="tally",
            name="survey",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="tallies", to="surveys.survey"
            ),
        ),
        migrations.AddField(
            model_name="usedlinks",
            name="batch",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="used", to="surveys.batch"
            ),
        ),
        migrations.AddConstraint(
            model_name="assignments",
            constraint=models.UniqueConstraint(fields=("survey", "group"), name="assignments_once_per_group"),
        ),
        migrations.AddConstraint(
            model_name="groupplan",
            constraint=models.UniqueConstraint(fields=("survey", "group"), name="plan_once_per_group"),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(fields=("survey", "version"), name="notice_version_once"),
        ),
        migrations.AddConstraint(
            model_name="papersheet",
            constraint=models.UniqueConstraint(fields=("survey", "number"), name="paper_number_once"),
        ),
        migrations.AddConstraint(
            model_name="profilequestion",
            constraint=models.UniqueConstraint(fields=("survey", "code"), name="profile_code_once_per_survey"),
        ),
        migrations.AddConstraint(
            model_name="recipient",
            constraint=models.UniqueConstraint(fields=("survey", "email"), name="recipient_email_once_per_survey"),
        ),
        migrations.AddConstraint(
            model_name="recipient",
            constraint=models.UniqueConstraint(fields=("batch", "serial"), name="recipient_serial_once"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state__in", ["waiting", "sending"])), fields=["mailing", "id"], name="delivery_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(fields=("mailing", "recipient"), name="delivery_once"),
        ),
        migrations.AddConstraint(
            model_name="ruleset",
            constraint=models.UniqueConstraint(fields=("survey", "version"), name="rule_set_version_once"),
        ),
        migrations.AddConstraint(
            model_name="tally",
            constraint=models.UniqueConstraint(
                fields=("survey", "measure", "group", "channel", "place"), name="tally_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="usedlinks",
            constraint=models.UniqueConstraint(fields=("batch", "block"), name="used_links_block_once"),
        ),
    ]
