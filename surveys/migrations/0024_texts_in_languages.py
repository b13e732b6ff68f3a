"""A text in two columns becomes one column with all its languages; a survey says which those are."""

from importlib import import_module

from django.db import migrations

texts = import_module("materiality.migrations.0021_texts_in_languages")

TEXTS = {
    "survey": ("title", "introduction", "thanks", "question"),
    "profilequestion": ("text",),
    "notice": ("text",),
    "mailing": ("subject", "body"),
}
BLANK = (("survey", "introduction"), ("survey", "thanks"), ("survey", "question"), ("notice", "text"))


class Migration(migrations.Migration):
    dependencies = [("surveys", "0023_chunks"), ("materiality", "0021_texts_in_languages")]
    operations = [
        *texts.added(TEXTS),
        *texts.languages("survey"),
        migrations.RunPython(texts.gathered("surveys", TEXTS), texts.parted("surveys", TEXTS)),
        *texts.removed(TEXTS),
        *texts.settled(BLANK),
    ]
