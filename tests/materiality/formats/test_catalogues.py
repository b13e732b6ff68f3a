"""Catalogues of one's own, and those that come with the product."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from materiality.actions.library import install_framework, load_library
from materiality.actions.tables import confirm, undo
from materiality.formats.catalogues import CatalogueResource
from materiality.formats.issues import IssueResource
from materiality.models import Disclosure, Edition, Framework
from materiality.platform.refusals import NotAllowed
from materiality.tables.widgets import Scope
from tests.factories.library import make_category, make_disclosure, make_edition, make_issue, map_issue
from tests.factories.people import log_in
from tests.factories.sheets import csv_file, plan_of, problems_in, upload

pytestmark = pytest.mark.django_db


def row(code: str, parent: str = "", framework: str = "ACME", edition: str = "2026") -> dict:
    titles = {"title_zh": f"项 {code}", "title_en": f"Topic {code}"}
    return {"framework": framework, "edition": edition, "code": code, **titles, "parent_code": parent}


def test_own_catalogue_is_stored_with_parents_in_any_order():
    confirm(upload("framework", csv_file([row("A.1.1", "A.1"), row("A.1", "A"), row("A")])), by=None)
    stored = Disclosure.objects.filter(framework__code="ACME").order_by("code")
    assert [(item.code, item.parent.code if item.parent else "") for item in stored] == [
        ("A", ""),
        ("A.1", "A"),
        ("A.1.1", "A.1"),
    ]
    assert Framework.objects.get(code="ACME").edition == "2026"


def test_own_catalogue_has_titles_in_the_languages_of_the_organisation(tmp_path):
    make_edition(languages=["ko"])
    told = {"framework": "MSCI", "edition": "2026", "code": "K1", "title_ko": "물 스트레스", "official_ko": "no"}
    confirm(upload("framework", csv_file([told])), by=None)
    stored = Disclosure.objects.get(code="K1")
    assert (stored.title.texts, stored.own_wording) == ({"ko": "물 스트레스"}, ["ko"])
    exported = CatalogueResource(Scope())
    assert [column.name for column in exported.columns][5:11] == [
        *("title_zh", "title_en", "title_ko", "official_zh", "official_en", "official_ko")
    ]


def test_undo_takes_an_own_catalogue_away():
    imported = confirm(upload("framework", csv_file([row("A"), row("A.1", "A")])), by=None)
    undo(imported, by=None)
    assert not Disclosure.objects.exists()
    assert not Framework.objects.filter(code="ACME").exists()


def test_undo_is_refused_where_an_issue_maps_to_a_new_code():
    imported = confirm(upload("framework", csv_file([row("A")])), by=None)
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


@pytest.fixture
def own_framework():
    """A catalogue as a company keeps it: the edition behind the name, days as a spreadsheet has them, own codes."""
    day = {"in_force_from": "2026-01-01", "in_force_until": "2027/01/01", "replaced_by": "B.1"}
    lines = [
        {"framework": "Rater 2026", "code": "B", "title_en": "Business", "kind": "group"},
        {"framework": "Rater 2026", "code": "B.1", "parent_code": "B", "title_en": "Privacy", "code_official": "no"},
        {"framework": "Rater 2026", "code": "B.2", "parent_code": "B", "title_zh": "人才", "official_zh": "no", **day},
    ]
    names = {name: "" for line in lines for name in line}
    confirm(upload("framework", csv_file([names | line for line in lines])), by=None)


def test_own_framework_with_days_and_wordings_gets_a_column_that_takes_codes_and_titles(own_framework):
    row = Disclosure.objects.get(code="B.2")
    assert (row.effective_from, row.withdrawn_from, row.own_wording) == (date(2026, 1, 1), date(2027, 1, 1), ["zh"])
    framework = row.framework
    assert (framework.code, framework.edition, framework.column) == ("Rater", "2026", "rater")
    draft = make_edition(state="draft")
    make_issue(make_category(draft), "SOC-01")
    found = plan_of(IssueResource(Scope(edition=draft)), [{"code": "SOC-01", "rater": "privacy;B.2 [part]"}])
    assert found.rows[0].cells == {"rater": ["", "B.1;B.2 [part]"]}
    wrong = plan_of(IssueResource(Scope(edition=draft)), [{"code": "SOC-01", "rater": "B;B.1 [half];B.1;B.1 [whole]"}])
    assert [problem.kind for problem in wrong.rows[0].problems] == ["unknown_code", "unknown_type", "two_types"]


def test_own_framework_is_imported_by_command_and_tried_first(tmp_path):
    file = tmp_path / "own.csv"
    file.write_bytes(csv_file([{"framework": "Own", "code": "1", "title_en": "One", "in_force_from": "soon"}]))
    with pytest.raises(CommandError):
        call_command("import_framework", file, stderr=StringIO())
    file.write_bytes(csv_file([{"framework": "Own", "code": "1", "title_en": "One"}]))
    call_command("import_framework", file, "--dry-run", stdout=StringIO())
    assert not Framework.objects.exists()
    call_command("import_framework", file, stdout=StringIO())
    assert (str(Framework.objects.get()), Disclosure.objects.get().title_en) == ("Own", "One")


def test_framework_that_comes_along_is_installed_on_its_page(client, library_rows):
    log_in(client)
    page = client.get("/library/frameworks/").content.decode()
    assert "IFRS Sustainability Disclosure Standards" in page and "HKEX 2025" in page
    assert "issb" not in {column.name for column in IssueResource(Scope()).columns}
    client.post("/library/frameworks/install/", {"code": "ISSB", "edition": "2023"})
    assert Framework.objects.get(code="ISSB").disclosures.count() == 10
    assert [column.name for column in IssueResource(Scope()).columns][7:14] == [
        "gri_2016", "gri_2021", "sdgs", "esrs", "cn_exchange", "hkex", "issb"
    ]  # fmt: skip
    with pytest.raises(NotAllowed):
        install_framework(code="ISSB", edition="2023", by=None)
    assert load_library(by=None).catalogue_rows == 0


def test_whole_standards_sector_topics_and_years_are_taken_where_codes_are(library_rows):
    """Case lib-whole-standard, and what else companies' lists hold."""
    cells = {
        "gri_2021": "GRI 403;GRI 302: 2016;11.9;306-3 (2016);GRI 102 (2025) [part]",
        "gri_2016": "303-3 (2016);303-3;GRI 303 (2016);GRI 306",
        "esrs": "S1-14;E1-6",
        "hkex": "A4;A1.1;D28",
    }
    resource = IssueResource(Scope(edition=Edition.objects.get()))
    found = plan_of(resource, [{"code": "ENV-01-01", **cells}])
    assert found.rows[0].problems == []
    assert {name: new for name, (_old, new) in found.rows[0].cells.items()} == {
        "gri_2021": "GRI 102 (2025) [part];GRI 302;GRI 403;306-3 (2016);11.9",
        "gri_2016": "303-3;GRI 306;GRI 303 (2016);303-3 (2016)",
        "esrs": "E1-6;S1-14",
        "hkex": "A1.1;D;D28",
    }
    wrong = plan_of(resource, [{"code": "ENV-01-01", "gri_2021": "14.2;GRI 102;12.99;GRI 999"}])
    assert [(each.kind, each.value) for each in wrong.rows[0].problems] == [
        ("unknown_code", "14.2"), ("year_needed", "GRI 102"), ("unknown_code", "12.99"), ("unknown_code", "GRI 999")
    ]  # fmt: skip
