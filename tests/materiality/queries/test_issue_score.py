"""Why an issue stands where it stands."""

import numpy as np
import pytest
from django.utils.translation import override

from materiality.queries.issue_score import group_answers, joint_histogram
from materiality.queries.run_method import cut_lines, group_lines, method_has_changed
from materiality.scoring.cube import Cube
from tests.factories.cycles import make_cycle
from tests.factories.scores import make_run

pytestmark = pytest.mark.django_db


def test_joint_histogram_shows_the_counts_of_all_groups_with_the_highest_rating_first():
    run = make_run(make_cycle(), dict.fromkeys(("users", "media"), 200))
    cube = Cube.from_bytes(bytes(run.cube))
    counts = cube.counts[:, cube.issues.index("ENV-01-01")].sum(axis=0)
    lines = joint_histogram(run, "ENV-01-01")
    assert [line.society for line in lines] == [5, 4, 3, 2, 1, 0]
    shown = np.array([[cell.n for cell in line.cells] for line in lines[::-1]])
    assert (shown == counts).all()
    hidden = np.array([[cell.hidden for cell in line.cells] for line in lines[::-1]])
    assert hidden[(counts > 0) & (counts < 5)].all()
    assert not hidden[counts == 0].any()


def test_joint_histogram_of_an_issue_that_was_not_asked_is_empty():
    assert joint_histogram(make_run(make_cycle()), "ENV-01") == []


def test_group_answers_say_who_counts():
    cycle = make_cycle()
    cycle.groups.filter(code="employees").update(weight_society=0)
    run = make_run(cycle, {"media": 3})
    score = run.scores.get(issue__code="ENV-01-01")
    with override("zh-hans"):
        answers = {each.name: each for each in group_answers(score, run, list(cycle.groups.all()))}
    assert (answers["用户"].counts_society, answers["用户"].counts_business) == (True, True)
    assert (answers["员工"].counts_society, answers["员工"].counts_business) == (False, True)
    assert (answers["媒体"].counts_society, answers["媒体"].society.hidden) == (False, True)
    # Employees have no say on society, so they can score what they are asked; the media are too few.
    assert score.base_groups == 5


def test_group_lines_name_groups_that_are_gone_by_their_code():
    cycle = make_cycle()
    run = make_run(cycle)
    cycle.groups.filter(code="users").delete()
    lines = group_lines(run, list(cycle.groups.all()))
    assert [(line.code, line.name) for line in lines][-1] == ("users", "users")
    assert sum(line.valid for line in lines) == run.responses["valid"]


def test_cut_lines_name_the_nearest_issues_with_the_highest_cut_first():
    run = make_run(make_cycle())
    lines = cut_lines(run.statement, {"ENV-01-01": "Water"})
    assert [line.name for line in lines] == ["high", "low"]
    assert lines[0].value == run.cuts["high"]
    scores = {score.issue.code: score.priority for score in run.scores.select_related("issue")}
    above = lines[0].above
    assert above.distance == pytest.approx(scores[above.code] - lines[0].value)


def test_method_has_changed_once_a_weight_or_parameter_does():
    cycle = make_cycle()
    run = make_run(cycle)
    assert not method_has_changed(run, cycle, list(cycle.groups.all()))
    cycle.groups.filter(code="users").update(weight_business=2)
    assert method_has_changed(run, cycle, list(cycle.groups.all()))
    cycle.groups.filter(code="users").update(weight_business=1)
    cycle.method = {**cycle.method, "min_n": 9}
    assert method_has_changed(run, cycle, list(cycle.groups.all()))
