"""The stakeholder table: what each group expects, how it is heard, what the company does."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from materiality.models import StakeholderPoint
from materiality.queries.stakeholders import LABELS
from reports.documents.tables import Column, Table, TableRow
from reports.documents.written import table_kind
from reports.queries.outputs import frozen_text
from reports.queries.tables import group_inputs


def stakeholder_table(inputs: Mapping) -> Table:
    """A row per group, a column per kind of point, each point on a line of its own."""
    kinds = StakeholderPoint.Kind
    columns = [
        Column("group", _("Stakeholder group")),
        *(Column(str(kind), str(LABELS[kind]), may_go=True) for kind in kinds),
    ]
    rows = [
        TableRow([frozen_text(group, "name"), *(_points(group[kind]) for kind in kinds)]) for group in inputs["groups"]
    ]
    return Table(columns, rows, name=_("Stakeholders")).without_empty()


def _points(points: list[dict]) -> str:
    texts = [frozen_text(point, "text") for point in points]
    return "\n".join(f"• {text}" for text in texts) if len(texts) > 1 else "".join(texts)


OUTPUT = table_kind(
    "stakeholder-table",
    gettext_lazy("Stakeholder table"),
    6,
    lambda cycle, _run, _options: group_inputs(cycle),
    stakeholder_table,
    wide=True,
)
