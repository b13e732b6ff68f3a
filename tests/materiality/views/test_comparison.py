"""The page that compares groups."""

import pytest

from tests.factories.cycles import make_cycle
from tests.factories.people import log_in
from tests.factories.scores import make_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def cycle():
    return make_cycle(code="spring")


def test_comparison_shows_every_issue_and_group_with_habits_once(client, cycle):
    run = make_run(cycle, {"media": 3})
    log_in(client, "committee")
    response = client.get("/cycles/spring/groups-compared/")
    rows = list(response.context["listing"].page)
    assert [row.score.disagreement["society"] for row in rows] == sorted(
        (row.score.disagreement["society"] for row in rows), reverse=True
    )
    users = [row.cells[0] for row in rows]
    score = rows[0].score
    habit = run.figures["habits"]["users"]["society"]
    assert users[0].score == pytest.approx(score.groups["users"]["society"]["score"] - habit)
    media = [cell for row in rows for line, cell in zip(response.context["comparison"].lines, row.cells, strict=True)]
    assert any(cell.hidden and cell.score is None and cell.difference is None for cell in media)
    assert response.content.decode().count("Habit of rating") == 1


def test_comparison_on_business_only_beyond_chance(client, cycle):
    make_run(cycle, dict.fromkeys(("users", "employees", "media"), 150))
    log_in(client, "committee")
    every = (
        client.get("/cycles/spring/groups-compared/?dimension=business&sort=name").context["listing"].page.object_list
    )
    some = client.get("/cycles/spring/groups-compared/?dimension=business&beyond=1").context["listing"].page.object_list
    beyond = [row for row in every if row.sides_beyond_chance or any(cell.beyond_chance for cell in row.cells)]
    assert sorted(row.score.issue.code for row in some) == sorted(row.score.issue.code for row in beyond)
    assert 0 < len(some) <= len(every) == 8


@pytest.mark.parametrize("change", [{"scoring": 1}, {"min_n": 2}])
def test_comparison_says_why_it_is_not_shown(client, cycle, change):
    if "min_n" in change:
        cycle.method = {**cycle.method, **change}
    run = make_run(cycle)
    if "scoring" in change:
        type(run).objects.update(**change)
    log_in(client, "committee")
    response = client.get("/cycles/spring/groups-compared/")
    assert response.context["listing"] is None and "<table" not in response.content.decode()


def test_comparison_without_a_run_leads_to_how_to_get_one(client, cycle):
    log_in(client, "committee")
    for page in ("groups-compared", "robustness"):
        assert client.get(f"/cycles/spring/{page}/").url == "/cycles/spring/scores/"
        assert client.get(f"/cycles/spring/{page}/?run=1").status_code == 404
