"""Anonymous surveys and those who finish them, for tests."""

from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from surveys.models import Survey
from surveys.respond import answers
from tests.factories.surveys import make_draft, make_open_survey, make_survey_cycle


def anonymous_survey() -> Survey:
    return make_open_survey(make_survey_cycle({"society": 2}), anonymous=True)


def stored_order(column: str) -> list:
    """A column of the responses in the order in which the database holds the rows."""
    with connection.cursor() as cursor:
        hidden = "rowid" if connection.vendor == "sqlite" else "ctid"
        cursor.execute(f"SELECT {column} FROM surveys_response ORDER BY {hidden}")
        return [row[0] for row in cursor.fetchall()]


def finish(survey: Survey, number: int, now: datetime | None = None, **values) -> None:
    """Finished answers whose ratings tell their number, which only a test may."""
    ratings = bytes([1 + number % 5, 1 + number // 5 % 5, 0, 0])
    begun = timezone.now() - timedelta(seconds=7)
    draft = make_draft(survey, **{"ratings": ratings, "started_at": begun, **values})
    answers.finish(key=draft.key, language="zh-hans", now=now or begun + timedelta(seconds=7))
