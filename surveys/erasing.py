"""Making sure that deleted rows, and the order in which rows were written, cannot be read from the database's files."""

import logging
import time

from django.db import OperationalError, connection, models, transaction

logger = logging.getLogger(__name__)

# Emptying SQLite's log waits for the disk: each process spends at most a twentieth of its time on it.
_SHARE = 0.05
_log_waits_until = float("-inf")


def erase_what_is_deleted() -> None:
    """On SQLite, overwrite deleted rows with zeros from now on (this connection; settings say it for all)."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete=ON")


def rewrite_in_key_order(model: type[models.Model], survey_pk: int) -> None:
    """Write the survey's rows anew, by ascending key: then neither SQLite's row numbers nor PostgreSQL's transaction
    numbers say anything about when a row came.
    """
    _rewrite(model, survey_pk, connection.ops.quote_name(model._meta.pk.column))


def rewrite_shuffled(model: type[models.Model], survey_pk: int) -> None:
    """Write the survey's rows anew in an order of the database's strong randomness, so that the rows of the newest lot
    cannot be told from older ones: not by row or transaction number, not by their place within a page.
    """
    _rewrite(model, survey_pk, "randomblob(16)" if connection.vendor == "sqlite" else "gen_random_uuid()")


@transaction.atomic
def _rewrite(model: type[models.Model], survey_pk: int, order: str) -> None:
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE rewritten AS SELECT * FROM {table} WHERE survey_id = %s", [survey_pk])
        cursor.execute(f"DELETE FROM {table} WHERE survey_id = %s", [survey_pk])
        cursor.execute(f"INSERT INTO {table} SELECT * FROM rewritten ORDER BY {order}")
        cursor.execute("DROP TABLE rewritten")


def vacuum(*tables: type[models.Model], full: bool = True) -> None:
    """Give the database's files anew, without what was deleted; outside of transactions. On SQLite the whole file."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            for model in tables:
                cursor.execute(f"VACUUM {'FULL' if full else ''} {connection.ops.quote_name(model._meta.db_table)}")


def erase_leftovers(*, emptied: tuple[type[models.Model], ...], rewritten: tuple[type[models.Model], ...]) -> None:
    """After mixing, outside of transactions: take what was deleted out of the files, as far as nobody has to wait.

    SQLite: the write-ahead log, which would show the order of the latest changes. PostgreSQL: the dead rows of the
    `emptied` tables, which are small, by writing them anew, and those of the `rewritten` ones for reuse.
    """
    if connection.vendor == "sqlite":
        empty_log()
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")
        vacuum(*emptied)
        vacuum(*rewritten, full=False)
    except OperationalError:
        logger.warning("The tables of answers in progress are in use; what was deleted is erased the next time.")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")


def empty_log_soon() -> None:
    """As `empty_log`, unless this process did so a moment ago; what is left then, the next one or upkeep does."""
    if connection.vendor == "sqlite" and time.monotonic() >= _log_waits_until:
        empty_log()


def empty_log() -> bool:
    """Take over SQLite's write-ahead log into the file and cut it to nothing; False where somebody reads from it now.

    Never waits for others: a respondent's page must not.
    """
    global _log_waits_until
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return False
    begun = time.monotonic()
    with connection.cursor() as cursor:
        patience = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        cursor.execute("PRAGMA busy_timeout = 0")
        try:
            return cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
        except OperationalError:
            return False
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {patience}")
            ended = time.monotonic()
            _log_waits_until = ended + (ended - begun) / _SHARE
