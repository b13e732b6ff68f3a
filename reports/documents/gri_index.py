"""The GRI content index in two layouts, by section and by standard; and the outline as a file."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from openpyxl import Workbook
from openpyxl.comments import Comment

from materiality.models import Cycle, Run
from materiality.platform.bilingual import is_chinese
from materiality.platform.organisation import organisation_name
from materiality.platform.refusals import NotAllowed
from materiality.tables.write import csv_bytes, workbook_bytes
from reports.documents.sheets import WRAP, on_paper, put_head, put_rows, set_widths
from reports.documents.tables import Cell, Column, Document, Table, TableRow
from reports.documents.written import WRITERS, written
from reports.gri.index import (
    OMISSION_REASONS,
    Decision,
    Entry,
    OutlineRow,
    Topic,
    folded,
    is_general,
    is_management,
    row_of,
    spelled,
    title_of,
)
from reports.gri.standards import Standard, Standards, code_key
from reports.models import Section
from reports.outline.outline import COLUMNS, Books, outline_cells
from reports.queries.index import material_topics, statement_of_use, stored_decisions
from reports.queries.outline import content_index, gri_standards, outline_rows
from reports.queries.outputs import Option, OutputKind, Progress, frozen_text

SECTION, STANDARD = "section", "standard"
NONE = "/"  # what reports print where there is nothing


@dataclass(frozen=True)
class IndexData:
    """All that an index is printed from."""

    gri: Standards
    edition: str
    rows: Sequence[OutlineRow]
    topics: Sequence[Topic]
    decisions: dict[str, Decision]
    sectors: Sequence[str]
    chinese: bool

    def omission(self, row: OutlineRow | None, entry: Entry) -> tuple[str, str, str]:
        """Requirement, reason and explanation of what is left out of a disclosure in a row."""
        decided = self.decisions.get(entry.key)
        if decided and decided.state == "omit":
            return decided.requirement, _reason(decided.reason), decided.explanation
        if row is None or not row.omits or not _is_omitted(row, entry):
            return "", "", ""
        return row.omission_requirement, _reason(row.omission_reason), row.omission_explanation


def _reason(key: str) -> str:
    return str(Section.Omission(key).label) if key else ""


def _is_omitted(row: OutlineRow, entry: Entry) -> bool:
    """Whether the row's omission is of this entry: where it names codes, of those only."""
    codes = re.findall(r"\d{1,3}-\d{1,3}", row.omission_requirement)
    return not codes or entry.key.partition("@")[0] in codes


def by_section(data: IndexData, *, fold: bool, plain: bool = False) -> Table:
    """A row per section as it stands in the report. `plain`: for programs, with nothing printed for nothing."""
    none, separator = ("", ";") if plain else (NONE, "; ")
    order = [Column("order", "#")] if plain else []
    columns = [
        *order,
        Column("chapter", _("Chapter"), once=not plain),
        Column("section", _("Section"), may_go=not plain),
        Column("disclosures", _("GRI disclosures")),
        Column("location", _("Location"), may_go=not plain),
        Column("omission_requirement", _("Requirement left out"), may_go=True),
        Column("omission_reason", _("Reason"), may_go=True),
        Column("omission_explanation", _("Explanation"), may_go=True),
    ]
    rows, located = [], any(row.locations for row in data.rows)
    for row in data.rows:
        entries = [entry for entry in row.entries if data.decisions.get(entry.key, Decision("")).state != "unused"]
        codes = folded(entries, data.gri, data.edition) if fold else _codes(entries, data)
        omitted = _left_out(row, [] if plain else entries, data)
        cells = (row.chapter_in(data.chinese), row.section_in(data.chinese), separator.join(codes) or none)
        places = (";" if plain else "\n").join(row.locations) or (none if located else "")
        rows.append(TableRow([*([str(row.order)] if plain else []), *cells, places, *omitted]))
    for entry in [] if plain else _omitted_nowhere(data):
        (code,), omitted = _codes([entry], data), _left_out(None, [entry], data)
        rows.append(TableRow([pgettext("disclosure", "Left out"), "", code, none if located else "", *omitted]))
    return Table(columns, rows, name=_("GRI index")).without_empty()


def _left_out(row: OutlineRow | None, entries: Sequence[Entry], data: IndexData) -> tuple[str, str, str]:
    """Requirement, reason and explanation of what a row leaves out, and of what is decided of its disclosures."""
    own = (row.omission_requirement, _reason(row.omission_reason), row.omission_explanation) if row else ("", "", "")
    found = [own] if any(own) else []
    for entry in entries:
        decided = data.decisions.get(entry.key)
        if decided and decided.state == "omit":
            (code,) = _codes([entry], data)
            told = (decided.requirement, _reason(decided.reason), decided.explanation)
            found.append((f"{code} {told[0]}".strip(), *(f"{code}: {text}" if row else text for text in told[1:])))
    columns = zip(*found, strict=True) if found else [(), (), ()]
    requirement, reason, explanation = ("\n".join(filter(None, column)) for column in columns)
    return requirement, reason, explanation


