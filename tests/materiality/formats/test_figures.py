"""Figures from elsewhere: by page and command to a run of their own, marked, compared, undone."""

import csv
import io
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import translation

from materiality.actions.scores import keep_run
from materiality.actions.tables import confirm, scope_of, undo
from materiality.formats.scores import scores_json
from materiality.models import Cycle, Issue, Run
from materiality.platform.hooks import standings
from materiality.platform.refusals import NotAllowed
from materiality.queries.verification import score_findings
from materiality.queries.years import compared_json, earlier_runs, line_of
from materiality.tables.records import read_tables
from materiality.tables.widgets import SheetPlan
from tests.factories.cycles import make_cycle
from tests.factories.people import log_in
from tests.factories.responses import on_disk
from tests.factories.scores import make_run
from tests.factories.sheets import take_in
from tests.factories.texts import reword

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def cycle() -> Cycle:
    """One that ended a year before the others, without responses."""
    return _of_year(make_cycle(code="earlier"), 2025)


@pytest.fixture
def now(cycle) -> Cycle:
    """The cycle of the year after it, on the same edition."""
    made = make_cycle(code="now")
    Cycle.objects.filter(pk=made.pk).update(edition=cycle.edition)
    return _of_year(made, 2026)


def _of_year(cycle: Cycle, year: int) -> Cycle:
    Cycle.objects.filter(pk=cycle.pk).update(period_start=date(year, 1, 1), period_end=date(year, 12, 31))
    return Cycle.objects.get(pk=cycle.pk)


HEADER = ("group", "issue", "dimension", "n", "mean", "scale", "score", "sd", "source")


def figures(cycle, *rows: dict, mean: float = 4.0) -> bytes:
    """Every group and issue on both dimensions, but for what `rows` say otherwise by place."""
    issues = Issue.objects.filter(edition=cycle.edition, parent__isnull=False).order_by("code")[:3]
    table = [
        {"group": group.code, "issue": issue.code, "dimension": dimension, "n": 40, "mean": mean - 0.5 * place,
         "scale": 5, "score": "", "sd": 1, "source": "Consultants Ltd"}
        for group in cycle.groups.all()
        for place, issue in enumerate(issues)
        for dimension in ("society", "business")
    ]  # fmt: skip
    for at, row in enumerate(rows):
        table[at] |= row
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, HEADER)
    writer.writeheader()
    writer.writerows(table)
    return text.getvalue().encode()


def stored(cycle, contents: bytes):
    return confirm(take_in("figures", scope_of("figures", cycle=cycle), "figures.csv", contents), by=None)


def test_figures_become_a_run_of_their_own_that_pages_mark(client, cycle):
    stored(cycle, figures(cycle))
    run = cycle.runs.get()
    first = run.scores.filter(derived=False).order_by("issue__code").first()
    rated = 40 * cycle.groups.count()
    assert (run.source, first.society, first.society_n) == ("Consultants Ltd", pytest.approx(75), rated)
    assert first.society_low < 75 < first.society_high
    assert list(scores_json(run)["issues"][0]["groups"]["users"]["society"].values()) == [40, 4.0, 75.0]
    assert list(score_findings()) == []
    told = {step.key: standing for step, standing in standings(Cycle.objects.get(pk=cycle.pk))}
    asking = ("scope", "survey", "invitations", "progress", "responses", "screening")
    assert ([told[key].done for key in asking], told["screening"].words) == ([True] * 6, "not needed")
    log_in(client)
    for name, args in (("scores", []), ("matrix", []), ("comparison", []), ("issue_score", [first.issue.code])):
        page = client.get(reverse(name, args=[cycle.code, *args]))
        assert (page.status_code, b"Consultants Ltd" in page.content) == (200, True), name
    robustness = client.get(reverse("robustness", args=[cycle.code]))
    assert (robustness.status_code, robustness.url) == (302, reverse("scores", args=[cycle.code]))


def test_table_with_a_column_block_per_group_becomes_the_same_figures(cycle):
    names = {group.code: group.name_en for group in cycle.groups.all()}
    issues = Issue.objects.filter(edition=cycle.edition, parent__isnull=False).order_by("code")[:3]
    heads = ["Topic", "Points of the scale"]
    for name in names.values():
        heads += [
            f"{name} – {said}" for said in ("N", "society (mean)", "society SD", "Business: average", "business SD")
        ]
    lines = [
        [issue.name_en, 5, *[40, 4 - 0.5 * at, 1, 4 - 0.5 * at, 1] * len(names)] for at, issue in enumerate(issues)
    ]
    text = io.StringIO(newline="")
    csv.writer(text).writerows([heads, *lines])
    stored(cycle, text.getvalue().encode())
    assert kept_figures(cycle) == on_both_dimensions(names, issues)


def kept_figures(cycle) -> set[tuple]:
    return set(
        cycle.reported_figures.values_list("group__code", "issue__code", "dimension", "n", "mean", "scale", "sd")
    )


def on_both_dimensions(groups, issues) -> set[tuple]:
    return {
        (group, issue.code, dimension, 40, 4 - 0.5 * at, 5, 1.0)
        for group in groups for at, issue in enumerate(issues) for dimension in ("society", "business")
    }  # fmt: skip


