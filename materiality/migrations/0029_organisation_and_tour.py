from django.db import migrations, models

import materiality.platform.bilingual


class Migration(migrations.Migration):
    dependencies = [("materiality", "0028_sample_and_scope")]

    operations = [
        migrations.CreateModel(
            name="Organisation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", materiality.platform.bilingual.Texts()),
            ],
            options={"verbose_name": "Organisation"},
        ),
        migrations.AddConstraint(
            model_name="organisation",
            constraint=models.CheckConstraint(condition=models.Q(("pk", 1)), name="one_organisation"),
        ),
        migrations.AddField(
            model_name="user",
            name="toured",
            field=models.BooleanField(default=False, editable=False, verbose_name="has seen the tour"),
        ),
    ]
