"""What a person says of a whole file on the match page: group, zone, order of words, many columns at once."""

import csv
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from surveys.actions.imports import confirm_import, read_confirmed, store_import
from surveys.forms.matches import _places_of
from surveys.models import ColumnMatch, ResponseImport
from surveys.responses.counting import count_cycle
from tests.factories.responses import check_file, csv_file, on_disk, row, store_file
from tests.surveys.matching.test_shapes_of_tools import book
from tests.surveys.views.test_imports_import_match import address, log_in, run, upload

pytestmark = pytest.mark.django_db


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


def csv_cells(contents: bytes) -> list[list[str]]:
    return list(csv.reader(contents.decode().splitlines()))


def checked(client, survey, contents: bytes, **said):
    imported = upload(client, survey, contents)
    response = client.post(address("import_match", imported), {"d-all": "accept", **said})
    assert response.status_code == 302, response.context["form"].errors
    return run()


def levels(imported) -> list[int]:
    """How many gave each rating of the first item with a column."""
    return next(item["levels"] for item in imported.summary["balance"]["items"] if item["column"])


def test_everybody_in_a_file_is_of_one_group(client, survey):
    log_in(client)
    imported = checked(client, survey, a_file(survey, ["3", "5", "1", "2", "4"]), everybody="employees")
    assert (imported.state, imported.summary["groups"]) == ("checked", {"users": 0, "employees": 5})


def asked_on(response) -> dict[str, tuple[str, bool]]:
    """What is chosen in each question of the page, and whether it was left."""
    return {each.name: (each.chosen, each.left) for each in response.context["page"].decisions}


def test_each_doubt_is_answered_by_itself_and_not_asked_again(client, survey):
    log_in(client)
    imported = upload(client, survey, a_file(survey, ["3", "5", "1", "2", "4"]))
    page = client.get(address("import_match", imported))
    assert asked_on(page) == {"d-no_group": ("", False), "d-lacking": ("", False)}
    assert b'name="everybody"' not in page.content  # asked above already
    response = client.post(address("import_match", imported), {"d-no_group": "users"})
    assert (response.status_code, b"1 thing is not decided yet" in response.content) == (422, True)
    assert asked_on(response) == {"d-no_group": ("users", False), "d-lacking": ("", True)}
    response = client.post(address("import_match", imported), {"d-lacking": "accept", "zone": "Mars/North"})
    assert asked_on(response) == {"d-no_group": ("", False), "d-lacking": ("accept", False)}
    client.post(address("import_match", imported), {"d-no_group": "users", "d-lacking": "accept"})
    imported = run()
    assert (imported.state, imported.summary["groups"]["users"]) == ("checked", 5)
    assert asked_on(client.get(address("import_match", imported))) == {}


def test_several_doubts_about_the_file_are_answered_at_once(client, survey):
    log_in(client)
    own = [line[2:] for line in csv_cells(a_file(survey, ["1", "5"], group=True))]
    imported = upload(client, survey, "\n".join(map(",".join, [*own[:2], ["employees", *own[2][1:]]])).encode())
    assert len(asked_on(client.get(address("import_match", imported)))) > 1
    assert client.post(address("import_match", imported), {}).status_code == 422
    assert client.post(address("import_match", imported), {"d-all": "accept"}).status_code == 302


def test_columns_of_one_doubt_are_answered_together_or_by_themselves(client, survey):
    log_in(client)
    imported = upload(client, survey, a_file(survey, ["1", "2", "3", "4", "5"], group=True, question="How much"))
    page = client.get(address("import_match", imported)).context["page"]
    (decision,) = [each for each in page.decisions if each.name == "d-dimension@D"]
    places = {line.place for line in decision.lines}
    assert (len(places), places & {line.place for _t, lines, _o in page.sections for line in lines}) == (17, set())
    posted = {f"t{line.place}": line.target for line in decision.lines}
    assert client.post(address("import_match", imported), {**posted, "d-all": "accept"}).status_code == 422
    own = posted["t3"].replace("Society", "Business")
    client.post(address("import_match", imported), {**posted, "t3": own, "d-dimension@D": "society", "d-all": "accept"})
    held = [item["item"] for item in run().summary["balance"]["items"] if item["column"]]
    assert [name.rpartition(":")[2] for name in held].count("business") == 1


