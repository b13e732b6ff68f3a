"""Finished answers that wait stand in a table of their own: move those there that still wait as drafts."""

from django.db import migrations

from surveys.models.responses import random_id


def move_ready_drafts(apps, schema_editor):
    Draft, ReadyDraft = apps.get_model("surveys", "Draft"), apps.get_model("surveys", "ReadyDraft")
    kept = ("survey_id", "group_id", "ratings", "comment", "flags", "seconds_per_item")
    waiting = Draft.objects.filter(ready_at__isnull=False)
    rows = waiting.order_by("key").values(*kept)
    ReadyDraft.objects.bulk_create([ReadyDraft(id=random_id(), **row) for row in rows], batch_size=500)
    waiting.delete()
    if schema_editor.connection.vendor == "postgresql":
        # Checks that still wait would keep the table from being altered in this transaction.
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [("surveys", "0008_paper_entries")]

    operations = [
        migrations.RunPython(move_ready_drafts, migrations.RunPython.noop),
        migrations.RemoveIndex(model_name="draft", name="draft_ready"),
        migrations.RemoveField(model_name="draft", name="ready_at"),
        migrations.RemoveField(model_name="draft", name="flags"),
        migrations.RemoveField(model_name="draft", name="seconds_per_item"),
    ]
