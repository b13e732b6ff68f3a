from django.db import migrations, models

from materiality.platform.digests import value_digest


def keep(apps, _editor):
    """What the jobs' inputs hold of it, row by row: they are large."""
    outputs = apps.get_model("reports", "Output").objects
    for output in outputs.filter(job__inputs__has_key="outline").select_related("job").iterator(chunk_size=20):
        outline = output.job.inputs["outline"]
        outputs.filter(pk=output.pk).update(outline_rows=len(outline), outline_digest=value_digest(outline))


class Migration(migrations.Migration):
    dependencies = [("reports", "0007_tabletext")]

    operations = [
        migrations.AddField("output", "outline_rows", models.PositiveIntegerField(blank=True, null=True)),
        migrations.AddField("output", "outline_digest", models.CharField(blank=True, max_length=64)),
        migrations.RunPython(keep, migrations.RunPython.noop),
    ]