def _codes(entries: Sequence[Entry], data: IndexData) -> list[str]:
    return [spelled(entry, data.gri, data.edition) for entry in entries]


@dataclass(frozen=True)
class _Printed:
    """One disclosure under a band with one place."""

    part: str
    topic: str
    entry: Entry
    row: OutlineRow | None


def by_standard(data: IndexData) -> Table:
    """A row per disclosure and location, in the order of GRI 1's template: general, material topics, the rest."""
    columns = [
        Column("standard", _("GRI standard"), once=True),
        Column("disclosure", _("Disclosure"), once=True),
        Column("location", _("Location"), shares=True),
        Column("omission_requirement", _("Requirement(s) omitted"), may_go=True, once=True),
        Column("omission_reason", _("Reason"), may_go=True, once=True),
        Column("omission_explanation", _("Explanation"), may_go=True, once=True),
        Column("sector", _("GRI Sector Standard ref. no."), may_go=True, once=True),
    ]
    rows = [row for printed in _in_parts(data) for row in _lines(printed, data)]
    return Table(columns, rows, name=_("GRI index"), bands=("part", "topic")).without_empty()


def _in_parts(data: IndexData) -> Iterator[_Printed]:
    places = [(row, entry) for row in data.rows for entry in row.entries if not _is_unused(entry, data)]
    parts: dict[tuple[str, str], list[_Printed]] = {}
    for row, entry in places:
        for part, topic in _parts_of(row, entry, data):
            parts.setdefault((part, topic), []).append(_Printed(part, topic, entry, row))
    for entry in _omitted_nowhere(data):
        for part, topic in _parts_of(None, entry, data):
            parts.setdefault((part, topic), []).append(_Printed(part, topic, entry, None))
    order = [(_("General disclosures"), ""), (_("Material topics"), "")]
    order += [(_("Material topics"), topic.name(data.chinese)) for topic in data.topics]
    order += [(_("Topic disclosures"), ""), (_("Other sources"), "")]
    for key in order:
        yield from sorted(parts.get(key, ()), key=lambda each: _place(each, data))


def _is_unused(entry: Entry, data: IndexData) -> bool:
    return entry.is_held or data.decisions.get(entry.key, Decision("")).state == "unused"


def _omitted_nowhere(data: IndexData) -> list[Entry]:
    """Disclosures that are omitted as a whole, and so stand in no row."""
    there = {entry.key for row in data.rows for entry in row.entries}
    omitted = (each.identity for each in data.decisions.values() if each.state == "omit" and each.identity not in there)
    return [Entry(identity=identity) for identity in omitted if identity in data.gri.disclosures]


def _place(printed: _Printed, data: IndexData) -> tuple:
    found = data.gri.disclosures.get(printed.entry.identity)
    managed = bool(printed.topic) and found is not None and is_management(found)
    code = printed.entry.standard or printed.entry.identity or printed.entry.sector
    return (not managed, bool(printed.entry.text), code_key(code), printed.row.order if printed.row else 0)


def _parts_of(row: OutlineRow | None, entry: Entry, data: IndexData) -> list[tuple[str, str]]:
    """The bands under which the entry of a row stands."""
    found = data.gri.disclosures.get(entry.identity)
    general, material = _("General disclosures"), _("Material topics")
    if entry.text:
        return [(_("Other sources"), "")]
    if found and is_general(found) or entry.standard in ("2@2021", "102@2016", "1@2021", "101@2016"):
        return [(general, "")]
    if found and found.code in ("3-1", "3-2") or entry.standard in ("3@2021", "103@2016"):
        return [(material, "")]
    topics = [topic for topic in data.topics if row and set(topic.issues) & set(row.issues)]
    if found and not is_management(found):
        mapped = [topic for topic in topics if entry.identity in topic.identities]
        topics = mapped or topics[:1]
    if topics:
        return [(material, topic.name(data.chinese)) for topic in topics]
    return [(material, "")] if found and is_management(found) else [(_("Topic disclosures"), "")]


