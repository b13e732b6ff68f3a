"""Start a draft edition from the edition in force."""

import re
from collections import defaultdict
from itertools import count

from django.db import transaction
from django.utils.translation import gettext as _

from materiality import audit
from materiality.edition_codes import RESERVED, next_edition_code
from materiality.models import Category, Edition, Issue, IssueMapping, Lineage, User
from materiality.refusals import NotAllowed


@transaction.atomic
def start_draft(*, by: User | None, code: str = "", title_zh: str = "", title_en: str = "", note: str = "") -> Edition:
    """Copy the edition in force: categories, issues with their order, mappings; every issue is kept for now.

    Without `code` the next one is taken, without titles those of the library. NotAllowed where no edition is in
    force, another draft is open, or the code is taken or means something else in addresses.
    """
    current = Edition.objects.select_for_update().filter(state=Edition.State.PUBLISHED).first()
    if current is None:
        raise NotAllowed(_("No edition of the issue library is in force. Load the library first."))
    open_draft = Edition.objects.filter(state=Edition.State.DRAFT).first()
    if open_draft is not None:
        raise NotAllowed(
            _("There is a draft already: %(edition)s. Publish or discard it first.") % {"edition": open_draft.title}
        )
    code = _free(code or next_edition_code(current))
    titles = {"title_zh": title_zh or f"议题库 {code}", "title_en": title_en or f"Issue library {code}"}
    draft = Edition.objects.create(code=code, based_on=current, note=note, **titles)
    categories = _copy_categories(current, draft)
    issues = _copy_issues(current, draft, categories)
    _copy_mappings(current, issues)
    Lineage.objects.bulk_create(
        Lineage(edition=draft, kind=Lineage.Kind.KEPT, source_id=source, target=issue, by=by)
        for source, issue in issues.items()
    )
    after = {"edition": code, "based_on": current.code, "issues": len(issues)}
    audit.record("start_draft", draft, by=by, after=after, touched=[*categories.values(), *issues.values()])
    return draft


def _free(code: str) -> str:
    if code in RESERVED or not re.fullmatch(r"[-a-zA-Z0-9_]{1,40}", code):
        raise NotAllowed(_("“%(code)s” cannot be the code of an edition.") % {"code": code})
    if Edition.objects.filter(code=code).exists():
        raise NotAllowed(_("There is already an edition with the code %(code)s.") % {"code": code})
    return code


def _copy_categories(current: Edition, draft: Edition) -> dict[int, Category]:
    rows = list(current.categories.all())
    columns = ("code", "name_zh", "name_en", "order")
    copies = [Category(edition=draft, **{name: getattr(row, name) for name in columns}) for row in rows]
    return {row.pk: copy for row, copy in zip(rows, Category.objects.bulk_create(copies), strict=True)}


def _copy_issues(current: Edition, draft: Edition, categories: dict[int, Category]) -> dict[int, Issue]:
    """Copies by the keys of their originals, primaries first, as secondaries need their parents."""
    rows = list(current.issues.order_by("order", "code"))
    places = _places(rows)
    copies: dict[int, Issue] = {}
    for is_primary in (True, False):
        level = [row for row in rows if row.is_primary == is_primary]
        made = Issue.objects.bulk_create(_copy(row, draft, categories, copies, places[row.pk]) for row in level)
        copies |= {row.pk: copy for row, copy in zip(level, made, strict=True)}
    return copies


def _places(rows: list[Issue]) -> dict[int, int]:
    """Places 1, 2, … among those of one parent and category, so that issues can be put between others."""
    counters: dict[tuple, count] = defaultdict(lambda: count(1))
    return {row.pk: next(counters[row.category_id, row.parent_id]) for row in rows}


def _copy(row: Issue, draft: Edition, categories: dict[int, Category], copies: dict[int, Issue], order: int) -> Issue:
    columns = ("code", "name_zh", "name_en", "definition_zh", "definition_en", "groups", "status", "changed")
    values = {name: getattr(row, name) for name in columns}
    return Issue(
        edition=draft, category=categories[row.category_id], parent=copies.get(row.parent_id), order=order, **values
    )


def _copy_mappings(current: Edition, issues: dict[int, Issue]) -> None:
    pairs = IssueMapping.objects.filter(issue__edition=current).order_by("pk").values_list("issue", "disclosure")
    IssueMapping.objects.bulk_create(
        IssueMapping(issue=issues[issue], disclosure_id=disclosure) for issue, disclosure in pairs
    )
