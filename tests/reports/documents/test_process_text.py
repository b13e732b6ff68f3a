"""The process text: figures as fields that name their source, the company's own template, what is wrong in one."""

import io
import re

import pytest
from django.utils import translation
from docx import Document
from docx.shared import RGBColor

from materiality.models import Run
from materiality.platform.refusals import NotAllowed
from reports.documents.process_text import KNOWN, checked_template, kept_template, template_in
from reports.outputs import build_output, output_inputs

pytestmark = pytest.mark.django_db
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def made(cycle, language="en", **options) -> bytes:
    return build_output(output_inputs(cycle, kind="process-text", format="docx", language=language, options=options))


def fields(contents: bytes) -> list[tuple[str, str]]:
    """Source and text of every field."""
    found = Document(io.BytesIO(contents)).element.body.iter(f"{W}sdt")
    return [(each.find(f".//{W}alias").get(f"{W}val"), "".join(t.text for t in each.iter(f"{W}t"))) for each in found]


def words(contents: bytes) -> str:
    body = Document(io.BytesIO(contents)).element.body
    return "\n".join("".join(t.text or "" for t in p.iter(f"{W}t")) for p in body.iter(f"{W}p"))


def template(*texts: str, bold: bool = False) -> bytes:
    document, stream = Document(), io.BytesIO()
    for text in texts:
        run = document.add_paragraph().add_run(text)
        run.bold, run.font.color.rgb = bold, RGBColor(1, 2, 3)
    document.save(stream)
    return stream.getvalue()


def test_every_figure_is_a_field_that_names_its_source(cycle):
    contents, run = made(cycle), Run.objects.get(cycle=cycle)
    told = dict(fields(contents))
    assert told["run 1, responses, valid"] == str(run.responses["valid"])
    assert told["run 1, cut high"] == f"{run.cuts['high']:.1f}"
    assert f"{told['run 1, material']} of 93 issues are material (GRI 3-2-a)." in words(contents)
    # Nothing but headings of GRI, days and codes is a number outside of a field.
    body = Document(io.BytesIO(contents)).element.body
    for field in list(body.iter(f"{W}sdt")):
        field.getparent().remove(field)
    rest = "\n".join("".join(t.text or "" for t in p.iter(f"{W}t")) for p in body.iter(f"{W}p"))
    rest = re.sub(r"GRI 3-\d(-[a-c])?|\d+ \w+ 20\d\d|edition \S+|0–100|^1$", "", rest, flags=re.MULTILINE)
    assert re.findall(r"\d+", rest) == []


def test_text_is_in_the_language_and_the_same_each_time(cycle):
    assert "有效答卷" in words(made(cycle, "zh-hans")) and made(cycle) == made(cycle)


def test_own_template_keeps_its_styles(cycle):
    text = "We counted {{ valid }} of {{ received }}: {% if pooled %}a{% else %}b{% endif %}."
    digest = kept_template(template(text, bold=True))
    contents = made(cycle, template=digest)
    valid = str(Run.objects.get(cycle=cycle).responses["valid"])
    assert words(contents).strip() == f"We counted {valid} of 120: b."
    runs = list(Document(io.BytesIO(contents)).element.body.iter(f"{W}r"))
    assert len(runs) == 5 and all(run.find(f"{W}rPr/{W}b") is not None for run in runs)


@pytest.mark.parametrize(
    ("contents", "said"),
    [
        (b"no document", "not a Word document"),
        (template("{{ valid }} {{ turnover }} {{ profit }}"), "asks for what there is not: profit, turnover"),
        (template("{% if valid %} x"), "cannot be read near line"),
        (template("nothing to fill"), "no name to be filled"),
    ],
)
def test_wrong_template_is_told_what_is_missing(contents, said):
    with translation.override("en"), pytest.raises(NotAllowed, match=said):
        checked_template(contents)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_template_to_begin_with_can_be_filled(language):
    assert checked_template(template_in(language))
    assert set(KNOWN) >= set(re.findall(r"\{\{ (\w+) \}\}", words(template_in(language))))


def test_template_that_is_not_stored_is_refused(cycle):
    with translation.override("en"), pytest.raises(NotAllowed, match="Choose the file again"):
        made(cycle, template="0" * 64)
