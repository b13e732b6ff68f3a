"""How material issues were determined, as text in Word: GRI 3-1 and 3-2 with the figures of the cycle.

Every figure is a content control whose title names the record that it comes from. The company's own template keeps its
styles: names in double braces are filled, whatever they stand in.
"""

import copy
import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

from django.core.files.storage import default_storage
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _

from materiality.models import Cycle, Group, Run
from materiality.platform.bilingual import is_chinese
from materiality.platform.files import keep_bytes
from materiality.platform.organisation import organisation_name
from materiality.platform.refusals import NotAllowed
from materiality.platform.words import word_for
from materiality.scoring.cube import DIMENSIONS
from materiality.tables.write import without_times
from reports.documents.table_pages import word_file
from reports.documents.tables import Document
from reports.queries.index import period_words
from reports.queries.outputs import Option, OutputKind, Progress, frozen_text
from reports.queries.tables import issues_of, process_inputs

TEMPLATES = "templates"  # folder of the company's own
MOST_BYTES, MOST_UNPACKED = 10_000_000, 100_000_000
OPEN, MIDDLE, CLOSE = "\ue000", "\ue001", "\ue002"  # around a figure: number of its source, the figure
_FIGURE = re.compile(f"{OPEN}(\\d+){MIDDLE}([^{CLOSE}]*){CLOSE}")
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
TEXTS = ("organisation", "cycle", "period", "edition", "before", "rule", "pooled", "axis_society", "axis_business")
LISTS = {
    "groups": ("name", "side", "invited", "received", "submitted", "valid", "weight_society", "weight_business"),
    "rules": ("name", "number"),
    "material": ("rank", "code", "name", "category", "primary", "tier", "definition"),
}
FIGURES = (
    *("issues_count", "primary_count", "categories_count", "scored_count", "material_count", "run_number"),
    *("groups_count", "engagements_count", "participants_count", "invited", "received", "unfinished", "submitted"),
    *("rejected", "valid", "scale", "min_n", "weight_society", "weight_business"),
    *("cut_high", "cut_low", "cut_society", "cut_business", "high_count", "medium_count", "low_count"),
    *("entries_count", "exits_count", "became_count", "ceased_count"),
)
KNOWN = (*TEXTS, *LISTS, *FIGURES)


class FigureSources:
    """The records that figures come from, by number in the order of their use."""

    def __init__(self) -> None:
        self.named: list[str] = []

    def figure(self, text: str, source: str) -> str:
        """The text marked, to become a field."""
        self.named.append(source)
        return f"{OPEN}{len(self.named) - 1}{MIDDLE}{text}{CLOSE}"


def _shown(value: int | float | None) -> str:
    return f"{value:,.1f}" if isinstance(value, float) else f"{value:,}"


def context_of(inputs: Mapping[str, Any], sources: FigureSources) -> dict[str, Any]:
    """What names in a template stand for, in the active language."""

    def figure(value: int | float | None, source: str) -> str:
        return "" if value is None else sources.figure(_shown(value), source)

    told = {**inputs["figures"], "received": inputs["figures"]["total"]}
    start, end = map(date.fromisoformat, inputs["period"])
    scored = f"run {inputs['run_number']}"
    return {
        **dict.fromkeys(FIGURES, ""),
        **{name: figure(*told[name]) for name in FIGURES if name in told},
        **{"organisation": organisation_name(), "cycle": frozen_text(inputs["cycle"], "title")},
        **{"period": period_words(start, end), "edition": inputs["edition"]},
        **{"before": frozen_text(inputs["before"], "title") if "before" in inputs else ""},
        **{"rule": inputs["rule"], "pooled": inputs["pooled"]},
        **{f"axis_{name}": word_for("axis", name) for name in DIMENSIONS},
        "groups": [_group(each, figure, scored) for each in inputs["groups"]],
        "rules": [
            {"name": word_for("flag", flag), "number": figure(number, f"{scored}, flag {flag}")}
            for flag, number in inputs["rules"]
        ],
        "material": [
            {
                **{name: getattr(each, name) for name in ("code", "name", "category", "primary", "definition")},
                "rank": figure(each.rank, f"{scored}, rank of {each.code}"),
                "tier": word_for("tier", each.tier),
            }
            for each in sorted(issues_of(inputs), key=lambda each: (each.rank is None, each.rank))
            if each.material
        ],
    }


