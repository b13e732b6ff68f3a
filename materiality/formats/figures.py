"""Figures from elsewhere: the format `figures` (formats.md)."""

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from import_export.fields import Field

from materiality.models import Issue, ReportedFigure
from materiality.platform.hooks import counted_now
from materiality.platform.refusals import NotAllowed
from materiality.queries.cycles import BEFORE_REVIEW, locked_cycle
from materiality.tables.headers import Choices, SheetColumn, choice_words
from materiality.tables.imports import StrictResource
from materiality.tables.problems import Problem
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

    def refuse(self, store: bool) -> None:
        with transaction.atomic():
            cycle = locked_cycle(self.scope.cycle, BEFORE_REVIEW)
            if counted_now(cycle) or cycle.runs.filter(source="").exists():
                raise NotAllowed(
                    gettext(
                        "This cycle counts responses of its own, and figures from elsewhere are never mixed with them."
                        " Make a cycle of its own for the figures: the two are compared year on year."
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
            "groups": [(group.code, group.name_zh, group.name_en) for group in self.scope.cycle.groups.all()],
            "issues": [(issue.code, issue.name_zh, issue.name_en) for issue in issues],
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
