"""What an anonymous survey needs: finished drafts that wait to be mixed, comments apart, and when it was sealed."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("surveys", "0001_initial")]

    operations = [
        migrations.AddField("draft", "flags", models.PositiveIntegerField(default=0)),
        migrations.AddField("draft", "seconds_per_item", models.FloatField(blank=True, null=True)),
        migrations.AddField("survey", "sealed_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddIndex(
            "draft",
            models.Index(fields=["survey"], name="draft_ready", condition=models.Q(("ready_at__isnull", False))),
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
            options={"ordering": ["survey", "id"]},
        ),
    ]
