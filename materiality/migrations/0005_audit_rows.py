"""Further rows of an event with their digests; events that can neither be changed nor deleted."""

import django.db.models.deletion
from django.db import migrations, models

TABLES = ("materiality_auditevent", "materiality_auditedrow")
MESSAGE = "the audit trail is append-only"


def add_triggers(apps, schema_editor):
    for statement in _sqlite() if schema_editor.connection.vendor == "sqlite" else _postgresql():
        schema_editor.execute(statement)


def drop_triggers(apps, schema_editor):
    """Before a migration that changes one of the tables' rows, or that SQLite makes anew for it; add them after."""
    if schema_editor.connection.vendor == "sqlite":
        for table in TABLES:
            for event in ("UPDATE", "DELETE"):
                schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{event.lower()}")
        return
    schema_editor.execute("DROP FUNCTION IF EXISTS audit_is_append_only() CASCADE")


def _sqlite():
    return [
        f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
        for table in TABLES
        for event in ("UPDATE", "DELETE")
    ]


def _postgresql():
    function = f"""
        CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'restrict_violation'; END $$
    """
    return [function] + [
        f"CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()"
        for table in TABLES
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("materiality", "0004_living_library"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditedRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("object_type", models.CharField(max_length=60)),
                ("object_id", models.CharField(max_length=60)),
                ("row_digest", models.CharField(max_length=64)),
            ],
        ),
        migrations.AddField(
            model_name="auditevent",
            name="touched_digest",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.CreateModel(
            name="AuditColumns",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("object_type", models.CharField(max_length=60)),
                ("names", models.TextField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("object_type", "names"), name="audit_columns_once")],
            },
        ),
        migrations.AddField(
            model_name="auditevent",
            name="columns",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="materiality.auditcolumns"
            ),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["object_type", "object_id", "number"], name="audit_object"),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["person", "number"], name="audit_person"),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["action", "number"], name="audit_action"),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["at"], name="audit_at"),
        ),
        migrations.AddField(
            model_name="auditedrow",
            name="columns",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="materiality.auditcolumns"
            ),
        ),
        migrations.AddField(
            model_name="auditedrow",
            name="event",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="touched",
                to="materiality.auditevent",
                to_field="number",
            ),
        ),
        migrations.AddIndex(
            model_name="auditedrow",
            index=models.Index(fields=["object_type", "object_id", "event"], name="audited_row_object"),
        ),
        migrations.RunPython(add_triggers, drop_triggers),
    ]
