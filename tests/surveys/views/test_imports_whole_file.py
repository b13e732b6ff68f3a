"""What a person says of a whole file on the match page: group, zone, order of words, many columns at once."""

import pytest

from surveys.forms.imports import _places_of
from tests.factories.surveys import make_open_survey
from tests.surveys.views.test_imports_import_match import address, log_in, run, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def survey():
    return make_open_survey()


def a_file(survey, words: list[str], *, group: bool = False, question: str = "Impact on society") -> bytes:
    """One answer per row on every issue, without a column of the group."""
    issues = [item.issue for item in survey.items.select_related("issue").filter(dimension="society")]
    head = [
        "Response ID",
        "End Date",
        *(["Group"] if group else []),
        *(f"{question} - {issue.name_en}" for issue in issues),
    ]
    lines = [",".join(head)]
    for number, text in enumerate(words):
        cells = [f"r{number}", "2026-01-05 10:00", *(["users"] if group else []), *([text] * len(issues))]
        lines.append(",".join(cells))
    return "\n".join(lines).encode()


def checked(client, survey, contents: bytes, **said):
    imported = upload(client, survey, contents)
    response = client.post(address("import_match", imported), said)
    assert response.status_code == 302, response.context["form"].errors
    return run()


def ratings(imported) -> list[int]:
    return [share["ratings"].index(max(share["ratings"])) + 1 for share in imported.summary["balance"]["shares"]][:1]


def test_everybody_in_a_file_is_of_one_group(client, survey):
    log_in(client)
    imported = checked(client, survey, a_file(survey, ["3", "5", "1", "2", "4"]), everybody="employees")
    assert (imported.state, imported.summary["groups"]) == ("checked", {"users": 0, "employees": 5})


def test_zone_of_the_times_is_taken(client, survey):
    log_in(client)
    contents = a_file(survey, ["3", "5", "1", "2", "4"])
    imported = checked(client, survey, contents, everybody="users", zone="UTC")
    assert imported.summary["balance"]["times"]["first"] == "2026-01-05 10:00:00+00:00"


def test_zone_that_there_is_not_is_told(client, survey):
    log_in(client)
    imported = upload(client, survey, a_file(survey, ["3"]))
    response = client.post(address("import_match", imported), {"everybody": "users", "zone": "Mars/North"})
    assert response.status_code == 422


def test_words_are_put_in_order_in_one_line(client, survey):
    log_in(client)
    contents = a_file(survey, ["A", "B", "C", "D", "E", "E"])
    imported = checked(client, survey, contents, everybody="users", o0="E < D < C < B < A")
    (share, *_rest) = imported.summary["balance"]["shares"]
    assert share["ratings"] == [2, 1, 1, 1, 1]


def test_ratings_are_turned_round_by_a_tick(client, survey):
    log_in(client)
    contents = a_file(survey, ["1", "1", "2", "5", "3", "4"])
    imported = checked(client, survey, contents, everybody="users", round0="1")
    (share, *_rest) = imported.summary["balance"]["shares"]
    assert share["ratings"] == [1, 1, 1, 1, 2]


def test_many_columns_get_their_dimension_at_once(client, survey):
    log_in(client)
    contents = a_file(survey, ["1", "2", "3", "4", "5"], question="How much does it matter")
    imported = checked(client, survey, contents, everybody="users", business="C:S")
    assert {share["item"].rpartition(":")[2] for share in imported.summary["balance"]["shares"]} == {"business"}


@pytest.mark.parametrize(
    ("text", "places"),
    [("A", [0]), ("D:F", [3, 4, 5]), ("Z:AB, B", [25, 26, 27, 1]), ("", []), ("4", []), ("d-e", [3, 4])],
)
def test_columns_are_named_by_letters(text, places):
    assert _places_of(text) == places
