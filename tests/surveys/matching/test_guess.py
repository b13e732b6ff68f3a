"""What is not certain is a doubt; what is hostile or of another survey is told."""

import csv
import io
from dataclasses import replace

import pytest

from materiality.tables.problems import FileProblem
from surveys.matching.match import ATTENTION, Asked, BrokenMatch, Match, Question, read_target
from surveys.matching.words import IssueNames
from tests.factories.tool_exports import EN, GROUPS, ISSUES, answers, asked, csv_of
from tests.factories.tool_writers import limesurvey, surveymonkey, wjx
from tests.surveys.matching.reading import doubts, guessed, read, said, true

ROWS = answers(3)


def edited(file: bytes, change, *, delimiter: str = ",") -> bytes:
    """The CSV with every row changed: `change(row, is_header)`."""
    rows = list(csv.reader(io.StringIO(file.decode("utf-8-sig"), newline=""), delimiter=delimiter))
    return csv_of([change(row, number == 0) for number, row in enumerate(rows)])


def replaced(file: bytes, old: str, new: str) -> bytes:
    return file.decode("utf-8-sig").replace(old, new).encode()


TEXTS = limesurvey(ROWS, texts="zh", delimiter=",")
CODES = limesurvey(ROWS, delimiter=",")


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        (edited(CODES, lambda row, head: row if head else [*row[:10], str(len(row[10])), *row[11:]]), {"group_words"}),
        (replaced(replaced(CODES, "society", "Q"), "business", "R"), {"dimension"}),
        (replaced(CODES, "ENVsociety[ENV0101]", "ENVsociety[ENV0109]"), {"unknown_issue"}),
        (replaced(CODES, "ENVsociety[ENV0102]", "ENVsociety[ENV0101]"), {"doubled"}),
        (replaced(TEXTS, "[数据安全]", "[数据安全管理]"), {"near_issue"}),
        (replaced(TEXTS, "重要？", "重要？（1=非常重要）"), {"turned_round"}),
        (replaced(TEXTS, "重要？", "重要？（1最重要，5最不重要）"), {"turned_round"}),
        (replaced(TEXTS, "请评价", "请排序"), {"ranking"}),
        (replaced(TEXTS, "非常重要", "棒"), {"unknown_values"}),
        (replaced(CODES, '"Y"', '"maybe"'), {"consent_words"}),
        (replaced(CODES, '"zh-Hans"', '"fr"'), {"language_words"}),
        (replaced(CODES, "STAKEHOLDER", "AGE"), set()),
        (surveymonkey(answers(5, 8)), {"date_order"}),
        (edited(CODES, lambda row, head: row[:10] + row[11:]), {"no_group"}),
        (edited(CODES, lambda row, head: row[:15] + row[-1:]), {"few_issues"}),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else "-".join(sorted(value)) or "none",
)
def test_doubt_is_raised(file, expected):
    assert doubts(guessed(file)) == expected


def rated(change) -> list:
    """The rows with every rating changed."""
    return [replace(row, ratings={item: change(value) for item, value in row.ratings.items()}) for row in ROWS]


