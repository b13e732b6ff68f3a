"""Imports that wait for a person stand on the start page and in the steps of their cycle."""

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from materiality.models import Cycle, Job
from materiality.models.people import Role
from materiality.platform.hooks import standings, what_waits
from surveys.models import ResponseImport, Survey
from surveys.queries.imports import stage_of
from tests.factories.people import log_in
from tests.factories.surveys import make_open_survey

pytestmark = pytest.mark.django_db
DONE, FAILED, RUNNING = Job.State.DONE, Job.State.FAILED, Job.State.RUNNING


def make_import(survey: Survey, name: str, state: str, job: str, good: int | None = None, **columns) -> ResponseImport:
    row = Job.objects.create(kind="check_import", cycle=survey.cycle, state=job)
    summary = {} if good is None else {"good": good}
    return ResponseImport.objects.create(
        survey=survey, file_name=name, state=state, job=row, summary=summary, match={}, **columns
    )


def every_stage(survey: Survey) -> list[ResponseImport]:
    return [
        make_import(survey, "guessed.csv", "checking", DONE),
        make_import(survey, "checked.csv", "checked", DONE, 3),
        make_import(survey, "unusable.csv", "checked", DONE, 0),
        make_import(survey, "running.csv", "checking", RUNNING),
        make_import(survey, "failed.csv", "checking", FAILED),
        make_import(survey, "storing.csv", "checked", RUNNING, 3, confirmed_at=timezone.now()),
        make_import(survey, "stored.csv", "stored", DONE, 3),
        make_import(survey, "refused.csv", "refused", DONE),
    ]


def test_imports_wait_in_the_stages_where_somebody_confirms(survey):
    rows = every_stage(survey)
    asked = {row.file_name for row in rows if stage_of(row, row.summary.get("good")) in ("match", "checked")}
    with translation.override("en"):
        found = what_waits()
    assert {work.title for work in found} == asked
    assert [(work.title, work.words) for work in found] == [
        ("guessed.csv", "its columns wait to be confirmed"), ("checked.csv", "its rows wait to be confirmed"),
    ]  # fmt: skip


def test_start_page_leads_to_them(client, survey):
    log_in(client)
    guessed, checked, *_others = every_stage(survey)
    page = client.get(reverse("start")).content.decode()
    links = [
        f'href="{reverse("response_import", args=[survey.cycle.code, row.pk])}"' in page for row in (guessed, checked)
    ]
    assert (links, "unusable.csv" in page) == ([True, True], False)


def test_viewer_and_signed_off_cycle_have_nothing_to_confirm(client, survey):
    every_stage(survey)
    log_in(client, Role.VIEWER)
    assert client.get(reverse("start")).context["waiting"] == []
    Cycle.objects.filter(pk=survey.cycle_id).update(state=Cycle.State.SIGNED_OFF)
    assert what_waits() == []


def test_step_of_responses_counts_them(survey):
    other = make_open_survey()
    every_stage(survey)
    with translation.override("en"):
        found = [
            next(standing.missing for step, standing in standings(Cycle.objects.get(pk=pk)) if step.key == "responses")
            for pk in (survey.cycle_id, other.cycle_id)
        ]
    assert found == [["no valid response yet", "2 files to confirm"], ["no valid response yet"]]
