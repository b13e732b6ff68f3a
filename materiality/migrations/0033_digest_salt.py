"""Names, addresses and password hashes come into the digests of the audit trail, salted."""

from django.db import migrations, models

import materiality.models.people


def give_salts(apps, schema_editor):
    """Each account its own: a default is called once for all rows."""
    User = apps.get_model("materiality", "User")
    for person in User.objects.all():
        person.digest_salt = materiality.models.people.new_salt()
        person.save(update_fields=["digest_salt"])


class Migration(migrations.Migration):
    dependencies = [("materiality", "0032_job_cancelled")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="digest_salt",
            field=models.CharField(default=materiality.models.people.new_salt, editable=False, max_length=32),
        ),
        migrations.RunPython(give_salts, migrations.RunPython.noop),
    ]
