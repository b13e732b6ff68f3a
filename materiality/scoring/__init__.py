"""Scoring: from rating bytes to a cube, and from a cube to scores, tiers and ranks. Pure: numpy in, values out."""

from .assess import assess
from .assessment import Assessment, GroupScore, IssueScore
from .cube import Cube, CubeBuilder
from .method import Method
from .method_checks import MethodError, Problem
from .score_json import as_json

__all__ = [
    "Assessment",
    "Cube",
    "CubeBuilder",
    "GroupScore",
    "IssueScore",
    "Method",
    "MethodError",
    "Problem",
    "as_json",
    "assess",
]
