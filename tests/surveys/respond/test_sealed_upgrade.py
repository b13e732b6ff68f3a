"""What lay open of anonymous surveys before drafts were sealed goes on afterwards."""

from array import array
from importlib import import_module
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.apps import apps
from django.utils import timezone

from surveys.actions.responses import release_responses
from surveys.models import Assignments, Draft, SealedDraft, Survey
from surveys.queries.questionnaire import locked_counts
from surveys.questionnaire.contents import Contents
from surveys.questionnaire.screening import FLAG_BIT
from surveys.respond.answers import finish, open_answers
from surveys.respond.drafts import begun_drafts
from surveys.respond.keys import key_of
from surveys.respond.sealed import unseal_finished, unseal_part
from tests.factories.invitations import make_batch, token
from tests.factories.surveys import make_open_survey, make_survey_cycle

UPGRADE = import_module("surveys.migrations.0021_seal_what_is_open")


@pytest.mark.django_db
def test_answers_of_before_are_sealed_and_open_by_link_or_cookie():
    survey = make_open_survey(make_survey_cycle({"society": 3}), anonymous=True, split=True, split_issues=2)
    Survey.objects.update(key_check="")
    batch = make_batch(survey)
    Assignments.objects.update(counts=array("I", [1, 0, 2]).tobytes())
    ratings, now = bytes([3, 0, 255, 255, 4, 5]), timezone.now()
    common = {"survey": survey, "group": batch.group, "language": "en", "ratings": ratings, "started_at": now}
    Draft.objects.create(key=uuid4(), batch=batch, serial=3, counted=True, comment="长" * 3000, **common)
    by_cookie = Draft.objects.create(key=uuid4(), comment="short", profile={"age": "a"}, **common).key
    waiting = SimpleNamespace(
        group_id=batch.group_id, ratings=ratings, comment="c" * 9000, profile={}, flags=FLAG_BIT["speeding"],
        delete=lambda: None,
    )  # fmt: skip

    class WithWaiting:
        def get_model(self, app: str, name: str):
            if name != "ReadyDraft":
                return apps.get_model(app, name)
            return SimpleNamespace(objects=SimpleNamespace(filter=lambda survey: [waiting]))

    UPGRADE.seal_what_is_open(WithWaiting(), None)
    survey.refresh_from_db()
    assert not Draft.objects.exists() and begun_drafts(survey).count() == 2
    opened = open_answers(token(batch, 3), survey.code)
    assert (opened.ratings, opened.comment, opened.batch_id) == (ratings, "长" * 2000, batch.pk)
    assert open_answers(by_cookie, survey.code).profile == {"age": "a"}
    (row,) = begun_drafts(survey, batch_id=batch.pk, serial=3)
    assert unseal_part(key_of(survey), row) == [0, 2]
    assert locked_counts(survey, batch.group_id, 3).tolist() == [1, 0, 2]
    ready = SealedDraft.objects.get(state="finished")
    assert unseal_finished(key_of(survey), ready) == Contents(ratings, "c" * 9000, {}, flags=FLAG_BIT["speeding"])
    assert finish(key=opened.key, language="en") and release_responses(survey=survey, everything=True) == 2
