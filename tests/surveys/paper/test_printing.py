"""Numbering sheets and making their file."""

import io
import re
import zipfile
from collections import Counter

import pytest
from django.core.files.storage import default_storage
from django.utils import translation

from materiality.models import AuditEvent, Job
from materiality.platform import jobs
from materiality.platform.refusals import NotAllowed
from materiality.scoring.cube import NOT_ASKED, SKIPPED
from surveys.actions.surveys import close_survey, open_survey
from surveys.models import GroupPlan, PaperSheet
from surveys.paper import printing
from surveys.paper.printing import numbered, printed_words, sheet_issues
from surveys.queries.questionnaire import locked_counts
from tests.factories.paper import make_question, make_sheets
from tests.factories.surveys import make_open_survey, make_survey

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    """Sentences of refusals are read in English."""
    with translation.override("en"):
        yield


def test_sheets_are_numbered_on_and_ask_everything(survey):
    make_sheets(survey, 2)
    sheets = make_sheets(survey, 3, group=survey.cycle.groups.last())
    assert [(sheet.number, sheet.group.code, sheet.state) for sheet in sheets] == [
        (number, "employees", "printed") for number in (3, 4, 5)
    ]
    assert {bytes(sheet.asked) for sheet in sheets} == {bytes([SKIPPED]) * 34}
    event = AuditEvent.objects.first()
    assert (event.action, event.after) == ("print_sheets", {"group": "employees", "from": 3, "to": 5})


def test_sheets_ask_what_the_plan_of_the_group_says():
    survey = make_survey()
    group = survey.cycle.groups.first()
    plan = {"society": True, "business": False, "left_out": ["SOCIETY-01-02"]}
    GroupPlan.objects.update_or_create(survey=survey, group=group, defaults=plan)
    survey = open_survey(survey=survey, by=None)
    (sheet,) = make_sheets(survey, group=group)
    asked = numbered(sheet_issues(survey), bytes(sheet.asked))
    assert {dimension for each in asked for dimension, _place in each.items} == {"society"}
    assert (len(asked), "SOCIETY-01-02" in [each.issue.code for each in asked]) == (16, False)
    assert [each.number for each in asked] == list(range(1, 17))


def test_sheets_of_a_split_survey_share_the_counts_of_those_online():
    survey = make_open_survey(split=True, split_issues=5, core=["SOCIETY-01-01"])
    sheets = make_sheets(survey, 16)
    parts = [{each.issue.code for each in numbered(sheet_issues(survey), bytes(sheet.asked))} for sheet in sheets]
    size = len(parts[0])
    assert {len(part) for part in parts} == {size}
    assert all("SOCIETY-01-01" in part for part in parts)
    counts = Counter(code for part in parts for code in part)
    others = [counts[code] for code in counts if code != "SOCIETY-01-01"]
    assert max(others) - min(others) <= 1
    stored = locked_counts(survey, sheets[0].group_id, 17)
    assert sorted(stored) == sorted(counts.values())


@pytest.mark.parametrize("number", [0, 501])
def test_sheets_too_many_or_none_are_refused(number, survey):
    with pytest.raises(NotAllowed, match="At most 500"):
        make_sheets(survey, number)
    assert (PaperSheet.objects.count(), Job.objects.count()) == (0, 0)


def test_sheets_are_not_printed_before_opening_nor_after_closing():
    survey = make_survey()
    with pytest.raises(NotAllowed, match="while the survey is open"):
        make_sheets(survey)
    survey = make_open_survey()
    close_survey(survey=survey, by=None)
    with pytest.raises(NotAllowed, match="while the survey is open"):
        make_sheets(survey)


def run_print(survey, number, **values):
    make_sheets(survey, number, **values)
    job = Job.objects.get(kind="print_sheets")
    assert jobs.execute(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.error) == ("done", "")
    return job, default_storage.open(job.result["path"]).read()


