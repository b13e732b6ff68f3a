"""The figures of fieldwork on SQLite and on PostgreSQL equal those of plain loops over all rows."""

import pytest

pytestmark = pytest.mark.services

INSIDE = """
import json, statistics
from collections import Counter
from zoneinfo import ZoneInfo
from django.utils import timezone
from surveys.responses.fieldwork import count_fieldwork
from surveys.responses.fieldwork import keep_figures, request_count
from surveys.models import Batch, Draft, Survey
from surveys.queries.fieldwork import kinds_of
from surveys.queries.fieldwork import fieldwork_page
from surveys.responses.fieldwork import large_surveys
from surveys.questionnaire.screening import REJECT, Rules
from surveys.responses.tallies import add_to_tally

survey = Survey.objects.select_related("cycle").get(code="demo")
group, zone = survey.cycle.groups.first(), ZoneInfo(survey.zone)
Batch.objects.create(survey=survey, group=group, size=77)
add_to_tally(survey.pk, "opened", channel="link", number=3)
Draft.objects.create(survey=survey, group=group, language="en", ratings=b"", started_at=timezone.now())
figures, rows = count_fieldwork(survey), list(survey.responses.all())
rejecting = int(Rules.from_json(survey.rules).bits(REJECT))

def is_valid(row):
    return not row.unfinished and (not row.flags & rejecting or row.overruled == 1) and row.overruled != 2

kinds = Counter((row.group_id, row.channel, row.flags, row.overruled, int(row.unfinished)) for row in rows)
days, seconds = {}, []
for row in rows:
    if row.submitted_at:
        numbers = days.setdefault((row.group_id, row.submitted_at.astimezone(zone).toordinal()), [0, 0])
        numbers[0] += 1
        numbers[1] += is_valid(row)
        if row.started_at:
            seconds.append(min(86400, int(row.submitted_at.timestamp()) - int(row.started_at.timestamp())))
own = zip(*(bytes(row.ratings) for row in rows if row.group_id == group.pk and is_valid(row)))
cells = [[value for value in column if value <= survey.k and value] for column in own]
keep_figures(survey, figures, timezone.now())
groups = list(survey.cycle.groups.all())
total = fieldwork_page(survey, groups, figures, timezone.now()).funnel.total
print(json.dumps({
    "kinds": {tuple(kind): number for *kind, number in figures["kinds"]} == kinds,
    "days": {(at, day): numbers for at, day, *numbers in figures["days"]} == days,
    "seconds": figures["seconds"]["all"] == [statistics.median(seconds), len(seconds)],
    "cells": figures["cells"][str(group.pk)] == [[sum(v**p for v in each) for each in cells] for p in (0, 1, 2)],
    "invited": figures["invited"] == [[group.pk, "batch", 77]],
    "tally": ["opened", "", "link", 0, 3] in figures["tally"],
    "drafts": figures["drafts"] == [[group.pk, "link", 0, False, 1]],
    "kept": sum(kind.number for kind in kinds_of([survey])) == len(rows) == 400,
    "small": large_surveys([survey.pk]) == set(),
    "asked once": [request_count(survey) is None, request_count(survey) is None] == [False, True],
    "page": (total.submitted, total.valid) == (sum(not row.unfinished for row in rows), sum(map(is_valid, rows))),
}))
"""


def test_figures_on_each_kind_of_database_equal_plain_loops(installation, default_library):
    installation.manage("load_demo", "--responses", "400")
    told = installation.python(INSIDE)
    assert [name for name, agrees in told.items() if not agrees] == []
    assert len(told) == 11
