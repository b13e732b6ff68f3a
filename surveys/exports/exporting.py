"""Responses of a survey in the `responses` format (formats.md), as streams of CSV and XLSX."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties

from materiality.platform.bilingual import language_name, reading_languages
from materiality.platform.words import word_for
from materiality.tables import write as xlsx
from materiality.tables.problems import column_letters
from materiality.tables.write import csv_bytes, neutralise
from surveys.exports.codebook import codebook_columns, codebook_rows, profile_columns, profile_rows
from surveys.exports.selection import Selection, extra_names, extra_values
from surveys.exports.spss import export_spss
from surveys.intake.columns import FIELDS, item_name
from surveys.models import Survey
from surveys.questionnaire.ratings import CELL_TEXT
from surveys.responses.reading import asked_of

Row = tuple[list[str], bytes, list[str | int | float]]


def header_of(survey: Survey) -> list[str]:
    """Field names, then one column per item."""
    items = survey.items.values_list("issue__code", "dimension").order_by("position")
    return [*FIELDS, *(item_name(code, dimension) for code, dimension in items)]


def export_csv(chosen: Survey | Selection) -> Iterator[bytes]:
    """CSV in UTF-8 with BOM, in pieces; texts that a spreadsheet could run are neutralised."""
    selection = _selection(chosen)
    texts = [text or "" for text in CELL_TEXT]
    extras = extra_names(selection)
    buffer = io.StringIO()
    # With CR in the line end the writer also quotes texts that hold one, which would else end their row.
    writer = csv.writer(buffer, lineterminator="\r\n")
    yield b"\xef\xbb\xbf" + (",".join([*header_of(selection.survey), *extras]) + "\n").encode()
    for number, (fields, ratings, more) in enumerate(_rows(selection, extras), start=1):
        writer.writerow([neutralise(field) for field in fields])
        # Ratings need no quoting: they are joined to the row the fast way.
        buffer.seek(buffer.tell() - 2)
        buffer.write("," + ",".join([texts[code] for code in ratings]))
        if more:
            buffer.write(",")
            writer.writerow([neutralise(cell) if isinstance(cell, str) else cell for cell in more])
            buffer.seek(buffer.tell() - 2)
        buffer.write("\n")
        if number % 500 == 0:
            yield _drain(buffer)
    yield _drain(buffer)


def export_xlsx(chosen: Survey | Selection) -> Iterator[bytes]:
    """XLSX in pieces: the responses, the codebook, and of an anonymous survey the counts of profile answers.

    Ratings are numbers, everything else text.
    """
    selection = _selection(chosen)
    survey, told = selection.survey, codebook_rows(selection)
    sheets = [("responses", _sheet_of_responses(selection)), ("codebook", _cells([codebook_columns(survey)], told))]
    if survey.anonymous and (counts := profile_rows(survey)):
        sheets.append(("profile", _cells([profile_columns(survey)], counts)))
    yield from xlsx.write_sheets(sheets)


def _selection(chosen: Survey | Selection) -> Selection:
    return chosen if isinstance(chosen, Selection) else Selection(chosen)


def _sheet_of_responses(selection: Selection) -> Iterator[str]:
    cells = [
        xlsx.number_cell(int(text)) if (text or "").isdigit() else xlsx.text_cell(text or "") for text in CELL_TEXT
    ]
    extras = extra_names(selection)
    yield "".join(map(xlsx.text_cell, [*header_of(selection.survey), *extras]))
    for fields, ratings, more in _rows(selection, extras):
        yield "".join(map(xlsx.text_cell, fields)) + "".join([cells[code] for code in ratings]) + _joined(more)


def _cells(*tables: Iterable) -> Iterator[str]:
    return (_joined(row) for table in tables for row in table)


def _joined(row: Iterable[str | int | float]) -> str:
    return "".join([xlsx.text_cell(cell) if isinstance(cell, str) else xlsx.number_cell(cell) for cell in row])


def _drain(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()[: buffer.tell()]  # behind it stands what was written over
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


def _rows(selection: Selection, extras: list[str]) -> Iterator[Row]:
    """Fields as text, rating bytes and further cells of each response, in id order."""
    zone, leaving = selection.zone, selection.leaving
    kept = [name in leaving for name in FIELDS]
    for row in selection.rows(more=bool(extras)):
        token, group, channel, language, started, submitted, consent, comment, ratings = row[:9]
        fields = [
            token, group, channel, language, _time(started, zone), _time(submitted, zone),
            "yes" if consent else "no", comment,
        ]  # fmt: skip
        if not all(kept):
            fields = [text if keep else "" for text, keep in zip(fields, kept, strict=True)]
        yield fields, bytes(ratings), extra_values(selection, row[9:]) if extras else []


def _time(moment: datetime | None, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).isoformat() if moment else ""


@dataclass(frozen=True)
class Format:
    """`write` gives the file in pieces; `suffix` ends its name, `part` says in the name what it holds."""

    write: Callable[[Selection], Iterator[bytes]]
    suffix: str
    part: str = "responses"


def export_codebook(selection: Selection) -> Iterator[bytes]:
    yield csv_bytes(codebook_columns(selection.survey), codebook_rows(selection))


def export_profile(selection: Selection) -> Iterator[bytes]:
    """Counts of an anonymous survey's profile answers as CSV."""
    yield csv_bytes(profile_columns(selection.survey), profile_rows(selection.survey))


FORMATS = {
    "csv": Format(export_csv, "csv"),
    "xlsx": Format(export_xlsx, "xlsx"),
    "spss": Format(export_spss, "zip", "spss"),
    "codebook": Format(export_codebook, "csv", "codebook"),
    "profile": Format(export_profile, "csv", "profile"),
}
# Formats of the responses themselves.
OF_RESPONSES = ("csv", "xlsx", "spss")


