"""Plain SQL past Django's cursors."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from materiality.models import KeyCheck
from materiality.platform.statements import all_rows, changed, one_row

pytestmark = pytest.mark.django_db
FIND = "SELECT purpose, fingerprint FROM materiality_keycheck WHERE purpose = %s"
ADD = "INSERT INTO materiality_keycheck (purpose, fingerprint, created_at) VALUES (%s, %s, '2026-01-01')"


@pytest.fixture(autouse=True)
def checks() -> None:
    KeyCheck.objects.all().delete()
    KeyCheck.objects.create(purpose="100 %", fingerprint="a")


def test_rows_are_found_and_written():
    assert one_row(FIND, ["100 %"]) == ("100 %", "a")
    assert one_row(FIND, ["other"]) is None
    assert changed(ADD, ["other", "b"]) == 1
    assert all_rows("SELECT fingerprint FROM materiality_keycheck ORDER BY purpose") == [("a",), ("b",)]
    assert changed("UPDATE materiality_keycheck SET fingerprint = %s WHERE purpose = %s", ["c", "nothing"]) == 0


def test_errors_are_djangos():
    with pytest.raises(IntegrityError), transaction.atomic():
        changed(ADD, ["100 %", "b"])
    with pytest.raises(DatabaseError), transaction.atomic():
        one_row("SELECT 1 FROM nothing")
    assert one_row(FIND, ["100 %"]) == ("100 %", "a")


def test_nothing_is_asked_in_a_transaction_that_broke():
    with pytest.raises(TransactionManagementError), transaction.atomic():
        connection.set_rollback(True)
        one_row(FIND, ["100 %"])


def test_who_watches_statements_sees_them():
    with CaptureQueriesContext(connection) as seen:
        one_row(FIND, ["100 %"])
    assert len(seen) == 1
