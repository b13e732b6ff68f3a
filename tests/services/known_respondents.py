"""Two hundred respondents with personal links who answer an anonymous survey one after the other, in a known order.

Run inside an installation; `answer_all` gives back what only the attacker knows: who finished when, and, to count how
often the attacker is right, what each answered.
"""

import random
import re
import shutil
from datetime import date, timedelta

from django.conf import settings
from django.test import Client
from django.utils import timezone

from materiality.models import Cycle, Edition, Group
from materiality.platform.keys import ensure_installation_key
from surveys.actions.fieldwork import tend_all_surveys
from surveys.actions.surveys import close_survey
from surveys.invitations.links import secret_of
from surveys.models import Batch, Draft, Item, Survey
from surveys.questionnaire.asking import GRACE
from surveys.questionnaire.tokens import token_of
from surveys.responses.anonymity import empty_log
from tests.factories.library import make_category, make_edition, make_issue
from tests.factories.surveys import make_open_survey

GROUPS = ("users", "employees", "media")
RESPONDENTS = 200
# Upkeep runs once a minute: so many finish in between.
EVERY = 13
# Then it misses its runs, and the last ones wait.
WAITING = 31


def make_survey_with_links() -> Survey:
    """An open anonymous survey with two batches per group, one of links and one of mail."""
    survey = make_open_survey(_cycle(), anonymous=True)
    ensure_installation_key()
    for group in Group.objects.filter(cycle=survey.cycle_id):
        for channel in Batch.Channel.values:
            Batch.objects.create(survey=survey, group=group, channel=channel, size=RESPONDENTS)
    return survey


def _cycle() -> Cycle:
    """A cycle with six issues; its edition is a draft while they are added, which every database allows."""
    edition = make_edition(state=Edition.State.DRAFT)
    category = make_category(edition)
    primary = make_issue(category, "SOC-01")
    for place in range(1, 7):
        make_issue(category, f"SOC-01-0{place}", parent=primary)
    Edition.objects.filter(pk=edition.pk).update(state=Edition.State.PUBLISHED, published_at=timezone.now())
    period = {"period_start": date(2026, 1, 1), "period_end": date(2026, 12, 31)}
    cycle = Cycle.objects.create(
        code="known", edition=edition, state="open", title_zh="已知", title_en="Known", **period
    )
    Group.objects.bulk_create(Group(cycle=cycle, code=code, name_zh=code, name_en=code) for code in GROUPS)
    return cycle


def answer_all(survey: Survey, seed: int, first: int = 0, number: int = RESPONDENTS) -> list[dict]:
    """So many respondents in order: {"token", "key", "group", "language", "channel", "ratings" (hex), "comment"}, and
    the key and the name of the link as the database's file would hold them ("stored_…", hex).
    """
    chance = random.Random(seed)
    batches = list(Batch.objects.filter(survey=survey).select_related("group"))
    items = Item.objects.filter(survey=survey).count()
    known = []
    for place in range(first, first + number):
        batch = chance.choice(batches)
        person = {
            "token": token_of(secret_of(batch.salt), batch.pk, place),
            "group": batch.group.code,
            "channel": batch.channel,
            "language": chance.choice(["en", "zh-hans"]),
            "ratings": bytes(chance.randint(1, 5) for _item in range(items)).hex(),
            "comment": f"word {chance.getrandbits(64):016x}" if chance.random() < 0.4 else "",
        }
        key = _answer(survey, person)
        link = f"{batch.pk}-{place}".encode().hex()
        known.append({**person, "key": key, "stored_key": key.encode().hex(), "stored_token": link})
        if place % EVERY == EVERY - 1 and place < RESPONDENTS - WAITING:
            tend_all_surveys()
    return known


def seize() -> None:
    """Copy the database's files, with its log, while it is in use, a moment after the last one finished."""
    empty_log()
    folder = settings.DATA / "seized"
    folder.mkdir(exist_ok=True)
    for path in settings.DATA.glob("yiti.sqlite3*"):
        shutil.copy(path, folder / path.name)


def close_and_seal() -> None:
    """Close the survey and let upkeep do the rest, once nobody can finish any more."""
    survey = close_survey(survey=Survey.objects.get(), by=None)
    tend_all_surveys(now=survey.closed_at + GRACE + timedelta(minutes=1))
    assert Survey.objects.get().sealed_at is not None


def _answer(survey: Survey, person: dict) -> str:
    """Begin by the personal link, rate everything, submit; returns the key of the draft, as the database wrote it."""
    client = Client(headers={"accept-language": person["language"]}, SERVER_NAME="127.0.0.1")
    way = f"/s/{survey.code}/i/{person['token']}/"
    client.get(way)
    page = client.post(way, {"consent": "yes", "go": "start"}, follow=True)
    key = Draft.objects.get().key.hex
    ratings = bytes.fromhex(person["ratings"])
    while positions := sorted(set(re.findall(r'name="r(\d+)"', page.content.decode()))):
        answers = {f"r{position}": ratings[int(position)] for position in positions}
        page = client.post(page.request["PATH_INFO"], {**answers, "go": "next"}, follow=True)
    done = client.post(page.request["PATH_INFO"], {"comment": person["comment"], "go": "submit"}, follow=True)
    assert done.status_code == 200 and not Draft.objects.exists(), done.content.decode()
    return key
