"""Scoring: from rating bytes to a cube, and from a cube to scores, tiers and ranks. Pure: numpy in, values out."""

from .assess import Assessment, GroupScore, IssueScore, as_json, assess
from .cube import Cube, CubeBuilder
from .method import Method, MethodError, Problem

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