@pytest.mark.parametrize("repeated", [False, True], ids=["merged", "repeated"])
def test_table_with_merged_headings_in_three_rows_becomes_the_same_figures(cycle, repeated):
    """As consultants send it: group over dimension over measure, each name once above its columns."""
    reword(cycle.groups.all()[:1], name_zh="社会平均得分人数")
    names = {group.code: group.name_zh for group in cycle.groups.all()}
    issues = Issue.objects.filter(edition=cycle.edition, parent__isnull=False).order_by("code")[:3]
    measures = ("样本数", "平均值", "标准差")
    again = (lambda word: word) if repeated else (lambda word: "")
    heads = [
        ["议题", "scale", *(word for name in names.values() for word in (name, *[again(name)] * 5))],
        ["", "", *(word for _ in names for side in ("社会", "经营") for word in (side, *[again(side)] * 2))],
        ["", "", *measures * 2 * len(names)],
    ]
    lines = [[issue.name_zh, 5, *(40, 4 - 0.5 * at, 1) * 2 * len(names)] for at, issue in enumerate(issues)]
    text = io.StringIO(newline="")
    csv.writer(text).writerows([*heads, *lines])
    stored(cycle, text.getvalue().encode())
    assert kept_figures(cycle) == on_both_dimensions(names, issues)


def test_figures_are_compared_with_what_was_counted_later(client, cycle, now):
    stored(cycle, figures(cycle))
    run = make_run(now)
    (earlier,) = earlier_runs(now, line_of(now.edition))
    found = compared_json(Run.objects.get(pk=earlier.pk), run)
    groups = sorted(cycle.groups.values_list("code", flat=True))
    assert ([each["code_a"] for each in found["issues"]][-1], found["groups"]["society"]) == ("ENV-01-03", groups)
    change = found["issues"][0]["society"]
    assert change["low"] < change["change"] < change["high"]
    log_in(client)
    page = client.get(reverse("years", args=[now.code])).content.decode()
    assert "as reported by Consultants Ltd" in page


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ({"score": 70}, "figures_differ"),
        ({"mean": "", "scale": ""}, "no_figure"),
        ({"scale": ""}, "no_scale"),
        ({"mean": 5.5}, "off_scale"),
        ({"mean": "", "score": 101}, "off_scale"),
        ({"n": 0}, "no_ratings"),
        ({"group": "usrs"}, "unknown_group"),
        ({"dimension": "both"}, "unknown_dimension"),
    ],
)
def test_figure_that_cannot_be_is_refused_with_its_place(cycle, row, kind):
    imported = take_in("figures", scope_of("figures", cycle=cycle), "f.csv", figures(cycle, row))
    (problem,) = next(each for each in SheetPlan.from_json(imported.plan).rows if each.problems).problems
    assert (problem.kind, problem.row) == (kind, 2)
    with pytest.raises(NotAllowed):
        confirm(imported, by=None)
    assert not Run.objects.exists()


def test_score_that_is_the_mean_is_taken_with_it(cycle):
    stored(cycle, figures(cycle, {"score": 75.04}))
    assert cycle.runs.get().reported[0][4] == pytest.approx(75, abs=26)


def test_import_that_is_undone_takes_its_run_back(cycle):
    first = stored(cycle, figures(cycle))
    second = stored(cycle, figures(cycle, mean=3.5))
    assert [run.number for run in cycle.runs.order_by("number")] == [1, 2]
    undo(second, by=None)
    assert [run.number for run in cycle.runs.all()] == [1]
    undo(first, by=None)
    assert not cycle.runs.exists() and not cycle.reported_figures.exists()


def test_figures_and_responses_are_never_mixed(cycle, now):
    make_run(now)
    with pytest.raises(NotAllowed, match="never mixed"):
        stored(now, figures(now))
    stored(cycle, figures(cycle))
    with pytest.raises(NotAllowed, match="never mixed"):
        make_run(cycle)
    with pytest.raises(NotAllowed, match="one run"):
        keep_run(run=cycle.runs.get(), over={}, name="x", reason="y", by=None)


def test_command_imports_figures_and_says_what_it_did(cycle, capsys):
    path = on_disk(figures(cycle))
    call_command("import_figures", cycle.code, str(path), "--dry-run")
    assert not Run.objects.exists()
    call_command("import_figures", cycle.code, str(path))
    assert "run 1" in capsys.readouterr().out
    with pytest.raises(CommandError, match="1 problem;"):
        call_command("import_figures", cycle.code, str(on_disk(figures(cycle, {"n": 0}))))


def test_exported_figures_change_nothing_when_they_come_back(client, cycle):
    stored(cycle, figures(cycle))
    log_in(client)
    contents = client.get(reverse("cycle_sheet_export", args=[cycle.code, "figures", "csv"])).content
    imported = take_in("figures", scope_of("figures", cycle=cycle), "f.csv", contents)
    assert not SheetPlan.from_json(imported.plan).changes_anything


@pytest.mark.parametrize(
    "row",
    [",Climate change,see Li,Emissions and energy", ",Climate change,,Emissions and energy,check with Li"],
)
def test_row_without_a_code_is_no_second_row_of_headings(row):
    text = f"code,name_en,,definition_en\n{row}\nE1,Energy,,What is used\n"
    (table,) = read_tables(text.encode(), "list.csv")
    assert table.columns == ("code", "name_en", "", "definition_en")
    assert [each.cells["name_en"] for each in table.rows] == ["Climate change", "Energy"]
