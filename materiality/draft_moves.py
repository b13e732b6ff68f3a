"""Putting issues under another primary issue or category, which gives them new codes."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from materiality.issue_codes import free_primary_code, free_secondary_code
from materiality.models import Category, Issue
from materiality.refusals import NotAllowed


def place_under(issue: Issue, primary: Issue) -> None:
    """Make a secondary issue the last one of `primary`, with the next free code below it."""
    issue.parent, issue.category, issue.code = primary, primary.category, free_secondary_code(primary)
    issue.order = next_order(primary.edition.issues.filter(parent=primary))
    save_changed(issue, "parent", "category", "code", "order")


def place_in(primary: Issue, category: Category) -> list[Issue]:
    """Make a primary issue the last one of a category, with a new code; returns its secondaries, which come along."""
    secondaries = list(primary.secondaries.order_by("order", "code"))
    primary.code = free_primary_code(category)
    primary.order = next_order(primary.edition.issues.filter(category=category, parent=None))
    primary.category = category
    save_changed(primary, "category", "code", "order")
    for place, issue in enumerate(secondaries, start=1):
        issue.parent, issue.category, issue.code, issue.order = primary, category, free_secondary_code(primary), place
        save_changed(issue, "category", "code", "order")
    return secondaries


def take_secondaries(issues: Iterable[Issue], primary: Issue) -> list[Issue]:
    """Put all secondaries of some primary issues under another one; returns them."""
    moved = list(Issue.objects.filter(parent__in=list(issues)).order_by("parent__code", "order", "code"))
    for issue in moved:
        place_under(issue, primary)
    return moved


def next_order(siblings) -> int:
    """The place after the last of them."""
    last = siblings.order_by("-order").values_list("order", flat=True).first()
    return (last or 0) + 1


def need_primary(primary: Issue) -> None:
    """NotAllowed for an issue under which none can stand."""
    if not primary.is_primary:
        raise NotAllowed(
            _("%(code)s is a secondary issue; nothing can stand under it. The library has two levels.")
            % {"code": primary.code}
        )


def save_changed(issue: Issue, *columns: str) -> None:
    """Store some columns and count the version on."""
    issue.version += 1
    issue.save(update_fields=[*columns, "version"])
