"""Which role may open which address: `python -m tests.repository.roles` puts what the code says into a document."""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from tests.repository.tree import ROOT

BEGIN, END = "<!-- addresses × roles: made by tests.repository.roles -->", "<!-- end -->"
DOCUMENT = ROOT / "docs" / "security.md"


@dataclass(frozen=True)
class Address:
    """A route, the view behind it, and who may open it: None = everybody, also strangers."""

    route: str
    view: object
    predicate: object | None
    open: bool

    def admits(self, role: str) -> bool:
        from materiality.models import User

        return self.open or self.predicate is None or self.predicate(User(role=role))


def addresses() -> list[Address]:
    """All addresses of staff pages in the order of the URL lists."""
    from django.urls import get_resolver

    from materiality.platform.people import OPEN_PATHS, RESPONDENT_PATH

    found = []
    for route, view in _walk(get_resolver().url_patterns, "/"):
        if not route.startswith(RESPONDENT_PATH):
            found.append(Address(route, view, _predicate(view), route.startswith(OPEN_PATHS)))
    return found


def _walk(patterns: list, head: str) -> Iterator[tuple[str, object]]:
    for each in patterns:
        text = head + str(each.pattern)
        if hasattr(each, "url_patterns"):
            yield from _walk(each.url_patterns, text)
        else:
            yield text, each.callback


def _predicate(view: object) -> object | None:
    while view is not None:
        if hasattr(view, "predicate"):
            return view.predicate
        view = getattr(view, "__wrapped__", None)
    return None


def table() -> str:
    """In Markdown; strangers reach what is open to everybody."""
    from materiality.models.people import Role

    roles = [role.value for role in Role]
    lines = [f"| address | stranger | {' | '.join(roles)} |", "|---" * (len(roles) + 2) + "|"]
    for each in addresses():
        cells = ["✓" if each.open else "–", *("✓" if each.admits(role) else "–" for role in roles)]
        lines.append(f"| `{each.route}` | {' | '.join(cells)} |")
    return "\n".join(lines)


def written() -> str:
    """The table as the document has it."""
    return DOCUMENT.read_text("utf-8").partition(BEGIN)[2].partition(END)[0].strip()


def main() -> None:
    head, _begin, rest = DOCUMENT.read_text("utf-8").partition(BEGIN)
    DOCUMENT.write_text(f"{head}{BEGIN}\n\n{table()}\n\n{END}{rest.partition(END)[2]}", "utf-8")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    sys.exit(main())
