"""Headers of many forms: which issue, which dimension."""

import pytest

from surveys.matching.dimensions import dimension_of, turned_round
from surveys.matching.heads import heads_of
from surveys.matching.issues import IssueNames, Issues
from surveys.matching.texts import cleaned, number_of
from tests.factories.tool_exports import ISSUES

FINDER = Issues([*ISSUES, IssueNames("SOC-07-01", "医疗健康", "Healthcare"), IssueNames("SOC-07-02", "健康", "Health")])


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("SOCsociety[SOC0301]", "SOC-03-01"),
        ("matrix/soc_03_01", "SOC-03-01"),
        ("society_soc/SOC-03-01_b", "SOC-03-01"),
        ("SOC-03-01 数据安全", "SOC-03-01"),
        ("数据安全（SOC-03-01）", "SOC-03-01"),
        ("5、请评价以下议题？—数据安全", "SOC-03-01"),
        ("5、数据安全", "SOC-03-01"),
        ("Q12_3. 请评价 [数据安全]", "SOC-03-01"),
        ("7. How large is it? - Low-Carbon Travel and Commuting", "ENV-01-02"),
        ("How large is it? [Low-Carbon Travel and Commuting]", "ENV-01-02"),
        ("<p>请评价&nbsp;</p>:<b> 数据安全 </b>", "SOC-03-01"),
        ("请评价－－数据安全", "SOC-03-01"),
        ("数据安全（对公司运营的影响）", "SOC-03-01"),
        ("data security", "SOC-03-01"),
        ("g1/data_security", "SOC-03-01"),
        ("请评价以下议题【数据安全】", "SOC-03-01"),
        ("1. 数据安全", "SOC-03-01"),
        ("议题：医疗健康", "SOC-07-01"),
        ("议题：健康", "SOC-07-02"),
        ("用户沟通与反馈", "SOC-02-02"),
        ("内容治理", None),
        ("SOC-03-010", None),
        ("XSOC0301", None),
        ("SOC-03-01 and SOC-02-01", None),
        ("您认为还有哪些重要议题没有列出？", None),
        ("", None),
    ],
)
def test_issue_of_a_header(header, code):
    found = FINDER.find(number_of(cleaned(header))[1])
    assert (found.code if found else None) == code


@pytest.mark.parametrize(
    ("text", "dimension"),
    [
        ("请评价以下【社会】议题对公司运营的影响有多大？", "business"),
        ("社会：以下议题对公司运营的影响有多大？", "business"),
        ("Society: how large is their impact on the company's operations?", "business"),
        ("请评价以下【经济】议题对社会和环境的影响有多重要？", "society"),
        ("How important is the impact on society and the environment?", "society"),
        ("SOCbusiness", "business"),
        ("ENVsociety", "society"),
        ("您如何看待社会议题？", ""),
        ("SOC", ""),
        ("grp_soc/ ", ""),
        ("grp_soc/ _soc", "society"),
        ("grp_soc/ _biz", "business"),
        ("对公司的影响与对社会的影响", None),
        ("财务重要性", "business"),
        ("影响重要性", "society"),
        ("对利益相关方的重要程度", "society"),
    ],
)
def test_dimension_of_a_question(text, dimension):
    assert dimension_of(text) == dimension


@pytest.mark.parametrize(
    ("text", "turned"),
    [
        ("（1=非常重要，5=非常不重要）", True),
        ("(1 = very important)", True),
        ("(1最重要,5最不重要)", True),
        ("5 = not important at all", True),
        ("very important (1) to unimportant (5)", True),
        ("5分:非常小", True),
        ("(1 least, 5 most)", False),
        ("very little (1) – very much (5)", False),
        ("1-非常小 5-非常大", False),
        ("15 most important issues", False),
        ("1分表示非常不重要，5分表示非常重要", False),
        ("(1 = very unimportant, 5 = very important)", False),
    ],
)
def test_question_that_counts_downwards(text, turned):
    assert turned_round(text) is turned


def test_stems_are_carried_down_to_the_rows_of_their_number():
    headers = [
        "5、对社会的影响？—数据安全",
        "5、合规运营",
        "6、对公司的影响？—数据安全",
        "6、合规运营",
        "7、您的年龄段：",
    ]
    heads = heads_of(headers, FINDER)
    assert [head.stem for head in heads] == ["对社会的影响?"] * 2 + ["对公司的影响?"] * 2 + [""]
    assert [head.block for head in heads] == ["5", "5", "6", "6", "7"]
