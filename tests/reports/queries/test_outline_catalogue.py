"""Catalogues come from the database once, and again when they were loaded anew."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from materiality.models import Disclosure, Framework
from reports.queries.outline import books_of, gri_catalogue, gri_crosswalk
from tests.factories.reports import make_cycle

pytestmark = pytest.mark.django_db


def test_catalogue_is_that_of_the_edition(library):
    old, new = gri_catalogue("2016"), gri_catalogue("2021")
    assert (old["102-1"].title_en, old["102-1"].standard_year) == ("Name of the organization", 2016)
    assert "2-1" in new and "2-1" not in old and len(old.disclosures) == 148
    assert {"102-1", "102-2"} <= {row.from_code for row in gri_crosswalk()}


def test_catalogue_is_read_once(library):
    gri_catalogue("2016")
    with CaptureQueriesContext(connection) as queries:
        gri_catalogue("2016")
    assert len(queries) == 1


def test_catalogue_is_read_again_after_a_change(library):
    before = len(gri_catalogue("2016").disclosures)
    framework = Framework.objects.get(code="GRI", edition="2016")
    Disclosure.objects.create(framework=framework, code="999-1", standard_code="999", standard_year=2016)
    assert len(gri_catalogue("2016").disclosures) == before + 1


def test_catalogue_without_library_is_empty():
    assert gri_catalogue("2021").disclosures == {}


def test_books_hold_both_editions_and_all_issues(library):
    books = books_of(make_cycle(gri_edition="2021"))
    assert (books.catalogue.edition, books.other.edition, len(books.issues)) == ("2021", "2016", 116)
    assert books_of(make_cycle(gri_edition="2021"), "2016").catalogue.edition == "2016"
