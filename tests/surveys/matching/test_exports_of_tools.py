"""What tools and hands write, one by one: each read exactly, or doubted with its place."""

import dataclasses
import datetime as dt

import pytest

from surveys.matching.match import BY_GROUP
from tests.factories.tool_exports import DIMENSIONS, EN, GROUPS, ISSUES, QUESTIONS, ZH, Truth, asked, csv_of
from tests.surveys.matching.reading import guessed, read, said, true
from tests.surveys.matching.test_shapes_of_tools import ASKED, BASICS, ROWS, book, outcome, table

ITEMS = [(issue, dimension) for dimension in DIMENSIONS for issue in ISSUES]
ENGLISH = {dimension: QUESTIONS["en", dimension].format("", "ACME") for dimension in DIMENSIONS}
CHINESE = {"society": "请评价以下议题对社会和环境的影响有多重要", "business": "请评价以下议题对公司运营的影响有多大"}
TIMED = (*BASICS, "submitted_at")
NO_TOKEN = ("group", "ratings", "submitted_at")


def english(row: Truth, missing: str = "", unsure: str = "No opinion") -> list[str]:
    return [_word(EN[each], row.ratings[issue.code, each], missing, unsure) for issue, each in ITEMS]


def chinese(row: Truth, missing: str = "") -> list[str]:
    return [_word(ZH[each], row.ratings[issue.code, each], missing, "不了解") for issue, each in ITEMS]


def _word(words: list[str], value: str, missing: str, unsure: str) -> str:
    return words[int(value) - 1] if value.isdigit() else unsure if value else missing


def numbers(row: Truth, unsure: str = "") -> list[str]:
    found = [row.ratings[issue.code, each] for issue, each in ITEMS]
    return [unsure if value == "DK" else value for value in found]


def american(moment: dt.datetime) -> str:
    return f"{moment:%m/%d/%Y %I:%M:%S %p}"


def chinese_noon(moment: dt.datetime) -> str:
    half = "上午" if moment.hour < 12 else "下午"
    return f"{moment:%Y/%m/%d} {half}{(moment.hour - 1) % 12 + 1}:{moment:%M:%S} [GMT+8]"


def survey_monkey() -> bytes:
    """Two rows of headers, the question above the first of its rows only."""
    first = ["Respondent ID", "Collector ID", "Start Date", "End Date", "IP Address", "Custom Data 1", "You are …"]
    upper = [*first, *(ENGLISH[each] if issue is ISSUES[0] else "" for issue, each in ITEMS)]
    lower = [*[""] * 6, "Response", *(issue.en for issue, _each in ITEMS)]
    rows = [
        [row.token, "400123", american(row.started), american(row.submitted), "203.0.113.4", "", row.group.en]
        + english(row)
        for row in ROWS
    ]
    return csv_of([upper, lower, *rows], encoding="utf-8-sig")


def google_forms() -> bytes:
    head = ["时间戳记", "您属于哪一类利益相关方？", *(f"{CHINESE[each]} [{issue.zh}]" for issue, each in ITEMS)]
    return csv_of([head, *([chinese_noon(row.submitted), row.group.zh, *chinese(row)] for row in ROWS)])


def microsoft_forms(*, with_question: bool) -> bytes:
    """Only the statement stands in the header; that of the second question has a digit behind it."""
    name = (lambda issue, each: f"{ENGLISH[each]}.{issue.en}") if with_question else (
        lambda issue, each: issue.en + ("2" if each == "business" else "")
    )  # fmt: skip
    first = ["ID", "Start time", "Completion time", "Email", "Name", "Language", "Which group do you belong to?"]
    rows = [
        [at, row.started, row.submitted, "anonymous", "", "English (United States)", row.group.en, *english(row)]
        for at, row in enumerate(ROWS, 1)
    ]
    return book(Sheet1=[[*first, *(name(*item) for item in ITEMS)], *rows])


def tencent() -> bytes:
    first = ["编号", "开始答题时间", "结束答题时间", "答题时长", "IP省份", "设备类型", "1.您的身份"]
    head = [*first, *(f"{2 + (each == 'business')}.{CHINESE[each]}_{issue.zh}" for issue, each in ITEMS)]
    rows = [
        [at, row.started.isoformat(" "), row.submitted.isoformat(" "), str(dt.timedelta(seconds=row.seconds)), "北京"]
        + ["手机", row.group.zh, *chinese(row)]
        for at, row in enumerate(ROWS, 1)
    ]
    return csv_of([head, *rows], encoding="gb18030")


def typeform() -> bytes:
    """Times in UTC; a response that was broken off is partial."""
    last = ["Response Type", "Start Date (UTC)", "Stage Date (UTC)", "Submit Date (UTC)", "Network ID", "Tags"]
    head = ["#", "Which group do you belong to?", *(f"{ENGLISH[each]} - *{issue.en}*" for issue, each in ITEMS), *last]
    utc = [[f"{m - dt.timedelta(hours=8):%Y-%m-%d %H:%M:%S}" for m in (row.started, row.submitted)] for row in ROWS]
    rows = [
        [row.token, row.group.en, *numbers(row), "partial" if at == 3 else "completed", start, "", end, "n1", ""]
        for at, (row, (start, end)) in enumerate(zip(ROWS, utc, strict=True))
    ]
    return csv_of([head, *rows])


def jotform() -> bytes:
    head = [
        "Submission Date",
        "Which group do you belong to?",
        *(f"{ENGLISH[each]} >> {issue.en}" for issue, each in ITEMS),
    ]
    rows = [
        [
            f"{row.submitted:%b} {row.submitted.day}, {row.submitted:%Y %H:%M:%S}",
            row.group.en,
            *english(row),
            "x",
            row.token,
        ]
        for row in ROWS
    ]
    return csv_of([[*head, "IP", "Submission ID"], *rows])


