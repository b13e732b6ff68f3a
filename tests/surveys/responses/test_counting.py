"""A dry run says what a change of rules and a run after it would give, counted by plain loops."""

from collections import Counter
from dataclasses import replace

import pytest
from django.utils import translation

from materiality.actions.scores import score_cycle
from materiality.models import AuditEvent, IssueScore
from surveys.actions.screening import change_rules, screen_survey
from surveys.models import Response, RuleSet
from surveys.questionnaire.screening import FLAGS, Rules
from surveys.responses.counting import count_cycle
from surveys.responses.trials import dry_run
from tests.factories.responses import make_response
from tests.factories.screening import CLOSES, OPENS, flags_by_loop, is_valid_by_loop, make_varied_responses
from tests.factories.surveys import make_survey, make_survey_cycle

pytestmark = pytest.mark.django_db
EFFECTS = Rules().effects
CANDIDATES = [
    Rules({**EFFECTS, "attention": "reject", "speeding": "mark"}, 80, 60, 10),
    Rules(dict.fromkeys(EFFECTS, "off")),
    replace(Rules(), incomplete_percent=60, speeding_seconds=1.5),
]


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def screened_survey(number=150, **values):
    survey = make_survey(opens_at=OPENS, closes_at=CLOSES, **values)
    survey.attention, survey.attention_value = True, 2
    survey.save()
    make_varied_responses(survey, number)
    screen_survey(survey=survey, by=None)
    return survey


def counts_by_loop(survey, before, after):
    """{flag: {group: Counter}} and {group: Counter}, one response after the other."""
    old, new = flags_by_loop(survey, before), flags_by_loop(survey, after)
    codes = list(survey.cycle.groups.values_list("code", flat=True))
    rules = {flag: {code: Counter() for code in codes} for flag in FLAGS}
    groups = {code: Counter() for code in codes}
    for row in survey.responses.select_related("group"):
        was, now = is_valid_by_loop(row, old[row.pk], before), is_valid_by_loop(row, new[row.pk], after)
        groups[row.group.code] += Counter(before=was, after=now, go=was and not now, back=now and not was)
        taken = {flag for flag in old[row.pk] if before.effects[flag] == "reject"}
        takes = {flag for flag in new[row.pk] if after.effects[flag] == "reject"}
        for flag in FLAGS if not row.unfinished else ():
            rules[flag][row.group.code] += Counter(
                flagged_before=flag in old[row.pk],
                flagged_after=flag in new[row.pk],
                alone_before=taken == {flag},
                alone_after=takes == {flag},
                go=was and not now and flag in takes,
                back=now and not was and flag in taken,
            )
    return rules, groups


@pytest.mark.parametrize("candidate", CANDIDATES)
def test_dry_run_counts_per_rule_and_group_as_a_plain_loop_does(candidate):
    survey = screened_survey()
    rules, groups = counts_by_loop(survey, Rules(), candidate)
    found = dry_run(survey, candidate)
    assert {flag: {code: +Counter(cell) for code, cell in cells.items()} for flag, cells in found["rules"].items()} == {
        flag: {code: +cell for code, cell in cells.items()} for flag, cells in rules.items()
    }
    assert {code: +Counter(cell) for code, cell in found["groups"].items()} == {k: +v for k, v in groups.items()}
    assert found["submitted"] == survey.responses.filter(unfinished=False).count()
    old, new = flags_by_loop(survey, Rules()), flags_by_loop(survey, candidate)
    assert found["moved"] == sum(old[pk] != new[pk] for pk in old) > 0


@pytest.mark.parametrize("candidate", CANDIDATES)
def test_dry_run_names_the_tiers_that_runs_before_and_after_give(candidate):
    cycle = make_survey_cycle()
    survey, other = screened_survey(200, cycle=cycle), make_survey(cycle)
    make_response(other, group=cycle.groups.last(), ratings=bytes([1, 5] * (other.items.count() // 2)))
    found = dry_run(survey, candidate)["tiers"]
    first = score_cycle(cycle=cycle, counted=count_cycle(cycle), by=None)
    change_rules(survey=survey, rules=candidate, reason="Tried out", by=None)
    second = score_cycle(cycle=cycle, counted=count_cycle(cycle), by=None)
    before, after = ({score.issue.code: score for score in scores_of(run)} for run in (first, second))
    expected = {code for code in before if before[code].tier != after[code].tier}
    assert {change["code"] for change in found["changes"]} == expected
    for change in found["changes"]:
        pair = before[change["code"]], after[change["code"]]
        for name in ("tier", "priority", "society", "business", "rank"):
            assert change[name] == [getattr(score, name) for score in pair]
        assert change["level"] == ("primary" if pair[0].issue.is_primary else "secondary")
    assert found["compared"] == len(before) == 19
    assert found["furthest"] == max(abs(before[code].priority - after[code].priority) for code in before)


def scores_of(run):
    return IssueScore.objects.filter(run=run).select_related("issue")


def test_dry_run_finds_changed_tiers_of_both_levels():
    cycle = make_survey_cycle({"environment": 3, "society": 3, "economy": 3})
    survey = make_survey(cycle)
    for lows, token in ((0, ""), (0, ""), *((1, "a"),) * 6):
        values = [5, 5] * 3 + [3, 2] * 3 + [1, 1] * 3
        make_response(survey, token=token, ratings=bytes(values[::-1] if lows else values))
    screen_survey(survey=survey, by=None)
    cycle.method = {"min_n": 2}
    cycle.save()
    found = dry_run(survey, Rules({**EFFECTS, "duplicate": "off"}))
    assert {change["level"] for change in found["tiers"]["changes"]} == {"secondary", "primary"}


def test_dry_run_stores_nothing():
    survey = screened_survey(60)
    before = list(Response.objects.order_by("id").values_list())
    events = AuditEvent.objects.count()
    dry_run(survey, CANDIDATES[0])
    survey.refresh_from_db()
    assert list(Response.objects.order_by("id").values_list()) == before
    assert (RuleSet.objects.count(), AuditEvent.objects.count(), survey.rules) == (0, events, Rules().to_json())


def test_dry_run_without_anything_left_says_so():
    survey = make_survey()
    make_response(survey, ratings=bytes(survey.items.count() // 2) + bytes([3]) * (survey.items.count() // 2))
    assert "No valid response" in dry_run(survey, replace(Rules(), incomplete_percent=60))["no_tiers"]
    survey.responses.update(overruled=2)
    assert "counts now" in dry_run(survey, Rules())["no_tiers"]
