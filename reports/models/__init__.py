"""The tables of report outline and outputs."""

from reports.models.outline import IndexEntry, Section
from reports.models.output import Output

__all__ = ["IndexEntry", "Output", "Section"]
