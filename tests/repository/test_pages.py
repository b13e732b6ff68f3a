"""Every page of staff asks the database at most MOST times, whatever there is to show, and each list that it holds
comes as a file.
"""

import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.repository.pages import shown_rows, staff_pages

pytestmark = pytest.mark.django_db
MOST = 15
FILE = re.compile(r'class="file" href="(\?[^"]*file=csv[^"]*)"')


def test_no_page_asks_the_database_often(client, demo_rows):
    asked, unseen, files = {}, [], {}
    for route, paths in staff_pages(shown_rows(client)).items():
        states = set()
        for path in paths:
            with CaptureQueriesContext(connection) as queries:
                page = client.get(path)
            states.add(page.status_code)
            text = "" if page.streaming else page.content.decode(errors="ignore")
            files |= {f"{path.partition('?')[0]}{html.unescape(file)}": path for file in FILE.findall(text)}
            asked[route] = max(len(queries), asked.get(route, 0))
        unseen += [route] if states == {404} else []
    assert ({route: number for route, number in asked.items() if number > MOST}, unseen) == ({}, [])
    taken = {file: client.get(file) for file in files}
    assert len(taken) > 15 and {file: b"\r\n" in each.content for file, each in taken.items()} == dict.fromkeys(
        taken, True
    )
