"""Making sure that deleted rows, and the order in which rows were written, cannot be read from the database's files."""

from django.db import connection, models, transaction


def erase_what_is_deleted() -> None:
    """On SQLite, overwrite deleted rows with zeros from now on (this connection)."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete=ON")


@transaction.atomic
def rewrite_in_key_order(model: type[models.Model], survey_pk: int) -> None:
    """Write the survey's rows anew, by ascending key, in one transaction: then neither SQLite's row numbers nor
    PostgreSQL's transaction numbers say anything about when a row came.
    """
    quote = connection.ops.quote_name
    table, key = quote(model._meta.db_table), quote(model._meta.pk.column)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE rewritten AS SELECT * FROM {table} WHERE survey_id = %s", [survey_pk])
        cursor.execute(f"DELETE FROM {table} WHERE survey_id = %s", [survey_pk])
        cursor.execute(f"INSERT INTO {table} SELECT * FROM rewritten ORDER BY {key}")
        cursor.execute("DROP TABLE rewritten")


def vacuum(*tables: type[models.Model]) -> None:
    """Give the database's files anew, without what was deleted; outside of transactions."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            for model in tables:
                cursor.execute(f"VACUUM FULL {connection.ops.quote_name(model._meta.db_table)}")