def test_job_keeps_a_pdf_whose_bytes_are_the_same_again():
    survey = make_open_survey(split=True)
    make_question(survey)
    job, contents = run_print(survey, 2)
    assert (contents[:5], job.result["kind"], job.result["size"]) == (b"%PDF-", "pdf", len(contents))
    assert job.result["url"] == f"/cycles/{survey.cycle.code}/surveys/{survey.code}/paper/"
    sheets = list(PaperSheet.objects.filter(survey=survey).select_related("group"))
    assert printing.sheets_pdf(survey, sheets, language="both", definitions=True) == contents
    other = printing.sheets_pdf(survey, sheets[:1], language="both", definitions=True)
    assert pages_of(contents) == 2 * pages_of(other) > 2


def pages_of(pdf):
    return max(int(number) for number in re.findall(rb"/Count (\d+)", pdf))


def test_job_makes_several_pdfs_where_one_would_grow_too_large(monkeypatch, survey):
    monkeypatch.setattr(printing, "RATINGS_PER_FILE", 70)
    job, contents = run_print(survey, 5, language="en", definitions=False)
    names = zipfile.ZipFile(io.BytesIO(contents)).namelist()
    assert ([name[-13:] for name in names], job.result["kind"]) == (
        ["0001-0002.pdf", "0003-0004.pdf", "0005-0005.pdf"], "zip",
    )  # fmt: skip


def test_words_are_in_both_languages_and_as_asked():
    survey = make_open_survey(split=True, question_zh="还缺什么？", question_en="What is missing?")
    make_question(survey, "age")
    sheets = make_sheets(survey, 2)
    words = printed_words(survey, sheets, language="both", definitions=False)
    assert (words["titles"], words["question"]) == (
        ["重要议题问卷", "Survey of issues"],
        ["还缺什么？", "What is missing?"],
    )
    assert words["values"] == ["1", "2", "3", "4", "5"]
    assert words["scale"] == [
        ["很小", "very little"], ["较小", "little"], ["中等", "medium"], ["较大", "much"], ["很大", "very much"]
    ]  # fmt: skip
    assert words["dimensions"]["business"] == [
        "这件事做得好或不好，对公司经营影响有多大？",
        "Whether done well or badly, how much does this affect the company's business?",
    ]
    assert words["profile"][0]["options"] == [["甲", "Alpha"], ["乙", "Beta"]]
    assert [sheet["shown"] for sheet in words["sheets"]] == ["0001", "0002"]
    for sheet, told in zip(sheets, words["sheets"], strict=True):
        asked = len(sheet.asked) - bytes(sheet.asked).count(NOT_ASKED)
        assert sum(len(dimensions) for _place, dimensions in told["issues"]) == asked
    assert all(len(issue["definition"]) == 2 for issue in words["issues"])


def test_traditional_chinese_is_drawn_with_its_own_letters():
    survey = make_open_survey(languages=["zh-hant", "en"], title_zh_hant="議題")
    words = printed_words(survey, make_sheets(survey), language="both", definitions=False)
    assert (words["langs"], words["regions"], words["titles"][0]) == (["zh", "en"], ["tw", None], "議題")


def test_words_in_one_language_tell_what_is_stored():
    open_one, anonymous = make_open_survey(), make_open_survey(anonymous=True)
    stored = [
        printed_words(survey, make_sheets(survey), language="en", definitions=True)["stored"][0][0]
        for survey in (open_one, anonymous)
    ]
    assert ["number of this sheet is not kept" in text for text in stored] == [False, True]


def test_sheets_of_a_survey_opened_with_the_first_instrument_keep_its_words(survey):
    survey.instrument_version = 1
    words = printed_words(survey, make_sheets(survey), language="both", definitions=False)
    assert words["dimensions"]["society"] == ["对社会的影响", "Impact on society"]
    assert words["scale"] == [["很小", "very little"], ["", ""], ["", ""], ["", ""], ["很大", "very much"]]
    assert {tuple(issue["definition"]) for issue in words["issues"]} == {()}
