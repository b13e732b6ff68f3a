"""The page that says how far tiers hold."""

import pytest

from tests.factories.cycles import make_cycle
from tests.factories.people import log_in
from tests.factories.scores import make_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def cycle():
    return make_cycle(code="spring")


def test_robustness_lists_scenarios_in_words_and_what_holds(client, cycle):
    make_run(cycle)
    log_in(client, "committee")
    response = client.get("/cycles/spring/robustness/")
    table, text = response.context["table"], response.content.decode()
    words = [line.words for line in table.scenarios]
    assert {"Without Users", "Users weighs 0.5 times as much", "Every response counts alike"} <= set(words)
    assert {"High from −2 points", "Scores: plain mean of the groups", "Ratings 4 and 5 taken as one"} <= set(words)
    shares = [row.share for row in table.held]
    assert shares == sorted(shares) and len(shares) == 8
    assert f"{table.firm} of 8 issues" in text


def test_robustness_of_version_1_is_not_shown(client, cycle):
    run = make_run(cycle)
    type(run).objects.update(scoring=1)
    log_in(client, "committee")
    assert "<table" not in client.get("/cycles/spring/robustness/").content.decode()
