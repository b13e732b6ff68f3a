"""What is due next, from editions and surveys."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from materiality.actions.set_calendar import set_calendar
from materiality.models import AuditEvent, Edition
from materiality.queries.due import what_is_due
from materiality.refusals import NotAllowed
from surveys.models import Survey
from tests.factories.library import make_edition
from tests.factories.surveys import make_survey, make_survey_cycle

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 6, 20)


def publish(code: str, moment: datetime, state: str = "published") -> None:
    make_edition(code, state="draft")
    Edition.objects.filter(code=code).update(published_at=moment, state=state)


def kinds(today: date = TODAY) -> dict:
    return {due.kind: (due.due_on, due.days, due.near) for due in what_is_due(today)}


def test_nothing_is_due_before_a_first_edition():
    make_edition("first", state="draft")
    assert what_is_due(TODAY) == []


def test_review_is_due_from_the_newest_edition_and_a_first_survey_from_the_oldest():
    publish("a", datetime(2025, 7, 1, 12, tzinfo=SHANGHAI), "superseded")
    # Still the 1st in Shanghai, which is the 31st of December in UTC.
    publish("b", datetime(2026, 1, 1, 1, tzinfo=SHANGHAI))
    assert kinds() == {"survey": (date(2025, 9, 1), -292, True), "review": (date(2026, 7, 1), 11, True)}
    assert [due.kind for due in what_is_due(TODAY)] == ["survey", "review"]


def test_survey_is_due_from_the_last_opening_and_drafts_do_not_count():
    publish("a", datetime(2026, 1, 1, 12, tzinfo=SHANGHAI))
    opened = make_survey(make_survey_cycle())
    planned = datetime(2026, 5, 31, 9, tzinfo=SHANGHAI)
    Survey.objects.filter(pk=opened.pk).update(
        state="open", opens_at=planned, opened_at=datetime(2026, 5, 1, tzinfo=SHANGHAI)
    )
    draft = make_survey(make_survey_cycle())
    Survey.objects.filter(pk=draft.pk).update(opens_at=datetime(2026, 6, 15, tzinfo=SHANGHAI))
    assert kinds()["survey"] == (date(2026, 7, 31), 41, False)


def test_calendar_changes_when_something_is_due_and_is_recorded():
    publish("a", datetime(2026, 1, 10, 12, tzinfo=SHANGHAI))
    set_calendar(review_months=3, survey_months=1, remind_days_before=7, by=None)
    assert kinds()["review"][0] == date(2026, 4, 10)
    event = AuditEvent.objects.get(action="set_calendar")
    assert event.before == {"review_months": 6, "survey_months": 2, "remind_days_before": 14}


@pytest.mark.parametrize("values", [(0, 2, 14), (6, 0, 14), (6, 2, -1), (6, 1, 28)])
def test_calendar_refuses_what_makes_no_sense(values):
    names = ("review_months", "survey_months", "remind_days_before")
    with pytest.raises(NotAllowed):
        set_calendar(**dict(zip(names, values, strict=True)), by=None)
