"""Empty files of responses for one survey: its columns, with explanations that are no rows (formats.md)."""

import io

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font

from materiality.words import word_for
from surveys.exporting import FIELDS, header_of
from surveys.intake.columns import item_name
from surveys.intake.problems import column_letters
from surveys.models import Survey


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
    _fill_codes(workbook.create_sheet(_("Codes")), survey, items)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


WRITERS = {"csv": template_csv, "xlsx": template_xlsx}


def _field_notes(survey: Survey) -> dict[str, str]:
    groups = ", ".join(survey.cycle.groups.values_list("code", flat=True))
    zone = {"zone": survey.zone}
    notes = {
        "token": _("Any text that is the same for the same person, so that duplicates are found. May be empty."),
        "group": _("Required. One of: %(groups)s") % {"groups": groups},
        "channel": _("Where the answer came from, such as paper. May be empty."),
        "language": _("zh-hans or en. May be empty."),
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
    rows = [("group", group.code, group.name_zh, group.name_en) for group in survey.cycle.groups.all()]
    issues = {item.issue_id: item.issue for item in items}
    rows += [("issue", issue.code, issue.name_zh, issue.name_en) for issue in issues.values()]
    sheet.append(["", "code", "name_zh", "name_en"])
    for row in rows:
        sheet.append(row)
        for cell in sheet[sheet.max_row]:
            cell.data_type = "s"
    for letter, width in zip("ABCD", (10, 18, 30, 48), strict=True):
        sheet.column_dimensions[letter].width = width
