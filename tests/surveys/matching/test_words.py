"""Headers of many forms: which issue, which dimension."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.matching.fields import trial_words
from surveys.matching.moments import date_order, read_duration, written_plainly
from surveys.matching.values import values_of
from surveys.matching.words import (
    IssueNames,
    Issues,
    cleaned,
    dimension_of,
    heads_of,
    number_apart,
    turned_round,
    word,
)
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
    found = FINDER.find(number_apart(cleaned(header))[1])
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
        ("(1: high, 5: low)", True),
        ("5 - low, 1 - high", True),
        ("1 - High", True),
        ("1 is high", True),
        ("5 means low", True),
        ("high (1) to low (5)", True),
        ("1: highest", True),
        ("Q1: High-quality employment", False),
        ("SDG 7: low-cost clean energy", False),
        ("10 low-carbon transition", False),
        ("1 High quality jobs", False),
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


SCALES = [
    "非常不重要 比较不重要 一般 比较重要 非常重要",
    "非常不重要 不重要 一般 重要 非常重要",
    "不重要 不太重要 一般 比较重要 非常重要",
    "完全不重要 不太重要 中等 较重要 极其重要",
    "很小 较小 一般 较大 很大",
    "非常低 较低 中等 较高 非常高",
    "没有影响 影响较小 影响一般 影响较大 影响非常大",
    "非常不同意 不同意 中立 同意 非常同意",
    "Not at all important|Slightly important|Moderately important|Very important|Extremely important",
    "Very unimportant|Unimportant|Neutral|Important|Very important",
    "Not important|Slightly important|Moderately important|Important|Very important",
    "Strongly disagree|Disagree|Neither agree nor disagree|Agree|Strongly agree",
    "Very low|Low|Medium|High|Very high",
    "No impact|Small impact|Medium impact|Large impact|Very large impact",
    "1|2|3|4|5",
    "1分 2分 3分 4分 5分",
    "1 - Not important|2|3|4|5 - Very important",
    "1（非常不重要）|2|3|4|5（非常重要）",
    "非常不重要(1分)|比较不重要(2分)|一般(3分)|比较重要(4分)|非常重要(5分)",
    "AO01|AO02|AO03|AO04|AO05",
    "A1|A2|A3|A4|A5",
    "1级 2级 3级 4级 5级",
    "Level 1|Level 2|Level 3|Level 4|Level 5",
]


@pytest.mark.parametrize("scale", SCALES)
def test_values_of_a_known_scale_run_from_1_to_5(scale):
    words = scale.split("|") if "|" in scale else scale.split()
    found = values_of([*words, "", "不了解", "Don't know", "(空)", "(跳过)"], 5)
    assert ([found.known[word(each)] for each in words], found.doubts) == (["1", "2", "3", "4", "5"], [])
    assert [found.known[key] for key in ("", "不了解", "don't know", "(空)", "(跳过)")] == ["", "DK", "DK", "", "NA"]


@pytest.mark.parametrize(
    ("texts", "k", "doubt"),
    [
        (["不重要", "一般", "重要"], 5, "order_of_words"),
        (["甲", "乙"], 5, None),
        (["1", "6"], 5, "number_after_scale"),
        (["1 非常重要".replace(" ", " - "), "5 - 非常不重要"], 5, "numbers_against_words"),
    ],
)
def test_values_that_are_not_certain_are_doubts(texts, k, doubt):
    found = values_of(texts, k)
    assert ([code for code, _params in found.doubts], bool(found.unknown)) == (
        [doubt] if doubt else [],
        doubt in (None, "order_of_words"),
    )


@pytest.mark.parametrize(
    ("tool", "text", "value"),
    [
        ("limesurvey", "99", "DK"), ("wjx", "98", "DK"), ("wjx", "-2", ""), ("wjx", "-3", "NA"),
        ("qualtrics", "-99", ""), ("", "99", None),
        ("", "-99", None), ("limesurvey", "-99", None), ("", "-2", None), ("qualtrics", "99", None),
    ],
)  # fmt: skip
def test_what_numbers_beyond_the_scale_mean_is_the_tools(tool, text, value):
    found = values_of([text, "1", "5"], 5, tool=tool)
    assert (found.known.get(text), text in found.unknown) == (value, value is None)


@pytest.mark.parametrize(
    "text", ["不了解（无法评价）", "不清楚/不适用", "I don't know / can't judge", "No opinion or not sure"]
)
def test_words_of_not_knowing_may_be_joined(text):
    assert values_of([text, "重要", "非常重要", "比较不重要"], 5).known[word(text)] == "DK"


def test_values_within_the_scale_are_ratings_whatever_they_mean_elsewhere():
    assert values_of(["9", "10", "1"], 10).known["9"] == "9"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("75秒", 75), ("1分15秒", 75), ("1小时2分3秒", 3723), ("00:01:15", 75), ("1:15", 75),
        ("75", 75), ("75.5", 75.5),
        ("1 min 15 s", 75), ("PT1M15S", 75), ("PT1H", 3600), ("2分钟", 120), ("1h 2m", 3720), ("１分１５秒", 75),
        ("25:00:00", 90000), ("1 day", 86400),
        ("", None), ("x", None), ("-5", None), ("1 2", None), ("分", None), ("PT", None),
    ],
)  # fmt: skip
def test_durations_of_tools(text, seconds):
    assert read_duration(text) == seconds


@given(st.integers(0, 200), st.integers(0, 59), st.integers(0, 59))
def test_durations_in_every_form_are_the_same(hours, minutes, seconds):
    every = hours * 3600 + minutes * 60 + seconds
    forms = [
        f"{hours}小时{minutes}分{seconds}秒",
        f"{hours}:{minutes:02d}:{seconds:02d}",
        f"PT{hours}H{minutes}M{seconds}S",
    ]
    assert [read_duration(form) for form in [*forms, f"{every}秒", str(every)]] == [every] * 5


@pytest.mark.parametrize(
    ("texts", "order", "doubtful"),
    [
        (["2026-01-03", "2026/1/3 9:31:35"], "ymd", False),
        (["03/01/2026 09:31", "13/01/2026 09:31"], "dmy", False),
        (["03/01/2026 09:31", "01/13/2026 09:31"], "mdy", False),
        (["03/01/2026 09:31"], "", True),
        (["13/01/2026", "01/13/2026"], "", True),
        ([], "ymd", False),
    ],
)
def test_order_of_day_and_month_is_settled_by_the_rows(texts, order, doubtful):
    found, example = date_order(texts)
    assert (found, bool(example)) == (order, doubtful)


@pytest.mark.parametrize(
    ("text", "order", "plain"),
    [
        ("2026/1/3 9:31:35", "ymd", "2026-01-03 09:31:35"),
        ("2026/01/03 9:31:35 下午 GMT+8", "ymd", "2026-01-03 21:31:35+08:00"),
        ("2026/01/03 12:05:00 AM GMT+8", "ymd", "2026-01-03 00:05:00+08:00"),
        ("2026年1月3日 09:31", "ymd", "2026-01-03 09:31:00"),
        ("13/01/2026 09:31", "dmy", "2026-01-13 09:31:00"),
        ("1/13/2026 9:31 PM", "mdy", "2026-01-13 21:31:00"),
        ("2026-01-03 09:31:35 UTC", "ymd", "2026-01-03 09:31:35+00:00"),
        ("2026-01-03T09:31:35.123+08:00", "ymd", "2026-01-03 09:31:35.123+08:00"),
        ("soon", "ymd", "soon"),
        ("2026年1月5日 10时5分", "ymd", "2026-01-05 10:05:00"),
        ("2026年1月5日 10时05分3秒", "ymd", "2026-01-05 10:05:03"),
        ("2026年1月5日 下午3点", "ymd", "2026-01-05 15:00:00"),
        ("2026年1月5日 下午3点20", "ymd", "2026-01-05 15:20:00"),
        ("2026年1月5日 下午3点半", "ymd", "2026年1月5日 下午3点半"),
    ],
)
def test_moments_are_written_plainly(text, order, plain):
    assert written_plainly(text, order) == plain


@pytest.mark.parametrize(
    ("header", "texts", "unwanted"),
    [
        ("数据状态", ["是", "无效"], {"无效"}),
        ("是否无效", ["是", "否"], {"是"}),
        ("是否测试", ["是", "否", "无效"], {"是", "无效"}),
        ("Is test", ["Yes", "No"], {"yes"}),
    ],
)
def test_yes_beside_a_word_for_invalid_rows_is_a_test_only_by_its_header(header, texts, unwanted):
    assert {key for key, value in trial_words(texts, header).items() if value == "yes"} == unwanted