def _group(each: Mapping[str, Any], figure, scored: str) -> dict[str, str]:
    weights = {name: f"{each[name]:g}" for name in ("weight_society", "weight_business")}
    counts = {"received": "total", "submitted": "submitted", "valid": "valid"}
    return {
        "name": frozen_text(each, "name"),
        "side": str(Group.Side(each["side"]).label),
        "invited": figure(each["invited"], f"batches of {each['code']}") or "–",
        **{name: figure(each[held], f"{scored}, {each['code']}, {held}") for name, held in counts.items()},
        **weights,
    }


# The template that the text has without one of the company


def own_template() -> bytes:
    """A template in the active language, to be filled or to be taken as a beginning."""
    from docx.shared import Pt  # 0.3 s to load, and only documents of Word need it

    title = _("How we determined our material issues")
    document = word_file(Document(title, [], get_language() or "", organisation_name()))
    normal = document.styles["Normal"]
    normal.font.size, normal.paragraph_format.space_after = Pt(10.5), Pt(6)
    document.add_paragraph(title, style="Title")
    for heading, parts in _parts():
        document.add_heading(heading, 2)
        for part in parts:
            if isinstance(part, str):
                document.add_paragraph(part)
            else:
                _add_table(document, *part)
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def _parts() -> Iterator[tuple[str, list]]:
    """Headings with paragraphs and tables (name of the list, columns)."""
    yield _("What was assessed"), [_assessed()]
    yield _("Who was asked"), _asked()
    yield _("From invitations to valid responses"), _counted()
    yield _("Method and thresholds"), _method()
    columns = {"rank": _("Rank"), "name": _("Issue"), "category": _("Category"), "tier": _("Tier")}
    material = _("{{ material_count }} of {{ scored_count }} issues are material (GRI 3-2-a).")
    yield _("Our material issues"), [material, ("material", columns)]
    yield _("What changed"), [_changed()]
    experts = _(
        "[Which experts were consulted, how severity and likelihood were assessed, and who approved the result.]"
    )
    yield _("To be completed"), [experts]


def _gap() -> str:
    """What stands between two sentences."""
    return "" if is_chinese() else " "


def _assessed() -> str:
    return _(
        "{{ organisation }} assessed its impacts for the period {{ period }} (GRI 3-1-a). The assessment rests on "
        "edition {{ edition }} of its issue library: {{ issues_count }} issues under {{ primary_count }} primary "
        "issues in {{ categories_count }} categories."
    )


def _asked() -> list:
    asked = _("{{ groups_count }} groups of stakeholders rated the issues (GRI 3-1-b).")
    held = _("Besides, {{ engagements_count }} conversations with stakeholders are on record.")
    columns = {
        **{"name": _("Stakeholder group"), "side": _("Side"), "invited": _("Invited")},
        **{"received": _("Received"), "submitted": _("Submitted"), "valid": _("Valid")},
        **{
            "weight_society": word_for("head", "weight_society"),
            "weight_business": word_for("head", "weight_business"),
        },
    }
    return [asked + "{% if engagements_count %}" + _gap() + held + "{% endif %}", ("groups", columns)]


def _counted() -> list:
    invited = _("{{ invited }} personal invitations were made.")
    received = _(
        "{{ received }} questionnaires came in, {{ submitted }} of them were submitted. Screening by rules that were"
        " set beforehand took out {{ rejected }}; {{ valid }} valid responses count."
    )
    return [
        "{% if invited %}" + invited + _gap() + "{% endif %}" + received,
        _("Submitted responses by what was noticed of them; one response can have several marks:"),
        ("rules", {"name": _("Rule"), "number": _("Responses")}),
    ]


def _method() -> list[str]:
    rated = _(
        "Each issue was rated on a scale of {{ scale }} steps on two axes, “{{ axis_society }}” and"
        " “{{ axis_business }}”; ratings are shown on 0–100. A group counts for an issue from {{ min_n }} ratings."
    )
    pooled = _("Every response counts alike.")
    weighed = _("Groups count by their weights, whatever their size.")
    either = _(
        "An issue is material from {{ cut_society }} points on “{{ axis_society }}” or {{ cut_business }} points on"
        " “{{ axis_business }}”."
    )
    priority = _(
        "The priority of an issue is {{ weight_society }}% of its score on “{{ axis_society }}” and"
        " {{ weight_business }}% of that on “{{ axis_business }}”. From {{ cut_high }} points on its importance is"
        " high, below {{ cut_low }} points it is low."
    )
    return [
        rated + _gap() + "{% if pooled %}" + pooled + "{% else %}" + weighed + "{% endif %}",
        '{% if rule == "either" %}' + either + "{% else %}" + priority + "{% endif %}",
    ]


