"""An index from which responses are counted without reading their ratings."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("surveys", "0003_import_confirmation")]

    operations = [
        migrations.AddIndex(
            model_name="response",
            index=models.Index(fields=["survey", "group", "flags", "overruled", "unfinished"], name="response_kind"),
        ),
    ]
