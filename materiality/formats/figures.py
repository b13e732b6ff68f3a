"""Figures from elsewhere: the format `figures` (formats.md)."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from import_export.fields import Field

from materiality.models import Issue, ReportedFigure
from materiality.platform.hooks import counted_now
from materiality.platform.refusals import NotAllowed
from materiality.queries.cycles import BEFORE_REVIEW, locked_cycle
from materiality.tables.headers import Choices, SheetColumn, canonical, choice_words, named
from materiality.tables.imports import StrictResource
from materiality.tables.problems import Problem
from materiality.tables.records import Records, Row
from materiality.tables.widgets import ChoiceWidget, NumberWidget, SheetRow, TextWidget

TOLERANCE = 0.05  # points of 0–100 by which mean and score may differ
SHORTEST, LONGEST = 2, 100  # points of a scale
FIGURE_COLUMNS = (
    SheetColumn("group", _("Group code"), _("The code of a group of the cycle."), required=True, choices="groups"),
    SheetColumn("issue", _("Issue code"), _("The code of an issue of the cycle."), required=True, choices="issues"),
    SheetColumn("dimension", _("Dimension"), _("society or business."), required=True, choices="dimensions"),
    SheetColumn(
        "n", _("Number of ratings"), _("How many people the figure rests on."), required=True, number=True, width=8,
        also=("count", "样本数", "人数", "样本量"),
    ),
    SheetColumn(
        "mean", _("Mean"), _("The mean on the scale of the source; its points stand in “scale”. Or give the score."),
        number=True, width=10, also=("average", "平均值", "均值", "平均分"),
    ),
    SheetColumn("scale", _("Points of the scale"), _("5 for a scale from 1 to 5."), number=True, width=8),
    SheetColumn("score", _("Score"), _("The figure on 0 to 100, where there is no mean."), number=True, width=10),
    SheetColumn(
        "sd", _("Standard deviation"),
        _("In points of the mean, or of the score where there is no mean. Empty: no interval is given."),
        number=True, width=10, also=("spread", "标准差", "std"),
    ),
    SheetColumn(
        "source", _("Reported by"), _("Who reported the figures, such as a consultant or a report of an earlier year."),
        width=32,
    ),
)  # fmt: skip


class FigureResource(StrictResource):
    """Figures of the cycle of the scope; a file adds and changes figures, it removes none."""

    sheet = "figures"
    columns = FIGURE_COLUMNS
    written = ("n", "mean", "scale", "score", "sd", "source")

    group = Field("group", "group", widget=ChoiceWidget("groups", "unknown_group"))
    issue = Field("issue", "issue", widget=ChoiceWidget("issues", "unknown_issue"))
    dimension = Field("dimension", "dimension", widget=ChoiceWidget("dimensions", "unknown_dimension"))
    n = Field("n", "n", widget=NumberWidget(whole=True))
    mean = Field("mean", "mean", widget=NumberWidget(optional=True))
    scale = Field("scale", "scale", widget=NumberWidget(whole=True, optional=True, largest=LONGEST))
    score = Field("score", "score", widget=NumberWidget(optional=True))
    sd = Field("sd", "sd", widget=NumberWidget(optional=True))
    source = Field("source", "source", widget=TextWidget(200))

    class Meta:
        model = ReportedFigure
        fields = tuple(column.name for column in FIGURE_COLUMNS)
        import_id_fields = ("group", "issue", "dimension")

    def reshaped(self, table: Records) -> list[Records]:
        """A table with a block of columns per group (“Employees society mean”, “员工-社会-样本数”), a row a figure."""
        return [_lengthened(table, set(_names(self.make_lookups())["group"]))]

    def prepared(self, rows: Sequence[SheetRow]) -> Sequence[SheetRow]:
        """With codes where the file has names."""
        named = _names(self.lookups)
        return [
            replace(row, cells={name: _coded(cell, named.get(name, {})) for name, cell in row.cells.items()})
            for row in rows
        ]

    def refuse(self, store: bool) -> None:
        with transaction.atomic():
            cycle = locked_cycle(self.scope.cycle, BEFORE_REVIEW)
            if counted_now(cycle) or cycle.runs.filter(source="").exists():
                raise NotAllowed(
                    gettext(
                        "This cycle counts responses of its own, and figures from elsewhere are never mixed with them."
                        " Create a cycle for the figures alone: the two are compared year on year."
                    )
                )

    def stored(self) -> Sequence[ReportedFigure]:
        return list(self.scope.cycle.reported_figures.select_related("group", "issue"))

    def make_lookups(self) -> dict[str, dict]:
        cycle = self.scope.cycle
        return {
            "groups": {group.code: group for group in cycle.groups.all()},
            "issues": {issue.code: issue for issue in Issue.objects.filter(edition=cycle.edition_id)},
            "dimensions": {str(value): value for value in ReportedFigure.Dimension.values},
        }

    def choices(self) -> Choices:
        issues = Issue.objects.filter(edition=self.scope.cycle.edition_id).order_by("code")
        return {
            "groups": named(self.scope.cycle.groups.all()),
            "issues": named(issues),
            "dimensions": choice_words(ReportedFigure.Dimension),
        }

    def blank(self, row: dict[str, str]) -> ReportedFigure:
        return ReportedFigure(cycle=self.scope.cycle)

    def objections(self, row: SheetRow, instance: ReportedFigure, changes: dict[str, list[str]]) -> Iterable[Problem]:
        mean, scale, score = instance.mean, instance.scale, instance.score
        if not instance.n:
            yield row.problem("no_ratings", "n")
        if mean is None and score is None:
            yield row.problem("no_figure", "mean")
        elif score is not None and score > 100:
            yield row.problem("off_scale", "score", params={"low": "0", "high": "100"})
        elif mean is not None and (scale is None or scale < SHORTEST):
            yield row.problem("no_scale", "scale")
        elif mean is not None and not 1 <= mean <= scale:
            yield row.problem("off_scale", "mean", params={"low": "1", "high": str(scale)})
        elif mean is not None and score is not None:
            points = 100 * (mean - 1) / (scale - 1)
            if abs(points - score) > TOLERANCE:
                params = {"mean": f"{mean:g}", "scale": str(scale), "points": f"{points:.2f}"}
                yield row.problem("figures_differ", "score", params=params)


def _names(lookups: Mapping[str, dict]) -> dict[str, dict[str, str]]:
    """Column → name in any language, or code → code."""
    return {
        name: {
            _plain(word): code for code, own in lookups[f"{name}s"].items() for word in (code, *own.name.texts.values())
        }
        for name in ("group", "issue")
    }


class _Block(NamedTuple):
    """What a heading of the wide table says: whose figure, on which dimension ('' = the row says it), and of what."""

    group: str
    dimension: str
    measure: str


# Words of such headings, as patterns; the first that is found stands.
_MEASURES = {
    "sd": r"standard deviation|std\.? ?dev\.?|\bsd\b|\bstd\b|\bspread\b|标准差",
    "score": r"\bscores?\b|得分|分值",
    "n": r"number of (?:ratings|answers|respondents)|\bcount\b|\bn\b|样本数|样本量|人数",
    "mean": r"\bmeans?\b|\baverages?\b|\bavg\b|平均值|平均分|均值",
}
_DIMENSIONS = {
    "business": r"(?:impact on )?(?:our |the )?business(?: impact)?\b|\bfinancial(?: materiality)?\b|公司经营|经营",
    "society": r"(?:impact on )?\bsociety(?: and the environment)?\b|\bsocial(?: impact)?\b|社会(?:[与和]环境)?",
}
_JOINTS = " \t_-–—/:：·|,，.[]()（）【】"


def _plain(text: str) -> str:
    return " ".join(filter(None, re.split(rf"[{re.escape(_JOINTS)}]+", text.casefold())))


def _coded(cell: str | None, codes: dict[str, str]) -> str | None:
    return codes.get(_plain(cell), cell) if cell else cell


_ROW = ("issue", "dimension", "scale", "source")


def _lengthened(table: Records, groups: Collection[str]) -> Records:
    spelt = {canonical(word).casefold(): column.name for column in FIGURE_COLUMNS for word in _spellings(column)}
    own = {heading: spelt.get(heading.casefold(), "") for heading in table.columns}
    blocks = {heading: block for heading in table.columns if not own[heading] and (block := _block(heading, groups))}
    if "group" in own.values() or "issue" not in own.values() or not blocks:
        return table
    said = {heading: name for heading, name in own.items() if name in _ROW}
    found = [figure for row in table.rows for figure in _figures_in(row, said, blocks)]
    # A row of the file holds several figures, so these are counted by themselves, below the header.
    rows = tuple(Row(number, figure) for number, figure in enumerate(found, start=2))
    return replace(table, columns=tuple(column.name for column in FIGURE_COLUMNS), rows=rows)


def _spellings(column: SheetColumn) -> tuple[str, ...]:
    more = {"issue": ("issue", "issue name", "topic", "议题", "议题名称"), "group": ("group", "利益相关方", "群体")}
    return (column.name, *column.titles, *more.get(column.name, ()))


def _block(heading: str, groups: Collection[str]) -> _Block | None:
    """A known group stands first, so that none loses a word of its name to a measure (“平均收入客户”)."""
    rest = _plain(heading)
    known = max((name for name in groups if name and _within(name, rest)), key=len, default="")
    rest = rest.replace(known, " ", 1)
    told = {}
    for name, words in (("measure", _MEASURES), ("dimension", _DIMENSIONS)):
        told[name] = next((key for key, pattern in words.items() if re.search(pattern, rest)), "")
        if told[name]:
            rest = re.sub(words[told[name]], " ", rest, count=1)
    group = known or _plain(rest)
    return _Block(group, told["dimension"], told["measure"] or "mean") if group and any(told.values()) else None


def _within(name: str, text: str) -> bool:
    """Chinese words stand without a space between them."""
    return f" {name} " in f" {text} " if name.isascii() else name in text


def _figures_in(row: Row, said: dict[str, str], blocks: dict[str, _Block]) -> Iterator[dict[str, str]]:
    """One figure per group and dimension of which the row says anything."""
    common = {name: row.cells.get(heading, "") for heading, name in said.items()}
    found: dict[tuple[str, str], dict[str, str]] = {}
    for heading, block in blocks.items():
        if text := row.cells.get(heading, ""):
            found.setdefault((block.group, block.dimension), {})[block.measure] = text
    # What is said of a group without a dimension, such as its number, holds on both.
    both = {group: found[group, ""] for group, dimension in found if not dimension}
    found = {key: both.get(key[0], {}) | own for key, own in found.items()}
    parted = {group for group, dimension in found if dimension}
    for (group, dimension), measures in found.items():
        if not dimension and group in parted:
            continue
        blank = dict.fromkeys((column.name for column in FIGURE_COLUMNS), "")
        yield {**blank, **common, **({"dimension": dimension} if dimension else {}), "group": group, **measures}
