"""The library has up to three levels: a parent is of the same edition and category, and not of the third."""

from importlib import import_module

from django.db import migrations

two_levels = import_module("materiality.migrations.0002_two_levels")

MESSAGE = "an issue belongs under an issue of its own edition and category, on at most three levels"
RULE = """NEW.parent_id IS NOT NULL AND (
        NOT EXISTS (
            SELECT 1 FROM materiality_issue parent
            WHERE parent.id = NEW.parent_id
              AND parent.edition_id = NEW.edition_id AND parent.category_id = NEW.category_id)
        OR EXISTS (
            SELECT 1 FROM materiality_issue parent JOIN materiality_issue above ON above.id = parent.parent_id
            WHERE parent.id = NEW.parent_id
              AND (above.parent_id IS NOT NULL
                   OR EXISTS (SELECT 1 FROM materiality_issue child WHERE child.parent_id = NEW.id)))
        OR EXISTS (
            SELECT 1 FROM materiality_issue child JOIN materiality_issue below ON below.parent_id = child.id
            WHERE child.parent_id = NEW.id))"""

SQLITE = [
    f"CREATE TRIGGER issue_three_levels_{event} BEFORE {event} ON materiality_issue WHEN {RULE} "
    f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    for event in ("INSERT", "UPDATE")
]
POSTGRESQL = [
    f"""
    CREATE FUNCTION issue_three_levels() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF {RULE} THEN
            RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    "CREATE TRIGGER issue_three_levels BEFORE INSERT OR UPDATE ON materiality_issue "
    "FOR EACH ROW EXECUTE FUNCTION issue_three_levels()",
]


def add_triggers(apps, schema_editor):
    two_levels.drop_triggers(apps, schema_editor)
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def drop_triggers(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for event in ("INSERT", "UPDATE"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS issue_three_levels_{event}")
    else:
        schema_editor.execute("DROP FUNCTION IF EXISTS issue_three_levels() CASCADE")
    two_levels.add_triggers(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [("materiality", "0021_texts_in_languages")]
    operations = [migrations.RunPython(add_triggers, drop_triggers)]
