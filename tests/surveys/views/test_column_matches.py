"""Saved column matches: list, what one says, another name, deletion; imports keep their copy."""

from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from materiality.models import AuditEvent
from materiality.models.person import Role
from surveys.actions.match_import import match_import
from surveys.matching.match import Column, Match, Target
from surveys.models import ColumnMatch, ResponseImport, Survey
from tests.factories.people import log_in
from tests.factories.surveys import make_open_survey

pytestmark = pytest.mark.django_db


def match_for(survey: Survey) -> Match:
    code, dimension = survey.items.values_list("issue__code", "dimension").first()
    columns = (
        Column("E-mail", 0, Target("ignored"), why="personal"),
        Column("Group", 0, Target("field", "group"), "groups"),
        Column("How heavy?", 0, Target("item", code, dimension), "levels"),
    )
    maps = {"groups": {"staff": "employees"}, "levels": {"a lot": "5", "no idea": "DK"}, "unused": {"x": "1"}}
    return Match("limesurvey", columns, maps, dates="dmy")


def saved(name: str = "wave-1", **columns: object) -> ColumnMatch:
    return ColumnMatch.objects.create(name=name, tool="limesurvey", **{"columns": {}, **columns})


def read_by(survey: Survey, name: str = "wave-1") -> ResponseImport:
    return ResponseImport.objects.create(survey=survey, file_name="a.csv", match={"kept": 1}, match_name=name)


def page_of(client: Client, name: str, *args: str) -> str:
    return client.get(reverse(name, args=args)).content.decode()


def test_list_tells_tool_person_and_use(client: Client) -> None:
    person, survey = log_in(client), make_open_survey()
    saved(created_by=person)
    saved("other")
    for _ in range(2):
        read_by(survey)
    page = client.get(reverse("column_matches")).context["page"]
    assert [(match.name, tool, match.used) for match, tool in page] == [
        ("other", "LimeSurvey", None), ("wave-1", "LimeSurvey", 2),
    ]  # fmt: skip
    assert person.username in page_of(client, "column_matches")


def test_list_is_paged_within_a_bounded_number_of_queries(client: Client, django_assert_max_num_queries: Callable):
    log_in(client)
    for number in range(51):
        saved(f"match-{number:02}")
    with django_assert_max_num_queries(15):
        page = client.get(reverse("column_matches") + "?page=2").context["page"]
    assert [match.name for match, _tool in page] == ["match-50"]


def test_page_says_what_columns_and_answers_are(client: Client) -> None:
    log_in(client)
    survey = make_open_survey()
    match = match_for(survey)
    saved(columns=match.to_json())
    context = client.get(reverse("column_match", args=["wave-1"])).context
    said = [(column.header, column.target) for column in context["page"]]
    assert said == [("Group", "group"), ("How heavy?", match.columns[2].target.text), ("E-mail", "")]
    assert (context["taken"], "31/12" in context["dates"]) == (2, True)
    assert [dict(each.words) for each in context["maps"]] == [
        {"staff": "employees"}, {"a lot": "5", "no idea": "Don't know"},
    ]  # fmt: skip


def test_renaming_goes_with_the_imports_and_leaves_their_columns(client: Client) -> None:
    log_in(client)
    survey = make_open_survey()
    saved()
    imported = read_by(survey)
    response = client.post(reverse("column_match", args=["wave-1"]), {"name": "wave-2"})
    imported.refresh_from_db()
    assert (response.url, imported.match_name, imported.match) == (
        reverse("column_match", args=["wave-2"]), "wave-2", {"kept": 1},
    )  # fmt: skip
    event = AuditEvent.objects.get(action="rename_match")
    assert (event.before, event.after) == ({"name": "wave-1"}, {"name": "wave-2"})


@pytest.mark.parametrize(
    ("name", "words"),
    [("taken", "already"), ("auto", "ready-made"), ("wjx", "ready-made"), ("a b", "Use letters"), ("", "required")],
)
def test_name_that_cannot_be_is_refused(client: Client, name: str, words: str) -> None:
    log_in(client)
    saved()
    saved("taken")
    response = client.post(reverse("column_match", args=["wave-1"]), {"name": name})
    assert (response.status_code, words in response.content.decode()) == (422, True)
    assert set(ColumnMatch.objects.values_list("name", flat=True)) == {"wave-1", "taken"}


def test_deletion_takes_a_tick_and_leaves_the_imports(client: Client) -> None:
    log_in(client)
    survey = make_open_survey()
    saved()
    imported = read_by(survey)
    assert client.post(reverse("delete_match", args=["wave-1"])).status_code == 422
    assert ColumnMatch.objects.count() == 1
    assert client.post(reverse("delete_match", args=["wave-1"]), {"sure": "1"}).url == reverse("column_matches")
    imported.refresh_from_db()
    assert (ColumnMatch.objects.count(), imported.match, imported.match_name) == (0, {"kept": 1}, "")
    assert AuditEvent.objects.get(action="delete_match").before["imports"] == 1
    assert client.get(reverse("column_match", args=["wave-1"])).status_code == 404


def test_renamed_and_deleted_matches_keep_the_audit_trail_whole(client: Client) -> None:
    person, survey = log_in(client), make_open_survey()
    imported = read_by(survey, "")
    ResponseImport.objects.filter(pk=imported.pk).update(state="checked")
    match_import(imported=imported, match=match_for(survey), save_as="wave-1", by=person)
    client.post(reverse("column_match", args=["wave-1"]), {"name": "wave-2"})
    client.post(reverse("delete_match", args=["wave-2"]), {"sure": "1"})
    call_command("verify_audit", stdout=StringIO(), stderr=StringIO())
    assert ColumnMatch.objects.count() == 0


def test_viewer_sees_and_changes_no_match(client: Client) -> None:
    log_in(client, Role.VIEWER)
    saved()
    answers = [
        client.get(reverse("column_matches")),
        client.post(reverse("delete_match", args=["wave-1"]), {"sure": 1}),
    ]
    assert [answer.status_code for answer in answers] == [403, 403]
    assert ColumnMatch.objects.count() == 1


def test_list_and_match_lead_back(client: Client) -> None:
    log_in(client)
    saved()
    assert f'<p class="back quiet"><a href="{reverse("cycles")}">' in page_of(client, "column_matches")
    assert f'<p class="back quiet"><a href="{reverse("column_matches")}">' in page_of(client, "column_match", "wave-1")
