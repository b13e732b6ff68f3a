"""Pages and actions of the library: the default one of 93 issues, and one of 2,000 with 10,000 mappings."""

import tempfile
from pathlib import Path

from tests.bench.measuring import table
from tests.services.installation import Installation

LARGE = """
import random
from materiality.lineage.records import CategoryRecord, IssueRecord, Library
from materiality.actions.library import store_edition
from materiality.models import Disclosure, Edition
rng = random.Random(1)
keys = list(Disclosure.objects.values_list("framework__code", "framework__edition", "code"))
names = ("environment", "society", "economy", "technology")
categories = tuple(CategoryRecord(name, {"zh": name, "en": name}, order) for order, name in enumerate(names, start=1))
zh = "公司遵守法律法规，建立管理制度，预防违规事件，并披露结果。"
en = "The company follows the law, keeps rules in place and discloses the result."
def issue(code, category, parent):
    mappings = tuple(sorted((*key, "equal") for key in rng.sample(keys, 5)))
    names, meanings = {"zh": f"议题{code}", "en": f"Issue {code}"}, {"zh": zh, "en": en}
    return IssueRecord(code, category, parent, names, meanings, ("users",), "active", mappings)
issues = []
for number in range(100):
    category, primary = names[number % 4], f"{names[number % 4][:3].upper()}-{number // 4 + 1:02}"
    issues.append(issue(primary, category, ""))
    issues += [issue(f"{primary}-{place:02}", category, primary) for place in range(1, 20)]
current = Edition.objects.get(state="published")
library = Library(categories, tuple(sorted(issues, key=lambda row: row.code)))
store_edition(code="large", title={"zh": "大", "en": "Large"}, library=library, based_on=current)
print(len(issues))
"""

INSIDE = """
import json, statistics, time
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from materiality.actions.drafts import change_issue
from materiality.actions.library import publish_edition
from materiality.actions.library import start_edition_draft
from materiality.actions.drafts import undo_last_change
from materiality.drafts.codes import IssueTexts
from materiality.models import Edition, User
user = User.objects.filter(username="bench").first() or User.objects.create_superuser("bench", password=None)
client = Client(headers={"host": "127.0.0.1"})
client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
rows = []
def timed(name, action):
    start = time.perf_counter()
    with CaptureQueriesContext(connection) as queries:
        made = action()
    rows.append([name, len(queries), round(1000 * (time.perf_counter() - start), 1), 0])
    return made
draft = timed("start_draft", lambda: start_edition_draft(by=None))
issues = list(draft.issues.filter(parent__isnull=False).order_by("pk"))
texts = IssueTexts(
    name_zh="新的名称",
    name_en="New name",
    definition_zh="公司说明其做法。",
    definition_en="The company explains what it does.",
)
timed("change_issue", lambda: change_issue(issue=issues[0], texts=texts, by=None))
timed("undo_last_change", lambda: undo_last_change(edition=draft, by=None))
for issue in issues[:200:2]:
    change_issue(issue=issue, texts=texts, by=None)
current = Edition.objects.get(state="published")
base = f"/library/drafts/{draft.code}/"
pair = f"a={current.code}&b={draft.code}"
pages = {
    "library": "/library/", "editions": "/library/editions/", "draft": base, "draft, page 2": f"{base}?page=2",
    "draft, changed": f"{base}?changed=1", "compare": f"/library/compare/?{pair}",
    "publish": f"/library/editions/{draft.code}/publish/", "issue": f"/library/{current.code}/{issues[0].code}/",
    "errata": f"/library/errata/{current.code}/{issues[0].code}/",
}
pages |= {name: f"{base}{issues[0].pk}/{name}/" for name in ("change", "move", "merge", "split", "retire")}
for name, url in pages.items():
    assert client.get(url).status_code == 200, url
    took = []
    for run in range(5):
        start = time.perf_counter()
        client.get(url)
        took.append(time.perf_counter() - start)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(url)
    rows.append([name, len(queries), round(1000 * statistics.median(took), 1), len(answer.content) // 1024])
timed("publish_edition", lambda: publish_edition(edition=draft, by=None))
print(json.dumps(rows))
"""


def main() -> None:
    """Print one table for each library; times are at the server, in ms."""
    with tempfile.TemporaryDirectory(prefix="yiti-bench-") as folder:
        made = Installation(Path(folder))
        made.manage("prepare")
        made.manage("load_library")
        for name in ("93 issues", "2,000 issues, 10,000 mappings"):
            if name != "93 issues":
                made.python(LARGE)
            print(f"\n{name}\n")
            table(["page or action", "queries", "ms", "KB"], made.python(INSIDE))


if __name__ == "__main__":
    main()
