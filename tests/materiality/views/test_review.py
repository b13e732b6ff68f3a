"""The page of the review: what a committee sees, stores and signs, and who may."""

import re

import pytest

from materiality.actions.review import begin_review
from materiality.models import Cycle, Decision, SignOff
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
