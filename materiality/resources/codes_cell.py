"""A cell with the codes that an issue maps to in one framework."""

from typing import Any

from import_export.widgets import Widget

from materiality.library_file.mapping_codes import MappingCodes
from materiality.library_file.problems import Problem
from materiality.library_file.records import Catalogues
from materiality.models import Disclosure
from materiality.resources.texts import parts
from materiality.resources.widgets import BadCell


class CodesWidget(Widget):
    """Codes or titles of one column, in the catalogue's order; written with the year where a code has two meanings."""

    def __init__(self, column: str, codes: MappingCodes, catalogues: Catalogues) -> None:
        super().__init__()
        self.column, self.codes = column, codes
        known = catalogues.of.get(codes.editions[column], {})
        self._places = {code: place for place, code in enumerate(known)}

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> tuple[str, ...]:
        found, problems = set(), []
        for part in parts(value):
            resolved = self.codes.resolve(self.column, part)
            if isinstance(resolved, Problem):
                problems.append(resolved)
            else:
                found.add(resolved[2])
        if problems:
            raise BadCell(*problems)
        return tuple(sorted(found, key=self._places.__getitem__))

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return ";".join(self.codes.written(self.column, code) for code in value or ())

    def disclosure_keys(self) -> dict[str, dict[str, int]]:
        """Column → code → primary key of the disclosure, of all columns (one query)."""
        names = {framework: name for name, framework in self.codes.editions.items()}
        found: dict[str, dict[str, int]] = {name: {} for name in names.values()}
        rows = Disclosure.objects.order_by().values_list("framework__code", "framework__edition", "code", "pk")
        for framework, edition, code, pk in rows:
            if (framework, edition) in names:
                found[names[framework, edition]][code] = pk
        return found
