"""What the groups of a cycle expect, how they are reached, what is answered: the `stakeholders` format (formats.md)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from import_export.fields import Field

from materiality.cycle_states import BEFORE_SIGN_OFF, locked_cycle
from materiality.library_file.problems import Problem
from materiality.models import StakeholderPoint
from materiality.resources.base import StrictResource
from materiality.resources.choices import Choices, words_of
from materiality.resources.columns import SheetColumn
from materiality.resources.plan import SheetRow
from materiality.resources.texts import canonical
from materiality.resources.widgets import ChoiceWidget, NumberWidget, TextWidget

COLUMNS = (
    SheetColumn("group", _("Group code"), _("The code of a group of the cycle."), required=True, choices="groups"),
    SheetColumn("kind", _("Kind"), _("expectation, channel or response."), required=True, choices="kinds"),
    SheetColumn("text_zh", _("Chinese text"), width=56),
    SheetColumn("text_en", _("English text"), width=56),
    SheetColumn(
        "order",
        _("Order"),
        _("The place in the list, from 1; with group and kind it names the row. Empty: at the end."),
        number=True,
        width=8,
    ),
)
TEXTS = ("text_zh", "text_en")


class StakeholderResource(StrictResource):
    """Bullets of the groups of the cycle of the scope; a file adds and changes bullets, it removes none."""

    sheet = "stakeholders"
    columns = COLUMNS
    key = ("group", "kind", "order")
    written = TEXTS

    group = Field("group", "group", widget=ChoiceWidget("groups", "unknown_group"))
    kind = Field("kind", "kind", widget=ChoiceWidget("kinds", "unknown_kind"))
    text_zh = Field("text_zh", "text_zh", widget=TextWidget())
    text_en = Field("text_en", "text_en", widget=TextWidget())
    order = Field("order", "order", widget=NumberWidget(whole=True))

    class Meta:
        model = StakeholderPoint

    def refuse(self, store: bool) -> None:
        with transaction.atomic():
            locked_cycle(self.scope.cycle, BEFORE_SIGN_OFF)

    def stored(self) -> Sequence[StakeholderPoint]:
        points = StakeholderPoint.objects.filter(group__cycle=self.scope.cycle).select_related("group")
        places = {str(kind): place for place, kind in enumerate(StakeholderPoint.Kind.values)}
        return sorted(points, key=lambda row: (row.group.order, row.group.code, places[row.kind], row.order))

    def make_lookups(self) -> dict[str, dict]:
        return {
            "groups": {group.code: group for group in self.scope.cycle.groups.all()},
            "kinds": {str(value): value for value in StakeholderPoint.Kind.values},
        }

    def choices(self) -> Choices:
        groups = [(group.code, group.name_zh, group.name_en) for group in self.scope.cycle.groups.all()]
        return {"groups": groups, "kinds": words_of(StakeholderPoint.Kind)}

    def blank(self) -> StakeholderPoint:
        return StakeholderPoint()

    def prepared(self, rows: Sequence[SheetRow]) -> list[SheetRow]:
        """A row without a place is the stored one of the same texts, else it comes at the end of its list."""
        last: dict[tuple[str, ...], int] = defaultdict(int)
        known: dict[tuple[str, ...], str] = {}
        for (group, kind, order), point in self.by_key.items():
            last[group, kind] = max(last[group, kind], point.order)
            known[group, kind, canonical(point.text_zh), canonical(point.text_en)] = order
        for row in rows:
            order = row.cells.get("order", "")
            if order.isdecimal():
                last[self.key_of(row.cells)[:2]] = max(last[self.key_of(row.cells)[:2]], int(order))
        return [row if row.cells.get("order") else self._placed(row, last, known) for row in rows]

    def _placed(self, row: SheetRow, last: dict[tuple[str, ...], int], known: dict[tuple[str, ...], str]) -> SheetRow:
        names = self.key_of(row.cells)[:2]
        texts = (*names, *(canonical(row.cells.get(name, "")) for name in TEXTS))
        if texts not in known:
            last[names] += 1
            known[texts] = str(last[names])
        return replace(row, cells={**row.cells, "order": known[texts]})

    def check_rows(self, rows: Sequence[SheetRow]) -> Iterable[Problem]:
        for row in rows:
            held = self.by_key.get(self.key_of(row.cells))
            texts = [row.cells.get(name, getattr(held, name, "")) for name in TEXTS]
            if not any(texts) and (held is None or any(self.cells(held, TEXTS).values())):
                yield row.problem("no_text", "text_zh")
