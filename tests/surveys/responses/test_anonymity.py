"""Runs of an open anonymous survey tell of no one response by subtraction."""

import random

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse

from materiality.actions.scores import score_cycle
from materiality.models import Run
from materiality.scoring.cube import NOT_ASKED, Cube
from surveys.actions.surveys import close_survey
from surveys.models import Response, Survey
from surveys.questionnaire.responses import ResponseColumns
from surveys.questionnaire.screening import FLAG_BIT
from surveys.responses.anonymity import insert_unlinked
from surveys.responses.counting import count_cycle
from tests.factories.people import make_person
from tests.factories.responses import make_response
from tests.factories.surveys import make_open_survey

pytestmark = pytest.mark.django_db
CHANCE = random.Random(7)


def open_survey(**values) -> Survey:
    return make_open_survey(**{"anonymous": True, **values})


def answer(survey: Survey, group: str, number: int) -> None:
    """So many valid responses with ratings of their own."""
    size = survey.items.count()
    for _place in range(number):
        ratings = bytes(CHANCE.randint(1, 5) for _item in range(size))
        make_response(survey, group=survey.cycle.groups.get(code=group), ratings=ratings)


def scored(survey: Survey) -> Run:
    return score_cycle(cycle=survey.cycle, counted=count_cycle(survey.cycle), by=None)


def slice_of(run: Run, group: str) -> list[np.ndarray]:
    cube = Cube.from_bytes(bytes(run.cube))
    at = cube.groups.index(group)
    return [cube.counts[at], cube.absent[at], cube.valid[at], cube.parts[:, at]]


def same(one: Run, other: Run, group: str) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(slice_of(one, group), slice_of(other, group), strict=True))


@pytest.mark.parametrize(("new", "held"), [(0, []), (1, ["users"]), (4, ["users"]), (5, []), (9, [])])
def test_group_counts_anew_with_at_least_five_new_responses(new, held):
    survey = open_survey()
    answer(survey, "users", 8)
    answer(survey, "employees", 8)
    first = scored(survey)
    answer(survey, "users", new)
    answer(survey, "employees", 5)
    second = scored(survey)
    assert second.responses.get("held", []) == held
    assert same(first, second, "users") == (new < 5) and not same(first, second, "employees")
    valid = 8 if held else 8 + new
    assert {code: counts["valid"] for code, counts in second.responses["groups"].items()} == {
        "users": valid,
        "employees": 13,
    }
    assert (second.responses["valid"], second.responses["total"]) == (valid + 13, valid + 13)


def test_group_with_fewer_than_five_does_not_count_in_a_first_run():
    survey = open_survey()
    answer(survey, "users", 6)
    answer(survey, "employees", 4)
    run = scored(survey)
    assert (run.responses["held"], run.responses["valid"]) == (["employees"], 6)
    assert not any(part.any() for part in slice_of(run, "employees"))


def test_response_that_a_person_excludes_is_held_too():
    survey = open_survey()
    answer(survey, "users", 9)
    first = scored(survey)
    Response.objects.filter(pk=survey.responses.first().pk).update(overruled=Response.Overruled.EXCLUDE)
    second = scored(survey)
    assert second.responses["held"] == ["users"] and same(first, second, "users")


@pytest.mark.parametrize("anonymous", [True, False])
def test_closed_surveys_and_those_with_names_count_everything(anonymous):
    survey = open_survey(anonymous=anonymous)
    answer(survey, "users", 8)
    scored(survey)
    answer(survey, "users", 1)
    if anonymous:
        close_survey(survey=survey, by=None)
    run = scored(survey)
    assert "held" not in run.responses and run.responses["valid"] == 9


def test_scores_page_names_groups_that_stayed():
    survey = open_survey()
    answer(survey, "users", 8)
    scored(survey)
    answer(survey, "users", 2)
    run = scored(survey)
    client = Client(headers={"accept-language": "en"})
    client.force_login(make_person())
    text = client.get(reverse("scores", args=[survey.cycle.code])).content.decode()
    assert "fewer than 5 new valid responses came to an anonymous survey that is open: Users." in text
    assert f"Run {run.number} of" in text


@pytest.mark.parametrize("cluster", ["", "channel"])
def test_released_rows_keep_the_channel_that_five_share_where_the_survey_names_it(cluster):
    survey = open_survey(cluster=cluster)
    group = survey.cycle.groups.get(code="users")
    channels = ["qr"] * 6 + ["hall"] * 4 + ["mail"] * 5
    kept = unlinked_channels(survey, group, channels)
    # Those of `mail` keep the four company: fewer than five rows without a channel would tell who came by `hall`.
    assert kept == (["qr"] * 6 if cluster else [])
    counted = count_cycle(survey.cycle)
    assert (counted.clustered, counted.responses["clusters"]) == (
        (("users",), {survey.code: "channel"}) if cluster else ((), {})
    )


@pytest.mark.parametrize(
    ("channels", "flagged", "less", "kept"),
    [
        (["mail"] * 9 + ["qr"], 0, 0, 0),
        (["mail"] * 10 + ["qr"] * 5, 0, 0, 15),
        # One of the five flagged rows came by `qr`, one of the five who were asked less did.
        ((["mail"] * 4 + ["qr"]) * 2, 5, 0, 0),
        ((["mail"] * 4 + ["qr"]) * 2, 0, 5, 0),
        ((["mail"] * 5 + ["qr"] * 5) * 2, 10, 0, 20),
        # The one who was asked less came by `qr`; all others of the group by `mail`.
        (["qr"] + ["mail"] * 9, 0, 1, 0),
    ],
)
def test_no_channel_tells_fewer_than_five_apart_with_whatever_else_is_known_of_them(channels, flagged, less, kept):
    survey = open_survey(cluster="channel")
    group = survey.cycle.groups.get(code="users")
    assert len(unlinked_channels(survey, group, channels, flagged=flagged, less=less)) == kept


def unlinked_channels(survey: Survey, group, channels: list[str], flagged: int = 0, less: int = 0) -> list[str]:
    """The channels on the rows of a released lot that came by these, sorted; the first so many were too fast, or were
    asked less.
    """
    size, items = len(channels), survey.items.count()
    ratings = np.full((size, items), 3, np.uint8)
    columns = ResponseColumns(group=[group.pk] * size, channel=channels, language=["en"] * size, ratings=ratings)
    columns.ratings[:less, 0] = NOT_ASKED
    insert_unlinked(survey, columns, np.where(np.arange(size) < flagged, FLAG_BIT["speeding"], 0).astype(np.uint16))
    return sorted(filter(None, survey.responses.values_list("channel", flat=True)))
