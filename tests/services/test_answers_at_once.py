"""Many respondents at once on real databases: parts stay even, a link has one draft, answers are submitted once, and by
the rules and the closing that stand by then.
"""

from collections import Counter

import pytest

from surveys.questionnaire.screening import FLAG_BIT

pytestmark = pytest.mark.services
PROCESSES, EACH = 4, 30

_MAKE = """
import json
from datetime import date
from materiality.actions.cycles import open_cycle
from surveys.actions.plans import build_survey
from surveys.actions.invitations import create_batch
from surveys.actions.surveys import open_survey
from surveys.questionnaire.asking import Plan
titles = {"title_zh": "测量", "title_en": "Measurement"}
period = {"period_start": date(2026, 1, 1), "period_end": date(2026, 12, 31)}
cycle = open_cycle(code="c", gri_edition="2016", by=None, **titles, **period)
plans = {"users": Plan(expected=15_000)}
survey = build_survey(cycle=cycle, values=titles | {"code": "s", "split": True}, plans=plans, by=None)
open_survey(survey=survey, by=None)
batch = create_batch(survey=survey, group=cycle.groups.get(code="users"), size=1000, by=None)
print(json.dumps([survey.code, batch.pk]))
"""
# Every process begins its own links one by one, and the last one, which all of them share, at the end.
_BEGIN = """
import json
from surveys.respond.answers import start_draft
from surveys.respond.rows import LinkNow
from surveys.respond.rows import groups_now, survey_now
survey = survey_now(CODE)
group = next(group for group in groups_now(survey.cycle_id) if group.code == "users")
def begin(serial):
    link = LinkNow(BATCH, serial, survey.id, group.id, group.code, "batch", False, "", False)
    return str(start_draft(survey=survey, group=group, language="en", link=link))
for serial in range(FIRST, FIRST + EACH):
    begin(serial)
print(json.dumps(begin(999)))
"""
_SUBMIT = """
import json
from surveys.respond.answers import finish
print(json.dumps(finish(key=__import__("uuid").UUID(KEY), language="en")))
"""
_READ = """
import json
from surveys.models import Assignments, Draft, Response, Tally
drafts = [[issue for issue in range(93) if bytes(d.ratings)[2 * issue] == 0] for d in Draft.objects.all()]
counts = memoryview(bytes(Assignments.objects.get(group__code="users").counts)).cast("I").tolist()
print(json.dumps([drafts, counts, Tally.objects.get(measure="started").number, Response.objects.count()]))
"""


def test_parts_given_at_once_are_even_and_a_shared_link_has_one_draft(installation, default_library):
    code, batch = installation.python(_MAKE)
    head = f"CODE, BATCH, EACH = {code!r}, {batch}, {EACH}\n"
    scripts = [f"{head}FIRST = {number * EACH}\n{_BEGIN}" for number in range(PROCESSES)]
    shared = installation.python_at_once(scripts)
    drafts, counts, started, _responses = installation.python(_READ)
    assert len(drafts) == PROCESSES * EACH + 1 == started
    assert all(len(part) == 12 for part in drafts)
    given = Counter(issue for part in drafts for issue in part)
    assert [given[issue] for issue in range(93)] == counts
    assert max(counts) - min(counts) <= 1
    assert len(set(shared)) == 1
    submitted = installation.python_at_once([f"KEY = {shared[0]!r}\n{_SUBMIT}"] * PROCESSES)
    assert sorted(submitted) == [False] * (PROCESSES - 1) + [True]
    assert installation.python(_READ)[3] == 1


_BEGUN = """
import json, time
from dataclasses import replace
from datetime import timedelta
from threading import Event, Thread
from django.db import connection, transaction
from django.utils import timezone
from surveys.actions.screening import change_rules
from surveys.actions.surveys import change_window
from surveys.models import Response
from surveys.questionnaire.screening import Rules
from surveys.respond.answers import finish
from tests.factories.surveys import make_draft
from tests.services.known_respondents import make_survey_with_links
survey, now = make_survey_with_links(anonymous=False), timezone.now()
items = survey.items.count()
varied = bytes([1, 2, 3, 4] * items)[:items]
drafts = [make_draft(survey, ratings=varied, started_at=now - timedelta(seconds=4 * items)) for _each in range(6)]
strict = replace(Rules(), speeding_seconds=5.0)
def submit(draft, moment=None):
    finish(key=draft.key, language="en", now=moment)
    connection.close()
"""
_SUBMIT_BEFORE_THE_CHANGE_COMMITS = """
threads = [Thread(target=submit, args=(draft, MOMENT)) for draft in drafts]
with transaction.atomic():
    CHANGE
    for each in threads:
        each.start()
    time.sleep(1)
for each in threads:
    each.join()
"""
_COMMIT_AFTER_THE_CHANGE = """
stored = Event()
def submit_slowly(draft):
    with transaction.atomic():
        finish(key=draft.key, language="en")
        stored.set()
        time.sleep(1)
    connection.close()
slow = Thread(target=submit_slowly, args=(drafts[0],))
slow.start()
stored.wait()
CHANGE
slow.join()
for draft in drafts[1:]:
    submit(draft)
"""
_FLAGS = "print(json.dumps(list(Response.objects.values_list('flags', flat=True))))"
_RULES = "change_rules(survey=survey, rules=strict, reason='', by=None)"


@pytest.mark.parametrize("course", [_SUBMIT_BEFORE_THE_CHANGE_COMMITS, _COMMIT_AFTER_THE_CHANGE])
def test_answers_submitted_while_the_rules_change_have_the_flags_of_the_new_ones(installation, course):
    course = course.replace("CHANGE", _RULES).replace("MOMENT", "None")
    assert installation.python(_BEGUN + course + _FLAGS) == [FLAG_BIT["speeding"]] * 6


def test_answers_submitted_while_the_closing_moves_are_measured_by_the_new_one(installation):
    # An hour after the first closing nobody would be taken; two hours after it, when the second is, everybody is.
    course = """
change_window(survey=survey, closes_at=now + timedelta(hours=3), by=None)
later = now + timedelta(hours=2)
""" + _SUBMIT_BEFORE_THE_CHANGE_COMMITS.replace("MOMENT", "later").replace(
        "CHANGE", "change_window(survey=survey, closes_at=now + timedelta(hours=1), by=None)"
    )
    assert installation.python(_BEGUN + course + _FLAGS) == []
