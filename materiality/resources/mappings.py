"""Single mappings of issues to disclosures, of any catalogue: a row adds one, none takes one away."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext_lazy as _
from import_export.fields import Field

from materiality.drafts import locked_draft
from materiality.library_file.mapping_codes import MappingCodes
from materiality.library_file.nearest import nearest, nearest_code
from materiality.library_file.problems import Problem
from materiality.models import Disclosure, Issue, IssueMapping
from materiality.queries.stored_catalogues import stored_catalogues
from materiality.resources.base import StrictResource
from materiality.resources.choices import Choices, mapping_choices
from materiality.resources.columns import SheetColumn
from materiality.resources.hooks import Key
from materiality.resources.plan import SheetRow
from materiality.resources.texts import canonical
from materiality.resources.widgets import ChoiceWidget, TextWidget

COLUMNS = (
    SheetColumn("issue", _("Issue code"), _("The code of an issue of the draft."), required=True, choices="issues"),
    SheetColumn("framework", _("Framework"), _("The catalogue, such as GRI."), required=True, choices="frameworks"),
    SheetColumn(
        "edition", _("Edition"), _("The edition of the catalogue, such as 2021."), required=True, choices="editions"
    ),
    SheetColumn(
        "disclosure",
        _("Disclosure"),
        _("Its code. 102-1 to 102-10 and 103-1 to 103-5 of 2025 are written with the year: 102-1 (2025)."),
        required=True,
        width=20,
    ),
)


class MappingResource(StrictResource):
    """Mappings of the issues of a draft edition."""

    sheet = "mappings"
    columns = COLUMNS
    key = ("issue", "framework", "edition", "disclosure")

    issue = Field("issue", "issue", widget=ChoiceWidget("issues", "unknown_issue"))
    framework = Field("disclosure__framework__code", "framework", widget=TextWidget(), readonly=True)
    edition = Field("disclosure__framework__edition", "edition", widget=TextWidget(), readonly=True)
    disclosure = Field("written", "disclosure", widget=TextWidget(), readonly=True)

    class Meta:
        model = IssueMapping

    def refuse(self, store: bool) -> None:
        if store:
            locked_draft(self.scope.edition)

    def stored(self) -> Sequence[IssueMapping]:
        self._codes = MappingCodes(stored_catalogues())
        self._columns = {framework: column for column, framework in self._codes.editions.items()}
        self._disclosures = {
            (row.framework.code, row.framework.edition, row.code): row
            for row in Disclosure.objects.select_related("framework").order_by("framework", "order")
        }
        self._editions = {key[:2] for key in self._disclosures}
        self.resolve = lru_cache(maxsize=None)(self._resolve)
        by_pk = {row.pk: row for row in self._disclosures.values()}
        rows = IssueMapping.objects.filter(issue__edition=self.scope.edition).select_related("issue")
        mappings = list(rows.order_by("issue__code", "disclosure__framework", "disclosure__order"))
        for mapping in mappings:
            self._point(mapping, by_pk[mapping.disclosure_id])
        return mappings

    def make_lookups(self) -> dict[str, dict]:
        return {"issues": {row.code: row for row in Issue.objects.filter(edition=self.scope.edition)}}

    def choices(self) -> Choices:
        return mapping_choices(self.scope.edition)

    def blank(self) -> IssueMapping:
        return IssueMapping()

    def key_of(self, cells: dict[str, str]) -> Key:
        """Spellings of one disclosure (`GRI 305-1`, `305-1`) are one key."""
        issue, *rest = super().key_of(cells)
        found = self.resolve(*rest)
        return (issue, *rest) if isinstance(found, Problem) else (issue, *rest[:2], self._written(found))

    def check_rows(self, rows: Sequence[SheetRow]) -> Iterable[Problem]:
        for row in rows:
            cells = [canonical(row.cells.get(name, "")) for name in self.key[1:]]
            empty = [name for name, cell in zip(self.key[1:], cells, strict=True) if not cell]
            yield from (row.problem("empty", name) for name in empty)
            found = None if empty else self.resolve(*cells)
            if isinstance(found, Problem):
                column = "edition" if found.kind == "unknown_framework" else "disclosure"
                yield row.problem(found.kind, column, found.value, nearest=found.nearest, params=found.params)

    def import_instance(self, instance: IssueMapping, row: dict, **kwargs: Any) -> None:
        super().import_instance(instance, row, **kwargs)
        if instance.pk is None:
            self._point(instance, self.resolve(*super().key_of(row)[1:]))

    def _point(self, mapping: IssueMapping, disclosure: Disclosure) -> None:
        mapping.disclosure = disclosure
        mapping.written = self._written(disclosure)

    def _written(self, disclosure: Disclosure) -> str:
        column = self._columns.get((disclosure.framework.code, disclosure.framework.edition))
        return self._codes.written(column, disclosure.code) if column else disclosure.code

    def _resolve(self, framework: str, edition: str, cell: str) -> Disclosure | Problem:
        column = self._columns.get((framework, edition))
        label = f"{framework} {edition}".strip()
        if (framework, edition) not in self._editions:
            offered = nearest(label, [" ".join(key) for key in sorted(self._editions)], at_least=0.3)
            return Problem("unknown_framework", value=edition, nearest=offered, params={"framework": label})
        found = self._disclosures.get((framework, edition, cell))
        if column and (found is None or column.startswith("gri_")):
            resolved = self._codes.resolve(column, cell)
            return resolved if isinstance(resolved, Problem) else self._disclosures[resolved]
        if found is None:
            known = [key[2] for key in self._disclosures if key[:2] == (framework, edition)]
            return Problem("unknown_code", value=cell, nearest=nearest_code(cell, known), params={"framework": label})
        return found
