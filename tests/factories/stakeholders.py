"""Stakeholder lists and engagement records for tests."""

import io
import zipfile
from datetime import date
from pathlib import Path
from tempfile import mkdtemp

from materiality.actions.stakeholders import save_engagement, save_point
from materiality.models import Cycle, Engagement, Group, StakeholderPoint

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
PDF = b"%PDF-1.7\n%%EOF\n"
_OFFICE = "application/vnd.openxmlformats-officedocument."


def make_point(group: Group, text: str = "Answer quickly", kind: str = "expectation") -> StakeholderPoint:
    """A bullet at the end of the group's list."""
    return save_point(group=group, kind=kind, texts={"text_zh": f"中文 {text}", "text_en": text}, by=None)


def engagement_values(cycle: Cycle, **changes) -> dict:
    """A meeting with the cycle's first group."""
    defaults = {"group": cycle.groups.first(), "kind": "meeting", "date": date(2026, 2, 3), "title_en": "Round table"}
    return {**defaults, "title_zh": "", "note": "", "participants": None, "issues": (), **changes}


def make_engagement(cycle: Cycle, **changes) -> Engagement:
    """A record; `issues` are those it touches."""
    return save_engagement(cycle=cycle, values=engagement_values(cycle, **changes), by=None)


def stored_file(contents: bytes, name: str = "file") -> Path:
    """A file with these contents."""
    path = Path(mkdtemp(prefix="yiti-attachment-")) / name
    path.write_bytes(contents)
    return path


def office_file(main: str = "spreadsheetml.sheet.main+xml", part: str = "xl/workbook.xml", *more: str) -> bytes:
    """An Office document that consists of its list of parts and empty parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as parts:
        parts.writestr("[Content_Types].xml", f'<Types><Override ContentType="{_OFFICE}{main}"/></Types>')
        for name in (part, *more):
            parts.writestr(name, "")
    return stream.getvalue()