def test_answers_about_a_file_are_remembered_for_the_next(client, survey):
    log_in(client)
    own, other = (csv_cells(a_file(survey, [*words], group=True)) for words in ("15", "24"))
    averages = [["Group", "a", "b", "n"], *[["Users", 3.2, 4.1, 10]] * 3]
    said = {"answer": ["sheet_unread=accept", "lacking=accept", "duplicates=accept"], "match": "auto"}
    file = on_disk(book(Data=own, Averages=averages), "a.xlsx")
    with pytest.raises(CommandError, match="预置"):  # a ready-made match has the name
        call_command("import_responses", survey.code, str(file), **said, save_match="wjx")
    assert not ResponseImport.objects.exists()
    call_command("import_responses", survey.code, str(file), **said, save_match="wave")
    assert ColumnMatch.objects.get().columns["meant"] == {"sheet_unread": ["Averages"]}
    for cells in other[1:]:
        cells[0] += "b"
    call_command(
        "import_responses", survey.code, str(on_disk(book(Data=other, Averages=averages), "b.xlsx")), match="wave"
    )
    file = str(on_disk(book(Data=[[*row, "x"] for row in other], Averages=averages), "c.xlsx"))
    with pytest.raises(CommandError, match="1 doubts about the rows"):
        call_command("import_responses", survey.code, file, match="wave", answer=["duplicates=accept"])
    imported = upload(client, survey, Path(file).read_bytes(), match="wave")
    doubts = {f"d-{each['id']}": "accept" for each in imported.summary["balance"]["doubts"]}
    client.post(address("confirm_import", imported), doubts)
    run()
    assert ColumnMatch.objects.get().columns["meant"]["strange_columns"] == ["x"]


def test_zone_of_the_times_is_taken(client, survey):
    log_in(client)
    contents = a_file(survey, ["3", "5", "1", "2", "4"])
    imported = checked(client, survey, contents, everybody="users", zone="UTC")
    assert imported.summary["balance"]["first"] == "2026-01-05T10:00:00+00:00"


def test_zone_that_there_is_not_is_told(client, survey):
    log_in(client)
    imported = upload(client, survey, a_file(survey, ["3"]))
    response = client.post(address("import_match", imported), {"everybody": "users", "zone": "Mars/North"})
    assert response.status_code == 422


def test_words_are_put_in_order_in_one_line(client, survey):
    log_in(client)
    contents = a_file(survey, ["A", "B", "C", "D", "E", "E"])
    imported = checked(
        client,
        survey,
        contents,
        everybody="users",
        **{"w-unknown_values@C": "E < D < C < B < A", "d-unknown_values@C": "written"},
    )
    assert levels(imported) == [2, 1, 1, 1, 1]


def test_ratings_are_turned_round_by_a_tick(client, survey):
    log_in(client)
    contents = a_file(survey, ["1", "1", "2", "5", "3", "4"])
    imported = checked(client, survey, contents, everybody="users", round0="1")
    assert levels(imported) == [1, 1, 1, 1, 2]


def test_a_shorter_scale_is_stretched_where_a_person_says_so(client, survey):
    log_in(client)
    contents = a_file(survey, ["1", "3", "2", "3"])
    imported = checked(client, survey, contents, everybody="users", **{"d-scale_end@C": "3"})
    assert levels(imported) == [1, 0, 1, 0, 2]
    assert set(imported.match["lengths"].values()) == {3}
    store_import(imported=confirmed(imported), columns=read_confirmed(imported.job, lambda *_told: None), by=None)
    told = {"survey": survey.code, "file": "answers.csv", "from": 3, "to": 5}
    assert count_cycle(survey.cycle).responses["rescaled"] == [told]


