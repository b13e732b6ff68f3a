"""The materiality matrix as one SVG: pure, numbers and words in, text out."""

from .layout import MatrixLayout, layout_matrix
from .plot import PlottedCategory, Point, Texts, TierRule
from .svg import Finish, draw_matrix

__all__ = ["Finish", "MatrixLayout", "PlottedCategory", "Point", "Texts", "TierRule", "draw_matrix", "layout_matrix"]
