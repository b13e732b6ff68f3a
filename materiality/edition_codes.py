"""Codes of editions."""

import re

from materiality.models import Edition

FIRST_CODE = "2026"
# Words that mean something else in the addresses below library/.
RESERVED = frozenset(
    {"editions", "drafts", "errata", "compare", "proposals", "calendar", "mappings", "coverage", "translations"}
)


def next_edition_code(current: Edition | None) -> str:
    """The first free code after the current edition's: `2026` → `2026-2` → `2026-3`."""
    base, number = re.fullmatch(r"(.+?)(?:-(\d+))?", current.code if current else FIRST_CODE).groups()
    taken = set(Edition.objects.values_list("code", flat=True))
    code, following = (f"{base}-{number}" if number else base), int(number or 1)
    while code in taken:
        following += 1
        code = f"{base}-{following}"
    return code
