"""Anonymous surveys and those who finish them, for tests."""

from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from surveys.actions.surveys import open_survey
from surveys.models import Survey
from surveys.respond import answers
from tests.factories.kept import kept
from tests.factories.surveys import make_draft, make_survey, make_survey_cycle


@kept
def anonymous_survey(profile: dict[str, list[str]] | None = None) -> Survey:
    """An open one of four items; `profile` {code of a question: codes of its options}."""
    survey = make_survey(make_survey_cycle({"society": 2}), anonymous=True)
    for position, (code, options) in enumerate((profile or {}).items()):
        labelled = [{"code": option, "zh": option, "en": option} for option in options]
        kind = ("multiple" if len(options) > 1 else "single") if options else "text"
        survey.profile_questions.create(code=code, kind=kind, position=position, options=labelled)
    return open_survey(survey=survey, by=None)


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
    mode = values.pop("mode", "normal")
    draft = make_draft(survey, **{"ratings": ratings, "started_at": begun, **values})
    answers.finish(key=draft.key, language="zh-hans", mode=mode, now=now or begun + timedelta(seconds=7))
