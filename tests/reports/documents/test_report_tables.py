"""Tables of the report: what stands in them, in every format, and the same bytes each time."""

import csv
import io
import re

import pytest
from django.utils.translation import override

from materiality.actions.stakeholders import load_demo_stakeholders
from materiality.models import Cycle, Disclosure, Indicator, Issue, IssueScore
from materiality.platform.refusals import NotAllowed
from reports.actions.outline import import_outline
from reports.documents.framework_tables import exchange_table
from reports.gri.index import OutlineRow
from reports.outputs import KINDS, build_output, output_inputs
from tests.factories.library import map_issue
from tests.factories.reports import make_cycle, make_run

pytestmark = pytest.mark.django_db
TABLES = [
    *("issue-list", "sdg-table", "stakeholder-table", "exchange-table", "hkex-table", "esrs-table"),
    "year-comparison",
]


@pytest.fixture(autouse=True)
def english():
    with override("en"):
        yield


@pytest.fixture
def cycle(cycle):
    load_demo_stakeholders(cycle=cycle, by=None)
    return cycle


@pytest.fixture
def later(cycle):
    """The cycle of the year after, with a run of other ratings."""
    row = make_cycle("later")
    Cycle.objects.filter(pk=row.pk).update(
        period_start="2027-01-01", period_end="2027-12-31", title={"en": "2027", "zh": "2027 年度"}
    )
    row.refresh_from_db()
    make_run(row, seed=5)
    load_demo_stakeholders(cycle=row, by=None)
    return row


def made(cycle, kind, format="csv", language="en", **options) -> bytes:
    return build_output(output_inputs(cycle, kind=kind, format=format, language=language, options=options))


def rows(cycle, kind, language="en", **options) -> list[dict[str, str]]:
    text = made(cycle, kind, language=language, **options).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def material(cycle) -> set[str]:
    found = IssueScore.objects.filter(run__cycle=cycle, material=True, level__isnull=True)
    return set(found.values_list("issue__name__en", flat=True))


def test_every_table_in_every_format_gives_the_same_bytes(later):
    for kind in TABLES:
        for format in KINDS[kind].formats:
            first = made(later, kind, format)
            with override("de"):
                assert made(later, kind, format) == first, (kind, format)


def test_sdg_table_has_17_goals_with_the_material_issues_mapped_to_them(cycle):
    found = rows(cycle, "sdg-table")
    assert sorted(int(row["number"]) for row in found) == list(range(1, 18))
    assert {row["number"]: row["goal"] for row in found}["13"] == "Climate Action"
    for row in found:
        goal = Disclosure.objects.get(framework__code="SDG", code=row["number"])
        names = set(Issue.objects.filter(mappings__disclosure=goal).values_list("name__en", flat=True))
        shown = set(row["issues"].split("; ")) - {"No material issue bears on it"}
        assert shown == names & material(cycle)


def test_target_that_a_material_issue_names_stands_beside_its_goal(cycle):
    assert "targets" not in rows(cycle, "sdg-table")[0]
    goal_8 = Issue.objects.filter(mappings__disclosure__framework__code="SDG", mappings__disclosure__code="8")
    scores = IssueScore.objects.filter(run__cycle=cycle, material=True, level__isnull=True)
    issue = scores.exclude(issue__in=goal_8).first().issue
    map_issue(issue, Disclosure.objects.get(framework__code="SDG", code="8.5"))
    found = {row["number"]: row for row in rows(cycle, "sdg-table")}
    assert len(found) == 17 and found["8"]["targets"] == "8.5" and issue.name.texts["en"] in found["8"]["issues"]


def test_goals_of_the_same_issues_share_a_row(cycle):
    IssueScore.objects.filter(run__cycle=cycle).update(material=False)
    html = made(cycle, "sdg-table", "html").decode()
    assert html.count("No material issue bears on it") == 1
    assert html.count('class="again"') == 16


def test_exchange_table_says_of_21_topics_whether_they_are_material_and_why(cycle):
    found = rows(cycle, "exchange-table")
    assert len(found) == 21
    assert {row["dimension"] for row in found} == {
        "Environmental information", "Social information", "Sustainability-related governance information"
    }  # fmt: skip
    names = material(cycle)
    for row in found:
        if row["material"] == "Material":
            assert set(row["because"].removeprefix("Material: ").split("; ")) <= names
        else:
            assert row["because"].startswith("Below the threshold among 93 issues: ")


def test_exchange_topic_that_nothing_covers_says_so(cycle):
    inputs = output_inputs(cycle, kind="exchange-table", format="csv", language="en")
    next(topic for topic in inputs["topics"] if topic["code"] == "09")["issues"] = []
    with override("en"):
        cells = next(row.cells for row in exchange_table(inputs).rows if row.cells[0] == "Rural revitalization")
    assert cells == ["Rural revitalization", "Not material", "No issue of this assessment is mapped to it."]


