"""What would be read wrong without a word if nobody looked: each is read exactly, or doubted for what it is."""

import datetime as dt

import pytest

from tests.factories.tool_exports import DIMENSIONS, EN, ISSUES, ZH, Truth, answers, csv_of
from tests.surveys.matching.test_exports_of_tools import CHINESE, ENGLISH, ITEMS
from tests.surveys.matching.test_shapes_of_tools import BASICS, ROWS, book, outcome, plain

TIMED = (*BASICS, "submitted_at")
LEGEND = "1 = very important … 5 = unimportant"


def written(head=None, value=plain, **columns) -> list[list]:
    """A row per response: token, group, further columns by header with what each row says, then all items."""
    head = head or (lambda issue, dimension: f"{ENGLISH[dimension]} - {issue.en}")
    more = {name.replace("_", " "): say for name, say in columns.items()}
    rows = [["Respondent ID", "Group", *more, *(head(*item) for item in ITEMS)]]
    for number, row in enumerate(ROWS):
        ratings = [value(row, (issue.code, dimension)) for issue, dimension in ITEMS]
        rows.append([row.token, row.group.en, *(say(number, row) for say in more.values()), *ratings])
    return rows


def rated(words, missing: str = "", unsure: str = "Don't know"):
    """Ratings in other words: `words` of a level by dimension."""

    def say(row: Truth, item: tuple[str, str]) -> str:
        value = row.ratings[item]
        return words(int(value), item[1]) if value.isdigit() else unsure if value else missing

    return say


def asks(society: str, business: str, *, zh: bool = False):
    """Headers of two questions."""
    return lambda issue, side: f"{society if side == 'society' else business} - {issue.zh if zh else issue.en}"


def in_lines(order=lambda row, item: 0, side=lambda dimension: dimension, rows=ROWS) -> bytes:
    """A line per answer, sorted."""
    items = [(issue, dimension) for issue in ISSUES for dimension in DIMENSIONS]
    lines = [(row, issue, each) for row in rows for issue, each in items]
    lines.sort(key=lambda line: order(line[0], line[1:]))
    return csv_of(
        [["Respondent ID", "Group", "Issue", "Dimension", "Score"]]
        + [
            [row.token, row.group.en, issue.en, side(each), plain(row, (issue.code, each))]
            for row, issue, each in lines
        ]
    )


def both(level: int, side: str) -> str:
    return f"{level} – {ZH[side][level - 1]} {EN[side][level - 1]}"


def chinese_clock(_number: int, row: Truth) -> str:
    return f"{row.submitted:%Y年%m月%d日 %H时%M分%S秒}"


def local_or_utc(number: int, row: Truth) -> str:
    utc = row.submitted - dt.timedelta(hours=8)
    return f"{row.submitted.isoformat()}+08:00" if number % 2 else f"{utc.isoformat()}Z"


PLAIN = csv_of(written())
SEVENTH = {
    "Outcome": ("Complete", "Over quota"), "Is test": ("No", "Yes"), "有效": ("有效", "无效"),
    "Validation": ("validation_status_approved", "validation_status_not_approved"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("contents", "names"),
    [
        (b"sep=,\r\n" + PLAIN, BASICS),
        (csv_of(written(), delimiter="|"), BASICS),
        (csv_of(written(), delimiter="\t", encoding="utf-16"), BASICS),
        (csv_of(written(value=rated(both, unsure="不了解 Don't know"))), BASICS),
        (csv_of(written(value=rated(lambda level, _side: "０１２３４５"[level] + "\u00a0"))), BASICS),
        (csv_of(written(End_Date=chinese_clock)), TIMED),
        (csv_of(written(End_Date=local_or_utc)), TIMED),
        (in_lines(), BASICS),
        (in_lines(lambda _row, item: item[0].code, {"society": "社会", "business": "公司"}.get), BASICS),
        (csv_of([*written(asks("对社会的影响", "对公司的影响", zh=True))[:1], *written()]), BASICS),
    ],
    ids=["sep", "bar", "utf-16", "both", "full-width", "clock", "zones", "lines", "by-issue", "two-headers"],
)
def test_file_is_read_exactly(contents, names):
    assert outcome(contents, names) == set()


DOUBTED = [
    # 1 may be the most: in a question, beside the answers, as the name of the sheet, on another sheet.
    (csv_of(written(asks("Society (1 = high priority)", "Business (1 = high priority)"))), {"turned_round"}),
    (csv_of(written(asks("对社会，1（最高）到5", "对公司，1（最高）到5", zh=True))), {"turned_round"}),
    (csv_of(written(asks("How unimportant for society", "How unimportant for the business"))), {"turned_round"}),
    (csv_of([[*written()[0], LEGEND], *written()[1:]]), {"turned_in_text"}),
    (book(**{"1=most important": written()}), {"turned_in_text"}),
    (book(data=written(), codes=[["值", "标签"], [1, "非常重要"], [5, "不重要"]]), {"turned_in_text"}),
    (book(data=[["Scale", 1, "Very important", 5, "Not important"], *written()]), {"turned_in_text"}),
    # Other scales, and other questions about the same issues.
    (csv_of(written(value=rated(lambda level, _side: str(level - 1)))), {"scale_end", "unknown_values"}),
    (csv_of(written(value=rated(lambda level, _side: f"{level},0")), delimiter=";"), {"unknown_values"}),
    (csv_of(written(asks("Impact on society", "How well does the company manage it?"))), {"doubled"}),
    (csv_of(written(asks("Likelihood of the impact on society", "Its severity for society"))), {"doubled"}),
    # Rows that are no responses, and times that are none.
    (csv_of(written(End_time=lambda _n, row: f"{row.submitted:%H:%M:%S}")), {"no_times"}),
    (csv_of(written(End_Date=local_or_utc, Time_zone=lambda n, _row: ("UTC", "Asia/Shanghai")[n % 2])),
     {"zone_column"}),
    *((csv_of(written(**{name: lambda n, _row, words=words: words[n == 7]})), {"trial_rows"})
      for name, words in SEVENTH.items()),
    # The group stands above its rows, or in the first of them only.
    (csv_of([[row[0], "" if n % 8 else row[1], *row[2:]] for n, row in enumerate(written())]), {"missing_group"}),
    (csv_of([*written()[:9], ["Second round"], *written()]), {"missing_group"}),
    (csv_of([[row[0], *row[2:]] for row in written()]), {"no_group"}),
    (csv_of(written(Your_role=lambda n, _row: ("Users", "Staff members")[n % 2])), {"several_groups"}),
]  # fmt: skip


@pytest.mark.parametrize(("contents", "doubts"), DOUBTED)
def test_file_is_doubted_for_what_it_is(contents, doubts):
    assert outcome(contents) == doubts


def test_chinese_questions_of_the_tool_stay_as_they_are():
    assert outcome(csv_of(written(asks(CHINESE["society"], CHINESE["business"], zh=True)))) == set()


@pytest.mark.parametrize("people", [50, 200])
def test_many_lines_whose_dimension_alternates_are_read_exactly(people):
    rows = answers(7, people)
    assert outcome(in_lines(rows=rows), rows=rows) == set()
