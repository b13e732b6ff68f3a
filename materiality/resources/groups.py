"""The stakeholder groups of a cycle in the `groups` format (formats.md)."""

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _
from import_export.fields import Field

from materiality.cycle_states import BEFORE_REVIEW, FIELDWORK, locked_cycle
from materiality.group_weights import refuse_no_weight
from materiality.library_file.problems import Problem
from materiality.models import Cycle, Group
from materiality.resources.base import StrictResource
from materiality.resources.choices import Choices, words_of
from materiality.resources.columns import SheetColumn
from materiality.resources.hooks import Scope
from materiality.resources.plan import SheetRow
from materiality.resources.sheet_file import sheet_file
from materiality.resources.widgets import ChoiceWidget, NumberWidget, TextWidget

_WEIGHT = _("Any number from 0 up; only the proportions matter.")
SHEET_COLUMNS = (
    SheetColumn("group", _("Group code"), _("Names the group in files of responses; it cannot change."), required=True),
    SheetColumn("name_zh", _("Chinese name"), _("At most 200 characters."), width=24),
    SheetColumn("name_en", _("English name"), _("At most 200 characters."), width=24),
    SheetColumn("definition_zh", _("Chinese definition"), width=48),
    SheetColumn("definition_en", _("English definition"), width=48),
    SheetColumn("side", _("Side"), _("internal or external; empty means external."), choices="sides"),
    SheetColumn("weight_society", _("Weight for impact on society"), _WEIGHT, number=True),
    SheetColumn("weight_business", _("Weight for impact on business"), _WEIGHT, number=True),
    SheetColumn("target", _("Target"), _("How many responses are hoped for; 0 if there is no target."), number=True),
)
COLUMNS = tuple(column.name for column in SHEET_COLUMNS)


class GroupResource(StrictResource):
    """Groups of the cycle of the scope; a file adds and changes groups, it removes none."""

    sheet = "groups"
    columns = SHEET_COLUMNS
    key = ("group",)
    written = tuple(name for name in COLUMNS if name != "group")

    group = Field("code", "group", widget=TextWidget(40, required=True))
    name_zh = Field("name_zh", "name_zh", widget=TextWidget(200, required=True))
    name_en = Field("name_en", "name_en", widget=TextWidget(200, required=True))
    definition_zh = Field("definition_zh", "definition_zh", widget=TextWidget())
    definition_en = Field("definition_en", "definition_en", widget=TextWidget())
    side = Field("side", "side", widget=ChoiceWidget("sides", "unknown_side", empty=Group.Side.EXTERNAL))
    weight_society = Field("weight_society", "weight_society", widget=NumberWidget(empty=1, largest=1e9))
    weight_business = Field("weight_business", "weight_business", widget=NumberWidget(empty=1, largest=1e9))
    target = Field("target", "target", widget=NumberWidget(whole=True, empty=0))

    class Meta:
        model = Group

    def refuse(self, store: bool) -> None:
        with transaction.atomic():
            self._cycle = locked_cycle(self.scope.cycle, BEFORE_REVIEW)

    def stored(self) -> Sequence[Group]:
        return list(self.scope.cycle.groups.all())

    def make_lookups(self) -> dict[str, dict]:
        self._order = self.scope.cycle.groups.aggregate(last=Max("order"))["last"] or 0
        return {"sides": {str(value): value for value in Group.Side.values}}

    def choices(self) -> Choices:
        return {"sides": words_of(Group.Side)}

    def blank(self) -> Group:
        return Group(cycle=self.scope.cycle)

    def check_rows(self, rows: Sequence[SheetRow]) -> Iterable[Problem]:
        if self.scope.cycle.state not in FIELDWORK:
            yield from (
                row.problem("no_new_group", "group") for row in rows if self.key_of(row.cells) not in self.by_key
            )

    def before_store(self, instance: Group, changes: dict[str, list[str]]) -> None:
        if instance.pk is None:
            self._order += 1
            instance.order = self._order

    def after_store(self, changed: Sequence[Group]) -> None:
        refuse_no_weight(self._cycle)


def groups_file(cycle: Cycle, kind: str) -> bytes:
    """The groups as a file of `kind` "csv" or "xlsx"."""
    return sheet_file(GroupResource(Scope(cycle=cycle)), kind)
