"""The review of a cycle: decisions with a reason, an exact snapshot signed, what a stale or other run may not do."""

import pytest
from django.utils.translation import override

from materiality.actions.review import (
    Choice,
    begin_review,
    decide,
    hand_back,
    reopen_review,
    sign_off,
    take_over_decisions,
)
from materiality.actions.scores import score_cycle
from materiality.models import AuditEvent, Cycle
from materiality.platform.digests import value_digest
from materiality.platform.hooks import step_named
from materiality.platform.refusals import NotAllowed
from materiality.queries.review import differences, issues_reviewed, snapshot
from reports.queries.index import material_topics
from reports.queries.tables import issues_of, run_inputs
from surveys.responses.counting import count_cycle
from tests.factories.responses import make_response
from tests.factories.review import make_scored_cycle
from tests.factories.surveys import make_survey_cycle

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with override("en"):
        yield


@pytest.fixture
def cycle():
    return make_scored_cycle()


def run_of(cycle):
    return score_cycle(cycle=cycle, counted=count_cycle(cycle), by=None)


def tiers(run):
    return {each.score.issue.code: each.tier for each in issues_reviewed(run)}


def refused(said, action, **arguments):
    with pytest.raises(NotAllowed, match=said):
        action(by=None, **arguments)


def test_committee_decides_with_reasons_and_signs_what_it_saw(cycle):
    run = cycle.runs.get()
    refused("not under review", decide, run=run, choices={})
    begin_review(cycle=cycle, by=None)
    low = next(code for code, tier in tiers(run).items() if tier == "low")
    refused(f"{low}: give the reason", decide, run=run, choices={low: Choice("high", " ")})
    refused("knows these tiers only: High, Medium, Low", decide, run=run, choices={low: Choice("double", "why")})
    refused("no issue NO-1", decide, run=run, choices={"NO-1": Choice("high", "why")})
    seen = value_digest(snapshot(run))
    assert decide(run=run, choices={low: Choice("high", "A law is coming")}, by=None) == 1
    assert decide(run=run, choices={low: Choice("high", "A law is coming")}, by=None) == 0
    assert tiers(run)[low] == "high"
    assert low in [issue.code for issue in issues_of(run_inputs(cycle, run)) if issue.material]
    assert low in [code for topic in material_topics(cycle, [], run) for code in topic.issues]
    refused("changed since you opened", sign_off, run=run, sha256=seen)
    signed = sign_off(run=run, sha256=value_digest(snapshot(run)), note="Meeting of May", by=None)
    assert value_digest(signed.snapshot) == signed.sha256 and signed.anchor.startswith("yiti-anchor:")
    told = next(each for each in signed.snapshot["issues"] if each["code"] == low)
    assert (told["proposed"], told["tier"], told["reason"], told["material"]) == (
        "low",
        "high",
        "A law is coming",
        True,
    )
    assert Cycle.objects.get(pk=cycle.pk).state == "signed_off" and differences(signed, run) == []
    event = AuditEvent.objects.filter(action="sign_off").get()
    assert (event.after["sha256"], event.reason) == (signed.sha256, "Meeting of May")


def test_later_change_needs_another_signature_and_shows_what_differs(cycle):
    run = cycle.runs.get()
    begin_review(cycle=cycle, by=None)
    first, second = (code for code, tier in tiers(run).items() if tier == "low")
    decide(run=run, choices={first: Choice("medium", "Heard of it often")}, by=None)
    signed = sign_off(run=run, sha256=value_digest(snapshot(run)), by=None)
    refused("not under review", decide, run=run, choices={second: Choice("high", "No")})
    refused("Give the reason", reopen_review, cycle=cycle, reason=" ")
    reopen_review(cycle=cycle, reason="A figure was wrong", by=None)
    choices = {first: Choice("", ""), second: Choice("high", "Stronger than thought")}
    assert decide(run=run, choices=choices, by=None) == 2
    assert [(each.code, each.before, each.after) for each in differences(signed, run)] == sorted(
        [(first, "medium", "low"), (second, "low", "high")]
    )
    assert sign_off(run=run, sha256=value_digest(snapshot(run)), by=None).number == 2


def test_decision_on_a_stale_run_is_refused(cycle):
    run = cycle.runs.get()
    begin_review(cycle=cycle, by=None)
    code = next(iter(tiers(run)))
    make_response(cycle.surveys.get())
    refused(
        "1 valid response came after run 1. Compute scores again", decide, run=run, choices={code: Choice("low", "x")}
    )
    refused("Compute scores again", sign_off, run=run, sha256=value_digest(snapshot(run)))
    newer = run_of(cycle)
    refused("Run 1 is not the newest", decide, run=run, choices={code: Choice("low", "x")})
    refused("No earlier run", take_over_decisions, run=newer)


def test_decisions_of_the_run_before_are_taken_over(cycle):
    run = cycle.runs.get()
    begin_review(cycle=cycle, by=None)
    low = next(code for code, tier in tiers(run).items() if tier == "low")
    decide(run=run, choices={low: Choice("high", "A law is coming")}, by=None)
    newer = run_of(cycle)
    assert tiers(newer)[low] == "low"
    assert take_over_decisions(run=newer, by=None) == 1 and tiers(newer)[low] == "high"


def test_review_begins_with_a_closed_cycle_and_a_run_and_can_be_sent_back(cycle):
    Cycle.objects.filter(pk=cycle.pk).update(state="open")
    refused("when the cycle is closed", begin_review, cycle=cycle)
    bare = make_survey_cycle()
    Cycle.objects.filter(pk=bare.pk).update(state="closed")
    refused("no run to review", begin_review, cycle=bare)
    Cycle.objects.filter(pk=cycle.pk).update(state="closed")
    begin_review(cycle=cycle, by=None)
    refused("Give the reason", hand_back, cycle=cycle, reason="")
    assert hand_back(cycle=cycle, reason="Weights are missing", by=None).state == "closed"


def test_step_of_the_review_is_signed_and_stale_once_another_run_came(cycle):
    def standing():
        fresh = Cycle.objects.get(pk=cycle.pk)
        found = step_named("review").standing(fresh)
        return found.done, found.words, found.stale

    assert standing() == (False, "", "")
    begin_review(cycle=cycle, by=None)
    assert standing() == (False, "under way", "")
    sign_off(run=cycle.runs.get(), sha256=value_digest(snapshot(cycle.runs.get())), by=None)
    assert standing() == (True, "signed", "")
    run_of(cycle)
    assert standing() == (True, "signed", "run 2 came after the sign-off")
