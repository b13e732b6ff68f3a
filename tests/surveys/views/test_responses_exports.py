"""The page of exports and its files."""

import pytest
from django.urls import reverse

from materiality.models.people import Role
from surveys.exports.exporting import export_csv
from surveys.exports.selection import select
from surveys.models import ProfileQuestion
from tests.factories.people import log_in
from tests.factories.responses import make_response
from tests.surveys.exports.contents import csv_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def survey(client, survey):
    log_in(client)
    for group in survey.cycle.groups.all():
        make_response(survey, group=group, token=group.code)
    return survey


def address(survey, name="exports", *more):
    return reverse(name, args=[survey.cycle.code, survey.code, *more])


def test_page_offers_groups_formats_and_codebook(client, survey, django_assert_max_num_queries):
    with django_assert_max_num_queries(15):
        text = client.get(address(survey)).content.decode()
    assert [word in text for word in ("Employees", "SPSS", "Codebook (CSV)", "profile answers (CSV)")] == [
        True, True, True, False,
    ]  # fmt: skip


def test_page_gives_the_file_that_was_chosen(client, survey):
    response = client.get(address(survey), {"kind": "csv", "full": "1", "group": ["employees"]})
    assert response.getvalue() == b"".join(export_csv(select(survey, ["employees"], full=True)))
    name = f"{survey.code}-employees-responses.csv"
    assert response.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response.headers["Cache-Control"] == "no-store, private"


def test_page_with_an_unknown_choice_says_so(client, survey):
    response = client.get(address(survey), {"kind": "doc", "group": ["nobody"]})
    assert (response.status_code, set(response.context["form"].errors)) == (200, {"kind", "group"})


def test_codebook_and_profile_counts_are_files_of_their_own(client, survey):
    survey.anonymous = True
    survey.save()
    ProfileQuestion.objects.create(
        survey=survey, position=1, code="age", options=[{"code": "a", "zh": "甲", "en": "A"}]
    )
    assert "Counts of profile answers" in client.get(address(survey)).content.decode()
    rows = csv_rows(client.get(address(survey, "export_responses", "profile")).getvalue())
    assert [(row["option"], row["number"]) for row in rows] == [("a", "0"), ("", "<5")]
    assert csv_rows(client.get(address(survey, "export_responses", "codebook")).getvalue())[0]["part"] == "fact"


def test_file_of_an_unknown_group_or_kind_is_not_found(client, survey):
    assert client.get(address(survey, "export_responses", "csv") + "?group=nobody").status_code == 404
    assert client.get(address(survey, "export_responses", "doc")).status_code == 404


def test_viewer_gets_no_export(client, survey):
    log_in(client, Role.VIEWER)
    addresses = [address(survey), address(survey, "export_responses", "spss")]
    assert [client.get(each).status_code for each in addresses] == [403, 403]
