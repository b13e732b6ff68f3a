"""The table of targets and indicators beside the issues."""

from collections.abc import Mapping
from decimal import Decimal
from functools import partial

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from materiality.platform.words import plain_number
from reports.documents.tables import Column, Table, TableRow
from reports.documents.written import table_kind
from reports.queries.outputs import frozen_text
from reports.queries.tables import indicator_inputs


def indicator_table(inputs: Mapping) -> Table:
    """A row per indicator under category and issue: baseline, the years up to the end of the period, target."""
    years, number = inputs["years"], partial(_number, plain=inputs["format"] == "csv")
    columns = [
        Column("issue", _("Issue"), once=True),
        Column("indicator", _("Indicator")),
        Column("unit", _("Unit"), may_go=True),
        Column("baseline", _("Baseline"), right=True, may_go=True),
        *(Column(year, year, right=True) for year in years),
        Column("target", _("Target value"), right=True, may_go=True),
        Column("source", _("Source"), may_go=True),
        Column("owner", _("Owner"), may_go=True),
    ]
    rows = [
        TableRow(
            [
                frozen_text(row, "issue"),
                frozen_text(row, "name"),
                row["unit"],
                _dated(number(row["baseline"]), row["baseline_year"]),
                *(number(row["values"].get(year)) for year in years),
                _dated(number(row["target"]), row["target_year"]),
                row["source"],
                row["owner"],
            ],
            bands=(frozen_text(row, "category"),),
        )
        for row in inputs["indicators"]
    ]
    return Table(columns, rows, name=_("Indicators"), bands=("category",)).without_empty()


def _number(value: float | None, *, plain: bool) -> str:
    """`120,000`, for programs `120000`."""
    text = "" if value is None else plain_number(value)
    return text if plain or not text else f"{Decimal(text):,f}"


def _dated(told: str, year: int | None) -> str:
    """`40 (2030)`; either alone where there is no other."""
    return f"{told} ({year})" if told and year else told or str(year or "")


OUTPUT = table_kind(
    "indicator-table",
    gettext_lazy("Targets and indicators"),
    10,
    lambda cycle, _run, _options: indicator_inputs(cycle),
    indicator_table,
    wide=True,
)
