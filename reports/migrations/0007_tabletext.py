import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("materiality", "0021_texts_in_languages"), ("reports", "0006_workbook")]

    operations = [
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="table_texts",
                        to="materiality.cycle",
                    ),
                ),
            ],
            options={
                "verbose_name": "Text of a table",
                "ordering": ["table", "code"],
                "constraints": [
                    models.UniqueConstraint(fields=("cycle", "table", "code"), name="table_text_once"),
                ],
            },
        ),
    ]
