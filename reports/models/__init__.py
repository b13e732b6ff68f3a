"""The tables of report outline, content index and outputs."""

from reports.models.index import AcceptedFinding, ContentIndex, IndexDecision
from reports.models.outline import OutlineImport, Section
from reports.models.outputs import Output, TableText
