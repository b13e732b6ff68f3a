"""Imports that are undone after languages were added, or that earlier versions stored."""

import pytest

from materiality.actions.tables import confirm, undo
from materiality.models import Group, Proposal, SheetImport
from materiality.platform.refusals import NotAllowed
from tests.factories.cycles import make_cycle
from tests.factories.library import make_edition
from tests.factories.sheets import csv_file, draft_of_small_library, upload
from tests.factories.texts import reword

pytestmark = pytest.mark.django_db

GROUP = {"group": "lenders", "name_zh": "贷款人", "name_en": "Lenders"}


def speaking_korean(row):
    row.languages = [*row.languages, "ko"]
    row.save(update_fields=["languages"])


def stored(kind: str, rows: list[dict], **into) -> SheetImport:
    return confirm(upload(kind, csv_file(rows), **into), by=None, reason="x")


def test_groups_are_taken_back_after_a_language_was_added():
    cycle = make_cycle()
    was = cycle.groups.get(code="users").name.texts
    imported = stored("groups", [GROUP, {"group": "users", "name_zh": "客户", "name_en": "Customers"}], cycle=cycle)
    speaking_korean(cycle)
    reword(Group.objects.filter(code="users"), name_ko="고객")
    assert undo(imported, by=None).state == "undone"
    assert not cycle.groups.filter(code="lenders").exists()
    assert cycle.groups.get(code="users").name.texts == {**was, "ko": "고객"}


def test_new_row_that_has_got_a_text_in_the_added_language_stays():
    cycle = make_cycle()
    imported = stored("groups", [GROUP], cycle=cycle)
    speaking_korean(cycle)
    reword(Group.objects.filter(code="lenders"), name_ko="대출 기관")
    with pytest.raises(NotAllowed, match="lenders"):
        undo(imported, by=None)


@pytest.mark.parametrize("was", [["zh", "en"], ["en"]])
def test_suggestions_are_taken_back_after_a_language_was_added(was):
    edition = make_edition(languages=was, state="draft")
    imported = stored("proposals", [{"kind": "new", "name_en": "Noise", "text_en": "", "reason": "Neighbours"}])
    speaking_korean(edition)
    undo(imported, by=None)
    assert not Proposal.objects.exists()


def test_issues_are_taken_back_after_a_language_was_added():
    draft = draft_of_small_library()
    imported = stored("issues", [{"code": "SOC-01-01", "name_en": "Renamed"}])
    draft.refresh_from_db()
    speaking_korean(draft)
    undo(imported, by=None)
    assert draft.issues.get(code="SOC-01-01").name_en == "Issue SOC-01-01"


@pytest.mark.parametrize("kept", [(), ("descent",), ("descent", "categories"), ("before", "after")])
def test_issues_that_earlier_versions_stored_are_taken_back(kept):
    draft = draft_of_small_library()
    imported = stored("issues", [{"code": "SOC-01-01", "name_en": "Renamed"}])
    further = imported.undo["further"]
    further |= further["descent"]
    imported.undo["further"] = {name: further[name] for name in kept}
    undo(imported, by=None)
    draft.refresh_from_db()
    assert draft.issues.get(code="SOC-01-01").name_en == "Issue SOC-01-01"
    assert draft.languages == ["zh", "en"]


def test_translations_that_earlier_versions_stored_are_taken_back():
    draft = draft_of_small_library()
    key = f"issue/{draft.code}/SOC-01-01/name"
    imported = stored("translations", [{"key": key, "text_en": "Renamed"}])
    words = {"text_zh": "chinese", "text_en": "english"}
    for row in imported.undo["rows"]:
        for name in ("before", "after"):
            row[name] = {words.get(column, column): text for column, text in row[name].items()}
    undo(imported, by=None)
    assert draft.issues.get(code="SOC-01-01").name_en == "Issue SOC-01-01"
