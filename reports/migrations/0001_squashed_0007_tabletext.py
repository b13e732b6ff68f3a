"""The tables at once for a new installation; an older one goes on by the migrations that this one replaces."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import materiality.platform.bilingual
import reports.models.outputs


class Migration(migrations.Migration):
    replaces = [
        ("reports", "0001_initial"),
        ("reports", "0002_outputs_declared"),
        ("reports", "0003_outline_as_printed"),
        ("reports", "0004_publication_on_cycle"),
        ("reports", "0005_texts_in_languages"),
        ("reports", "0006_workbook"),
        ("reports", "0007_tabletext"),
    ]
    initial = True

    dependencies = [
        ("materiality", "0001_squashed_0026_point_frequency"),
        ("materiality", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="ContentIndex",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "claim",
                    models.CharField(
                        choices=[
                            ("none", "no claim"),
                            ("accordance", "in accordance with the GRI Standards (2021)"),
                            ("reference", "with reference to the GRI Standards (2021)"),
                            ("core", "in accordance: Core option (2016)"),
                            ("comprehensive", "in accordance: Comprehensive option (2016)"),
                            ("referenced", "GRI-referenced (2016)"),
                        ],
                        default="none",
                        max_length=14,
                        verbose_name="Claim",
                    ),
                ),
                (
                    "sectors",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="Number and version, such as 12@1.0.",
                        verbose_name="Sector standards",
                    ),
                ),
                ("notified_on", models.DateField(blank=True, null=True, verbose_name="GRI notified on")),
                ("pages", models.PositiveIntegerField(blank=True, null=True, verbose_name="Pages of the report")),
                ("headings", models.JSONField(blank=True, default=list)),
                (
                    "cycle",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="content_index",
                        to="materiality.cycle",
                    ),
                ),
            ],
            options={
                "verbose_name": "GRI content index",
            },
        ),
        migrations.CreateModel(
            name="OutlineImport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("checked", "Waiting for confirmation"),
                            ("stored", "Stored"),
                            ("refused", "Cannot be read"),
                            ("discarded", "Discarded"),
                            ("undone", "Undone"),
                        ],
                        default="checked",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("replace", "replacing all rows"),
                            ("append", "added after the existing rows"),
                            ("locations", "locations only"),
                        ],
                        default="replace",
                        max_length=10,
                        verbose_name="mode",
                    ),
                ),
                ("gri_edition", models.CharField(max_length=4)),
                ("file_name", models.CharField(max_length=200)),
                ("path", models.CharField(max_length=200)),
                ("sha256", models.CharField(max_length=64)),
                ("found", models.JSONField(blank=True, default=dict)),
                ("undo", models.JSONField(blank=True, default=dict)),
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="outline_imports",
                        to="materiality.cycle",
                    ),
                ),
            ],
            options={
                "verbose_name": "Imported outline",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Output",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=reports.models.outputs.kinds, max_length=20, verbose_name="kind")),
                (
                    "format",
                    models.CharField(choices=reports.models.outputs.formats, max_length=4, verbose_name="format"),
                ),
                ("language", models.CharField(max_length=10, verbose_name="language")),
                ("parameters", models.JSONField(blank=True, default=dict)),
                ("file_name", models.CharField(blank=True, max_length=200)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("size", models.PositiveBigIntegerField(default=0, verbose_name="size in bytes")),
                (
                    "cycle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="outputs", to="materiality.cycle"
                    ),
                ),
                (
                    "job",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="output", to="materiality.job"
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outputs",
                        to="materiality.run",
                    ),
                ),
            ],
            options={
                "verbose_name": "Output",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="AcceptedFinding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=64)),
                ("check_id", models.CharField(max_length=4, verbose_name="Check")),
                ("reason", models.TextField(verbose_name="Accepted because")),
                ("accepted_at", models.DateTimeField(auto_now_add=True)),
                (
                    "accepted_by",
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="accepted_findings",
                        to="materiality.cycle",
                    ),
                ),
            ],
            options={
                "verbose_name": "Accepted finding",
                "ordering": ["cycle", "check_id"],
                "constraints": [models.UniqueConstraint(fields=("cycle", "key"), name="accepted_finding_once")],
            },
        ),
        migrations.CreateModel(
            name="IndexDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("identity", models.CharField(max_length=20, verbose_name="Disclosure")),
                (
                    "state",
                    models.CharField(
                        choices=[("report", "report"), ("omit", "omit"), ("unused", "not used")],
                        max_length=6,
                        verbose_name="state",
                    ),
                ),
                ("requirement", models.TextField(blank=True, verbose_name="Requirement left out")),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("not_applicable", "Not applicable"),
                            ("legal_prohibitions", "Legal prohibitions"),
                            ("confidentiality_constraints", "Confidentiality constraints"),
                            ("information_unavailable", "Information unavailable / incomplete"),
                        ],
                        max_length=40,
                        verbose_name="Reason for the omission",
                    ),
                ),
                ("explanation", models.TextField(blank=True, verbose_name="Explanation")),
                ("decided_at", models.DateTimeField(auto_now=True)),
                (
                    "cycle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="index_decisions",
                        to="materiality.cycle",
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
            ],
            options={
                "verbose_name": "Decision on a disclosure",
                "ordering": ["cycle", "identity"],
                "constraints": [models.UniqueConstraint(fields=("cycle", "identity"), name="index_decision_once")],
            },
        ),
        migrations.CreateModel(
            name="Section",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("order", models.PositiveIntegerField()),
                ("chapter", materiality.platform.bilingual.Texts(blank=True)),
                ("section", materiality.platform.bilingual.Texts(blank=True)),
                ("entries", models.JSONField(blank=True, default=list)),
                ("locations", models.JSONField(blank=True, default=list)),
                ("omission_requirement", models.TextField(blank=True)),
                (
                    "omission_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("not_applicable", "Not applicable"),
                            ("legal_prohibitions", "Legal prohibitions"),
                            ("confidentiality_constraints", "Confidentiality constraints"),
                            ("information_unavailable", "Information unavailable / incomplete"),
                        ],
                        max_length=40,
                    ),
                ),
                ("omission_explanation", models.TextField(blank=True)),
                ("frameworks", models.JSONField(blank=True, default=dict)),
                ("held", models.JSONField(blank=True, default=dict)),
                (
                    "cycle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sections", to="materiality.cycle"
                    ),
                ),
                ("issues", models.ManyToManyField(blank=True, related_name="sections", to="materiality.issue")),
            ],
            options={
                "ordering": ["cycle", "order"],
                "constraints": [
                    models.UniqueConstraint(fields=("cycle", "order"), name="section_order_once_per_cycle")
                ],
            },
        ),
        migrations.CreateModel(
            name="TableText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "table",
                    models.CharField(
                        choices=[
                            ("sdg-table", "SDG table: our contribution to each goal"),
                            ("exchange-table", "Exchange topics: because of what each is material or not"),
                            ("work-priorities", "Work priorities of the year by material issue"),
                        ],
                        max_length=20,
                        verbose_name="Table",
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="Code")),
                ("texts", models.JSONField(blank=True, default=dict, verbose_name="Text")),
                (
                    "cycle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="table_texts", to="materiality.cycle"
                    ),
                ),
            ],
            options={
                "verbose_name": "Text of a table",
                "ordering": ["table", "code"],
                "constraints": [models.UniqueConstraint(fields=("cycle", "table", "code"), name="table_text_once")],
            },
        ),
    ]
