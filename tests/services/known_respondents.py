"""Respondents with personal links who answer a split survey in a known order, at known times.

Run inside an installation, step by step; `begin_all` gives back what only the attacker knows: who has which link and
finished when, and, to count how often the attacker is right, what each would answer to every item.
"""

import random
import re
from datetime import date, timedelta

from django.test import Client
from django.utils import timezone

from materiality.models import Cycle, Edition, Group
from materiality.platform.keys import ensure_installation_key
from surveys.actions.fieldwork import tend_all_surveys
from surveys.actions.surveys import close_survey
from surveys.invitations.links import secret_of
from surveys.models import Batch, Item, Survey
from surveys.questionnaire.asking import GRACE, Plan
from surveys.questionnaire.tokens import token_of
from surveys.respond.answers import open_answers
from surveys.respond.rows import link_now
from tests.factories.library import make_category, make_edition, make_issue
from tests.factories.surveys import make_open_survey

GROUPS = ("users", "employees", "media")
ISSUES, EACH = 20, 12


def make_survey_with_links(anonymous: bool = True, size: int = 200) -> Survey:
    """An open split survey with two batches per group, one of links and one of mail."""
    plans = {code: Plan(expected=10_000) for code in GROUPS}
    survey = make_open_survey(_cycle(), anonymous=anonymous, split=True, split_issues=EACH, plans=plans)
    ensure_installation_key()
    for group in Group.objects.filter(cycle=survey.cycle_id):
        for channel in Batch.Channel.values:
            Batch.objects.create(survey=survey, group=group, channel=channel, size=size)
    return survey


def _cycle() -> Cycle:
    """A cycle with its issues; its edition is a draft while they are added, which every database allows."""
    edition = make_edition(state=Edition.State.DRAFT)
    category = make_category(edition)
    primary = make_issue(category, "SOC-01")
    for place in range(1, ISSUES + 1):
        make_issue(category, f"SOC-01-{place:02}", parent=primary)
    Edition.objects.filter(pk=edition.pk).update(state=Edition.State.PUBLISHED, published_at=timezone.now())
    period = {"period_start": date(2026, 1, 1), "period_end": date(2026, 12, 31)}
    cycle = Cycle.objects.create(
        code="known", edition=edition, state="open", title_zh="已知", title_en="Known", **period
    )
    Group.objects.bulk_create(Group(cycle=cycle, code=code, name_zh=code, name_en=code) for code in GROUPS)
    return cycle


def begin_all(survey: Survey, seed: int, number: int) -> list[dict]:
    """So many open their links, consent, and answer nothing yet: {"token", "batch", "serial", "group", "language",
    "values" (of every item), "comment"} of each.
    """
    chance, items = random.Random(seed), Item.objects.filter(survey=survey).count()
    batches = list(Batch.objects.filter(survey=survey).select_related("group").order_by("pk"))
    people = []
    for serial in range(number):
        batch = batches[serial % len(batches)]
        people.append(
            {
                "token": token_of(secret_of(batch.salt), batch.pk, serial),
                "batch": batch.pk,
                "serial": serial,
                "group": batch.group.code,
                "language": chance.choice(["en", "zh-hans"]),
                "values": [chance.randint(1, 5) for _item in range(items)],
                "comment": f"word {chance.getrandbits(64):016x}" if chance.random() < 0.4 else "",
            }
        )
    for person in people:
        _Visit(survey, person)
    return people


def answer_a_page(survey: Survey, people: list[dict]) -> list[str]:
    """Each answers the first page and leaves; returns their ratings (hex) then, which only a test may know."""
    for person in people:
        visit = _Visit(survey, person)
        visit.rate()
    return [_ratings(survey, person) for person in people]


def finish_all(survey: Survey, people: list[dict], every: int = 0) -> list[str]:
    """Each comes back by the link, in this order, and answers to the end; upkeep runs after every so many.

    Returns their ratings (hex), which only a test may know.
    """
    given = []
    for place, person in enumerate(people, start=1):
        visit = _Visit(survey, person)
        while visit.rate():
            pass
        given.append(_ratings(survey, person))
        visit.post({"comment": person["comment"], "go": "submit"})
        assert visit.page.status_code == 200 and visit.way.endswith("/thanks/"), visit.page.content.decode()
        if every and place % every == 0:
            tend_all_surveys()
    return given


def _ratings(survey: Survey, person: dict) -> str:
    return open_answers(link_now(person["token"], survey.code), survey.code).ratings.hex()


def close_and_finalise() -> None:
    """Close the survey and let upkeep do the rest, once nobody can finish any more."""
    survey = close_survey(survey=Survey.objects.get(), by=None)
    tend_all_surveys(now=survey.closed_at + GRACE + timedelta(minutes=1))
    assert not survey.anonymous or Survey.objects.get().sealed_at is not None


class _Visit:
    """A browser that opened the link and is at the first page that is not answered."""

    def __init__(self, survey: Survey, person: dict) -> None:
        self.client = Client(headers={"accept-language": person["language"]}, SERVER_NAME="127.0.0.1")
        self.values = person["values"]
        self.way = f"/s/{survey.code}/i/{person['token']}/"
        self.client.get(self.way)
        self.post({"consent": "yes", "go": "start"})

    def post(self, values: dict) -> None:
        self.page = self.client.post(self.way, values, follow=True)
        self.way = self.page.request["PATH_INFO"]

    def rate(self) -> bool:
        """Rate what is on the page and go on; False where there is nothing to rate."""
        positions = sorted(set(re.findall(r'name="r(\d+)"', self.page.content.decode())))
        if positions:
            self.post({f"r{position}": self.values[int(position)] for position in positions} | {"go": "next"})
        return bool(positions)
