"""Every page of staff asks the database at most MOST times, whatever there is to show."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.repository.pages import shown_rows, staff_pages

pytestmark = pytest.mark.django_db
MOST = 15


def test_no_page_asks_the_database_often(client, demo_rows):
    asked, unseen = {}, []
    for route, paths in staff_pages(shown_rows(client)).items():
        states = set()
        for path in paths:
            with CaptureQueriesContext(connection) as queries:
                states.add(client.get(path).status_code)
            asked[route] = max(len(queries), asked.get(route, 0))
        unseen += [route] if states == {404} else []
    assert ({route: number for route, number in asked.items() if number > MOST}, unseen) == ({}, [])
