"""What an anonymous survey lets go."""

import pytest

from surveys.exporting import export_csv, export_xlsx
from surveys.exports.anonymity import fields_that_leave
from surveys.exports.anonymous_profile import profile_rows
from surveys.exports.selection import select
from surveys.exports.spss import export_spss
from surveys.models import AnonymousAnswer, ProfileQuestion
from tests.factories.responses import at, make_response
from tests.factories.surveys import make_open_survey
from tests.surveys.exports.contents import csv_rows, members

pytestmark = pytest.mark.django_db
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
