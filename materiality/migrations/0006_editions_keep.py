"""A published edition does not change: neither its rows nor those of its issues; errata leave the old text.

The tables that SQLite makes anew (a column is added or altered) lose their triggers: such a migration calls
`drop_triggers` before and `add_triggers` after.
"""

from django.db import migrations

MESSAGE = "a published edition does not change"
TEXTS = ("name_zh", "name_en", "definition_zh", "definition_en")
EVENTS = ("INSERT", "UPDATE", "DELETE")
# Whose edition it is: table → expression for the edition's key, {row} being NEW or OLD.
OWNERS = {
    "category": "{row}.edition_id",
    "issue": "{row}.edition_id",
    "issuemapping": "(SELECT edition_id FROM materiality_issue WHERE id = {row}.issue_id)",
    "lineage": "{row}.edition_id",
}
# Columns of published rows that may not change; None: all. What is left out of a list changes freely.
KEPT = {
    "category": None,
    "issue": ("id", "edition_id", "category_id", "parent_id", "code", "groups", "status", "order"),
    "issuemapping": None,
    "lineage": ("id", "edition_id", "kind", "source_id", "target_id", "reason", "at"),
}
KEPT_EDITION = ("id", "code", "title_zh", "title_en", "based_on_id", "created_at", "published_at")
KEPT_ERRATUM = ("id", "issue_id", "field", "old_text", "new_text", "reason", "at")


def add_triggers(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for name, table, event, condition in _rules(_differs(vendor)):
        for statement in _statements(vendor, name, table, event, condition):
            schema_editor.execute(statement)


def drop_triggers(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for name, _table, _event, _condition in _rules(_differs(vendor)):
        if vendor == "sqlite":
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")
        else:
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {name}() CASCADE")


def _rules(differs):
    """(name, table, event, condition under which it is refused) of every trigger."""
    for table, owner in OWNERS.items():
        for event in EVENTS:
            condition = _published(owner, event)
            if event == "UPDATE" and KEPT[table]:
                condition = f"({condition}) AND ({_any(KEPT[table], differs)}{_erratum(differs, table)})"
            yield f"published_{table}_{event.lower()}", f"materiality_{table}", event, condition
    back = "(NEW.state <> OLD.state AND NOT (OLD.state = 'published' AND NEW.state = 'superseded'))"
    changed = f"OLD.state <> 'draft' AND ({back} OR {_any(KEPT_EDITION, differs)})"
    yield "published_edition_update", "materiality_edition", "UPDATE", changed
    yield "published_edition_delete", "materiality_edition", "DELETE", "OLD.state <> 'draft'"
    yield "published_erratum_update", "materiality_erratum", "UPDATE", _any(KEPT_ERRATUM, differs)
    of_issue = "(SELECT edition_id FROM materiality_issue WHERE id = {row}.issue_id)"
    yield "published_erratum_delete", "materiality_erratum", "DELETE", _published(of_issue, "DELETE")


def _published(owner, event):
    """The edition of the row before or after is not a draft."""
    rows = {"INSERT": ("NEW",), "UPDATE": ("OLD", "NEW"), "DELETE": ("OLD",)}[event]
    found = (
        f"EXISTS (SELECT 1 FROM materiality_edition WHERE id = {owner.format(row=row)} AND state <> 'draft')"
        for row in rows
    )
    return " OR ".join(found)


def _erratum(differs, table):
    """A text may change in the edition in force only, and only to what an erratum says."""
    if table != "issue":
        return ""
    allowed = (
        "EXISTS (SELECT 1 FROM materiality_erratum erratum JOIN materiality_edition edition"
        " ON edition.id = OLD.edition_id AND edition.state = 'published'"
        " WHERE erratum.issue_id = OLD.id AND erratum.field = '{text}'"
        " AND erratum.old_text = OLD.{text} AND erratum.new_text = NEW.{text})"
    )
    return "".join(f" OR ({differs(text)} AND NOT {allowed.format(text=text)})" for text in TEXTS)


def _any(columns, differs):
    return " OR ".join(differs(column) for column in columns)


def _differs(vendor):
    operator = "IS NOT" if vendor == "sqlite" else "IS DISTINCT FROM"
    return lambda column: f'OLD."{column}" {operator} NEW."{column}"'


def _statements(vendor, name, table, event, condition):
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
        ]
    row = "OLD" if event == "DELETE" else "NEW"
    function = f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF {condition} THEN
                RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'check_violation';
            END IF;
            RETURN {row};
        END $$
    """
    return [
        function,
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    ]


class Migration(migrations.Migration):
    dependencies = [("materiality", "0005_audit_rows")]
    operations = [migrations.RunPython(add_triggers, drop_triggers)]
