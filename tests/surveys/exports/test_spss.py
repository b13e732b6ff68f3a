"""The SPSS export: data, syntax that fits it, codebook."""

import csv
import io
import re

import pytest
from django.utils import translation

from surveys.exports.selection import Selection
from surveys.exports.spss import export_spss
from surveys.models import ProfileQuestion
from tests.factories.responses import at, make_response
from tests.surveys.exports.contents import members

pytestmark = pytest.mark.django_db
NASTY = ["=1+1", 'with "marks", and commas', "two\nlines\r\nthree", "it's", "中文 😀", "x" * 40_000, "'", "a.\tb"]


@pytest.fixture
def survey(survey):
    options = [{"code": "to", "zh": "男 'm'", "en": "Man"}, {"code": "f", "zh": "女", "en": "Woman"}]
    for position, kind in enumerate(("single", "multiple", "text")):
        ProfileQuestion.objects.create(
            survey=survey, position=position, code=f"q-{kind}", kind=kind, text_zh=f"问{kind}", text_en=f"Ask {kind}",
            options=[] if kind == "text" else options,
        )  # fmt: skip
    profile = {"q-single": "f", "q-multiple": ["to"], "q-text": 'says "so"\nnow'}
    for number, text in enumerate(NASTY):
        make_response(
            survey, comment=text, token=f"t{number}", profile=profile if number else {},
            submitted_at=at("2026-03-01T10:00:05"), ratings=bytes([0, 254, 255, 5, *[3] * 30]),
        )  # fmt: skip
    return survey


def files_of(survey, language="en"):
    with translation.override(language):
        return members(b"".join(export_spss(Selection(survey))))


def data_of(files):
    return list(csv.DictReader(io.StringIO(files["data.csv"].decode(), newline="")))


def lines_of(files):
    return files["syntax.sps"].decode("utf-8-sig").split("\r\n")


def test_spss_data_has_one_line_per_response_whatever_texts_hold(survey):
    files = files_of(survey)
    assert files["data.csv"].count(b"\n") == len(NASTY) + 1
    assert b'""' not in files["data.csv"]
    row = data_of(files)[1]
    items = [name for name in row if name.endswith(("_society", "_business"))]
    assert [row[name] for name in items[:5]] == ["97", "98", "99", "5", "3"]
    assert (row["group"], row["submitted_at"], row["started_at"]) == ("1", "01-MAR-2026 10:00:05", "")
    assert (row["profile_q_single"], row["profile_q_multiple_to"], row["profile_q_multiple_f"]) == ("2", "1", "0")
    assert row["profile_q_text"] == "says ”so” now"
    assert [row["v_comment"] for row in data_of(files)][:3] == ["'=1+1", "with ”marks”, and commas", "two lines three"]


def test_spss_data_of_a_question_without_answer_is_empty(survey):
    row = data_of(files_of(survey))[0]
    assert [row[name] for name in row if name.startswith("profile")] == ["", "", "", ""]


def test_spss_syntax_reads_exactly_the_columns_of_the_data(survey):
    files = files_of(survey)
    lines = lines_of(files)
    start, end = lines.index("  /VARIABLES="), lines.index(".")
    formats = dict(line.split() for line in lines[start + 1 : end])
    assert list(formats) == list(data_of(files)[0])
    longest = max(len(row["v_comment"].encode()) for row in data_of(files))
    assert (formats["v_comment"], longest) == ("A32767", 32_767)
    assert {formats[name] for name in formats if name.endswith("_at")} == {"DATETIME20"}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_spss_syntax_keeps_to_the_limits(survey, language):
    ProfileQuestion.objects.update(text={"zh": "长" * 300, "en": "o'" * 150})
    lines = lines_of(files_of(survey, language))
    assert max(len(line.encode()) for line in lines) <= 250
    for line in lines:
        text = re.sub(r"'(?:[^']|'')*'", "", line)
        assert "'" not in text or line.startswith("* ")


def test_spss_labels_are_in_the_active_language(survey):
    chinese, english = (files_of(survey, language)["syntax.sps"].decode("utf-8-sig") for language in ("zh-hans", "en"))
    assert ("'问single'" in chinese, "1 '男 ''m'''" in chinese, "'不了解'" in chinese) == (True, True, True)
    assert ("'Ask single'" in english, "1 'Man'" in english, "98 'don''t know'" in english) == (True, True, True)


def test_spss_export_twice_gives_the_same_bytes(survey):
    assert b"".join(export_spss(Selection(survey))) == b"".join(export_spss(Selection(survey)))
