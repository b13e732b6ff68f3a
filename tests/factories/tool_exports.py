"""Exports of survey tools made from random answers, each with the truth in the `responses` format.

The shapes are those of the tools: codes or texts, carried-down stems, their own columns, encodings and zones.
"""

import csv
import datetime as dt
import io
import random
from dataclasses import dataclass, field

from openpyxl import Workbook

from surveys.matching.match import Asked
from surveys.matching.words import GroupNames, IssueNames

DIMENSIONS = ("society", "business")
GROUPS = [
    GroupNames("users", "用户", "Users"),
    GroupNames("employees", "员工", "Employees"),
    GroupNames("creators_partners", "创作者与合作伙伴", "Creators and Partners"),
    GroupNames("government", "政府", "Government"),
]
CATEGORIES = {"ENV": ("环境", "Environment"), "SOC": ("社会", "Society"), "ECO": ("经济", "Economy")}
ISSUES = [
    IssueNames("ENV-01-01", "环境合规管理", "Environmental Compliance", ("环保守法", "Keeping Environmental Law")),
    IssueNames("ENV-01-02", "低碳差旅通勤", "Low-Carbon Travel and Commuting"),
    IssueNames("SOC-02-01", "员工沟通", "Employee Communication"),
    IssueNames("SOC-02-02", "用户沟通与反馈", "User Communication and Feedback"),
    IssueNames("SOC-03-01", "数据安全", "Data Security", ("信息防护", "Information Protection")),
    IssueNames("ECO-01-01", "合规运营", "Compliant Operations"),
    IssueNames("ECO-01-02", "公司治理体系", "Corporate Governance Structure"),
    IssueNames("ECO-02-01", "电商内容治理", "E-Commerce Content Governance"),
]
ZH = {
    "society": ["非常不重要", "比较不重要", "一般", "比较重要", "非常重要"],
    "business": ["非常小", "比较小", "一般", "比较大", "非常大"],
}
EN = {
    "society": ["Not at all important", "Slightly important", "Moderately important", "Important", "Very important"],
    "business": ["Very small", "Small", "Medium", "Large", "Very large"],
}
QUESTIONS = {
    ("zh", "society"): "请评价以下【{0}】议题对社会和环境的影响有多重要？",
    ("zh", "business"): "{0}：以下议题对公司运营的影响有多大？",
    ("en", "society"): "{1}: how important is the impact of these issues on society and the environment?",
    ("en", "business"): "{1}: how large is the impact of these issues on the company's operations?",
}
COMMENTS = ["", "", "=1+1", "5", "N/A", '"引号"与，逗号', "<b>加粗</b>", "两行\n文字", "+86 电话", " 前后有空格 "]


def asked(k: int = 5, **more) -> Asked:
    """A survey of eight issues on both dimensions."""
    return Asked([(issue.code, each) for issue in ISSUES for each in DIMENSIONS], ISSUES, GROUPS, k, **more)


@dataclass
class Truth:
    """One response: `ratings` by item as 1..k, DK, NA or ''."""

    token: str
    group: GroupNames
    language: str
    channel: str
    started: dt.datetime
    seconds: int
    consent: bool
    comment: str
    ratings: dict[tuple[str, str], str]
    finished: bool = True
    remarks: dict = field(default_factory=dict)

    @property
    def submitted(self) -> dt.datetime:
        return self.started + dt.timedelta(seconds=self.seconds)


def answers(seed: int, size: int = 25, *, k: int = 5, absent: tuple[str, ...] = ("DK", ""), unfinished=False) -> list:
    """Random responses in which every level and group occurs."""
    rng = random.Random(seed)
    rows = []
    for number in range(size):
        values = [*map(str, range(1, k + 1)), *absent]
        ratings = {(issue.code, each): rng.choice(values) for issue in ISSUES for each in DIMENSIONS}
        if number < len(values):
            ratings = dict.fromkeys(ratings, values[number])
        start = dt.datetime(2026, 1, 3) + dt.timedelta(days=number, seconds=rng.randrange(86_400))
        rows.append(
            Truth(
                f"r{rng.randrange(10**9)}",
                GROUPS[number % len(GROUPS)],
                rng.choice(("zh-hans", "en")),
                rng.choice(("qr", "email")),
                start,
                rng.randrange(20, 4000),
                number % 7 != 3,
                COMMENTS[number % len(COMMENTS)],
                ratings,
                not (unfinished and number % 5 == 4),
            )  # fmt: skip
        )
    return rows


def csv_of(rows: list[list], *, delimiter: str = ",", encoding: str = "utf-8", line_end: str = "\r\n") -> bytes:
    """A CSV file."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=line_end, quoting=csv.QUOTE_ALL).writerows(rows)
    return text.getvalue().encode(encoding)


def xlsx_of(rows: list[list]) -> bytes:
    """A workbook; text stays text."""
    workbook = Workbook()
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            cell = workbook.active.cell(number, column, value)
            if isinstance(value, str):
                cell.data_type = "s"
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def matrices() -> list[tuple[str, str, list[IssueNames]]]:
    """(category, dimension, issues) in the order in which questionnaires ask."""
    found = []
    for category in CATEGORIES:
        of_it = [issue for issue in ISSUES if issue.code.startswith(category)]
        found += [(category, dimension, of_it) for dimension in DIMENSIONS]
    return found
