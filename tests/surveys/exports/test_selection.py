"""Which rows and columns leave."""

import pytest

from materiality.refusals import NotAllowed
from surveys.exporting import export_csv, export_xlsx, header_of
from surveys.exports import selection as selection_module
from surveys.exports.selection import select
from surveys.models import ProfileQuestion, Response
from surveys.questionnaire.rules import FLAG_BIT
from tests.factories.paper import make_question
from tests.factories.responses import at, check_file, make_response, store_file
from tests.factories.surveys import make_open_survey
from tests.surveys.exports.contents import csv_rows

pytestmark = pytest.mark.django_db


def exported(survey, *groups, full=False):
    return csv_rows(b"".join(export_csv(select(survey, groups, full=full))))


def test_export_of_a_group_holds_its_responses_alone():
    survey = make_open_survey()
    users, employees = survey.cycle.groups.all()
    make_response(survey, group=users, token="a")
    make_response(survey, group=employees, token="b")
    assert [row["token"] for row in exported(survey)] == ["a", "b"]
    assert [row["token"] for row in exported(survey, "employees")] == ["b"]
    assert [row["token"] for row in exported(survey, "employees", "users", "users")] == ["a", "b"]


def test_export_of_an_unknown_group_names_the_known_ones():
    with pytest.raises(NotAllowed, match="users, employees"):
        select(make_open_survey(), ["user"])


def test_export_read_in_chunks_holds_every_row_once(monkeypatch):
    monkeypatch.setattr(selection_module, "CHUNK", 3)
    survey = make_open_survey()
    for number in range(9):
        make_response(survey, token=str(number))
    make_response(make_open_survey(survey.cycle), token="of another survey")
    assert [row["token"] for row in exported(survey)] == [str(number) for number in range(9)]


@pytest.mark.parametrize(
    "kinds",
    [
        [(None, False), ("2026-03-01", False)],
        [(None, True), ("2026-03-01", False), (None, False)],
        [(None, True)],
        [(None, True), (None, False)],
    ],
)
def test_export_with_and_without_times_imports_as_it_was(kinds):
    survey = make_open_survey()
    for number, (submitted, unfinished) in enumerate(kinds):
        moment = at(submitted) if submitted else None
        make_response(survey, token=str(number), submitted_at=moment, unfinished=unfinished)
    contents = b"".join(export_csv(survey))
    assert contents.decode("utf-8-sig").splitlines()[0].split(",")[-1] == "unfinished"
    copy = make_open_survey(survey.cycle)
    store_file(copy, contents)
    stored = copy.responses.order_by("id").values_list("unfinished", "submitted_at")
    assert list(stored) == list(survey.responses.order_by("id").values_list("unfinished", "submitted_at"))


def test_export_whose_times_tell_all_has_no_further_column():
    survey = make_open_survey()
    make_response(survey, submitted_at=at("2026-03-01"))
    make_response(survey, unfinished=True)
    assert list(exported(survey)[0]) == header_of(survey)


@pytest.mark.parametrize("export", [export_csv, export_xlsx])
def test_export_with_profile_and_attention_imports_as_it_was(export):
    survey, copy = (make_open_survey(attention=True, code=f"asked-{n}") for n in (1, 2))
    for each in (survey, copy):
        make_question(each, "age")
        make_question(each, "roles", kind="multiple")
        make_question(each, "job", kind="text")
    answers = [{"age": "b", "roles": ["a", "b"], "job": '=1+1, "so"'}, {}, {"roles": ["b"], "job": "中文"}]
    for profile, attention in zip(answers, (2, None, 254), strict=True):
        make_response(survey, profile=profile, attention=attention)
    make_response(survey, attention=0)
    store_file(copy, b"".join(export(survey)))
    names = ("profile", "attention")
    assert list(copy.responses.order_by("id").values_list(*names)) == list(
        survey.responses.order_by("id").values_list(*names)
    )


def test_import_of_an_unknown_option_is_an_error_of_the_cell():
    survey = make_open_survey()
    make_question(survey, "age")
    make_response(survey, profile={"age": "a"})
    contents = b"".join(export_csv(survey))
    wrong = contents[: contents.rindex(b"a")] + b"z\n"
    listed = check_file(survey, wrong).summary["listed"]
    assert [(error["column"], error["code"]) for error in listed] == [("profile:age", "unknown_option")]


def test_full_export_tells_screening_and_profile():
    survey = make_open_survey(attention=True)
    question = {"text_zh": "年龄", "text_en": "Age", "options": [{"code": "a", "zh": "甲", "en": "A"}]}
    ProfileQuestion.objects.create(survey=survey, position=1, code="age", **question)
    ProfileQuestion.objects.create(survey=survey, position=2, code="roles", kind="multiple", **question)
    flags = FLAG_BIT["speeding"] | FLAG_BIT["duplicate"]
    make_response(
        survey, flags=flags, overruled=Response.Overruled.INCLUDE, attention=254, seconds_per_item=2.5,
        notice_version=1, profile={"age": "a", "roles": ["a", "b"]},
    )  # fmt: skip
    make_response(survey, flags=FLAG_BIT["speeding"])
    first, second = exported(survey, full=True)
    names = list(first)[len(header_of(survey)) :]
    assert {name: first[name] for name in names} == {
        "unfinished": "no",
        "attention": "DK",
        "profile:age": "a",
        "profile:roles": "a;b",
        "valid": "yes",
        "flags": "speeding;duplicate",
        "overruled": "include",
        "seconds_per_item": "2.5",
        "notice_version": "1",
    }
    assert [second[name] for name in names] == ["no", "NA", "", "", "no", "speeding", "", "", ""]
