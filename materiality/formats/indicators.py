"""Indicators beside issues, and numbers of frameworks: the formats `indicators` and `framework_values` (formats.md)."""

from collections.abc import Iterable, Sequence
from types import SimpleNamespace
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from import_export.fields import Field

from materiality.models import Disclosure, FrameworkValue, Indicator
from materiality.models.library import library_languages
from materiality.platform.words import plain_number
from materiality.queries.indicators import standing_issues
from materiality.tables.headers import Choices, SheetColumn, model_columns, named
from materiality.tables.imports import StrictResource
from materiality.tables.problems import Problem, nearest, nearest_code
from materiality.tables.widgets import BadCell, SheetRow, TextWidget, Widget, model_fields

FIRST_YEAR, LAST_YEAR = 2000, 2060
SHOWN_YEARS = 3
INDICATOR_COLUMNS = model_columns(
    Indicator,
    {"code": "indicator"},
    issue={"required": True, "choices": "issues"},
    code={"required": True},
    name={"width": 28},
    source={"width": 28},
    owner={"width": 20},
)
_PLAIN = tuple(column.name for column in INDICATOR_COLUMNS)


class AnyNumberWidget(Widget):
    """A number of either sign; an empty cell is none."""

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> float | None:
        text = value.strip().replace(",", "").replace("，", "").removesuffix("%").strip()
        if not text:
            return None
        try:
            return float(text)
        except ValueError as error:
            raise BadCell(Problem("not_a_number", value=value)) from error

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else plain_number(value)


class _Years:
    """A column for each year that a file may have; those with values, and the last few, stand in exports."""

    def __init__(self, used: Iterable[str]) -> None:
        now = timezone.localdate().year
        shown = {*map(int, used), *range(now - SHOWN_YEARS + 1, now + 1)}
        self.columns = [
            SheetColumn(str(year), str(year), number=True, width=10, silent=year not in shown)
            for year in range(FIRST_YEAR, LAST_YEAR + 1)
        ]


class IndicatorResource(StrictResource):
    """Indicators with their yearly values, which stand beside the library."""

    sheet = "indicators"
    columns = INDICATOR_COLUMNS
    may_be_blank = ("name",)
    written = tuple(column.attribute for column in INDICATOR_COLUMNS if column.name not in ("issue", "indicator"))
    written += ("values",)

    locals().update(model_fields(Indicator, INDICATOR_COLUMNS))

    class Meta:
        model = Indicator
        fields = _PLAIN
        import_id_fields = ("issue", "indicator")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.speak(library_languages())
        for name in ("baseline_year", "baseline", "target_year", "target"):
            self.fields[name].widget = AnyNumberWidget()
        used = {year for values in Indicator.objects.values_list("values", flat=True) for year in values}
        years = _Years(used).columns
        fresh = {each.name: Field(f"by_year__{each.name}", each.name, widget=AnyNumberWidget()) for each in years}
        self.take((*self.columns, *years), fresh)

    def stored(self) -> Sequence[Indicator]:
        rows = list(Indicator.objects.order_by("issue", "order", "code"))
        for row in rows:
            row.by_year = SimpleNamespace(**row.values)
        return rows

    def make_lookups(self) -> dict[str, dict]:
        known = [*(issue.code for issue in standing_issues()), *(key[0] for key in self.by_key)]
        return {"issues": {code: code for code in known}}

    def choices(self) -> Choices:
        return {"issues": named(standing_issues())}

    def blank(self, row: dict[str, str]) -> Indicator:
        indicator = Indicator()
        indicator.by_year = SimpleNamespace()
        return indicator

    def objections(self, row: SheetRow, instance: Indicator, changes: dict[str, list[str]]) -> Iterable[Problem]:
        if not instance.name:
            yield row.problem("no_text", next(name for name in self.fields if name.startswith("name_")))

    def before_store(self, instance: Indicator, changes: dict[str, list[str]]) -> None:
        instance.values = {year: value for year, value in sorted(vars(instance.by_year).items()) if value is not None}
        self.put_last(instance)


VALUE_COLUMNS = (
    SheetColumn("issue", _("Issue code"), _("The code of an issue of the library."), required=True, choices="issues"),
    SheetColumn(
        "framework", _("Framework"), _("The framework, with its edition where there are several."), required=True
    ),
    SheetColumn("code", _("Code"), _("The code of an entry of the framework."), required=True, width=20),
    SheetColumn("value", _("Value"), _("The number that the framework gives the issue."), required=True, number=True),
    SheetColumn("unit", _("Unit"), _("Such as hours, CNY or %.")),
)


class FrameworkValueResource(StrictResource):
    """Numbers that frameworks give issues, such as the weights of a rater."""

    sheet = "framework_values"
    columns = VALUE_COLUMNS
    written = ("value", "unit")

    issue = Field("issue", "issue", widget=TextWidget(40, required=True))
    framework = Field("disclosure__framework", "framework", widget=TextWidget(), readonly=True)
    code = Field("disclosure__code", "code", widget=TextWidget(), readonly=True)
    value = Field("value", "value", widget=AnyNumberWidget())
    unit = Field("unit", "unit", widget=TextWidget(60))

    class Meta:
        model = FrameworkValue
        fields = ("issue", "framework", "code", "value", "unit")
        import_id_fields = ("issue", "framework", "code")

    def stored(self) -> Sequence[FrameworkValue]:
        rows = FrameworkValue.objects.select_related("disclosure__framework")
        return list(rows.order_by("issue", "disclosure__framework", "disclosure__order"))

    def make_lookups(self) -> dict[str, dict]:
        self._issues = {issue.code for issue in standing_issues()}
        self._entries: dict[str, dict[str, Disclosure]] = {}
        for row in Disclosure.objects.select_related("framework").order_by("framework__edition", "order"):
            for name in (str(row.framework), row.framework.code):  # without an edition the newest is meant
                self._entries.setdefault(name, {})[row.code] = row
        return {}

    def choices(self) -> Choices:
        return {"issues": named(standing_issues())}

    def key_of(self, cells: dict[str, str]) -> tuple[str, ...]:
        """A framework without its edition is the newest one."""
        issue, framework, code = super().key_of(cells)
        found = self._entries.get(framework, {}).get(code)
        return issue, str(found.framework) if found else framework, code

    def blank(self, row: dict[str, str]) -> FrameworkValue:
        found = self._entries.get(row["framework"], {}).get(row["code"])
        return FrameworkValue(disclosure=found) if found else FrameworkValue()

    def check_rows(self, rows: Sequence[SheetRow]) -> Iterable[Problem]:
        for row in rows:
            issue, framework, code = (row.cells.get(name, "") for name in self.key)
            if issue not in self._issues:
                yield row.problem("unknown_issue", "issue", nearest=nearest_code(issue, self._issues))
            if framework not in self._entries:
                offered = nearest(framework, self._entries, at_least=0.3)
                yield row.problem("unknown_framework", "framework", nearest=offered, params={"framework": framework})
            elif code not in self._entries[framework]:
                offered = nearest_code(code, self._entries[framework])
                yield row.problem("unknown_code", "code", nearest=offered, params={"framework": framework})
            if not row.cells.get("value", ""):
                yield row.problem("empty", "value")
