from django.db import migrations


def to_cycle(apps, _schema_editor):
    """The day of publication is the cycle's, not its index's alone."""
    cycle, index = apps.get_model("materiality", "Cycle"), apps.get_model("reports", "ContentIndex")
    for pk, day in index.objects.exclude(published_on=None).values_list("cycle", "published_on"):
        cycle.objects.filter(pk=pk).update(published_on=day)


class Migration(migrations.Migration):
    dependencies = [
        ("materiality", "0019_cycle_published_on"),
        ("reports", "0003_outline_as_printed"),
    ]

    operations = [
        migrations.RunPython(to_cycle, migrations.RunPython.noop),
        migrations.RemoveField(model_name="contentindex", name="published_on"),
    ]
