"""Drafts of the library for tests."""

from materiality.actions.library import start_edition_draft
from materiality.drafts.codes import IssueTexts, texts_of
from materiality.models import Edition, Issue
from tests.factories.cycles import small_library
from tests.factories.library import make_disclosure, map_issue


def make_draft_edition(secondaries: int = 4) -> Edition:
    """A draft of a small library (ENV-01 and SOC-01 with secondaries, one mapping each), which is in force."""
    current = small_library(secondaries)
    disclosure = make_disclosure("305-1")
    for issue in current.issues.filter(parent__isnull=False):
        map_issue(issue, disclosure)
    return start_edition_draft(by=None)


def of(edition: Edition, code: str) -> Issue:
    """An issue as it is stored."""
    return edition.issues.select_related("edition", "category", "parent").get(code=code)


def texts(issue: Issue, **changes: str) -> IssueTexts:
    """Its texts with changes."""
    return IssueTexts(**{**vars(texts_of(issue)), **changes})


def new_texts(name: str = "New", **changes: str) -> IssueTexts:
    """Texts of an issue that is not there yet."""
    return IssueTexts(**{"name_zh": f"新{name}", "name_en": name, **changes})


def lineage_of(edition: Edition) -> set[tuple[str, str | None, str | None]]:
    """(kind, source, target) of all rows but those of kept issues."""
    rows = edition.lineage.exclude(kind="kept").values_list("kind", "source__code", "target__code")
    return set(rows)
