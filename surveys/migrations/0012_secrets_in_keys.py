"""Secrets of links leave the database: a salt and the installation's key make them. Those of links that were handed out
before stay the same, sealed under that key.
"""

from django.db import migrations, models

from materiality.platform.keys import ensure_installation_key, seal
from surveys.invitations.links import KEPT
from surveys.models.invitations import new_salt


def seal_secrets(apps, schema_editor):
    batches = apps.get_model("surveys", "Batch").objects.all()
    if not batches.exists():
        return
    key = ensure_installation_key()
    for batch in batches:
        batch.salt = seal(key, bytes(batch.salt), KEPT)
        batch.save(update_fields=["salt"])


class Migration(migrations.Migration):
    dependencies = [("surveys", "0011_surveys_say_it_once"), ("materiality", "0011_keys_outside")]

    operations = [
        migrations.RenameField("batch", "secret", "salt"),
        migrations.AlterField("batch", "salt", models.BinaryField(default=new_salt)),
        migrations.RunPython(seal_secrets, migrations.RunPython.noop),
    ]