@pytest.mark.parametrize("tool", ["", "limesurvey"])
def test_shorter_scale_is_a_doubt(tool):
    shorter = rated(lambda value: value if not value.isdigit() else "123"[int(value) // 2])
    file = limesurvey(shorter, delimiter=",", texts="en")
    sizes = {
        english: size for words in EN.values() for english, size in zip(words, ("Low", "Medium", "High"), strict=False)
    }
    file = edited(file, lambda row, head: [sizes.get(cell, cell) for cell in row])
    assert doubts(guessed(file, tool=tool)) == {"scale_end"}
    assert doubts(guessed(limesurvey(shorter, delimiter=","), tool=tool)) == {"scale_end"}


def test_option_numbers_are_certain_only_where_the_tool_is_named():
    rows = answers(4, absent=("DK", "", "NA"))
    file = wjx(rows, numbers=True, dk="6")
    assert doubts(guessed(file)) == {"number_after_scale", "consent_words"}
    assert doubts(guessed(file, tool="limesurvey")) == {
        "consent_words",
        "not_the_tool",
        "number_after_scale",
        "unknown_values",
    }
    assert doubts(guessed(wjx(answers(4, k=7), numbers=True, dk="6"), tool="wjx")) == {"unknown_values"}
    found = guessed(file, tool="wjx")
    assert doubts(found) == set()
    assert said(read(file, found.match), ("consent", "ratings")) == true(rows, ("consent", "ratings"))


def test_file_of_another_survey_says_how_many_issues_were_found():
    other = Asked([("X-01", "society")], [IssueNames("X-01", "量子", "Quantum")], GROUPS, 5)
    found = guessed(TEXTS, other)
    assert (doubts(found), found.found_issues, found.asked_issues) == ({"no_issues"}, 0, 1)
    match = guessed(TEXTS).match
    with pytest.raises(FileProblem) as problem:
        read(TEXTS, match, other)
    assert problem.value.code == "match_not_for_survey"
    with pytest.raises(FileProblem) as problem:
        read(csv_of([["group", "q1"], ["users", "3"]]), match)
    assert problem.value.code == "match_not_for_file"


@pytest.mark.parametrize(
    "rows",
    [
        [["a"]],
        [["=cmd|' /C calc'!A0"] * 3, ["=1+1"] * 3],
        [["x" * 20_000] * 1_900, ["[" * 900] * 1_900],
        [["1、" * 400, "—" * 2_000, "((((((" * 300], ["", "", ""]],
        [["数据安全"], ["很" * 30_000]],
        [["<" * 5_000, "&" * 5_000, "5、"], ["3", "3", "3"]],
    ],
    ids=["no rows", "formulas", "wide", "dashes", "long answer", "tags"],
)
def test_hostile_files_end_in_doubts(rows):
    assert doubts(guessed(csv_of(rows))) & {"no_issues", "no_group"} != set()


def test_category_of_the_dimensions_name_and_attention_row_are_no_trap():
    file = edited(
        wjx(ROWS, csv=True),
        lambda row, head: [*row[:12], "4、为确认您在认真作答，本行请选择“比较大”" if head else "比较大", *row[12:]],
    )
    found = guessed(file)
    assert doubts(found) == set()
    assert found.match.columns[12].target.kind == ATTENTION
    assert read(file, found.match, asked(attention=True)).attention == [4] * len(ROWS)
    assert read(file, found.match).attention == [None] * len(ROWS)


def test_columns_about_persons_are_never_taken_in():
    columns = ["姓名", "您的邮箱", "手机号", "IP Address", "Your name", "e-mail", "微信昵称"]
    file = edited(CODES, lambda row, head: [*row, *(columns if head else ["x@example.org"] * len(columns))])
    match = guessed(file).match
    assert [(each.target.kind, each.why) for each in match.columns[-7:]] == [("ignored", "personal")] * 7


def test_profile_questions_are_found_by_their_wording_and_options():
    questions = [
        Question("age", "single", "您的年龄段", "Your age", [("a", "18岁以下", "Under 18"), ("b", "18~25岁", "18-25")]),
        Question(
            "heard", "multiple", "您从哪里得知", "How did you hear", [("m", "公司邮件", "Mail"), ("q", "海报", "QR")]
        ),
        Question("job", "text", "您的职业", "Your job"),
    ]
    extra = [("3、您的年龄段：", "18~25岁"), ("4、您从哪里得知", "公司邮件┋海报"), ("5、您的职业", "=医生")]
    file = edited(wjx(ROWS, csv=True), lambda row, head: row[:9] + [pair[0 if head else 1] for pair in extra] + row[9:])
    survey = asked(questions=questions)
    found = guessed(file, survey)
    assert doubts(found) == set()
    assert read(file, found.match, survey).profile[0] == {"age": "b", "heard": ["m", "q"], "job": "=医生"}


def test_one_column_per_choice_is_a_list_of_choices():
    question = Question(
        "heard", "multiple", "您从哪里得知", "How", [("SQ001", "邮件", "Mail"), ("SQ002", "海报", "QR")]
    )
    file = edited(
        CODES, lambda row, head: [*row, *(["HEARD[SQ001]", "HEARD[SQ002]"] if head else ["Y", ""])], delimiter=","
    )
    survey = asked(questions=[question])
    assert read(file, guessed(file, survey).match, survey).profile[0] == {"heard": ["SQ001"]}


def test_unknown_answers_are_errors_where_they_stand():
    match = guessed(CODES).match
    file = replaced(CODES, '"AO05"', '"AO77"')
    parsed = read(file, match)
    assert {error.code for error in parsed.errors} == {"unknown_value"}
    first = parsed.errors[0]
    assert (first.row, first.column, first.value) == (6, "ENVsociety[ENV0101]", "AO77")


def test_match_finds_its_columns_in_another_order():
    match = guessed(CODES).match
    file = edited(CODES, lambda row, head: row[::-1])
    assert read(file, match).ratings.tolist() == read(CODES, match).ratings.tolist()
    shorter = read(edited(CODES, lambda row, head: row[:-2]), match)
    assert [note["code"] for note in shorter.notes if note["code"] in ("missing", "lacking")] == [
        "missing", "missing", "lacking",
    ]  # fmt: skip


def test_match_of_the_time_before_headers_were_searched_for_is_read():
    match = guessed(CODES).match
    assert Match.from_json({**match.to_json(), "head_rows": 1}) == match


@pytest.mark.parametrize("plain", [{}, {"columns": 3}, {"columns": [{"header": "x"}]}, {"columns": [], "more": 1}])
def test_broken_match_is_refused(plain):
    with pytest.raises(BrokenMatch):
        Match.from_json(plain)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("soc-03-01:SOCIETY", "SOC-03-01:society"), ("group", "group"), ("", "ignored"), ("profile:age", "profile:age"),
        ("profile:age:b", "profile:age:b"), ("SOC-99:society", None), ("email", None), ("profile:x", None),
        ("SOC-03-01:society  数据安全", "SOC-03-01:society"),
    ],
)  # fmt: skip
def test_target_that_a_person_wrote(text, found):
    target = read_target(text, [(issue.code, "society") for issue in ISSUES], {"age": ["a", "b"]})
    assert (target.text if target else None) == found


@pytest.mark.parametrize("header", ["Submitted", "Completed", "已提交"])
def test_times_below_a_word_of_having_finished_are_when(header):
    file = replaced(CODES, "submitdate", header)
    found = guessed(file)
    assert doubts(found) == doubts(guessed(CODES))
    assert said(read(file, found.match), ("submitted_at",)) == true(ROWS, ("submitted_at",))
