"""A text in two columns becomes one column with all its languages; editions and cycles say which those are."""

import json
from importlib import import_module

from django.db import migrations, models

import materiality.platform.bilingual

keep = import_module("materiality.migrations.0006_editions_keep")
two_levels = import_module("materiality.migrations.0002_two_levels")

TEXTS = {
    "edition": ("title",),
    "category": ("name",),
    "issue": ("name", "definition"),
    "framework": ("title",),
    "disclosure": ("title", "standard_title"),
    "cycle": ("title",),
    "proposal": ("name", "text"),
    "stakeholderpoint": ("text",),
    "engagement": ("title",),
    "group": ("name", "definition"),
}
SPEAKING = ("edition", "cycle")
SPLIT = ("zh", "en")


def drop_triggers(apps, schema_editor):
    keep.drop_triggers(apps, schema_editor)
    two_levels.drop_triggers(apps, schema_editor)


def add_old_triggers(apps, schema_editor):
    two_levels.add_triggers(apps, schema_editor)
    keep.add_triggers(apps, schema_editor)


def add_triggers(apps, schema_editor):
    two_levels.add_triggers(apps, schema_editor)
    vendor = schema_editor.connection.vendor
    for rule in rules(vendor):
        for statement in keep._statements(vendor, *rule):
            schema_editor.execute(statement)


def rules(vendor):
    """As before, but that texts lie in one column, of which an erratum names one language."""
    differs = keep._differs(vendor)
    for name, table, event, condition in keep._rules(differs):
        if name == "published_issue_update":
            kept = keep._any(keep.KEPT["issue"], differs)
            texts = "".join(f" OR {_changed_unsaid(text, vendor)}" for text in ("name", "definition"))
            condition = f"({keep._published(keep.OWNERS['issue'], event)}) AND ({kept}{texts})"
        elif name == "published_edition_update":
            columns = ("id", "code", "title", "languages", "based_on_id", "created_at", "published_at")
            back = "(NEW.state <> OLD.state AND NOT (OLD.state = 'published' AND NEW.state = 'superseded'))"
            condition = f"OLD.state <> 'draft' AND ({back} OR {keep._any(columns, differs)})"
        yield name, table, event, condition


def _changed_unsaid(text, vendor):
    """A language of the text is another than before, and no erratum of the edition in force says so."""
    if vendor == "sqlite":
        keys = "(SELECT key FROM json_each(OLD.{0}) UNION SELECT key FROM json_each(NEW.{0}))"
        part = "COALESCE(json_extract({row}.{text}, '$.\"' || each.key || '\"'), '')"
    else:
        keys = "(SELECT jsonb_object_keys(OLD.{0} || NEW.{0}) AS key)"
        part = "COALESCE({row}.{text} ->> each.key, '')"
    old, new = part.format(row="OLD", text=text), part.format(row="NEW", text=text)
    return (
        f"EXISTS (SELECT 1 FROM {keys.format(text)} AS each WHERE {old} <> {new} AND NOT EXISTS ("
        "SELECT 1 FROM materiality_erratum erratum JOIN materiality_edition edition"
        " ON edition.id = OLD.edition_id AND edition.state = 'published'"
        f" WHERE erratum.issue_id = OLD.id AND erratum.field = '{text}_' || replace(each.key, '-', '_')"
        f" AND erratum.old_text = {old} AND erratum.new_text = {new}))"
    )


def gathered(app, texts):
    """Two columns into one."""

    def run(apps, schema_editor):
        for model, names in texts.items():
            rows = apps.get_model(app, model)._base_manager.using(schema_editor.connection.alias)
            _move(rows, names, _gather)

    return run


def parted(app, texts):
    """One column into two."""

    def run(apps, schema_editor):
        for model, names in texts.items():
            rows = apps.get_model(app, model)._base_manager.using(schema_editor.connection.alias)
            _move(rows, names, _part)

    return run


def _move(rows, names, how):
    batch, columns = [], set()
    for row in rows.order_by("pk").iterator(chunk_size=500):
        for name in names:
            columns |= set(how(row, name))
        batch.append(row)
    for start in range(0, len(batch), 500):
        rows.bulk_update(batch[start : start + 500], sorted(columns))


def _gather(row, name):
    texts = {language: getattr(row, f"{name}_{language}") for language in SPLIT}
    setattr(row, name, {language: text for language, text in texts.items() if text})
    return [name]


def _part(row, name):
    texts = row.__dict__[name]
    for language in SPLIT:
        setattr(row, f"{name}_{language}", texts.get(language, ""))
    return [f"{name}_{language}" for language in SPLIT]


def gather_changes(apps, schema_editor):
    """Rows that changes of drafts keep for undoing: issues with texts as they are now."""
    changes = apps.get_model("materiality", "EditionChange").objects
    rows = []
    for change in changes.order_by("pk"):
        change.before, change.after = _in_one(change.before), _in_one(change.after)
        rows.append(change)
    changes.bulk_update(rows, ["before", "after"], batch_size=100)


def _in_one(held):
    held = json.loads(json.dumps(held))
    for row in held.get("issue", {}).values():
        for name in TEXTS["issue"]:
            if f"{name}_zh" in row:
                texts = {language: row.pop(f"{name}_{language}", "") for language in SPLIT}
                row[name] = {language: text for language, text in texts.items() if text}
    return held


def added(texts):
    return [
        migrations.AddField(model, name, materiality.platform.bilingual.Texts(default=dict), preserve_default=False)
        for model, names in texts.items()
        for name in names
    ]


def removed(texts):
    return [
        Removed(model, f"{name}_{language}") for model, names in texts.items() for name in names for language in SPLIT
    ]


class Removed(migrations.RemoveField):
    """Put back as an empty text, as the rows are filled afterwards."""

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        model = to_state.apps.get_model(app_label, self.model_name)
        field = model._meta.get_field(self.name)
        field.default = ""
        schema_editor.add_field(from_state.apps.get_model(app_label, self.model_name), field)


def settled(blank):
    return [
        migrations.AlterField(model, name, materiality.platform.bilingual.Texts(blank=True)) for model, name in blank
    ]


def languages(*names):
    return [
        migrations.AddField(
            name,
            "languages",
            models.JSONField(
                default=materiality.platform.bilingual.default_languages, editable=False, verbose_name="languages"
            ),
        )
        for name in names
    ]


BLANK = (
    *(("issue", "definition"), ("disclosure", "standard_title"), ("proposal", "name"), ("proposal", "text")),
    *(("stakeholderpoint", "text"), ("engagement", "title"), ("group", "definition")),
)


class Migration(migrations.Migration):
    dependencies = [("materiality", "0020_reported_figures")]
    operations = [
        migrations.RunPython(drop_triggers, add_old_triggers),
        *added(TEXTS),
        *languages(*SPEAKING),
        migrations.RunPython(gathered("materiality", TEXTS), parted("materiality", TEXTS)),
        migrations.RunPython(gather_changes, migrations.RunPython.noop),
        *removed(TEXTS),
        *settled(BLANK),
        migrations.RunPython(add_triggers, drop_triggers),
    ]
