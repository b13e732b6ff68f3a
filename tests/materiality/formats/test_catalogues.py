"""Catalogues of one's own, and those that come with the product."""

import pytest

from materiality.actions.tables import confirm, undo
from materiality.formats.catalogues import CatalogueResource
from materiality.models import Disclosure, Framework
from materiality.platform.refusals import NotAllowed
from materiality.tables.widgets import Scope
from tests.factories.library import make_category, make_disclosure, make_edition, make_issue, map_issue
from tests.factories.sheets import csv_file, plan_of, problems_in, upload

pytestmark = pytest.mark.django_db


def row(code: str, parent: str = "", framework: str = "ACME", edition: str = "2026") -> dict:
    titles = {"title_zh": f"项 {code}", "title_en": f"Topic {code}"}
    return {"framework": framework, "edition": edition, "code": code, **titles, "parent_code": parent}


def test_own_catalogue_is_stored_with_parents_in_any_order():
    confirm(upload("catalogues", csv_file([row("A.1.1", "A.1"), row("A.1", "A"), row("A")])), by=None)
    stored = Disclosure.objects.filter(framework__code="ACME").order_by("code")
    assert [(item.code, item.parent.code if item.parent else "") for item in stored] == [
        ("A", ""),
        ("A.1", "A"),
        ("A.1.1", "A.1"),
    ]
    assert Framework.objects.get(code="ACME").edition == "2026"


def test_undo_takes_an_own_catalogue_away():
    imported = confirm(upload("catalogues", csv_file([row("A"), row("A.1", "A")])), by=None)
    undo(imported, by=None)
    assert not Disclosure.objects.exists()
    assert not Framework.objects.filter(code="ACME").exists()


def test_undo_is_refused_where_an_issue_maps_to_a_new_code():
    imported = confirm(upload("catalogues", csv_file([row("A")])), by=None)
    edition = make_edition(state="draft")
    map_issue(make_issue(make_category(edition), "SOC-01"), Disclosure.objects.get(code="A"))
    with pytest.raises(NotAllowed):
        undo(imported, by=None)
    assert Disclosure.objects.filter(code="A").exists()


def test_catalogue_that_comes_with_the_product_is_not_changed():
    make_disclosure("2-1")
    found = plan_of(CatalogueResource(Scope()), [row("2-1", framework="GRI", edition="2021")])
    assert problems_in(found) == [(2, "framework", "built_in")]


def test_catalogue_cycle_of_parents_is_told():
    found = plan_of(CatalogueResource(Scope()), [row("A", "B"), row("B", "A"), row("C", "A")])
    assert problems_in(found) == [(2, "parent_code", "cycle"), (3, "parent_code", "cycle")]


def test_catalogue_parent_that_is_nowhere_is_told_with_the_nearest():
    found = plan_of(CatalogueResource(Scope()), [row("A.1"), row("A.1.1", "A.2")])
    assert problems_in(found) == [(3, "parent_code", "no_parent")]
    assert found.rows[1].problems[0].nearest == ("A.1",)


def test_catalogue_code_of_a_framework_must_be_plain():
    found = plan_of(CatalogueResource(Scope()), [row("A", framework="our own!")])
    assert problems_in(found) == [(2, "framework", "bad_framework")]
