"""Assessment cycles for tests."""

from datetime import date
from itertools import count

from materiality.actions.cycles import open_cycle
from materiality.formats.stakeholders import SHEET_COLUMNS
from materiality.models import Cycle, Edition, Group
from materiality.queries.cycles import edition_in_force
from tests.factories.library import make_category, make_edition, make_issue, make_secondaries
from tests.factories.thaw import thawed

_numbers = count(1)


def small_library(secondaries: int = 4, codes: tuple[str, str] = ("environment", "society")) -> Edition:
    """An edition in force with two categories, each with one primary and its secondaries."""
    edition = make_edition(f"small-{next(_numbers)}")
    with thawed("published_%_insert"):
        for order, code in enumerate(codes, start=1):
            letters = code[:3].upper()
            category = make_category(edition, code, order=order, name_en=code.capitalize(), name_zh=f"范畴 {letters}")
            make_secondaries(make_issue(category, f"{letters}-01"), secondaries)
    return edition


def details(code: str = "") -> dict:
    """What a new cycle is asked for, as `open_cycle` takes it."""
    return {
        "code": code or f"cycle-{next(_numbers)}",
        "title_zh": "年度评估",
        "title_en": "Annual assessment",
        "gri_edition": "2021",
        "period_start": date(2026, 1, 1),
        "period_end": date(2026, 12, 31),
    }


def make_cycle(**changes) -> Cycle:
    """An open cycle with the default groups, on the edition in force or a small library."""
    if edition_in_force() is None:
        small_library()
    return open_cycle(**{**details(), "by": None, **changes})


def move(cycle: Cycle, state: str) -> Cycle:
    """The cycle as if it had come to this state."""
    Cycle.objects.filter(pk=cycle.pk).update(state=state)
    cycle.refresh_from_db()
    return cycle


def values_of(group: Group, **changes) -> dict:
    """A group as the values that `save_group` takes, with changes."""
    return {**{column.attribute: getattr(group, column.attribute) for column in SHEET_COLUMNS}, **changes}


def new_group_values(code: str = "suppliers", **changes) -> dict:
    """A group that no cycle has yet."""
    return values_of(Group(code=code, name_zh="供应商", name_en="Suppliers"), **changes)
