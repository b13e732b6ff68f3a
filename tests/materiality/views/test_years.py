"""The page that sets two years beside each other, and cuts kept as numbers."""

from datetime import date

import pytest

from materiality.models import AuditEvent, Cycle, Run
from materiality.queries.years import YearOnYear
from tests.factories.cycles import make_cycle
from tests.factories.people import log_in, make_person
from tests.factories.scores import make_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def then():
    cycle = make_cycle(code="then")
    Cycle.objects.filter(pk=cycle.pk).update(period_start=date(2025, 1, 1), period_end=date(2025, 12, 31))
    return make_run(Cycle.objects.get(pk=cycle.pk))


@pytest.fixture
def now(then):
    cycle = make_cycle(code="now")
    Cycle.objects.filter(pk=cycle.pk).update(
        edition=then.edition, period_start=date(2026, 1, 1), period_end=date(2026, 12, 31)
    )
    return Cycle.objects.get(pk=cycle.pk)


def test_years_show_changes_with_intervals_and_trends(client, then, now):
    run = make_run(now, seed=2)
    log_in(client, "committee")
    response = client.get("/cycles/now/years/")
    found = response.context["found"]
    row = next(row for row in found.rows if row.code == "ENV-01-01")
    before, after = (each.scores.get(issue__code="ENV-01-01") for each in (then, run))
    assert row.sides[0].change == pytest.approx(after.society - before.society)
    assert row.sides[0].low < row.sides[0].change < row.sides[0].high
    assert "asked in other words" not in response.content.decode()
    run.responses["instruments"] = {"wave": 2}
    run.save(update_fields=["responses"])
    assert "The two cycles were asked in other words" in client.get("/cycles/now/years/").content.decode()
    assert row.trend == [before.priority, after.priority]
    assert len(row.line.split()) == 2
    assert (row.tier_then, row.tier_now) == (before.tier, after.tier)
    moved = [row.moved for row in found.rows]
    assert moved == sorted(moved, reverse=True)
    assert found.entries == found.exits == []


def test_years_without_an_earlier_cycle_say_so(client, then):
    log_in(client, "committee")
    assert "There is no earlier cycle" in client.get("/cycles/then/years/").content.decode()
    assert YearOnYear(then, make_person()).other is None


def test_cuts_become_numbers_by_one_press_before_the_first_run(client, then, now):
    log_in(client)
    assert "Take these cuts over as numbers" in client.get("/cycles/now/years/").content.decode()
    client.post("/cycles/now/years/freeze/", {"run": then.pk})
    method = Cycle.objects.get(code="now").method
    assert (method["cuts"], method["cut_low"], method["cut_high"]) == ("absolute", then.cuts["low"], then.cuts["high"])
    assert AuditEvent.objects.get(action="set_method").after["cuts_of"] == "then, 1"


def test_cuts_do_not_become_numbers_where_the_weights_differ_unless_kept_all_the_same(client, then, now):
    now.groups.filter(code="users").update(weight_society=3)
    log_in(client)
    text = client.get("/cycles/now/years/").content.decode()
    assert "The weights of these groups differ:" in text and "Take them over all the same" in text
    client.post("/cycles/now/years/freeze/", {"run": then.pk})
    assert Cycle.objects.get(code="now").method["cuts"] == "shares"
    client.post("/cycles/now/years/freeze/", {"run": then.pk, "anyway": "1"})
    assert Cycle.objects.get(code="now").method["cuts"] == "absolute"
    assert "Users" in AuditEvent.objects.get(action="set_method").after["against"][0]


def test_cuts_that_separate_nothing_are_no_numbers(client, then, now):
    Run.objects.filter(pk=then.pk).update(cuts={**then.cuts, "low": None})
    log_in(client)
    assert "separates nothing" in client.get("/cycles/now/years/").content.decode()
    client.post("/cycles/now/years/freeze/", {"run": then.pk})
    assert Cycle.objects.get(code="now").method["cuts"] == "shares"


def test_cuts_are_frozen_by_those_who_may(client, then, now):
    log_in(client, "committee")
    assert client.post("/cycles/now/years/freeze/", {"run": then.pk}).status_code == 403
