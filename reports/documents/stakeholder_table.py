"""The stakeholder table: what each group expects, how it is heard, what the company does."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from materiality.models import StakeholderPoint
from materiality.models.stakeholders import how_often
from materiality.queries.stakeholders import LABELS
from reports.documents.tables import BULLET, Column, Table, TableRow
from reports.documents.written import table_kind
from reports.queries.outputs import frozen_text
from reports.queries.tables import group_inputs


def stakeholder_table(inputs: Mapping) -> Table:
    """A row per group, a column per kind of point, each point on a line of its own; how often beside the channels."""
    kinds = StakeholderPoint.Kind
    heads = [Column(str(kind), str(LABELS[kind]), may_go=True) for kind in kinds]
    heads.insert(2, Column("frequency", _("Frequency"), may_go=True))
    rows = [
        TableRow([frozen_text(group, "name"), *_cells(*([_told(each) for each in group[kind]] for kind in kinds))])
        for group in inputs["groups"]
    ]
    return Table([Column("group", _("Stakeholder group")), *heads], rows, name=_("Stakeholders")).without_empty()


def _told(point: Mapping) -> tuple[str, str]:
    return frozen_text(point, "text"), how_often(point.get("frequency", ""))


def _cells(
    expected: list[tuple[str, str]], channels: list[tuple[str, str]], answers: list[tuple[str, str]]
) -> list[str]:
    """One frequency where all channels have the same; else each behind its channel, so that lines cannot part."""
    often = {how_often for _text, how_often in channels}
    shared = often.pop() if len(often) == 1 else ""
    apart = [(text, "" if shared else each) for text, each in channels]
    return [_points(expected), _points(apart), shared, _points(answers)]


def _points(points: list[tuple[str, str]]) -> str:
    texts = [_("%(text)s (%(note)s)") % {"text": text, "note": note} if note else text for text, note in points]
    return "\n".join(f"{BULLET}{text}" for text in texts) if len(texts) > 1 else "".join(texts)


OUTPUT = table_kind(
    "stakeholder-table",
    gettext_lazy("Stakeholder table"),
    6,
    lambda cycle, _run, _options: group_inputs(cycle),
    stakeholder_table,
    wide=True,
)
