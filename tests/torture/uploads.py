"""Hostile uploads at every place that takes a file: none hangs over its limit, and the memory of the web stays flat."""

import io
import time
import zipfile
from collections import Counter
from pathlib import Path

from openpyxl import Workbook

from tests.bench.measuring import table
from tests.services.installation import Installation
from tests.torture.site import Staff, installed, memory_of_web, start_web

MOST_SECONDS, MOST_GROWTH = 60.0, 150.0
PLACES = (
    "/cycles/demo/surveys/demo/import/",
    "/cycles/demo/surveys/demo/invitations/recipients/new/",
    "/cycles/demo/outline/",
)
# Each kind of sheet has a place of its own.
_SHEETS = """
import json
from django.urls import reverse
from materiality.actions.tables import KINDS
print(json.dumps([reverse("cycle_sheet_new", args=["demo", name]) if kind.into == "cycle" else
                  reverse("sheet_new", args=[name]) for name, kind in sorted(KINDS.items())]))
"""


def _workbook() -> bytes:
    book, buffer = Workbook(), io.BytesIO()
    book.active.append(["group", "token"])
    book.save(buffer)
    return buffer.getvalue()


def _with(changes: dict[str, bytes]) -> bytes:
    """The small workbook with members put in the place of its own, or added."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_workbook())) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in changes:
                new.writestr(name, old.read(name))
        for name, contents in changes.items():
            new.writestr(name, contents)
    return buffer.getvalue()


_READ = """
import json
from collections import Counter
from materiality.models import Job
rows = Job.objects.all()
took = [(row.finished_at - row.started_at).total_seconds() for row in rows if row.finished_at and row.started_at]
print(json.dumps({"states": Counter(row.state for row in rows), "longest": max(took, default=0)}))
"""
# One person may send less within a day.
_FORGET = """
import json
from materiality.models import Upload
print(json.dumps(Upload.objects.all().delete()[0]))
"""
SHEET = "xl/worksheets/sheet1.xml"
_OPEN = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
_CLOSE = b"</sheetData></worksheet>"


def hostile(small: bool) -> dict[str, tuple[str, bytes]]:
    """What is hostile → file name and contents."""
    times = 1 if small else 5
    row = b"<row>" + b"<c><v>1</v></c>" * (200_000 * times) + b"</row>"
    entities = b'<!DOCTYPE x [<!ENTITY a "lol">' + b"".join(
        b'<!ENTITY %c "&%c;&%c;&%c;&%c;&%c;&%c;&%c;&%c;&%c;&%c;">' % (98 + n, *[97 + n] * 10) for n in range(9)
    )
    rels = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    rels += b'Type="http://x/externalLink" Target="file:///etc/passwd" TargetMode="External"/></Relationships>'
    sheets = b"".join(b'<sheet name="s%d" sheetId="%d" r:id="rId1"/>' % (n, n) for n in range(1, 4_000 * times))
    book = b'<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.'
    book += b'openxmlformats.org/officeDocument/2006/relationships"><sheets>' + sheets + b"</sheets></workbook>"
    return {
        "bomb": ("a.xlsx", _with({SHEET: _OPEN + b" " * (60_000_000 * times) + _CLOSE})),
        "many sheets": ("a.xlsx", _with({"xl/workbook.xml": book})),
        "cells in a row": ("a.xlsx", _with({SHEET: _OPEN + row + _CLOSE})),
        "entities": ("a.xlsx", _with({SHEET: entities + b"]>" + _OPEN + b"<row><c><v>&j;</v></c></row>" + _CLOSE})),
        "macros": ("a.xlsx", _with({"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0" * 1000})),
        "external links": ("a.xlsx", _with({"xl/externalLinks/_rels/externalLink1.xml.rels": rels})),
        "traversal": ("a.xlsx", _with({"../../../../tmp/yiti-was-here": b"x"})),
        "long line": ("a.csv", b"group,token\n" + b"x" * (20_000_000 * times - 100)),
        "quote that never ends": ("a.csv", b'group,token\n"' + b"a,b\n" * 1_000_000),
        "formula": ("a.csv", b"group,token\n=cmd|' /C calc'!A0,@SUM(1)\n"),
        "zeros": ("a.csv", bytes(5_000_000)),
        "utf-16 half": ("a.csv", b"\xff\xfe" + "组".encode("utf-16-le")[:3] * 999),
        "cut zip": ("a.xlsx", _workbook()[:-40]),
        "no zip": ("a.xlsx", b"PK\x03\x04" + bytes(5000)),
        "empty": ("a.csv", b""),
        "name": ("../../../etc/cron.d/x\x00.csv", b"group\nusers\n"),
        "old format": ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4000)),
    }


def main(small: bool) -> None:
    """Upload each at each place; print how each was answered and how long the longest took."""
    files = hostile(small)
    with installed() as made:
        made.manage("load_demo", "--responses", "20")
        made.start_valkey()
        made.start_worker()
        port = start_web(made)
        person = Staff(made, port, "lead", "lead")
        places = [*PLACES, *made.python(_SHEETS)[: 4 if small else None]]
        away = [place for place in places if person.get(place)[0] != 200]
        assert not away, away
        _upload(person, places[0], *files["formula"])
        before, rows, wrong, sent = memory_of_web(made), [], [], 0
        for kind, (name, contents) in files.items():
            codes, longest = Counter(), 0.0
            made.python(_FORGET)
            for place in places if small else places * 2:
                begun = time.perf_counter()
                code = _upload(person, place, name, contents)
                longest = max(longest, time.perf_counter() - begun)
                codes[code] += 1
                sent += 1
                if code == 0 or code >= 500:
                    wrong.append(f"{kind} at {place}: {code}")
            rows.append([kind, len(contents), " ".join(f"{c}×{n}" for c, n in sorted(codes.items())), longest])
            if longest > MOST_SECONDS:
                wrong.append(f"{kind}: {longest:.0f} s")
        jobs = _jobs(made)
        growth = memory_of_web(made) - before
        table(["file", "bytes", "answers", "longest s"], rows)
        print(f"\n{sent} uploads at {len(places)} places; memory of the web grew by {growth:.0f} MB")
        print(f"what workers made of them: {jobs['states']}, the longest took {jobs['longest']:.1f} s")
        assert set(jobs["states"]) <= {"done", "failed"} and jobs["longest"] <= MOST_SECONDS, jobs
        assert not Path("/tmp/yiti-was-here").exists()
        assert not wrong, "\n".join(wrong) + (made.data / "staff.log").read_text()[-3000:]
        assert growth < MOST_GROWTH, growth


def _jobs(made: Installation) -> dict:
    """States of all jobs and the longest time that one took, once none is under way, or after two minutes."""
    end = time.monotonic() + 120
    while True:
        found = made.python(_READ)
        if set(found["states"]) <= {"done", "failed"} or time.monotonic() > end:
            return found
        time.sleep(1)


def _upload(person: Staff, place: str, name: str, contents: bytes) -> int:
    return person.upload(place, place, name, contents)[0]
