"""Lists as files."""

import csv
import io

import pytest
from openpyxl import load_workbook

from tests.factories.cycles import make_cycle
from tests.factories.people import log_in, make_person

pytestmark = pytest.mark.django_db


def test_list_is_a_file_of_what_the_filters_let_through(client):
    make_cycle(code="one"), make_cycle(code="two", state="closed")
    log_in(client)
    answer = client.get("/cycles/?state=closed&file=csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert answer["Content-Disposition"] == 'attachment; filename="cycles.csv"'
    assert (rows[0][:2], [row[1] for row in rows[1:]]) == (["Cycle", "State"], ["Closed"])
    assert "no-store" in answer["Cache-Control"]
    book = load_workbook(io.BytesIO(client.get("/cycles/?file=xlsx").content))
    assert len(list(book.active.rows)) == 3


def test_file_is_for_those_who_may_see_the_page(client):
    log_in(client, "viewer")
    assert client.get("/people/?file=csv").status_code == 403


def test_file_runs_nothing_that_somebody_typed(client):
    log_in(client, "administrator")
    make_person(username="x", first_name="=1+1")
    assert "'=1+1" in client.get("/people/?file=csv").content.decode("utf-8-sig")
