"""Editions, categories, issues and catalogues for tests."""

from contextlib import AbstractContextManager, nullcontext
from itertools import count

from django.utils import timezone

from materiality.actions.library import load_library
from materiality.models import Category, Disclosure, Edition, Framework, Issue, IssueMapping
from tests.factories.thaw import thawed

_numbers = count(1)


def default_library() -> Edition:
    """The default library, loaded and in force, with all catalogues."""
    return load_library(by=None).edition


def make_edition(code: str = "", state: str = Edition.State.PUBLISHED, **columns) -> Edition:
    code = code or f"edition-{next(_numbers)}"
    published = None if state == Edition.State.DRAFT else timezone.now()
    titles = {"title_zh": f"议题库 {code}", "title_en": f"Library {code}"}
    return Edition.objects.create(code=code, state=state, published_at=published, **{**titles, **columns})


def make_category(edition: Edition, code: str = "society", **columns) -> Category:
    names = {"name_zh": "社会", "name_en": "Society"}
    with _open_for("published_category_insert", edition):
        return Category.objects.create(edition=edition, code=code, **{**names, **columns})


def make_issue(category: Category, code: str, parent: Issue | None = None, **columns) -> Issue:
    names = {"name_zh": f"议题 {code}", "name_en": f"Issue {code}"}
    edition = columns.pop("edition", category.edition)
    with _open_for("published_issue_insert", edition):
        return Issue.objects.create(edition=edition, category=category, code=code, parent=parent, **names | columns)


def make_secondaries(primary: Issue, number: int, **columns: str) -> None:
    """So many issues below a primary, in one statement; a `{}` in a column is the issue's place among them."""
    rows = []
    for place in range(1, number + 1):
        code = f"{primary.code}-{place:02}"
        names = {"name_zh": f"议题 {code}", "name_en": f"Issue {code}"}
        texts = {name: text.format(place) for name, text in columns.items()}
        above = {"edition": primary.edition, "category": primary.category, "parent": primary}
        rows.append(Issue(code=code, **above, **names, **texts))
    with _open_for("published_issue_insert", primary.edition):
        Issue.objects.bulk_create(rows)


def make_disclosure(code: str, framework: str = "GRI", edition: str = "2021", **columns) -> Disclosure:
    column = {"GRI": f"gri_{edition}", "SDG": "sdgs", "ESRS": "esrs", "CNSE": "cn_exchange"}.get(framework, "")
    named = {"title_zh": f"{framework} 目录", "title_en": framework, "column": column}
    held, _ = Framework.objects.get_or_create(code=framework, edition=edition, defaults=named)
    titles = {"title_zh": f"披露项 {code}", "title_en": f"Disclosure {code}"}
    return Disclosure.objects.create(framework=held, code=code, **{**titles, **columns})


def map_issue(issue: Issue, *disclosures: Disclosure) -> None:
    with _open_for("published_issuemapping_insert", issue.edition):
        IssueMapping.objects.bulk_create(IssueMapping(issue=issue, disclosure=disclosure) for disclosure in disclosures)


def _open_for(trigger: str, edition: Edition) -> AbstractContextManager:
    """Tests fill editions that are published already."""
    return nullcontext() if edition.state == Edition.State.DRAFT else thawed(trigger)
