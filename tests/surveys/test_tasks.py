"""Tasks of this app as workers and the beat know them."""

import pytest
from django.conf import settings

from materiality.celery import app
from surveys import tasks
from surveys.models import Mailing
from surveys.queries.mailings import mailings_to_send
from tests.factories.invitations import TEXTS


def test_every_task_of_the_beat_is_there() -> None:
    app.loader.import_default_modules()
    names = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert tasks.send_due_mail.name in names
    assert names - set(app.tasks) == set()


@pytest.mark.django_db
def test_mailings_to_send_are_those_being_sent(survey) -> None:
    made = [Mailing.objects.create(survey=survey, state=state, **TEXTS).pk for state in Mailing.State.values]
    assert mailings_to_send() == [made[Mailing.State.values.index("sending")]]
