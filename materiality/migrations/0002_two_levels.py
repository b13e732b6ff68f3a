"""The library has two levels: a parent is a primary issue of the same edition and category."""

from django.db import migrations

MESSAGE = "a secondary issue belongs under a primary issue of its own edition and category"

SQLITE = [
    f"""
    CREATE TRIGGER issue_two_levels_{event} BEFORE {event} ON materiality_issue
    WHEN NEW.parent_id IS NOT NULL AND (
        NOT EXISTS (
            SELECT 1 FROM materiality_issue parent
            WHERE parent.id = NEW.parent_id AND parent.parent_id IS NULL
              AND parent.edition_id = NEW.edition_id AND parent.category_id = NEW.category_id)
        OR EXISTS (SELECT 1 FROM materiality_issue child WHERE child.parent_id = NEW.id))
    BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END
    """
    for event in ("INSERT", "UPDATE")
]

POSTGRESQL = [
    f"""
    CREATE FUNCTION issue_two_levels() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.parent_id IS NOT NULL AND (
            NOT EXISTS (
                SELECT 1 FROM materiality_issue parent
                WHERE parent.id = NEW.parent_id AND parent.parent_id IS NULL
                  AND parent.edition_id = NEW.edition_id AND parent.category_id = NEW.category_id)
            OR EXISTS (SELECT 1 FROM materiality_issue child WHERE child.parent_id = NEW.id)) THEN
            RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER issue_two_levels BEFORE INSERT OR UPDATE ON materiality_issue
    FOR EACH ROW EXECUTE FUNCTION issue_two_levels()
    """,
]


def add_triggers(apps, schema_editor):
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def drop_triggers(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for event in ("INSERT", "UPDATE"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS issue_two_levels_{event}")
        return
    schema_editor.execute("DROP FUNCTION IF EXISTS issue_two_levels() CASCADE")


class Migration(migrations.Migration):
    dependencies = [("materiality", "0001_initial")]
    operations = [migrations.RunPython(add_triggers, drop_triggers)]
