from django.db import migrations, models


def first_version(apps, schema_editor):
    """What was opened until now, was opened with the first version of the instrument."""
    apps.get_model("surveys", "Survey").objects.exclude(state="draft").update(instrument_version=1)


class Migration(migrations.Migration):
    dependencies = [("surveys", "0012_secrets_in_keys")]

    operations = [
        migrations.AddField(
            model_name="survey",
            name="instrument_version",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.RunPython(first_version, migrations.RunPython.noop),
    ]
