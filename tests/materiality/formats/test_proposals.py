"""Files of proposals: read, stored once, taken back."""

import pytest

from materiality.actions.proposals import decide_proposal
from materiality.actions.tables import confirm, undo
from materiality.formats.proposals import ProposalResource
from materiality.models import Proposal, SheetImport
from materiality.platform.refusals import NotAllowed
from materiality.tables.widgets import Scope, SheetPlan
from materiality.tables.write import table_bytes
from tests.factories.people import make_person
from tests.factories.proposals import issue_in_force
from tests.factories.sheets import problems_in, upload

pytestmark = pytest.mark.django_db
NIGHTS = ["new", "", "夜间噪声", "Quiet nights", "", "", "居民要求", "Meeting"]


def sent(*rows: list[str], kind: str = "csv") -> SheetImport:
    columns = [column.name for column in ProposalResource(Scope()).columns]
    return upload("proposals", table_bytes(kind, "proposals", columns, rows), f"file.{kind}")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_proposals_of_a_file_are_stored_once_however_often_they_come(kind):
    issue, person = issue_in_force(), make_person("analyst")
    rows = [NIGHTS, ["Retire", issue.code, "", "", "", "", "Law covers it", ""], NIGHTS]
    confirm(sent(*rows, kind=kind), by=person)
    stored = Proposal.objects.order_by("pk")
    assert [(row.kind, row.issue, row.origin, row.created_by) for row in stored] == [
        ("new", None, "import", person),
        ("retire", issue, "import", person),
    ]
    again = sent(*rows, kind=kind)
    assert again.plan["counts"] == {"error": 0, "new": 0, "changed": 0, "unchanged": 2}
    with pytest.raises(NotAllowed, match="文件没有任何更改"):
        confirm(again, by=None)


def test_every_mistake_of_every_proposal_is_told():
    issue_in_force()
    plan = SheetPlan.from_json(
        sent(
            ["add", "ENV-01-1", "", "", "", "", "", ""],
            ["change", "", "n" * 201, "", "", "", "why", ""],
            ["new", "ENV-01-02", "名", "", "", "", "why", ""],
        ).plan
    )
    assert sorted(problems_in(plan)) == [
        (2, "issue", "not_in_force"), (2, "kind", "unknown_proposal"), (2, "reason", "invalid"),
        (3, "issue", "invalid"), (3, "name_zh", "too_long"),
        (4, "issue", "invalid"),
    ]  # fmt: skip
    assert {p.nearest for row in plan.rows for p in row.problems if p.kind == "not_in_force"} == {("ENV-01-01",)}


def test_imported_proposals_are_taken_back_unless_one_was_decided():
    first = confirm(sent(NIGHTS), by=None)
    undo(first, by=None)
    assert not Proposal.objects.exists()
    second = confirm(sent(NIGHTS), by=None)
    decide_proposal(proposal=Proposal.objects.get(), state="declined", reason="Too narrow", by=make_person("lead"))
    with pytest.raises(NotAllowed, match="已经作出决定"):
        undo(second, by=None)
    assert Proposal.objects.count() == 1
