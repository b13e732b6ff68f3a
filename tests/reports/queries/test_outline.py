"""Problems of an outline as sentences, in both languages."""

import pytest
from django.utils.translation import override

from reports.gri.codes import Catalogue, Disclosure
from reports.models import Section
from reports.outline.outline import OMISSION_REASONS, Books, parse_outline
from reports.queries.outline import plain_line, shown_problem


@pytest.fixture
def problems():
    found = Disclosure("102-1", "102", 2016, "一般披露", "General Disclosures", "组织名称", "Name of the organization")
    books = Books(Catalogue("2016", {"102-1": found}), Catalogue("2021", {}), (), ("SOC-01", "SOC-02"))
    text = "order,chapter,issues,disclosures,omission_reason\n1,a,SOC-1,102-3,legal\n"
    return parse_outline(text.encode(), books).problems


def test_problems_name_the_cell_and_the_nearest_right_value(problems):
    with override("en"):
        assert [plain_line(problem) for problem in problems][:2] == [
            "C2: issues: There is no issue “SOC-1” in the library edition of this cycle. Nearest: SOC-01.",
            "D2: disclosures: “102-3”: there is no disclosure 102-3 in GRI edition 2016. Nearest: 102-1.",
        ]


def test_problems_are_chinese_in_chinese(problems):
    with override("zh-hans"):
        shown = [shown_problem(problem) for problem in problems]
    assert shown[0].message == "本评估周期的议题库版本中没有议题“SOC-1”。 最接近的有：SOC-01。"
    assert [(each.where, each.value) for each in shown] == [("C2", "SOC-1"), ("D2", "102-3"), ("E2", "legal")]


def test_file_that_is_none_has_a_sentence_of_the_intake(problems):
    bad = parse_outline(b"PK\x03\x04", Books(Catalogue("2016", {}), Catalogue("2021", {}))).problems
    with override("en"):
        assert plain_line(bad[0]).startswith("The file looks like an XLSX workbook but cannot be read as one.")


def test_reasons_of_the_file_are_those_of_the_table():
    assert list(OMISSION_REASONS) == Section.Omission.values
