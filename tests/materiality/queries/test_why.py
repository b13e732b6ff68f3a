"""What the page of an issue says of its groups and of what would move it."""

import numpy as np
import pytest
from django.utils.translation import override

from materiality.queries.cycles import parents_of
from materiality.queries.scores import counts_of
from materiality.queries.why import TALL, Why
from materiality.scoring.cube import DIMENSIONS, Cube
from materiality.scoring.method import Method
from materiality.scoring.run import run as score
from tests.factories.cycles import make_cycle
from tests.factories.scores import make_run

pytestmark = pytest.mark.django_db


def why_of(run, code="ENV-01-01") -> Why:
    return Why(run, run.scores.select_related("issue").get(issue__code=code), list(run.cycle.groups.all()))


def test_pulls_of_the_groups_and_the_score_explain_one_another():
    cycle = make_cycle()
    cycle.groups.filter(code="users").update(weight_society=3)
    why = why_of(make_run(cycle))
    for d, name in enumerate(DIMENSIONS):
        sides = [group.sides[d] for group in why.groups]
        assert sum(side.share for side in sides) == pytest.approx(1)
        assert sum(side.pull for side in sides) == pytest.approx(0, abs=1e-9)
        adjusted = sum(side.share * (side.cell.score - side.habit) for side in sides)
        assert adjusted == pytest.approx(getattr(why.score, name))
    assert [group.sides[0].weight for group in why.groups] == [3, 1, 1, 1, 1, 1]


def test_histograms_are_the_ratings_of_the_group():
    run = make_run(make_cycle())
    why, cube = why_of(run), Cube.from_bytes(bytes(run.cube))
    g, i = cube.groups.index("users"), cube.issues.index("ENV-01-01")
    side = next(group for group in why.groups if group.name == why.names["users"]).sides[1]
    counts = cube.counts[g, i].sum(axis=0)[1:]
    assert [bar.share for bar in side.bars] == pytest.approx((counts / counts.sum()).tolist())
    assert max(bar.height for bar in side.bars) == TALL
    assert all(bar.y + bar.height == pytest.approx(TALL) for bar in side.bars)


def test_a_hidden_group_shows_neither_bars_nor_pull_and_stays_out_of_the_pairs():
    run = make_run(make_cycle(), {"media": 3})
    why, cube = why_of(run), Cube.from_bytes(bytes(run.cube))
    assert "media" in why.hidden_groups and len(why.hidden_groups) >= 2
    for group in why.groups:
        hidden = [side for side in group.sides if side.cell.hidden]
        assert all((side.bars, side.half, side.pull) == ((), None, None) for side in hidden)
    shown = [g for g, group in enumerate(cube.groups) if group not in why.hidden_groups]
    counts = cube.counts[shown, cube.issues.index("ENV-01-01")].sum(axis=0)
    assert (np.array([[cell.n for cell in line.cells] for line in why.pairs[::-1]]) == counts).all()
    hidden = np.array([[cell.hidden for cell in line.cells] for line in why.pairs[::-1]])
    assert hidden[(counts > 0) & (counts < 5)].all() and not hidden[counts == 0].any()


def test_groups_that_do_not_count_have_no_part():
    cycle = make_cycle()
    cycle.groups.filter(code="employees").update(weight_society=0)
    with override("zh-hans"):
        groups = {group.name: group.sides for group in why_of(make_run(cycle, {"media": 3})).groups}
    assert [side.counts for side in groups["员工"]] == [False, True]
    assert [side.share for side in groups["媒体"]] == [None, None]


def test_habits_and_pulls_are_not_shown_where_small_cells_count():
    cycle = make_cycle()
    cycle.method = {**cycle.method, "min_n": 2}
    sides = [side for group in why_of(make_run(cycle)).groups for side in group.sides]
    assert {(side.habit, side.pull) for side in sides} == {(None, None)}


@pytest.mark.parametrize("code", ["ENV-01-02", "SOC-01-03", "SOC-01"])
def test_movers_in_words_do_what_they_say(code):
    cycle = make_cycle()
    run = make_run(cycle, seed=4)
    with override("en"):
        lines = {str(line.kind): line for line in why_of(run, code).movers}
    method, counts = Method.from_stored(run.method), counts_of(run)
    parents = parents_of(run.edition_id, counts.ratings.issues)

    def tier(changed):
        found = score(counts, changed, parents)
        return next(each.tier for each in (*found.issues, *found.primary_issues) if each.code == code)

    assert len(lines) == 5
    moved = lines["Share of society, λ, in whole per cent"]
    if moved.change:
        assert moved.change.endswith("% instead of 50%")
        lam = float(moved.change.split("%")[0]) / 100
        assert tier(Method.from_dict({**method.as_dict(), "lam": lam})) == moved.tier != tier(method)
    left = lines["Leaving out one group"]
    assert left.change.startswith("without ")
    group = run.cycle.groups.get(name__en=left.change.removeprefix("without ")).code
    weights = {**method.weights, group: {"society": 0, "business": 0}}
    assert tier(Method.from_dict({**method.as_dict(), "weights": weights})) == left.tier != tier(method)
    other = lines["The other way to score"]
    assert (other.change, other.tier) == ("", "")  # everybody was asked everything


def test_a_primary_has_no_groups_of_its_own():
    why = why_of(make_run(make_cycle()), "ENV-01")
    assert (why.groups, why.pairs) == ([], [])
