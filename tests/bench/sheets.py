"""Import of a library of 2,000 issues with 10,000 mappings: preview, commit, undo and export, in CSV and XLSX."""

import tempfile
from pathlib import Path

from tests.bench.measuring import table
from tests.services.installation import Installation

ROWS = """
from materiality.tables.write import table_bytes

GRI = [f"305-{n}" for n in range(1, 8)] + [f"403-{n}" for n in range(1, 11)]
TEXTS = ["name_zh", "name_en", "definition_zh", "definition_en"]
NAMES = ["code", "category", "parent_code", *TEXTS, "gri_2021", "sdgs", "groups", "status"]
CATEGORIES = {"ENX": "environment", "SOX": "society", "ECX": "economy", "TEX": "technology"}

def cells(code, category, above, place):
    texts = [f"议题 {code}", f"Issue {code}", f"公司对议题 {code} 的管理。" * 4, f"How {code} is managed. " * 4]
    gri = ";".join(sorted({GRI[(place * 3 + n) % 17] for n in range(3)})) if place else ""
    goals = f"{place % 17 + 1};{(place + 5) % 17 + 1}" if place else ""
    return [code, category, above if place else "", *texts, gri, goals, "users;employees", "active"]

rows = []
for letters, category in CATEGORIES.items():
    for primary in range(1, 11):
        above = f"{letters}-{primary:02}"
        rows += [cells(f"{above}-{n:02}" if n else above, category, above, n) for n in range(50)]
changed = [[*row[:4], row[4] + "!", *row[5:7], "", *row[8:]] for row in rows]
"""
INSIDE = (
    ROWS
    + """
import json, time
from materiality.actions.library import start_edition_draft
from materiality.models import IssueMapping
from materiality.actions.tables import check_upload, confirm, request_check, scope_of, store_check, undo
from materiality.tables.widgets import Scope
from materiality.formats.issues import IssueResource
from materiality.tables.imports import sheet_file

draft = start_edition_draft(by=None)
took = []

def timed(what, function):
    start = time.perf_counter()
    result = function()
    took.append([f"{suffix}: {what}", time.perf_counter() - start])
    return result

def preview(what, data, state):
    job = request_check("issues", scope_of("issues"), f"x.{suffix}", data, by=None)
    imported = timed(f"preview of {what}", lambda: check_upload(job, lambda percent, text: None))
    store_check(job, imported)
    assert imported.plan["counts"][state] == 2000, imported.plan["counts"]
    return imported

def commit(what, imported):
    return timed(f"commit of {what}", lambda: confirm(imported, by=None, reason="measuring"))

for suffix in ("csv", "xlsx"):
    first, second = (table_bytes(suffix, "issues", NAMES, held) for held in (rows, changed))
    added = commit("2,000 new", preview("2,000 new", first, "new"))
    assert IssueMapping.objects.filter(issue__edition=draft, issue__code__contains="X-").count() == 9800
    preview("2,000 unchanged", first, "unchanged")
    other = commit("2,000 changed", preview("2,000 changed", second, "changed"))
    timed("undo of 2,000 changed", lambda: undo(other, by=None))
    timed("export", lambda: sheet_file(IssueResource(Scope(draft)), suffix))
    timed("undo of 2,000 new", lambda: undo(added, by=None))
print(json.dumps(took))
"""
)


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory(prefix="yiti-bench-") as folder:
        made = Installation(Path(folder))
        made.manage("migrate", "--verbosity", "0")
        made.manage("load_library")
        rows = made.python(INSIDE)
    table(["2,000 issues, 9,800 mappings", "seconds"], rows)
