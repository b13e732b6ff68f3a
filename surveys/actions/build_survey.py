"""Build a survey from the issues of its cycle's edition."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from materiality import audit
from materiality.models import Cycle, Issue, User
from materiality.refusals import NotAllowed
from materiality.scoring.codes import DIMENSIONS, SCALE_MAX, SCALE_MIN
from surveys.models import Item, Survey
from surveys.questionnaire.rules import Rules

_LATE = (Cycle.State.IN_REVIEW, Cycle.State.SIGNED_OFF, Cycle.State.ARCHIVED)


@transaction.atomic
def build_survey(
    *,
    cycle: Cycle,
    code: str,
    title_zh: str,
    title_en: str,
    level: str = Survey.Level.SECONDARY,
    k: int = 5,
    anonymous: bool = False,
    several_per_browser: bool = False,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    zone: str = "Asia/Shanghai",
    introduction_zh: str = "",
    introduction_en: str = "",
    thanks_zh: str = "",
    thanks_en: str = "",
    by: User | None,
) -> Survey:
    """Create a survey (state draft) with an item for every active issue of the level on both dimensions.

    Items stand in order of the issues' codes, society before business. The scale is 1..k. NotAllowed where the code
    is taken, the scale or the times make no sense, the cycle is in review or over, or there is nothing to ask.
    """
    issues = list(_issues(cycle, level))
    _check(cycle, code, k, opens_at, closes_at, issues)
    survey = Survey.objects.create(
        cycle=cycle,
        code=code,
        title_zh=title_zh,
        title_en=title_en,
        level=level,
        k=k,
        anonymous=anonymous,
        several_per_browser=several_per_browser,
        opens_at=opens_at,
        closes_at=closes_at,
        zone=zone,
        introduction_zh=introduction_zh,
        introduction_en=introduction_en,
        thanks_zh=thanks_zh,
        thanks_en=thanks_en,
        rules=Rules().to_json(),
    )
    asked = [(issue, dimension) for issue in issues for dimension in DIMENSIONS]
    Item.objects.bulk_create(
        Item(survey=survey, position=position, issue=issue, dimension=dimension)
        for position, (issue, dimension) in enumerate(asked)
    )
    after = {"cycle": cycle.code, "level": level, "items": len(asked), "k": k, "anonymous": anonymous}
    audit.record("build_survey", survey, by=by, after={**after, "opens_at": opens_at, "closes_at": closes_at})
    return survey


def _issues(cycle: Cycle, level: str):
    active = Issue.objects.filter(edition=cycle.edition_id, status=Issue.Status.ACTIVE)
    return active.filter(parent__isnull=level == Survey.Level.PRIMARY).order_by("code")


def _check(cycle: Cycle, code: str, k: int, opens_at: datetime | None, closes_at: datetime | None, issues: list):
    if cycle.state in _LATE:
        raise NotAllowed(_("The cycle is in review or over; a survey can no longer be added to it."))
    if Survey.objects.filter(code=code).exists():
        raise NotAllowed(_("There is already a survey with the code %(code)s.") % {"code": code})
    if not SCALE_MIN <= k <= SCALE_MAX:
        raise NotAllowed(_("The scale must end between %(low)s and %(high)s.") % {"low": SCALE_MIN, "high": SCALE_MAX})
    if opens_at and closes_at and opens_at >= closes_at:
        raise NotAllowed(_("The survey would close before it opens."))
    if not issues:
        raise NotAllowed(_("The cycle's edition has no active issue of this level to ask about."))
