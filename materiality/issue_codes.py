"""Codes of issues: the next free one, and whether a given one can be taken.

A code names one issue for good: it is not given again in a later edition, and an issue that goes to another primary
issue or category takes a new one. So a code always says where its issue stands, and never means two issues.
"""

import re
from collections import Counter

from django.utils.translation import gettext as _

from materiality.library_file.structure import PRIMARY, SECONDARY
from materiality.models import Category, Edition, Issue
from materiality.refusals import NotAllowed

_LAST = 99


def free_primary_code(category: Category) -> str:
    """The letters that the category's primary issues begin with, and the number after the highest ever used."""
    letters = _letters(category)
    return _next(f"{letters}-", 1)


def free_secondary_code(primary: Issue) -> str:
    """The primary issue's code and the number after the highest ever used below it."""
    return _next(f"{primary.code}-", 2)


def check_code(code: str, edition: Edition, primary: Issue | None) -> None:
    """NotAllowed where the code is ill-formed, stands below another primary issue, or is or was another issue's."""
    shape, example = (SECONDARY, f"{primary.code}-01") if primary else (PRIMARY, "SOC-03")
    if not shape.fullmatch(code):
        raise NotAllowed(_("“%(code)s” is not a code like %(example)s.") % {"code": code, "example": example})
    if primary and not code.startswith(f"{primary.code}-"):
        raise NotAllowed(
            _("The code %(code)s does not begin with that of its primary issue, %(primary)s.")
            % {"code": code, "primary": primary.code}
        )
    held = Issue.objects.filter(code=code).select_related("edition").order_by("-edition__created_at").first()
    if held and held.edition_id == edition.pk:
        raise NotAllowed(_("There is already an issue with the code %(code)s: %(name)s.") % _named(held))
    if held:
        raise NotAllowed(
            _("The code %(code)s was “%(name)s” in edition %(edition)s. A code is not given to another issue.")
            % {**_named(held), "edition": held.edition}
        )


def _letters(category: Category) -> str:
    codes = Issue.objects.filter(category=category, parent=None).values_list("code", flat=True)
    found = Counter(code.rpartition("-")[0] for code in codes if PRIMARY.fullmatch(code))
    if found:
        return min(found, key=lambda letters: (-found[letters], letters))
    return re.sub(r"[^A-Z]", "", category.code.upper())[:3].ljust(2, "X")


def _next(prefix: str, hyphens: int) -> str:
    codes = Issue.objects.filter(code__startswith=prefix).values_list("code", flat=True)
    ends = [code.removeprefix(prefix) for code in codes if code.count("-") == hyphens]
    number = max((int(end) for end in ends if end.isascii() and end.isdigit()), default=0) + 1
    if number > _LAST:
        raise NotAllowed(_("All codes from %(prefix)s01 to %(prefix)s99 are used.") % {"prefix": prefix})
    return f"{prefix}{number:02}"


def _named(issue: Issue) -> dict[str, str]:
    return {"code": issue.code, "name": issue.name}
