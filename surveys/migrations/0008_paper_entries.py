"""Profile answers of both entries of a paper sheet, and the notice printed on it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("surveys", "0007_mail_addresses")]

    operations = [
        migrations.AddField("papersheet", "first_profile", models.JSONField(default=dict, blank=True)),
        migrations.AddField("papersheet", "second_profile", models.JSONField(default=dict, blank=True)),
        migrations.AddField("papersheet", "notice_version", models.PositiveSmallIntegerField(default=1)),
    ]
