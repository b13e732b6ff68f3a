from django.db import migrations, models

from materiality.platform.digests import value_digest

OF_REQUEST = ("anchor", "head", "format", "language")


def keep(apps, _editor):
    """The digest of what the jobs' inputs hold."""
    outputs = apps.get_model("reports", "Output").objects
    for output in outputs.select_related("job").iterator(chunk_size=20):
        inputs = {name: value for name, value in output.job.inputs.items() if name not in OF_REQUEST}
        outputs.filter(pk=output.pk).update(made_from=value_digest(inputs))


class Migration(migrations.Migration):
    dependencies = [("reports", "0008_outline_of_output")]

    operations = [
        migrations.AddField("output", "made_from", models.CharField(blank=True, max_length=64)),
        migrations.RunPython(keep, migrations.RunPython.noop),
        migrations.RemoveField("output", "outline_digest"),
    ]