def file_name(selection: Selection, chosen: Format) -> str:
    """Name of the file: survey, groups where not all are in it, what it is."""
    return "-".join([selection.survey.code, *selection.groups[:3], chosen.part]) + f".{chosen.suffix}"


def template_csv(survey: Survey) -> bytes:
    """The header row alone: CSV holds no explanations."""
    return ("\ufeff" + ",".join(header_of(survey)) + "\r\n").encode()


def template_xlsx(survey: Survey) -> bytes:
    """The header row with a note on every column, and a second sheet, which imports pass over, with all codes."""
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = "responses"
    sheet.freeze_panes = "A2"
    items = list(survey.items.select_related("issue").order_by("position"))
    notes = {**_field_notes(survey), **{item_name(i.issue.code, i.dimension): _item_note(i, survey.k) for i in items}}
    for index, name in enumerate(header_of(survey)):
        cell = sheet.cell(1, index + 1, name)
        cell.font = Font(bold=True)
        cell.comment = Comment(notes[name], "Yiti", width=340, height=120)
        sheet.column_dimensions[column_letters(index)].width = 22
    _offer_what_can_stand(sheet, survey)
    _grey_what_is_not_asked(sheet, survey, items)
    _fill_codes(workbook.create_sheet(_("Codes")), survey, items)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


_ROWS_IN_GREY = 20_000
_GREY = "D9D9D9"
_LONGEST_LIST, _LONGEST_ERROR = 250, 220  # characters that a spreadsheet takes


def _offer_what_can_stand(sheet, survey: Survey) -> None:
    """A list to choose from in the cells of groups, languages, consents and ratings."""
    header = header_of(survey)
    groups = list(survey.cycle.groups.values_list("code", flat=True))
    known = {"group": groups, "language": ["zh-hans", "en"], "consent": ["yes", "no"]}
    offered = [(header.index(name), header.index(name), choices) for name, choices in known.items()]
    offered.append((len(FIELDS), len(header) - 1, [*map(str, range(1, survey.k + 1)), "DK", "NA"]))
    for first, last, choices in offered:
        listed = ",".join(choices)
        if len(listed) <= _LONGEST_LIST:
            rule = DataValidation(type="list", formula1=f'"{listed}"', allow_blank=True, showErrorMessage=True)
            error = _("One of these, or empty: %(choices)s") % {"choices": ", ".join(choices)}
            rule.error = error[:_LONGEST_ERROR]
            rule.add(f"{column_letters(first)}2:{column_letters(last)}{_ROWS_IN_GREY}")
            sheet.add_data_validation(rule)


def _grey_what_is_not_asked(sheet, survey: Survey, items: list) -> None:
    """Cells of items that the row's group is not asked turn grey once the group's code stands in the row."""
    plan, header = asked_of(survey).plan, header_of(survey)
    group = column_letters(header.index("group"))
    for code, asked in plan.items():
        formula = [f'${group}2="{code}"']
        for item in items:
            if (item.issue.code, item.dimension) not in asked:
                column = column_letters(header.index(item_name(item.issue.code, item.dimension)))
                rule = FormulaRule(formula=formula, fill=PatternFill("solid", bgColor=_GREY))
                sheet.conditional_formatting.add(f"{column}2:{column}{_ROWS_IN_GREY}", rule)


WRITERS = {"csv": template_csv, "xlsx": template_xlsx}


def _field_notes(survey: Survey) -> dict[str, str]:
    groups = ", ".join(survey.cycle.groups.values_list("code", flat=True))
    zone, languages = {"zone": survey.zone}, ", ".join(reading_languages(survey.languages))
    notes = {
        "token": _("Any text that is the same for the same person, so that duplicates are found. May be empty."),
        "group": _("Required. One of: %(groups)s") % {"groups": groups},
        "channel": _("Where the answer came from, such as paper. May be empty."),
        "language": _("One of: %(languages)s. May be empty.") % {"languages": languages},
        "started_at": _("When the answer was begun, such as 2026-01-05 10:00:00 (%(zone)s). May be empty.") % zone,
        "submitted_at": _(
            "When it was submitted (%(zone)s). Empty = unfinished; leave the whole column empty if times are unknown."
        )
        % zone,
        "consent": _("yes or no; empty means yes. Without consent neither ratings nor comment are stored."),
        "comment": _("What the respondent added. May be empty."),
    }
    return {name: notes[name] for name in FIELDS}


def _item_note(item, k: int) -> str:
    about = {"issue": item.issue.name, "dimension": word_for("dimension", item.dimension), "k": k}
    return _("%(issue)s – %(dimension)s. 1 to %(k)s; empty = skipped, DK = don't know, NA = not asked.") % about


def _fill_codes(sheet, survey: Survey, items: list) -> None:
    issues = {item.issue_id: item.issue for item in items}
    coded = [(_("Stakeholder group"), each) for each in survey.cycle.groups.all()]
    coded += [(_("Issue"), each) for each in issues.values()]
    rows = [
        (kind, each.code, *(each.name.texts.get(language, "") for language in survey.languages)) for kind, each in coded
    ]
    sheet.append(["", _("Code"), *map(language_name, survey.languages)])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes, sheet.print_title_rows = "A2", "1:1"
    sheet.sheet_properties.pageSetUpPr, sheet.page_setup.fitToHeight = PageSetupProperties(fitToPage=True), 0
    for row in rows:
        sheet.append(row)
        for cell in sheet[sheet.max_row]:
            cell.data_type = "s"
    for place, width in enumerate((20, 18, *[40] * len(survey.languages)), start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
