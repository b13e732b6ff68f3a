"""Loading the default library and files: contents, a second time, next editions, refusals, two levels."""

import csv
import re
from collections import Counter

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from materiality.actions.library import load_library
from materiality.actions.tables import put_in_force
from materiality.models import (
    AuditEvent,
    Crosswalk,
    Disclosure,
    DisclosureLink,
    Edition,
    Framework,
    Issue,
    IssueMapping,
)
from materiality.queries.library import library_contents
from materiality.tables.problems import MESSAGES, BadLibrary, Problem
from materiality.tables.words import problem_text
from tests.factories.library import default_library, make_category, make_edition, make_issue
from tests.factories.texts import reword
from tests.materiality.library_file.fixture_folder import FOLDER, csv_bytes, flat_rows, with_cell

pytestmark = pytest.mark.django_db


def rows_of(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def put(rows: list[list[str]]) -> Edition | None:
    return put_in_force(contents=csv_bytes(rows), name="library.csv", by=None)


def everything() -> list:
    """All rows that loading writes, but for their keys' order."""
    models = (Framework, Disclosure, DisclosureLink, Crosswalk, Edition, Issue, IssueMapping)
    return [list(model.objects.order_by("pk").values()) for model in models]


def test_default_library_counts(library_rows):
    edition = Edition.objects.get()
    assert (edition.code, edition.state) == ("2026", "published")
    assert (edition.title_zh, edition.title_en) == ("默认议题库 2026", "Default issue library 2026")
    issues = edition.issues.all()
    assert edition.categories.count() == 4
    assert (issues.filter(parent=None).count(), issues.exclude(parent=None).count()) == (23, 93)
    assert issues.filter(definition__zh="").count() == issues.filter(definition__en="").count() == 0


def test_default_library_catalogues_are_those_of_the_files(library_rows):
    counts = Counter(Disclosure.objects.values_list("framework__code", "framework__edition"))
    assert counts == {
        ("GRI", "2016"): 148 + 12 + 39, ("GRI", "2021"): 140 + 1 + 37 + 4 + 94, ("SDG", "2015"): 17 + 169,
        ("ESRS", "2023"): 210, ("CNSE", "2024"): 24, ("HKEX", "2025"): 79,
    }  # fmt: skip
    kinds = Counter(Disclosure.objects.filter(framework__code="GRI").values_list("framework__edition", "kind"))
    assert (kinds["2016", "disclosure"], kinds["2021", "disclosure"], kinds["2021", "sector_topic"]) == (160, 141, 94)
    assert Crosswalk.objects.count() == len(rows_of("gri_2016_to_2021")) + 15 + 16
    assert DisclosureLink.objects.count() == sum(len(row["sdgs"].split(";")) for row in rows_of("gri_sdg_links"))


@pytest.mark.parametrize(
    ("file", "column", "framework", "edition"),
    [
        ("issue_library", "gri_2016", "GRI", "2016"),
        ("issue_library", "gri_2021", "GRI", "2021"),
        ("issue_library", "sdgs", "SDG", "2015"),
        ("issue_library", "esrs", "ESRS", "2023"),
        ("issue_library", "cn_exchange_topic", "CNSE", "2024"),
    ],
)
def test_default_library_mappings_are_those_of_the_files(file, column, framework, edition, library_rows):
    wanted = {row["code"]: len([part for part in row[column].split(";") if part]) for row in rows_of(file)}
    mapped = IssueMapping.objects.filter(disclosure__framework__code=framework, disclosure__framework__edition=edition)
    assert Counter(mapped.values_list("issue__code", flat=True)) == Counter(wanted) - Counter()


def test_default_library_titles_become_codes(library_rows):
    issue = Issue.objects.get(code="SOC-01-01")
    codes = issue.disclosures.filter(framework__code__in=("ESRS", "CNSE")).values_list("code", flat=True)
    assert sorted(codes) == ["17", "S1.1.1", "S1.3.1", "S1.3.2"]
    assert issue.groups == ["employees", "government", "media"]


def test_gri_102_1_of_both_editions_are_two_disclosures(library_rows):
    found = Disclosure.objects.filter(code="102-1").order_by("framework__edition")
    assert [(row.framework.edition, row.standard_year) for row in found] == [("2016", 2016), ("2021", 2025)]
    assert found[0].title_en != found[1].title_en


def test_loading_twice_changes_nothing(library_rows):
    before = everything()
    loaded = load_library(by=None)
    assert (loaded.is_new, loaded.catalogue_rows, loaded.kept) == (False, 0, False)
    assert everything() == before
    assert AuditEvent.objects.filter(action="load_library").count() == 1


def test_loading_the_default_as_a_file_changes_nothing(library_rows):
    before = everything()
    assert put(flat_rows()) is None
    assert everything() == before


def test_loading_mends_catalogues_and_records_it(library_rows):
    reword(Disclosure.objects.filter(framework__code="GRI", framework__edition="2016", code="102-1"), title_en="x")
    Crosswalk.objects.filter(source__code="307-1").delete()
    DisclosureLink.objects.filter(disclosure__code="205-1").update(basis="x")
    changed = 2 + DisclosureLink.objects.filter(basis="x").count()
    assert load_library(by=None).catalogue_rows == changed
    assert Disclosure.objects.filter(title__en="x").count() == 0
    assert [event.after for event in AuditEvent.objects.order_by("number")][1:] == [{"catalogue_rows": changed}]


def test_loading_is_a_few_queries(django_assert_max_num_queries):
    with django_assert_max_num_queries(90):
        default_library()


def test_file_that_differs_becomes_the_next_edition(library_rows):
    first = Edition.objects.get()
    rows = with_cell(2, "name_en", "Environmental Law")
    second = put(rows)
    first.refresh_from_db()
    assert (second.code, second.state, second.based_on, first.state) == ("2026-2", "published", first, "superseded")
    assert second.issues.get(code="ENV-01-01").name_en == "Environmental Law"
    assert first.issues.get(code="ENV-01-01").name_en == "Environmental Compliance"
    assert len(library_contents(second).issues) == len(library_contents(first).issues) == 116
    third = put(flat_rows())
    assert (third.code, third.title_en) == ("2026-3", "Issue library 2026-3")


def test_default_library_does_not_replace_a_loaded_file():
    edition = put(with_cell(2, "name_en", "Environmental Law"))
    assert (edition.code, edition.title_en) == ("2026", "Issue library 2026")
    loaded = load_library(by=None)
    assert (loaded.edition, loaded.kept, Edition.objects.count()) == (edition, True, 1)


def test_bad_file_stores_nothing():
    with pytest.raises(BadLibrary) as error, transaction.atomic():
        put(with_cell(3, "sdgs", "18", with_cell(2, "code", "")))
    assert [problem.kind for problem in error.value.problems] == ["empty", "unknown_code"]
    assert [rows for rows in everything() if rows] == []
    assert AuditEvent.objects.count() == 0


def test_missing_file_is_refused(tmp_path):
    with pytest.raises(CommandError):
        call_command("load_library", str(tmp_path / "none.csv"))


def test_command_says_what_it_did(capsys):
    with translation.override("en"):
        call_command("load_library")
        call_command("load_library")
    assert capsys.readouterr().out.splitlines() == [
        "Default issue library 2026 is in force: 23 primary and 93 secondary issues.",
        "Groups of the organisation that are new: users, employees, creators_partners, government, media, community.",
        "Default issue library 2026 is in force already; nothing changed.",
    ]


def test_command_names_every_problem(tmp_path, capsys):
    path = tmp_path / "library.csv"
    path.write_bytes(csv_bytes(with_cell(3, "gri_2021", "307-1;102-1", with_cell(2, "sdgs", "18"))))
    with translation.override("en"), pytest.raises(CommandError, match="^3 problems; nothing was stored.$"):
        call_command("load_library", str(path))
    assert capsys.readouterr().err.splitlines() == [
        "Row 2, sdgs: “18” is not in SDG 2015. Nearest: 17",
        "Row 3, gri_2021: “307-1” is not in GRI 2021. Nearest: 2-27",
        "Row 3, gri_2021: “102-1” has two meanings: “Name of the organization” in GRI 2016, and "
        "“Transition plan for climate change mitigation” since 2025. Nearest: 2-1 or “102-1 (2025)”",
    ]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("kind", sorted(MESSAGES))
def test_every_problem_has_a_sentence(language, kind):
    names = set(re.findall(r"%\((\w+)\)s", MESSAGES[kind])) - {"value", "title", "old_title"}
    with translation.override(language):
        text = problem_text(Problem(kind, 2, "code", "X", ("Y",), dict.fromkeys(names, "Z")))
    assert "%(" not in text and text.endswith("Y")
    assert (language == "zh-hans") == any("一" <= letter <= "鿿" for letter in text)


def test_database_refuses_a_fourth_level():
    category = make_category(make_edition())
    secondary = make_issue(category, "SOC-01-01", make_issue(category, "SOC-01"))
    third = make_issue(category, "SOC-01-01-01", secondary)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_issue(category, "SOC-01-01-01-01", third)


def test_database_refuses_making_a_parent_of_two_levels_secondary():
    category = make_category(make_edition())
    primary = make_issue(category, "SOC-01")
    make_issue(category, "SOC-01-01-01", make_issue(category, "SOC-01-01", primary))
    primary.parent = make_issue(category, "SOC-02")
    with pytest.raises(IntegrityError), transaction.atomic():
        primary.save()


@pytest.mark.parametrize("same_edition", [True, False])
def test_database_refuses_a_parent_of_another_edition_or_category(same_edition):
    edition = make_edition()
    elsewhere = make_category(edition, "economy") if same_edition else make_category(make_edition(state="draft"))
    primary = make_issue(elsewhere, "SOC-01")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_issue(make_category(edition), "SOC-01-01", primary)


def test_default_file_matches_its_rows(library_rows):
    with CaptureQueriesContext(transaction.get_connection()) as queries:
        contents = library_contents(Edition.objects.get())
    held = {issue.code: issue for issue in contents.issues}
    for row in (dict(zip(flat_rows()[0], cells, strict=True)) for cells in flat_rows()[1:]):
        issue = held[row["code"]]
        assert (issue.parent_code, issue.category, issue.name["zh"], issue.definition["en"]) == (
            row["primary_code"], row["category"], row["name_zh"], row["definition_en"],
        )  # fmt: skip
        assert set(issue.groups) == set(row["audience"].split(";"))
    assert len(queries) == 4
