"""A reminder knows who got it, so that who could not be reached is tried again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("materiality", "0006_editions_keep")]

    operations = [
        migrations.AddField(model_name="reminder", name="sent_to", field=models.JSONField(blank=True, default=list))
    ]