def _lines(printed: _Printed, data: IndexData) -> Iterator[TableRow]:
    entry, row = printed.entry, printed.row
    omitted = data.omission(row, entry)
    places = list(row.locations) or [row.name_in(data.chinese)] if row else [""]
    for place in places:
        link = place if place.startswith(("http://", "https://")) else ""
        cells = [_standard(entry, data), _disclosure(entry, data), Cell(place, link=link), *omitted]
        yield TableRow([*cells, "; ".join(_references(entry, row, data))], bands=(printed.part, printed.topic))


def _standard(entry: Entry, data: IndexData) -> str:
    """`GRI 302: Energy 2016`."""
    if entry.text:
        return entry.source
    if entry.sector:
        number = entry.sector.partition(".")[0]
        found = data.gri.by_number[number][-1]
    elif entry.identity:
        found = data.gri.disclosures[entry.identity].standard
    else:
        found = data.gri.standards.get(entry.standard)
    return _standard_name(found) if found else f"GRI {entry.standard}"


def _standard_name(standard: Standard) -> str:
    named = {"code": standard.code, "title": standard.title(is_chinese()), "year": standard.year}
    return _("GRI %(code)s: %(title)s %(year)s") % named


def _disclosure(entry: Entry, data: IndexData) -> str:
    if entry.text:
        return entry.text
    if entry.standard:
        return ""
    code = entry.identity.partition("@")[0] or entry.sector
    if entry.requirement:
        code = spelled(entry, data.gri, data.edition)
    return f"{code} {title_of(entry, data.gri, data.chinese)}".strip()


def _references(entry: Entry, row: OutlineRow | None, data: IndexData) -> list[str]:
    """Numbers under which sector standards in use list the disclosure, of the row's sector topics if it names any."""
    if entry.sector:
        return [entry.sector] if entry.sector.count(".") == 2 else []
    named = [each.sector for each in row.entries if each.sector] if row else []
    topics = {".".join(sector.split(".")[:2]) for sector in named}
    found = data.gri.disclosures.get(entry.identity)
    if found is None or (not topics and is_management(found)):
        return []
    listed = [
        reference.ref
        for reference in data.gri.references
        if reference.identity == entry.identity
        and (reference.version in data.sectors or not data.sectors and topics)
        and (not topics or reference.topic in topics)
    ]
    return list(dict.fromkeys(listed))


def not_material(data: IndexData) -> Table | None:
    """Topics of the sector standards in use that are not material, with why; None where there is none."""
    rows = [
        TableRow((f"{topic.code} {topic.title(data.chinese)}", data.decisions[topic.code].explanation))
        for topic in data.gri.topics
        if topic.version in data.sectors and data.decisions.get(topic.code, Decision("")).state == "unused"
    ]
    heading = _("Topics in the applicable GRI Sector Standards determined as not material")
    columns = (Column("topic", _("Topic")), Column("explanation", _("Explanation")))
    return Table(columns, rows, name=_("Not material"), heading=heading) if rows else None


def _inputs(cycle: Cycle, run: Run | None, options: dict) -> dict:
    rows = outline_rows(cycle)
    if not rows:
        raise NotAllowed(_("The cycle has no outline yet. Add its sections or import a file first."))
    index = content_index(cycle)
    return {
        "gri_edition": cycle.gri_edition,
        "outline": [row.told() for row in rows],
        "topics": [asdict(topic) for topic in material_topics(cycle, rows, run)],
        "decisions": [asdict(each) for each in stored_decisions(cycle)],
        "index": {
            **{"claim": index.claim, "sectors": index.sectors},
            **{"period": [cycle.period_start.isoformat(), cycle.period_end.isoformat()]},
        },
        "parameters": {"layout": options.get("layout", SECTION), "fold": options.get("fold", "no")},
    }


def _data(inputs: dict) -> IndexData:
    topics = [
        Topic(**{**each, "issues": tuple(each["issues"]), "identities": tuple(each["identities"])})
        for each in inputs["topics"]
    ]
    decisions = {each["identity"]: Decision(**each) for each in inputs["decisions"]}
    rows = [row_of(each) for each in inputs["outline"]]
    kept = (gri_standards(), inputs["gri_edition"], rows, topics, decisions, inputs["index"]["sectors"])
    return IndexData(*kept, is_chinese(inputs["language"]))


def index_document(inputs: dict) -> Document:
    """The index of frozen inputs in the active language."""
    data, asked = _data(inputs), inputs["parameters"]
    plain = inputs["format"] == "csv"
    if asked["layout"] == STANDARD:
        tables = [by_standard(data), *filter(None, [not_material(data)])]
    else:
        tables = [by_section(data, fold=asked["fold"] == "yes", plain=plain)]
    wide = len(tables[0].columns) > 4
    title = _("GRI content index")
    return Document(title, tables, inputs["language"], organisation_name(), list(_lead(inputs)), landscape=wide)


