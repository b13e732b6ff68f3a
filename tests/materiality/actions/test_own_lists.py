"""Lists of companies that are not the model case: own categories, flat, on three levels, in one language."""

import csv

import pytest

from materiality.actions.cycles import open_cycle
from materiality.actions.library import publish_edition
from materiality.actions.tables import put_in_force
from materiality.models import Edition
from materiality.queries.cycles import rateable_issues, rateable_levels
from materiality.tables.problems import BadLibrary
from surveys.actions.plans import build_survey
from tests.factories.cycles import details
from tests.factories.sheets import csv_file, draft_of_small_library
from tests.materiality.library_file.fixture_folder import FOLDER

pytestmark = pytest.mark.django_db


def loaded(rows: list[dict[str, str]]) -> Edition:
    """The edition that a file of these rows becomes."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    return put_in_force(contents=csv_file([dict.fromkeys(names, "") | row for row in rows]), name="l.csv", by=None)


def line(code: str, category: str, parent: str = "", **texts: str) -> dict[str, str]:
    return {"code": code, "category": category, "parent_code": parent} | (texts or {"name_en": f"Issue {code}"})


def test_categories_of_ones_own_are_taken_and_called_as_their_codes():
    rows = [line("ES-01", "environment"), line("ES-01-01", "environment", "ES-01")]
    rows += [line("GO-01", "governance"), {**line("GO-01-01", "governance", "GO-01"), "gri_2021": "205-2"}]
    edition = loaded(rows)
    assert [(row.code, row.name.texts, row.mark) for row in edition.categories.all()] == [
        ("environment", {"en": "Environment"}, 1),
        ("governance", {"en": "Governance"}, 2),
    ]


def test_category_that_looks_like_a_slip_of_another_is_told():
    with pytest.raises(BadLibrary) as error:
        loaded([line("ES-01", "environment"), line("ES-02", "enviroment")])
    assert [(each.kind, each.nearest) for each in error.value.problems] == [("unknown_category", ("environment",))]


@pytest.mark.parametrize(("language", "names"), [("en", ("Health", "Safety")), ("ko", ("건강", "안전"))])
def test_file_in_one_language_makes_an_edition_cycle_and_survey_in_that_language(language, names):
    column = f"name_{language}"
    rows = [line("SA-01", "society", **{column: names[0]}), line("SA-01-01", "society", "SA-01", **{column: names[1]})]
    edition = loaded(rows)
    values = {name: value for name, value in details().items() if not name.startswith("title_")}
    cycle = open_cycle(**values, **{f"title_{language}": "2026"}, by=None)
    survey = build_survey(cycle=cycle, values={"code": "s", f"title_{language}": "2026"}, by=None)
    assert (edition.languages, cycle.languages, survey.languages) == ([language],) * 3
    assert [issue.name for issue in edition.issues.order_by("code")] == list(names)


def test_flat_list_is_put_in_force_and_asked():
    edition = loaded([line("E1", "environment"), line("S2-3", "society")])
    assert edition.languages == ["en"]
    assert rateable_levels(edition.pk) == ["primary"]
    assert {row.code for row in rateable_issues(edition.pk, "secondary")} == {"E1", "S2-3"}


def test_flat_list_is_published_from_a_draft():
    draft = draft_of_small_library()
    draft.issues.filter(parent__isnull=False).update(status="retired")
    assert publish_edition(edition=draft, by=None, acknowledged="Ours").state == Edition.State.PUBLISHED


def test_list_of_three_levels_is_stored_and_a_fourth_is_told():
    codes = ["EE-01", "EE-01-01", "EE-01-01-01", "EE-01-01-01-01"]
    rows = [line(code, "society", parent) for code, parent in zip(codes, ["", *codes], strict=False)]
    edition = loaded(rows[:3])
    assert [issue.level for issue in edition.issues.order_by("code")] == [1, 2, 3]
    assert rateable_levels(edition.pk) == ["secondary", "middle", "primary"]
    assert [issue.code for issue in rateable_issues(edition.pk, "middle")] == ["EE-01-01"]
    with pytest.raises(BadLibrary) as error:
        loaded(rows)
    assert [(each.kind, each.row) for each in error.value.problems] == [("fourth_level", 5)]


def test_esrs_list_goes_in_as_it_is():
    with (FOLDER / "framework_topics.csv").open(encoding="utf-8", newline="") as stream:
        topics = [row for row in csv.DictReader(stream) if row["framework_code"] == "ESRS"]
        topics = [
            row for row in topics if not row["kind"].endswith("disclosure_requirement") and row["code"] != "ESRS 2"
        ]
    heads = {row["code"]: row["parent_code"] for row in topics if len(row["code"]) == 2}
    rows, parents = [], {row["code"]: row["parent_code"] for row in topics}
    for row in topics:
        if len(row["code"]) == 1:
            continue
        top = next(code for code in heads if row["code"].startswith(code))
        parent = parents[row["code"]] if row["code"] not in heads else ""
        texts = {"name_zh": row["title_zh"], "name_en": row["title_en"]}
        rows.append(line(row["code"], heads[top], parent, **texts))
    edition = loaded(rows)
    levels = [issue.level for issue in edition.issues.select_related("parent__parent")]
    assert [levels.count(level) for level in (1, 2, 3)] == [10, 37, len(levels) - 47]
    assert [row.code for row in edition.categories.all()] == ["E", "S", "G"]