def _changed() -> str:
    changed = _(
        "Since “{{ before }}” {{ entries_count }} issues have come into the assessment and {{ exits_count }} have gone;"
        " {{ became_count }} have become material, {{ ceased_count }} no longer are (GRI 3-2-b)."
    )
    first = _("There is no earlier assessment to compare with (GRI 3-2-b).")
    return "{% if before %}" + changed + "{% else %}" + first + "{% endif %}"


WORDS = {"name": 2.0, "side": 0.9, "category": 1.4, "tier": 1.2}  # columns of words, in widths of a number
NARROW = {"rank": 0.4}
LINES = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="C9CFD2"/>' for side in ("top", "bottom", "insideH")
)


def _add_table(document, name: str, columns: Mapping[str, str]) -> None:
    """A table with a row for each of the list; numbers stand at the right."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import parse_xml
    from docx.shared import Mm, Pt

    table = document.add_table(rows=4, cols=len(columns))
    table.autofit = False
    table._tbl.tblPr.append(parse_xml(f'<w:tblBorders xmlns:w="{_W[1:-1]}">{LINES}</w:tblBorders>'))
    shares = [(WORDS | NARROW).get(column, 1.0) for column in columns]
    for place, (column, head) in enumerate(columns.items()):
        for row, text in ((0, head), (2, "{{ each." + column + " }}")):
            paragraph = table.cell(row, place).paragraphs[0]
            run = paragraph.add_run(text)
            run.bold, run.font.size = row == 0, Pt(9)
            paragraph.alignment = None if column in WORDS else WD_ALIGN_PARAGRAPH.RIGHT
    table.cell(1, 0).text = "{%tr for each in " + name + " %}"
    table.cell(3, 0).text = "{%tr endfor %}"
    widths = [Mm(180 * share / sum(shares)) for share in shares]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width  # of the grid: LibreOffice reads it alone
    for row in table.rows:
        for width, cell in zip(widths, row.cells, strict=True):
            cell.width = width
            cell.paragraphs[0].paragraph_format.space_after = Pt(2)
        row._tr.get_or_add_trPr().append(parse_xml(f'<w:cantSplit xmlns:w="{_W[1:-1]}"/>'))
    table.rows[0]._tr.get_or_add_trPr().append(parse_xml(f'<w:tblHeader xmlns:w="{_W[1:-1]}"/>'))
    document.add_paragraph().paragraph_format.space_after = Pt(0)


# The company's own


def checked_template(contents: bytes) -> bytes:
    """The template, once it can be filled. NotAllowed with what is missing or wrong in it."""
    _Template(contents).check()
    return contents


def kept_template(contents: bytes) -> str:
    """SHA-256 under which the template lies in the storage. NotAllowed as `checked_template`."""
    return keep_bytes(checked_template(contents), TEMPLATES)[1]


class _Template:
    """A template of docxtpl, read with care: people upload it."""

    def __init__(self, contents: bytes) -> None:
        self.contents = contents

    @cached_property
    def environment(self):
        from jinja2.sandbox import SandboxedEnvironment

        return SandboxedEnvironment(autoescape=True)

    def opened(self):
        from docxtpl import DocxTemplate

        try:
            with ZipFile(BytesIO(self.contents)) as archive:
                unpacked = sum(member.file_size for member in archive.infolist())
        except BadZipFile:
            unpacked = MOST_UNPACKED + 1
        if len(self.contents) > MOST_BYTES or unpacked > MOST_UNPACKED:
            raise NotAllowed(_("The template is not a Word document (DOCX) of at most 10 MB."))
        try:
            template = DocxTemplate(BytesIO(self.contents))
            template.init_docx()
            template.get_xml()
        except (KeyError, ValueError, AttributeError, OSError) as error:
            raise NotAllowed(_("The template is not a Word document (DOCX) of at most 10 MB.")) from error
        return template

    def check(self) -> None:
        from jinja2 import TemplateError

        template = self.opened()
        try:
            asked = template.get_undeclared_template_variables(jinja_env=self.environment)
        except TemplateError as error:
            said = {"reason": str(error), "line": getattr(error, "lineno", "") or "–"}
            raise NotAllowed(_("The template cannot be read near line %(line)s: %(reason)s.") % said) from error
        known = ", ".join(KNOWN)
        if unknown := sorted(asked - set(KNOWN)):
            said = {"names": ", ".join(unknown), "known": known}
            raise NotAllowed(_("The template asks for what there is not: %(names)s. There are: %(known)s.") % said)
        if not asked:
            said = _("The template has no name to be filled. Write names in double braces. There are: %(known)s.")
            raise NotAllowed(said % {"known": known})

    def filled(self, context: Mapping[str, Any]):
        """The document of python-docx with names filled. NotAllowed where one cannot be."""
        from jinja2 import TemplateError

        template = self.opened()
        try:
            template.render(dict(context), jinja_env=self.environment, autoescape=True)
        except (TemplateError, TypeError, ValueError) as error:
            raise NotAllowed(_("The template cannot be filled: %(reason)s.") % {"reason": error}) from error
        return template.docx


def filled_text(template: bytes, inputs: Mapping[str, Any]) -> bytes:
    """The template with the figures of the inputs, each a field that names its source."""
    sources = FigureSources()
    document = _Template(template).filled(context_of(inputs, sources))
    roots = [document.element.body]
    for section in document.sections:
        roots += [section.header._element, section.footer._element]
    number = 0
    for root in roots:
        for run in list(root.iter(f"{_W}r")):
            if OPEN in "".join(text.text or "" for text in run.findall(f"{_W}t")):
                number = _with_fields(run, sources.named, number)
    stream = BytesIO()
    document.save(stream)
    return without_times(stream.getvalue())


def _with_fields(run, sources: list[str], number: int) -> int:
    """The run split at its figures, each put into a content control; returns the number of the last control."""
    properties = run.find(f"{_W}rPr")
    made = []
    for child in run:
        if child is properties:
            continue
        text = child.text or "" if child.tag == f"{_W}t" else None
        if text is None:
            made.append(_run_like(run, properties, child))
            continue
        at = 0
        for found in _FIGURE.finditer(text):
            if found.start() > at:
                made.append(_text_run(run, properties, text[at : found.start()]))
            number += 1
            made.append(_field(_text_run(run, properties, found[2]), sources[int(found[1])], number))
            at = found.end()
        if at < len(text):
            made.append(_text_run(run, properties, text[at:]))
    for each in made:
        run.addprevious(each)
    run.getparent().remove(run)
    return number


def _run_like(run, properties, child):
    made = run.makeelement(f"{_W}r", {})
    if properties is not None:
        made.append(copy.deepcopy(properties))
    made.append(copy.deepcopy(child))
    return made


def _text_run(run, properties, words: str):
    text = run.makeelement(f"{_W}t", {_SPACE: "preserve"})
    text.text = words
    return _run_like(run, properties, text)


def _field(run, source: str, number: int):
    """A content control: pointed at, Word shows its title, which is the source."""
    control = run.makeelement(f"{_W}sdt", {})
    told = control.makeelement(f"{_W}sdtPr", {})
    for name, value in (("alias", source[:64]), ("tag", source[:64]), ("id", str(number))):
        told.append(told.makeelement(f"{_W}{name}", {f"{_W}val": value}))
    held = control.makeelement(f"{_W}sdtContent", {})
    held.append(run)
    control.extend([told, held])
    return control


def _inputs(cycle: Cycle, run: Run | None, options: Mapping[str, Any]) -> dict:
    inputs = process_inputs(cycle, run, options)
    template = options.get("template", "")
    if template and not default_storage.exists(_path(template)):
        raise NotAllowed(_("The template is not stored. Choose the file again."))
    return inputs | {"parameters": inputs["parameters"] | ({"template": template} if template else {})}


def _path(digest: str) -> str:
    return f"{TEMPLATES}/{digest[:2]}/{digest}"


def _build(inputs: dict, progress: Progress) -> bytes:
    digest = inputs["parameters"].get("template", "")
    if digest:
        with default_storage.open(_path(digest)) as stream:
            template = stream.read()
    else:
        template = own_template()
    progress(50, _("Writing the file"))
    return filled_text(template, inputs)


def template_in(language: str) -> bytes:
    """The product's template in a language, for a company to put into its own styles."""
    with override(language):
        return without_times(own_template())


OUTPUT = OutputKind(
    code="process-text",
    word=gettext_lazy("Text on how issues were determined"),
    of_file=gettext_lazy("how material issues were determined"),
    formats=("docx",),
    inputs=_inputs,
    build=_build,
    place=4,
    told=lambda parameters: [_("own template")] if parameters.get("template") else [],
    options=(Option("template", "", hidden=True, pattern="[0-9a-f]{64}"), Option("against", "", hidden=True)),
)
