"""Answers in progress of anonymous surveys are sealed, and finished ones wait in their row: the tables for it."""

import django.db.models.deletion
from django.db import migrations, models

import surveys.models.responses


class Migration(migrations.Migration):
    dependencies = [
        ("materiality", "0011_keys_outside"),
        ("surveys", "0019_import_elsewhere_withdrawn"),
    ]

    operations = [
        migrations.AlterField(
            model_name="survey",
            name="anonymous",
            field=models.BooleanField(
                default=False,
                help_text="Nothing is stored that ties a response to a person, a token or a moment, and finished answers count once ten of a group are in. It cannot change once the survey is open.",
                verbose_name="Anonymous",
            ),
        ),
        migrations.AddField(
            model_name="papersheet",
            name="sealed",
            field=models.BinaryField(default=bytes),
        ),
        migrations.AddField(
            model_name="survey",
            name="key_check",
            field=models.CharField(blank=True, editable=False, max_length=32),
        ),
        migrations.AlterField(
            model_name="tally",
            name="measure",
            field=models.CharField(
                choices=[
                    ("opened", "Opened"),
                    ("started", "Started"),
                    ("broken_off", "Broken Off"),
                    ("submitted", "Submitted"),
                    ("day", "Day"),
                    ("burst", "Burst"),
                    ("mode", "Mode"),
                    ("seconds", "Seconds"),
                    ("unknown", "Unknown"),
                ],
                max_length=10,
            ),
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
        ),
        migrations.AddIndex(
            model_name="sealeddraft",
            index=models.Index(fields=["survey", "state", "group"], name="sealed_draft_state"),
        ),
        migrations.AddConstraint(
            model_name="sealeddraft",
            constraint=models.UniqueConstraint(fields=("survey", "lookup"), name="sealed_draft_once"),
        ),
    ]
