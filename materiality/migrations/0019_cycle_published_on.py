from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("materiality", "0018_kept_out"),
    ]

    operations = [
        migrations.AddField(
            model_name="cycle",
            name="published_on",
            field=models.DateField(
                blank=True,
                help_text="Planned or real. It decides which standards are in force and what a number means.",
                null=True,
                verbose_name="Day of publication",
            ),
        ),
    ]
