from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("surveys", "0006_fieldwork")]

    operations = [
        migrations.AddField(
            model_name="mailing",
            name="address",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.CreateModel(
            name="UnwantedMail",
            fields=[("digest", models.CharField(max_length=64, primary_key=True, serialize=False))],
        ),
    ]