def _lead(inputs: dict) -> Iterator[tuple[str, str]]:
    """Statement of use, GRI 1 used, sector standards; what the index is of."""
    index, gri = inputs["index"], gri_standards()
    start, end = map(date.fromisoformat, index["period"])
    if statement := statement_of_use(index["claim"], organisation_name(), start, end):
        yield _("Statement of use"), statement
        used = gri.standards["1@2021" if inputs["gri_edition"] == "2021" else "101@2016"]
        yield _("GRI %(code)s used") % {"code": used.code}, _standard_name(used)
    sectors = [gri.by_number[each.partition("@")[0]][-1] for each in index["sectors"]]
    if sectors:
        yield _("Applicable GRI Sector Standard(s)"), "; ".join(map(_standard_name, sectors))
    cycle, edition = frozen_text(inputs["cycle"], "title"), inputs["gri_edition"]
    words = {"organisation": organisation_name(), "cycle": cycle, "edition": edition}
    yield "", _("%(organisation)s · %(cycle)s · GRI Standards, edition %(edition)s") % words


def _build(inputs: dict, progress: Progress) -> bytes:
    document = index_document(inputs)
    progress(50, _("Writing the file"))
    return written(document, inputs["format"])


def _named(parameters: dict) -> list[str]:
    return [_("by standard")] if parameters.get("layout") == STANDARD else []


OUTPUT = OutputKind(
    code="gri-index",
    word=gettext_lazy("GRI content index"),
    of_file=gettext_lazy("GRI content index"),
    formats=tuple(WRITERS),
    inputs=_inputs,
    build=_build,
    place=2,
    named=_named,
    told=_named,
    options=(
        Option(
            "layout",
            gettext_lazy("Layout of the GRI index"),
            ((SECTION, gettext_lazy("by section")), (STANDARD, gettext_lazy("by standard"))),
        ),
        Option("fold", "", (("no", "no"), ("yes", "yes")), hidden=True),
    ),
)


OUTLINE_WIDTHS = (8, 24, 30, 24, 30, 28, 40, 12, 20, 22, 30)
# What people see when they point at a column's name; both languages, since a file goes from hand to hand.
EXPLANATIONS = {
    "order": "顺序，1、2、3……\nPlace in the report: 1, 2, 3 …",
    "chapter": "章（中文）\nChapter in Chinese",
    "section": "节（中文），整章一行时留空\nSection in Chinese; empty for a whole chapter",
    "chapter_en": "章（英文）\nChapter in English",
    "section_en": "节（英文）\nSection in English",
    "issues": "议题编码，以分号分隔\nCodes of issues, separated by ;",
    "disclosures": "GRI 披露项，以分号分隔；可写范围 102-1 ~ 102-13 或整项标准 GRI 302\n"
    "GRI disclosures, separated by ; — ranges and whole standards are understood",
    "location": "页码（如 P28）或网址，每行一个\nPage such as P28, or web address; one a line",
    "omission_requirement": "未披露的要求\nRequirement left out",
    "omission_reason": "从略原因\n" + ", ".join(OMISSION_REASONS),
    "omission_explanation": "从略说明\nExplanation of the omission",
}
FRAMEWORK_EXPLANATION = "该框架的编码，以分号分隔\nCodes of this framework, separated by ;"


def outline_file(rows: Sequence[OutlineRow], books: Books, kind: str) -> bytes:
    """The file of `kind` "csv" or "xlsx"; without rows it is the template."""
    used = [name for name in books.frameworks if any(row.frameworks.get(name) for row in rows)]
    names = [*COLUMNS, *used]
    kept = [books.columns.index(name) for name in names]
    cells = [[row[place] for place in kept] for row in outline_cells(rows, books)]
    return csv_bytes(names, cells) if kind == "csv" else _workbook(names, cells)


def _workbook(names: Sequence[str], cells: list[list[str | int]]) -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = "outline"
    put_head(sheet, 1, names)
    for cell in sheet[1]:
        cell.comment = Comment(EXPLANATIONS.get(cell.value, FRAMEWORK_EXPLANATION), "Yiti", height=110, width=320)
    put_rows(sheet, 2, cells)
    # As text, also below the last row: a spreadsheet takes 2-1 for the first of February.
    for row in sheet.iter_rows(min_row=2, max_row=max(len(cells) + 1, 200), min_col=2, max_col=len(names)):
        for cell in row:
            cell.number_format, cell.alignment = "@", WRAP
    set_widths(sheet, [*OUTLINE_WIDTHS, *[20] * (len(names) - len(COLUMNS))])
    on_paper(sheet, landscape=True, head_row=1, footer="outline")
    return workbook_bytes(book)
