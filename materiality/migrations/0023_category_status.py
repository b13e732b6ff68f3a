"""A category of an edition can be retired."""

from importlib import import_module

from django.db import migrations, models

texts = import_module("materiality.migrations.0021_texts_in_languages")


def drop_triggers(apps, schema_editor):
    texts.keep.drop_triggers(apps, schema_editor)


def add_triggers(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for rule in texts.rules(vendor):
        for statement in texts.keep._statements(vendor, *rule):
            schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("materiality", "0022_three_levels")]
    operations = [
        migrations.RunPython(drop_triggers, add_triggers),
        migrations.AddField(
            model_name="category",
            name="status",
            field=models.CharField(
                choices=[("active", "Active"), ("retired", "Retired")],
                default="active",
                max_length=8,
                verbose_name="status",
            ),
        ),
        migrations.AlterField(
            model_name="category",
            name="code",
            field=models.SlugField(
                help_text="Names the category in files and over editions. It cannot change later.",
                max_length=40,
                verbose_name="code",
            ),
        ),
        migrations.RunPython(add_triggers, drop_triggers),
    ]