def test_tiers_that_would_move_are_told_before_anything_is_stored(client, survey):
    store_file(survey, csv_file(survey, *(row(survey, *[1 + at % 5] * 3, 5) for at in range(12))))
    imported = check_file(
        survey, csv_file(survey, *(row(survey, 5, 5, 1, 1, 1, 5, token=f"n{at}") for at in range(30)))
    )
    tiers = imported.summary["balance"]["tiers"]
    assert (tiers["compared"], all(each["from"] != each["to"] for each in tiers["moved"])) == (19, True)


def confirmed(imported):
    said = {"said": {doubt["id"]: "accept" for doubt in imported.summary["balance"]["doubts"]}}
    return confirm_import(imported=imported, by=None, answers=said, send=False)


def test_sheet_and_heading_are_set_by_hand(client, survey):
    log_in(client)
    own = csv_cells(a_file(survey, ["1", "5"], group=True))
    notes = [["Draft of the questions", *own[0][1:]], ["x", *own[0][1:]]]
    imported = upload(client, survey, book(Notes=[*notes, *own[1:2]], Data=[["Our results"], *own]))
    assert [sheet["name"] for sheet in imported.summary["guess"]["sheets"]] == ["Notes", "Data"]
    response = client.post(address("import_match", imported), {"look": "1", "sheet": "Data", "head": "2"})
    assert response.status_code == 302
    imported = run()
    assert [(sheet["name"], sheet["read"]) for sheet in imported.summary["guess"]["sheets"]] == [
        ("Data", True), ("Notes", False),
    ]  # fmt: skip
    assert imported.match["columns"][0]["header"] == "Response ID"


def test_row_that_is_none_is_told(client, survey):
    log_in(client)
    imported = upload(client, survey, a_file(survey, ["3"]))
    response = client.post(address("import_match", imported), {"look": "1", "head": "first"})
    assert (response.status_code, list(response.context["looked"].errors)) == (422, ["head"])


def test_question_whether_1_is_the_most_is_asked_once_and_must_be_answered(client, survey):
    log_in(client)
    contents = a_file(survey, ["1", "1", "2", "5"], question="Impact on society (1 = very important)")
    imported = upload(client, survey, contents)
    page = client.get(address("import_match", imported))
    assert "d-turned_round@C" in asked_on(page)
    response = client.post(address("import_match", imported), {"everybody": "users"})
    assert response.status_code == 422
    imported = checked(client, survey, contents, everybody="users", **{"d-turned_round@C": "turn"})
    assert levels(imported) == [1, 0, 0, 1, 2]
    assert asked_on(client.get(address("import_match", imported))) == {}


def test_columns_are_written_in_words_and_read_so(client, survey):
    log_in(client)
    contents = a_file(survey, ["1", "2", "3", "4", "5"], group=True)
    imported = upload(client, survey, contents)
    sections = client.get(address("import_match", imported)).context["page"].sections
    targets = {line.place: line.target for _title, lines, _open in sections for line in lines}
    assert targets[2] == "Stakeholder group"
    assert targets[3].endswith(" · Society")
    imported = checked(client, survey, contents, **{f"t{place}": words for place, words in targets.items()})
    assert imported.state == "checked"


def test_many_columns_get_their_dimension_at_once(client, survey):
    log_in(client)
    contents = a_file(survey, ["1", "2", "3", "4", "5"], question="How much does it matter")
    imported = checked(client, survey, contents, everybody="users", business="C:S")
    held = {item["item"] for item in imported.summary["balance"]["items"] if item["column"]}
    assert {name.rpartition(":")[2] for name in held} == {"business"}


@pytest.mark.parametrize(
    ("text", "places"),
    [("A", [0]), ("D:F", [3, 4, 5]), ("Z:AB, B", [25, 26, 27, 1]), ("", []), ("4", []), ("d-e", [3, 4])],
)
def test_columns_are_named_by_letters(text, places):
    assert _places_of(text) == places
