"""The sentence of the report, in both languages, with only what is known."""

from datetime import date

import pytest

from surveys.questionnaire.fieldwork import Account
from surveys.responses.fieldwork import report_sentence

ZH, EN = {1: "用户", 2: "员工"}, {1: "Users", 2: "Employees"}
WHOLE = Account(
    invited=3_300_000,
    first=date(2026, 1, 5),
    last=date(2026, 3, 1),
    submitted=15_214,
    valid=15_003,
    unfinished=640,
    excluded=1,
    ways={"batch": 15_000, "link": 214},
    groups={1: 9_012, 2: 5_991},
    rejected={"straight_line": 31, "speeding": 179},
)


def both(account: Account) -> tuple[str, str]:
    return report_sentence(account, ZH, "zh-hans"), report_sentence(account, EN, "en")


def test_sentence_of_a_closed_survey_tells_everything():
    assert both(WHOLE) == (
        "问卷共发出 3,300,000 份邀请，2026-01-05 至 2026-03-01 收到答卷 15,214 份"
        "（个人链接 15,000 份、公开链接 214 份），经有效性筛查 15,003 份有效（用户 9,012 份、员工 5,991 份）；"
        "剔除 210 份（直线作答 31 份、作答过快 179 份）；"
        "人工排除 1 份；另有 640 份已开始而未完成。",
        "The survey sent 3,300,000 invitations. From 2026-01-05 to 2026-03-01 it received 15,214 responses (personal "
        "links 15,000, open link 214), of which 15,003 are valid after screening (Users 9,012, Employees 5,991); 210 "
        "were rejected (straight line 31, too fast 179); 1 was taken out by hand; 640 more were begun and not "
        "submitted.",
    )


def test_sentence_without_invitations_and_with_one_way():
    account = Account(
        first=date(2026, 1, 5), last=date(2026, 1, 5), submitted=1, valid=1, ways={"link": 1}, groups={1: 1}
    )
    assert both(account) == (
        "2026-01-05 收到答卷 1 份，经有效性筛查 1 份有效。",
        "On 2026-01-05 it received 1 response, of which 1 is valid after screening.",
    )


def test_sentence_of_an_open_anonymous_survey_says_what_waits():
    account = Account(
        invited=1,
        first=date(2026, 1, 5),
        last=date(2026, 1, 9),
        is_open=True,
        submitted=12,
        waiting=2,
        valid=10,
        ways={"batch": 12},
        groups={1: 10},
    )
    assert both(account) == (
        "问卷共发出 1 份邀请，自 2026-01-05 起截至 2026-01-09（调查仍在进行）收到答卷 12 份，经有效性筛查 10 份有效；"
        "待匿名释放 2 份，尚未计入有效。",
        "The survey sent 1 invitation. From 2026-01-05 up to 2026-01-09, while it is still open, it received 12 "
        "responses, of which 10 are valid after screening; 2 wait to be released and are not counted as valid yet.",
    )


@pytest.mark.parametrize(
    ("account", "zh", "en"),
    [
        (Account(), "未收到答卷。", "No response came in."),
        (Account(is_open=True), "尚未收到答卷。", "No response has come in yet."),
        (
            Account(invited=40, is_open=True, unfinished=3),
            "问卷共发出 40 份邀请，尚未收到答卷；另有 3 份已开始而未完成。",
            "The survey sent 40 invitations. No response has come in yet; 3 more were begun and not submitted.",
        ),
        (
            Account(submitted=2, rejected={"duplicate": 2}),
            "收到答卷 2 份，经有效性筛查 0 份有效；剔除 2 份（重复 2 份）。",
            "It received 2 responses, of which 0 are valid after screening; 2 were rejected (duplicate 2).",
        ),
    ],
)
def test_sentence_with_little_to_tell(account, zh, en):
    assert both(account) == (zh, en)
