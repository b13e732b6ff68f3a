from importlib import import_module

from django.db import migrations, models

editions_keep = import_module("materiality.migrations.0023_category_status")


class Migration(migrations.Migration):
    dependencies = [("materiality", "0029_organisation_and_tour")]

    # SQLite makes the table anew when a column is added, and no trigger may name it meanwhile.
    operations = [
        migrations.RunPython(editions_keep.drop_triggers, editions_keep.add_triggers),
        migrations.AddField(
            model_name="edition",
            name="code_pattern",
            field=models.CharField(
                blank=True,
                help_text="A for a capital letter, 9 for a number, 99 for a number of two digits, such as A9 for E1 or"
                " AAA-99 for SOC-03. One for each level, the top one first: AAA-99; AAA-99-99. Empty: any code.",
                max_length=120,
                verbose_name="Pattern of the codes",
            ),
        ),
        migrations.RunPython(editions_keep.add_triggers, editions_keep.drop_triggers),
    ]
