"""Published editions are kept by the database itself, and a draft is changed, undone and published, on both kinds."""

import pytest

pytestmark = pytest.mark.services

NAME = 'name = \'{"en": "X"}\''
STATEMENTS = [
    f"UPDATE materiality_issue SET {change} WHERE code = 'ENV-01-01'"
    for change in (NAME, "\"order\" = 7", "status = 'retired'", "groups = '[]'", "parent_id = NULL")
] + [
    "DELETE FROM materiality_issuemapping",
    "UPDATE materiality_issuemapping SET disclosure_id = disclosure_id + 1",
    f"UPDATE materiality_category SET {NAME}",
    "INSERT INTO materiality_category (edition_id, code, name, \"order\")"
    " SELECT id, 'x', '{}', 9 FROM materiality_edition",
    "UPDATE materiality_edition SET state = 'draft'",
    "DELETE FROM materiality_lineage",
    "UPDATE materiality_erratum SET new_text = 'X'",
]  # fmt: skip
TRY = f"""
import json
from django.db import DatabaseError, connection, transaction
refused = []
for statement in {STATEMENTS!r}:
    try:
        with transaction.atomic():
            connection.cursor().execute(statement)
        refused.append(statement)
    except DatabaseError as error:
        refused.append("a published edition does not change" in str(error))
print(json.dumps(refused))
"""
WORK = """
import json
from materiality.actions.drafts import add_issue
from materiality.actions.library import correct_erratum
from materiality.actions.drafts import merge_issues
from materiality.actions.library import publish_edition
from materiality.actions.drafts import split_issue
from materiality.actions.library import start_edition_draft
from materiality.actions.drafts import undo_last_change
from materiality.drafts.codes import IssueTexts
from materiality.models import Edition, Issue, Lineage
from materiality.queries.library import library_contents
from materiality.queries.drafts import edition_weights
draft = start_edition_draft(by=None)
before = library_contents(draft), list(Lineage.objects.order_by("pk").values())
issue = {row.code: row for row in draft.issues.all()}
new = [IssueTexts(name_zh="甲", name_en="A"), IssueTexts(name_zh="乙", name_en="B")]
split_issue(issue=issue["ENV-01"], parts=new, by=None, reason="Two things")
merge_issues(into=issue["SOC-01-01"], others=[issue["SOC-01-02"]], by=None, reason="One thing")
undo_last_change(edition=draft, by=None)
undo_last_change(edition=draft, by=None)
same = (library_contents(draft), list(Lineage.objects.order_by("pk").values())) == before
merge_issues(into=issue["SOC-01-01"], others=[issue["SOC-01-02"]], by=None, reason="One thing")
publish_edition(edition=draft, by=None)
held = Issue.objects.get(edition=draft, code="SOC-01-01")
correct_erratum(issue=held, field="name_en", text="Corrected", reason="Typo", by=None)
weights = edition_weights(draft, draft.based_on).of("SOC-01-01")
print(json.dumps([same, weights, list(Edition.objects.order_by("pk").values_list("code", "state"))]))
"""


def test_editions_on_each_kind_of_database(installation, default_library):
    assert installation.python(WORK) == [
        True,
        {"SOC-01-01": 0.5, "SOC-01-02": 0.5},
        [["2026", "superseded"], ["2026-2", "published"]],
    ]
    assert installation.python(TRY) == [True] * len(STATEMENTS)
    assert "sound" in installation.manage("verify_audit").stdout or "完好" in installation.manage("verify_audit").stdout
