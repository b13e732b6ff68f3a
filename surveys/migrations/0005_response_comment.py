"""An index by which the few responses with a comment are found without reading all."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("surveys", "0004_response_kind")]

    operations = [
        migrations.AddIndex(
            model_name="response",
            index=models.Index(fields=["survey", "id"], name="response_comment", condition=~Q(comment="")),
        ),
    ]
