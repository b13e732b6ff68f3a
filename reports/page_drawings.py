"""The two drawings of the matrix page: for wide and for narrow windows."""

from dataclasses import dataclass

from materiality.scoring.tier_names import DOUBLE, HIGH
from reports.drawing import drawn_matrix
from reports.matrix_words import Named, page_texts
from reports.queries.matrix import MatrixData

# Side of the plot in px: letters come out in their own size beside the table, and on a phone.
WIDE, NARROW = 760.0, 480.0


@dataclass(frozen=True)
class PageDrawings:
    """SVG texts in the active language."""

    wide: str
    narrow: str


def page_drawings(data: MatrixData, named: Named) -> PageDrawings:
    """Interactive drawings; with all secondary issues the narrow one names those of the highest tier only."""
    given = (data.points, data.rule, data.categories, page_texts(data, named))
    options = {"interactive": True, "show_intervals": data.options.bars}
    codes = None
    if data.options.level == "secondary" and not data.options.category:
        codes = tuple(point.code for point in data.points if point.tier in (HIGH, DOUBLE))
    return PageDrawings(
        wide=drawn_matrix(*given, size=WIDE, **options),
        narrow=drawn_matrix(*given, size=NARROW, label_codes=codes, **options),
    )