def test_locations_come_from_sections_that_carry_the_code(cycle):
    assert "location" not in rows(cycle, "exchange-table")[0]
    sections = [
        OutlineRow(1, "气候", locations=("P9", "P12"), frameworks={"cn_exchange": ["01"], "esrs": ["E1.2"]}),
        OutlineRow(2, "排放", locations=("P12",), frameworks={"cn_exchange": ["01"], "hkex": ["A1"]}),
    ]
    import_outline(cycle=cycle, rows=sections, by=None)
    found = {row["topic"]: row["location"] for row in rows(cycle, "exchange-table")}
    assert [place for place in found.values() if place] == ["P9\nP12"]
    assert {row["location"] for row in rows(cycle, "esrs-table") if row["standard"].startswith("E1")} == {"P9\nP12"}
    hkex = {row["kpi"]: row["location"] for row in rows(cycle, "hkex-table") if row["aspect"].startswith("A1")}
    assert hkex["General disclosure"] == "P12" and hkex["A1.1 Types of emissions"] == ""


def test_hkex_table_lists_the_indicators_under_their_aspects(cycle):
    found = rows(cycle, "hkex-table")
    assert [row["kpi"].split()[0] for row in found if row["aspect"].startswith("A1 ")] == [
        "General", "A1.1", "A1.3", "A1.4", "A1.5", "A1.6"
    ]  # fmt: skip
    climate = [row for row in found if row["subject_area"].startswith("Part D")]
    assert len(climate) == 23 and climate[1]["aspect"] == "Strategy"
    assert {row["kpi"] for row in climate if row["material"] == "Material"} >= {"Greenhouse gas emissions"}
    assert not any(row["aspect"].startswith("A4") or row["kpi"].startswith("D28") for row in found)


def test_esrs_table_lists_the_82_disclosure_requirements_and_4_of_minimum(cycle):
    found = rows(cycle, "esrs-table")
    assert len(found) == 86
    general = [row for row in found if row["standard"].startswith("ESRS 2")]
    assert len(general) == 16 and {row["material"] for row in general} == {"Always reported"}
    climate = [row for row in found if row["standard"] == "E1 Climate change"]
    assert len(climate) == 9 and len({row["issues"] for row in climate}) == 1


def test_stakeholder_table_has_the_points_of_every_group(cycle):
    found = rows(cycle, "stakeholder-table", "zh-hans")
    assert [row["group"] for row in found] == [group.name_zh for group in cycle.groups.all()]
    assert found[0]["channel"].splitlines()[:2] == ["• 应用内反馈入口与在线客服（持续）", "• 用户座谈会（每季度）"]
    assert "frequency" not in found[0]
    cycle.groups.get(code="users").points.filter(kind="channel").update(frequency="Monthly")
    one = rows(cycle, "stakeholder-table", "zh-hans")[0]
    assert (one["channel"].splitlines()[0], one["frequency"]) == ("• 应用内反馈入口与在线客服", "每月")


def test_stakeholder_table_without_points_is_refused(library, media):
    with pytest.raises(NotAllowed, match="Write them"):
        rows(make_cycle(), "stakeholder-table")


def test_issue_list_names_tier_and_definition(cycle):
    found = rows(cycle, "issue-list", "zh-hans")
    assert len(found) == 93
    issue = Issue.objects.get(edition=cycle.edition, code=found[0]["code"])
    assert found[0]["definition"] == issue.definition_zh
    assert {row["tier"] for row in found} == {"高度重要", "中度重要", "低度重要"}


def test_year_comparison_is_of_the_same_issues(cycle, later):
    found = rows(later, "year-comparison")
    assert len(found) == 93
    assert [int(row["rank"]) for row in found] == list(range(1, 94))
    one = found[0]
    scores = IssueScore.objects.filter(issue__code=one["code"])
    assert int(one["rank_before"]) == scores.get(run__cycle=cycle).rank
    assert re.fullmatch(r"−?\d+\.\d \(−?\d+\.\d to −?\d+\.\d\)", one["society"])


def test_year_comparison_without_an_earlier_cycle_is_refused(cycle, later):
    with pytest.raises(NotAllowed, match="There is no earlier cycle"):
        rows(cycle, "year-comparison")
    with pytest.raises(NotAllowed, match="There are: demo"):
        rows(later, "year-comparison", against="nobody")
    assert len(rows(later, "year-comparison", against="demo")) == 93


def test_indicator_table_prints_baseline_years_and_target_in_the_order_of_the_library(cycle):
    named = {"name_zh": "清洁能源", "name_en": "Clean energy", "unit": "%", "source": "Meters"}
    years = {"baseline_year": 2020, "baseline": 10, "target_year": 2030, "target": 60}
    values = {"2024": 31.5, "2026": 42, "2027": 50}
    Indicator.objects.create(issue="ENV-03-02", code="clean", **named, **years, values=values)
    Indicator.objects.create(issue="ENV-02-01", code="plan", name_zh="目标", name_en="Targets", values={})
    found = rows(cycle, "indicator-table")
    assert [row["indicator"] for row in found] == ["Targets", "Clean energy"]
    assert {name: found[1][name] for name in ("baseline", "2024", "2026", "target", "unit")} == {
        "baseline": "10 (2020)", "2024": "31.5", "2026": "42", "target": "60 (2030)", "unit": "%"
    }  # fmt: skip
    assert "2027" not in found[1] and "owner" not in found[1]
    for format in ("xlsx", "docx", "pdf"):
        assert made(cycle, "indicator-table", format)
    Indicator.objects.filter(code="clean").update(target=60_000)
    assert rows(cycle, "indicator-table")[1]["target"] == "60000 (2030)"
    assert b"60,000 (2030)" in made(cycle, "indicator-table", "html")
