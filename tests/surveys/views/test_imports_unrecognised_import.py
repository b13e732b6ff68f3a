"""A foreign file of which few or no columns are recognised: matched by hand, from the upload to the stored rows."""

import csv
import io

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from surveys.models import Response, ResponseImport
from tests.factories.people import log_in
from tests.factories.responses import on_disk
from tests.surveys.views.test_imports_import_match import address, run, upload

pytestmark = pytest.mark.django_db


def numbered(survey, *, named: int = 0) -> bytes:
    """Columns called Q1, Q2 …; the first `named` of them carry the name of their issue."""
    items = list(survey.items.select_related("issue").order_by("position"))
    header = ["Who", *(f"Q{place}" for place in range(1, len(items) + 1))]
    header[1 : named + 1] = [f"Impact on society [{item.issue.name_en}]" for item in items[:named]]
    text = io.StringIO(newline="")
    csv.writer(text).writerows([header, ["users", *["5"] * len(items)], ["employees", *["2"] * len(items)]])
    return text.getvalue().encode()


def targets(survey) -> dict[str, str]:
    items = survey.items.order_by("position").values_list("issue__code", "dimension")
    return {"t0": "group"} | {f"t{place}": f"{code}:{side}" for place, (code, side) in enumerate(items, 1)}


@pytest.mark.parametrize(("named", "doubt"), [(0, "no_issues"), (1, "few_issues")])
def test_file_with_few_known_issues_comes_to_the_match_page(client, survey, named, doubt):
    log_in(client)
    imported = upload(client, survey, numbered(survey, named=named))
    assert doubt in [each["code"] for each in imported.summary["guess"]["doubts"] if each["column"] == -1]
    assert client.get(address("response_import", imported)).url == address("import_match", imported)
    page = client.get(address("import_match", imported)).content.decode()
    asked = survey.items.values("issue").distinct().count()
    words = {0: f"None of the {asked} issues", 1: f"Only 1 of the {asked} issues"}[named]
    assert page.index(f">{words}") < page.index('<details class="fold" open><summary>', page.index('name="t'))
    assert page.count("have no column") == 0  # it is the same once more
    assert page.count('name="t') == 1 + survey.items.count()


def test_columns_matched_by_hand_are_stored(client, survey):
    log_in(client)
    imported = upload(client, survey, numbered(survey))
    client.post(address("import_match", imported), {**targets(survey), "d-aggregates": "accept"})
    imported = run()
    assert (imported.state, imported.summary["good"]) == ("checked", 2)
    client.post(address("confirm_import", imported))
    run()
    stored = {each.group.code: set(bytes(each.ratings)) for each in survey.responses.select_related("group")}
    assert stored == {"users": {5}, "employees": {2}}


def test_what_is_not_taken_in_stands_open_while_no_item_is_known(client, survey):
    log_in(client)
    imported = upload(client, survey, numbered(survey).replace(b"Q2,", b"Weather,", 1).replace(b"s,5,5", b"s,5,fine"))
    page = client.get(address("import_match", imported)).context["page"]
    assert ("Not taken in", True) in [(title, stands) for title, _lines, stands in page.sections]


def test_misspelt_column_of_the_own_format_is_told_by_its_cell(client, survey):
    log_in(client)
    first, second = (f"{code}:{side}" for code, side in survey.items.values_list("issue__code", "dimension")[:2])
    contents = f"grup,{first},{second}\nusers,3,4\n".encode()
    imported = upload(client, survey, contents)
    assert (imported.state, imported.match) == ("checked", {})
    assert [(each["cell"], each["code"]) for each in imported.summary["listed"]][:1] == [("A1", "unknown_column")]


@pytest.mark.parametrize("match", ["", "auto"])
def test_command_refuses_what_it_does_not_recognise(survey, match, capsys):
    with translation.override("en"), pytest.raises(CommandError, match="0 of the"):
        call_command("import_responses", survey.code, str(on_disk(numbered(survey))), match=match)
    assert "None of the" in capsys.readouterr().out
    assert (Response.objects.count(), ResponseImport.objects.get().state) == (0, "discarded")


@pytest.mark.parametrize(
    ("language", "group", "side"), [("en", "Stakeholder group", "Society"), ("zh-hans", "利益相关方", "社会")]
)
def test_target_stands_with_its_name_in_the_readers_language(client, survey, language, group, side):
    log_in(client, language=language)
    imported = upload(client, survey, numbered(survey))
    item = survey.items.select_related("issue").filter(dimension="society").first()
    wrong = {"t0": "group", "t1": f"{item.issue.code}:society", "t2": "nothing"}
    page = client.post(address("import_match", imported), wrong).context["page"]
    shown = [*(each.lines for each in page.decisions), *(lines for _title, lines, _open in page.sections)]
    lines = {line.place: line.target for lines in shown for line in lines}
    name = item.issue.name_en if language == "en" else item.issue.name_zh
    assert (lines[0], lines[1], lines[2]) == (group, f"{item.issue.code} {name} · {side}", "nothing")