def spss() -> bytes:
    """Names of variables, then their labels; values with their labels, and what is missing by the system."""
    names = ["RespID", "StartDate", "EndDate", "Q1", *(f"Q{at}" for at in range(2, 2 + len(ITEMS)))]
    labels = ["Respondent ID", "Start of interview", "End of interview", "Stakeholder group"]
    labels += [f"{issue.en}: {ENGLISH[each]}" for issue, each in ITEMS]
    rows = []
    for row in ROWS:
        words = english(row, "#NULL!", "Don't know")
        values = [
            word if word == "#NULL!" else f"{row.ratings[issue.code, each].replace('DK', '9')} {word}"
            for word, (issue, each) in zip(words, ITEMS, strict=True)
        ]
        times = [f"{moment:%d-%b-%Y %H:%M:%S}" for moment in (row.started, row.submitted)]
        rows.append([row.token, *times, row.group.en, *values])
    return csv_of([names, labels, *rows])


def alchemer() -> bytes:
    """The row of a matrix before its question."""
    first = ["Response ID", "Time Started", "Date Submitted", "Status", "Legacy Comments", "Language", "Country"]
    head = [*first, "Which group do you belong to?", *(f"{issue.en}:{ENGLISH[each]}" for issue, each in ITEMS)]
    rows = [
        [row.token, row.started.isoformat(" "), row.submitted.isoformat(" "), "Complete", "", "English", "CN"]
        + [row.group.en, *english(row)]
        for row in ROWS
    ]
    return csv_of([head, *rows])


def wjx_numbers() -> bytes:
    """Numbers of options: the sixth is don't know, and the group is one as well."""
    first = ["序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP", "1、您属于哪一类利益相关方？"]
    head = [*first, *(f"{2 + (each == 'business')}、{CHINESE[each]}—{issue.zh}" for issue, each in ITEMS)]
    rows = [
        [
            at,
            row.submitted.isoformat(" "),
            f"{row.seconds}秒",
            "微信",
            "直接访问",
            "203.0.113.9",
            GROUPS.index(row.group) + 1,
        ]
        + [value or "-2" for value in numbers(row, "6")]
        for at, row in enumerate(ROWS, 1)
    ]
    return csv_of([[*head, "总分"], *([*row, "88"] for row in rows)])


@pytest.mark.parametrize(
    ("contents", "names", "doubts"),
    [
        (survey_monkey(), (*TIMED, "started_at"), set()),
        (google_forms(), NO_TOKEN, set()),
        (microsoft_forms(with_question=True), NO_TOKEN, set()),
        (microsoft_forms(with_question=False), NO_TOKEN, {"dimension_by_answers"}),
        (tencent(), NO_TOKEN, set()),
        (jotform(), TIMED, set()),
        (spss(), (*TIMED, "started_at"), set()),
        (alchemer(), (*TIMED, "started_at"), set()),
        (typeform(), TIMED, {"other_zone"}),
        (wjx_numbers(), NO_TOKEN, {"number_after_scale", "group_words"}),
        # A person's hands: the issue, a dash and the side; the issue above and the dimension below.
        (csv_of(table(lambda issue, each: f"{issue.zh}-{'社会' if each == 'society' else '公司'}")), BASICS, set()),
        (book(data=[["Results 2026"], ["as of March"], *table()]), BASICS, set()),
    ],
    ids=["monkey", "google", "ms", "ms-bare", "qq", "jotform", "spss", "alchemer", "typeform", "wjx", "dash", "title"],
)  # fmt: skip
def test_export_is_read_exactly_or_doubted(contents, names, doubts):
    assert outcome(contents, names) == doubts


def test_partial_response_is_unfinished():
    found = guessed(typeform(), ASKED)
    truth = [dataclasses.replace(row, finished=at != 3) for at, row in enumerate(ROWS)]
    assert said(read(typeform(), found.match, ASKED), ("unfinished",)) == true(truth, ("unfinished",), ASKED)


def test_averages_per_group_are_no_responses():
    rows = [["Group", "n", *(f"{ENGLISH['society']} - {issue.en}" for issue in ISSUES)]]
    rows += [[group.en, 40, *(f"3.{at}" for at in range(len(ISSUES)))] for group in GROUPS]
    assert "aggregates" in outcome(book(data=rows))


def test_dimension_follows_from_the_plan_of_the_group():
    """The classic matrix: outsiders say what matters to society, insiders what matters to the business."""
    of = {each: frozenset((issue.code, each) for issue in ISSUES) for each in DIMENSIONS}
    plan = {group.code: of["business" if group.code == "employees" else "society"] for group in GROUPS}
    survey = asked(zone="Asia/Shanghai", plan=plan)
    side = {group.code: "business" if group.code == "employees" else "society" for group in GROUPS}
    rows = [["Respondent ID", "Group", *(f"How important is it? - {issue.en}" for issue in ISSUES)]]
    rows += [
        [row.token, row.group.en, *(row.ratings[issue.code, "society"].replace("DK", "Don't know") for issue in ISSUES)]
        for row in ROWS
    ]
    found = guessed(csv_of(rows), survey)
    assert ([doubt.code for doubt in found.doubts], {each for _code, each in found.match.items()}) == ([], {BY_GROUP})
    ratings = [row for (row,) in said(read(csv_of(rows), found.match, survey), ("ratings",))]
    assert ratings == [
        [row.ratings[code, "society"] if each == side[row.group.code] else "NA" for code, each in survey.items]
        for row in ROWS
    ]
