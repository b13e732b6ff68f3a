"""Chapters and sections: one column with all languages of each."""

from importlib import import_module

from django.db import migrations

texts = import_module("materiality.migrations.0021_texts_in_languages")

TEXTS = {"section": ("chapter", "section")}


class Migration(migrations.Migration):
    dependencies = [("reports", "0004_publication_on_cycle"), ("materiality", "0021_texts_in_languages")]
    operations = [
        *texts.added(TEXTS),
        migrations.RunPython(texts.gathered("reports", TEXTS), texts.parted("reports", TEXTS)),
        *texts.removed(TEXTS),
        *texts.settled((("section", "chapter"), ("section", "section"))),
    ]
