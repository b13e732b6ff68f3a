"""The page of the review: what a committee sees, stores and signs, and who may."""

import re

import pytest

from materiality.actions.review import Choice, begin_review, decide, hand_back
from materiality.actions.scores import score_cycle
from materiality.models import Cycle, Decision, SignOff
from surveys.responses.counting import count_cycle
from tests.factories.cycles import make_cycle
from tests.factories.people import log_in
from tests.factories.review import make_scored_cycle

pytestmark = pytest.mark.django_db


@pytest.fixture
def cycle():
    made = make_scored_cycle()
    begin_review(cycle=made, by=None)
    return made


def page_of(cycle):
    return f"/cycles/{cycle.code}/review/"


def test_committee_decides_and_signs_on_the_page(client, cycle):
    log_in(client, "committee")
    run, page = cycle.runs.get(), page_of(cycle)
    text = client.get(page).content.decode()
    code = run.scores.filter(level=None).first().issue.code
    assert f'name="tier-{code}"' in text and "Hash of the snapshot" in text
    other = "high" if run.scores.get(issue__code=code).tier != "high" else "low"
    answer = client.post(page, {f"tier-{code}": other})
    assert "give the reason of the decision" in answer.content.decode() and not Decision.objects.exists()
    answer = client.post(page, {f"tier-{code}": other, f"reason-{code}": "Heard often"}, follow=True)
    assert "1 decision is stored" in answer.content.decode() and Decision.objects.get().tier == other
    why = client.get(f"/cycles/{cycle.code}/scores/{code}/").content.decode()
    assert "Heard often" in why
    shown = re.search(r'name="sha256" value="(\w+)"', answer.content.decode())[1]
    client.post(f"{page}sign/", {"sha256": shown, "note": "May"})
    signed = SignOff.objects.get()
    assert (signed.sha256, Cycle.objects.get(pk=cycle.pk).state) == (shown, "signed_off")
    assert shown in client.get(page).content.decode()


@pytest.mark.parametrize("role", ["analyst", "administrator"])
def test_only_lead_and_committee_decide(client, cycle, role):
    log_in(client, role)
    page = page_of(cycle)
    assert client.post(page, {}).status_code == client.post(f"{page}sign/", {}).status_code == 403
    assert not SignOff.objects.exists()


def test_review_without_a_run_says_what_comes_first(client):
    make_cycle(code="spring")
    log_in(client, "lead", language="zh-hans")
    text = client.get("/cycles/spring/review/").content.decode()
    assert "还没有可供审议的计分" in text and "<table" not in text


def form_of(text) -> dict[str, str]:
    """What the page would send as it is shown."""
    hidden = dict(re.findall(r'<input type="hidden" name="((?:seen-|run)[^"]*)" value="([^"]*)"', text))
    texts = dict(re.findall(r'<input type="text" name="(reason-[^"]*)" value="([^"]*)"', text))
    chosen = re.findall(r'<select name="(tier-[^"]*)".*?<option value="(\w+)" selected', text)
    return hidden | texts | dict(chosen)


def test_decisions_from_an_old_page_undo_none_that_were_made_since(client, cycle):
    log_in(client, "committee")
    page, run = page_of(cycle), cycle.runs.get()
    old = form_of(client.get(page).content.decode())
    first, second = run.scores.filter(level=None, tier="low").values_list("issue__code", flat=True)[:2]
    decide(run=run, choices={first: Choice("high", "Heard often")}, by=None)
    # Another row is stored, that one is left alone.
    client.post(page, old | {f"tier-{second}": "medium", f"reason-{second}": "A law is coming"})
    assert set(Decision.objects.values_list("issue__code", "tier")) == {(first, "high"), (second, "medium")}
    # The same row is refused, with what stands there; sent again it is meant.
    touched = {f"tier-{first}": "medium", f"reason-{first}": "Mine"}
    text = client.post(page, old | touched).content.decode()
    assert f"{first}: meanwhile it is High (Heard often). Store again to replace that." in text
    assert Decision.objects.get(issue__code=first).tier == "high"
    client.post(page, form_of(text))
    assert Decision.objects.get(issue__code=first).tier == "medium"


def test_decision_on_a_page_that_showed_an_older_run_is_refused(client, cycle):
    log_in(client, "committee")
    page, run = page_of(cycle), cycle.runs.get()
    old = form_of(client.get(page).content.decode())
    code = run.scores.filter(level=None, tier="low").first().issue.code
    again = score_cycle(cycle=cycle, counted=count_cycle(cycle), by=None)
    text = client.post(page, old | {f"tier-{code}": "high", f"reason-{code}": "Heard"}).content.decode()
    assert "Run 1 is not the newest. Decide on the newest run." in text and not Decision.objects.exists()
    assert f'name="run" value="{again.number}"' in text


def test_page_of_a_review_that_was_signed_or_sent_back_meanwhile_decides_nothing(client, cycle):
    log_in(client, "committee")
    page, code = page_of(cycle), cycle.runs.get().scores.filter(level=None, tier="low").first().issue.code
    old = form_of(client.get(page).content.decode()) | {f"tier-{code}": "high", f"reason-{code}": "Heard"}
    hand_back(cycle=cycle, reason="Weights", by=None)
    text = client.post(page, old).content.decode()
    assert "The cycle is not under review" in text and not Decision.objects.exists()
