"""The tables of report outline and outputs."""

from reports.models.outline import IndexEntry, Section
from reports.models.outputs import Output

__all__ = ["IndexEntry", "Output", "Section"]
