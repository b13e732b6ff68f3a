"""What every test needs."""

from importlib import import_module

import pytest
from django.db import connection
from pytest_django.plugin import blocking_manager_key

append_only = import_module("materiality.migrations.0005_audit_rows")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item):
    """After a test with transactions of its own all tables are emptied, which the audit trail's triggers refuse."""
    marker = item.get_closest_marker("django_db")
    empties = marker is not None and marker.kwargs.get("transaction")
    if not (empties or {"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))):
        return (yield)
    _with_schema_editor(item, append_only.drop_triggers)
    try:
        return (yield)
    finally:
        _with_schema_editor(item, append_only.add_triggers)


def _with_schema_editor(item, change) -> None:
    with item.config.stash[blocking_manager_key].unblock(), connection.schema_editor() as editor:
        change(None, editor)
