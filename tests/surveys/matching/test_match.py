"""Files of the shape of each tool come in as their truth says, without a doubt."""

import csv
import datetime as dt
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories.tool_exports import Truth, answers, csv_of
from tests.factories.tool_writers import formbricks, google_forms, kobotoolbox, limesurvey, surveymonkey, wjx
from tests.surveys.matching.reading import guessed, read, said, true


def under_a_title(rows: list[Truth]) -> bytes:
    """A sheet with its name in a row above the header."""
    plain = wjx(rows, csv=True).decode()
    return f"利益相关方问卷,,\r\n{plain}".encode()


def in_two_languages(rows: list[Truth]) -> bytes:
    """Every second person answered in English."""
    zh, en = (limesurvey(rows, texts=language).decode("utf-8-sig") for language in ("zh", "en"))
    lines = [list(csv.reader(io.StringIO(text, newline=""), delimiter=";")) for text in (zh, en)]
    return csv_of([lines[number % 2][number] for number in range(len(lines[0]))])


CORE = ("group", "consent", "comment", "ratings")
TIMED = ("token", "channel", "started_at", "submitted_at", *CORE)
NA = ("DK", "", "NA")
VARIANTS = {
    "limesurvey codes": (limesurvey, {}, ("language", "unfinished", *TIMED), {"absent": NA, "unfinished": True}),
    "limesurvey texts zh": (limesurvey, {"texts": "zh"}, TIMED, {"absent": NA}),
    "limesurvey texts en": (limesurvey, {"texts": "en", "delimiter": ","}, TIMED, {}),
    "limesurvey codes and texts": (limesurvey, {"headings": True}, TIMED, {"absent": NA, "unfinished": True}),
    "limesurvey tabs": (limesurvey, {"delimiter": "\t", "encoding": "utf-16"}, TIMED, {}),
    "wjx texts": (wjx, {}, TIMED, {"absent": NA}),
    "wjx numbers": (wjx, {"numbers": True}, TIMED, {"absent": NA}),
    "wjx csv gb18030": (wjx, {"csv": True, "encoding": "gb18030"}, TIMED, {"absent": NA}),
    "wjx numbers csv": (wjx, {"csv": True, "numbers": True, "line_end": "\n"}, TIMED, {}),
    "formbricks en": (formbricks, {}, ("token", "language", "channel", "unfinished", *CORE), {"unfinished": True}),
    "formbricks zh": (formbricks, {"language": "zh"}, ("token", "submitted_at", *CORE), {}),
    "kobotoolbox names": (kobotoolbox, {}, TIMED, {}),
    "kobotoolbox labels zh": (kobotoolbox, {"labels": "zh"}, TIMED, {}),
    "kobotoolbox labels en": (kobotoolbox, {"labels": "en"}, TIMED, {}),
    "google forms en": (google_forms, {}, ("submitted_at", *CORE), {}),
    "google forms zh": (google_forms, {"language": "zh"}, ("submitted_at", *CORE), {}),
    "under a title": (under_a_title, {}, TIMED, {"absent": NA}),
    "in two languages": (in_two_languages, {}, TIMED, {"absent": NA}),
    "surveymonkey": (surveymonkey, {}, ("token", "started_at", "submitted_at", *CORE), {}),
}


@pytest.mark.parametrize("variant", VARIANTS)
@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_guess_reads_every_answer_of_a_tool(variant, seed):
    write, options, names, kinds = VARIANTS[variant]
    rows = answers(seed, **kinds)
    file = write(rows, **options)
    found = guessed(file)
    assert [(doubt.code, doubt.header, dict(doubt.params)) for doubt in found.doubts] == []
    parsed = read(file, found.match)
    assert parsed.errors == []
    assert said(parsed, names) == true(rows, names)


@pytest.mark.parametrize(
    ("write", "tool"),
    [(limesurvey, "limesurvey"), (wjx, "wjx"), (formbricks, "formbricks"), (kobotoolbox, "kobotoolbox")],
)
def test_guess_names_the_tool_and_takes_the_ready_made_match(write, tool):
    file = write(answers(1))
    assert guessed(file).match.tool == tool
    assert guessed(file, tool=tool) == guessed(file)


def test_time_of_the_server_is_taken_as_utc_where_the_form_keeps_none():
    header = ["group", "society/soc_03_01", "_uuid", "_id", "_submission_time"]
    file = csv_of(
        [header, ["users", "3", "u1", "1", "2026-01-03T01:31:35"], ["users", "1", "u2", "2", "2026-01-04T00:00:00"]]
    )
    parsed = read(file, guessed(file).match)
    assert said(parsed, ("submitted_at",))[0] == (dt.datetime(2026, 1, 3, 9, 31, 35),)
