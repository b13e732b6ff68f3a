"""The materiality matrix as one SVG: pure, numbers and words in, text out."""

from .layout import Layout, layout_matrix
from .plot import Category, Point, Rule, Texts
from .svg import draw_matrix

__all__ = ["Category", "Layout", "Point", "Rule", "Texts", "draw_matrix", "layout_matrix"]
