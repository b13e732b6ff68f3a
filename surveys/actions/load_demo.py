"""Make the demo cycle with its survey and synthetic responses (formats.md, The demo cycle)."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
from django.db import transaction
from django.utils.translation import gettext as _

from materiality import audit
from materiality.actions.load_demo_stakeholders import load_demo_stakeholders
from materiality.actions.open_cycle import open_cycle
from materiality.models import Cycle, User
from materiality.refusals import NotAllowed
from materiality.scoring.codes import NOT_ASKED
from surveys import demo
from surveys.actions.build_survey import build_survey
from surveys.actions.open_survey import open_survey
from surveys.arrays import ResponseColumns
from surveys.bulk_insert import insert_responses
from surveys.models import Survey
from surveys.questionnaire.arrival import arrival_ids
from surveys.screening import flags_of_new

CODE, SEED = "demo", 20260105
ZONE = ZoneInfo("Asia/Shanghai")
OPENS, CLOSES = datetime(2026, 1, 5, tzinfo=ZONE), datetime(2026, 3, 1, tzinfo=ZONE)


@transaction.atomic
def load_demo(*, responses: int, by: User | None) -> Survey:
    """Create cycle and survey `demo` with this many responses from a fixed seed.

    NotAllowed where there is a cycle `demo` already: what somebody did with it is not thrown away.
    """
    if Cycle.objects.filter(code=CODE).exists():
        raise NotAllowed(_("There is a cycle “demo” already."))
    cycle = open_cycle(
        code=CODE,
        title_zh="2026 年度实质性议题评估（示例）",
        title_en="2026 annual materiality assessment (demo)",
        gri_edition=Cycle.GriEdition.GRI_2016,
        period_start=date(2026, 1, 1),
        period_end=date(2026, 12, 31),
        by=by,
    )
    load_demo_stakeholders(cycle=cycle, by=by)
    survey = build_survey(
        cycle=cycle,
        code=CODE,
        title_zh="2026 年利益相关方问卷（示例）",
        title_en="2026 stakeholder survey (demo)",
        opens_at=OPENS,
        zone=ZONE.key,
        # Every group rates every issue on both dimensions (formats.md, The demo cycle).
        plans={},
        by=by,
    )
    survey = open_survey(survey=survey, by=by)
    # The demo's window lies in the past, which no survey that is really opened may have.
    survey.closes_at = CLOSES
    survey.save(update_fields=["closes_at"])
    if responses:
        columns = _synthetic(survey, responses)
        flags = flags_of_new(survey, columns)
        insert_responses(survey, columns, ids=arrival_ids(responses), flags=flags)
    audit.record("load_demo", survey, by=by, after={"responses": responses})
    return survey


def _synthetic(survey: Survey, size: int) -> ResponseColumns:
    """Responses in order of arrival."""
    rng = np.random.default_rng(SEED)
    groups = list(survey.cycle.groups.values_list("pk", "code"))
    place = demo.demo_groups(rng, size, [code for _pk, code in groups])
    items = list(survey.items.values_list("issue__code", "dimension").order_by("position"))
    ratings = demo.demo_ratings(rng, place, items)
    faults = demo.make_faults(rng, ratings)
    ratings[faults["refused"]] = NOT_ASKED
    started, submitted = demo.demo_times(rng, OPENS, CLOSES, faults)
    columns = ResponseColumns(
        group=[groups[at][0] for at in place.tolist()],
        channel=rng.choice(demo.CHANNELS, size).tolist(),
        language=rng.choice(["zh-hans", "en"], size, p=[0.93, 0.07]).tolist(),
        token=demo.demo_tokens(rng, faults),
        started_at=started,
        submitted_at=submitted,
        unfinished=faults["unfinished"],
        consent=~faults["refused"],
        comment=[""] * size,
        ratings=ratings,
    )
    return columns.pick(np.array(sorted(range(size), key=lambda row: submitted[row] or started[row])))
