"""Issue library, assessment cycles, scoring: the ground of Yiti, and its project package."""

__version__ = "0.1.0"
