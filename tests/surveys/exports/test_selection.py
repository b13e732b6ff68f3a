"""Which rows and columns leave."""

import pytest

from materiality.platform.refusals import NotAllowed
from surveys.exports import selection as selection_module
from surveys.exports.codebook import profile_rows
from surveys.exports.exporting import export_csv, export_xlsx, header_of
from surveys.exports.selection import fields_that_leave, select
from surveys.exports.spss import export_spss
from surveys.models import AnonymousAnswer, ProfileQuestion, Response
from surveys.questionnaire.screening import FLAG_BIT
from tests.factories.paper import make_question
from tests.factories.responses import at, check_file, make_response, store_file
from tests.factories.surveys import make_open_survey
from tests.surveys.exports.contents import csv_rows, members

pytestmark = pytest.mark.django_db


def exported(survey, *groups, full=False):
    return csv_rows(b"".join(export_csv(select(survey, groups, full=full))))


def test_export_of_a_group_holds_its_responses_alone(survey):
    users, employees = survey.cycle.groups.all()
    make_response(survey, group=users, token="a")
    make_response(survey, group=employees, token="b")
    assert [row["token"] for row in exported(survey)] == ["a", "b"]
    assert [row["token"] for row in exported(survey, "employees")] == ["b"]
    assert [row["token"] for row in exported(survey, "employees", "users", "users")] == ["a", "b"]


def test_export_of_an_unknown_group_names_the_known_ones(survey):
    with pytest.raises(NotAllowed, match="users, employees"):
        select(survey, ["user"])


def test_export_read_in_chunks_holds_every_row_once(monkeypatch, survey):
    monkeypatch.setattr(selection_module, "CHUNK", 3)
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
def test_export_with_and_without_times_imports_as_it_was(kinds, survey):
    for number, (submitted, unfinished) in enumerate(kinds):
        moment = at(submitted) if submitted else None
        make_response(survey, token=str(number), submitted_at=moment, unfinished=unfinished)
    contents = b"".join(export_csv(survey))
    assert contents.decode("utf-8-sig").splitlines()[0].split(",")[-1] == "unfinished"
    copy = make_open_survey(survey.cycle)
    store_file(copy, contents)
    stored = copy.responses.order_by("id").values_list("unfinished", "submitted_at")
    assert list(stored) == list(survey.responses.order_by("id").values_list("unfinished", "submitted_at"))


def test_export_whose_times_tell_all_has_no_further_column(survey):
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


def test_import_of_an_unknown_option_is_an_error_of_the_cell(survey):
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


NEVER = {"token", "started_at", "submitted_at", "comment"}


def survey_with(*cells):
    """An anonymous survey as imports stored them once; cells are (group, channel, language, number)."""
    survey = make_open_survey(anonymous=True)
    groups = {group.code: group for group in survey.cycle.groups.all()}
    for group, channel, language, number in cells:
        for _ in range(number):
            make_response(survey, group=groups[group], channel=channel, language=language)
    return survey


@pytest.mark.parametrize(
    ("cells", "leaving"),
    [
        ([("users", "link", "en", 5), ("users", "paper", "en", 5)], {"channel", "language"}),
        ([("users", "link", "en", 5), ("users", "link", "zh-hans", 4)], {"channel"}),
        ([("users", "link", "en", 5), ("users", "paper", "en", 4)], {"language"}),
        ([("users", "link", "en", 5), ("users", "paper", "zh-hans", 4)], set()),
        ([("users", "link", "en", 5), ("employees", "link", "en", 4)], set()),
        ([("users", "link", "en", 3), ("users", "paper", "en", 3), ("users", "link", "zh-hans", 3)], set()),
        (
            [("users", "link", "en", 3), ("users", "paper", "en", 3), ("users", "link", "zh-hans", 3)]
            + [("users", "paper", "zh-hans", 3)],
            {"channel"},
        ),
        ([], {"channel", "language"}),
    ],
)
def test_channel_and_language_leave_where_each_combination_has_five(cells, leaving):
    assert fields_that_leave(survey_with(*cells)) - {"group", "consent"} == leaving


def test_channel_of_four_leaves_in_no_format():
    survey = survey_with(("users", "link", "en", 5), ("users", "secret-channel", "en", 4))
    chosen = select(survey, full=True)
    spss = b"".join(members(b"".join(export_spss(chosen))).values())
    xlsx = b"".join(members(b"".join(export_xlsx(chosen))).values())
    assert [b"secret-channel" in contents for contents in (b"".join(export_csv(chosen)), spss, xlsx)] == [False] * 3


def test_token_times_and_comment_never_leave_even_where_they_are_stored():
    survey = survey_with(("users", "link", "en", 5))
    survey.responses.update(token="t", comment="c", started_at=at("2026-03-01"), submitted_at=at("2026-03-01"))
    for row in csv_rows(b"".join(export_csv(select(survey, full=True)))):
        assert {name: row[name] for name in NEVER} == dict.fromkeys(NEVER, "")
        assert not {"seconds_per_item", "notice_version", "profile:age"} & set(row)


def answers(survey, code, kind="single", **numbers):
    options = [{"code": option, "zh": f"选{option}", "en": f"option {option}"} for option in numbers]
    position = survey.profile_questions.count()
    question = ProfileQuestion.objects.create(
        survey=survey, position=position, code=code, kind=kind, options=[] if kind == "text" else options
    )
    for option, number in numbers.items():
        AnonymousAnswer.objects.bulk_create(
            AnonymousAnswer(survey=survey, question=code, answer=option) for _ in range(number)
        )
    return question


def counts_of(survey):
    return {(row[0], row[1]): row[4] for row in profile_rows(survey)}


def test_profile_counts_hide_a_second_number_where_one_alone_would_be():
    survey = survey_with(("users", "", "", 40))
    answers(survey, "age", young=20, middle=12, old=3)
    assert counts_of(survey) == {
        ("age", "young"): 20,
        ("age", "middle"): 12,
        ("age", "old"): "<5",
        ("age", ""): "<5",
    }


def test_profile_counts_show_what_is_large_and_what_nobody_chose():
    survey = survey_with(("users", "", "", 40))
    answers(survey, "roles", kind="multiple", a=30, b=12, c=0, d=2)
    assert counts_of(survey) == {("roles", "a"): 30, ("roles", "b"): "<5", ("roles", "c"): 0, ("roles", "d"): "<5"}


def test_profile_texts_are_counted_and_never_shown():
    survey = survey_with(("users", "", "", 10))
    answers(survey, "job", kind="text", mayor=1, **{f"job{n}": 1 for n in range(5)})
    assert counts_of(survey) == {("job", ""): 6}
    assert b"mayor" not in b"".join(members(b"".join(export_xlsx(survey))).values())
