"""Catalogues of disclosures, goals and topics: editions of known frameworks, and frameworks of one's own."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import groupby
from types import SimpleNamespace
from typing import Any

from django.utils.functional import lazy
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from import_export.fields import Field

from materiality.drafts.rows import locked_edition_draft
from materiality.library_file.codes import MappingCodes
from materiality.models import Disclosure, Framework, Issue, IssueMapping
from materiality.models.library import library_languages
from materiality.platform.bilingual import DEFAULT_LANGUAGES, suffix_of
from materiality.queries.library import built_in_frameworks, stored_catalogues
from materiality.tables.headers import Choices, SheetColumn, canonical, depths, mapping_choices, rings, text_columns_of
from materiality.tables.imports import StrictResource
from materiality.tables.problems import Problem, nearest, nearest_code
from materiality.tables.widgets import ChoiceWidget, DayWidget, Key, SheetRow, TextWidget, Widget, YesWidget

_COLUMNS = (
    SheetColumn(
        "framework", _("Framework"), _("A short code of the catalogue: letters, digits, dots, hyphens."), required=True
    ),
    SheetColumn("edition", _("Edition"), _("Its edition, such as a year. Every edition is a catalogue of its own.")),
    SheetColumn("code", _("Code"), _("The code of a disclosure, goal or topic in the catalogue."), required=True),
    SheetColumn("parent_code", _("Parent"), _("The code above in the same catalogue; empty at the top.")),
    SheetColumn("kind", _("Kind"), _("What the row is, such as topic, disclosure or kpi. A group only heads others.")),
    SheetColumn("code_official", _("Official code"), _("no: the code is ours, and is not printed.")),
    SheetColumn("in_force_from", _("In force from"), _("The first day, such as 2026-01-01."), date=True),
    SheetColumn("in_force_until", _("In force until"), _("The first day on which it is not in force."), date=True),
    SheetColumn("replaced_by", _("Replaced by"), _("What has taken its place."), width=24),
)
_NAME = re.compile(r"[\w.-]+")
_WITH_YEAR = re.compile(r"(.+?)\s+(\d{4})")
# What other columns of a sheet of issues or an outline are called.
TAKEN = ("code", "category", "parent_code", "groups", "status", "order", "chapter", "section", "issues", "disclosures")
Node = tuple[str, str, str]


def _title_columns(languages: Sequence[str]) -> Iterator[SheetColumn]:
    """In each language a title, then in each whether it is an official one."""
    yield from text_columns_of(Disclosure._meta.get_field("title"), languages, width=48)
    for language in languages:
        words, name, note = (
            lazy(_official_words, str)(language),
            suffix_of(language),
            _("no: it is a wording of our own."),
        )
        yield SheetColumn(f"official_{name}", words, note, attribute=f"official__{name}")


def _official_words(language: str) -> str:
    return gettext("%(title)s is official") % {"title": Disclosure._meta.get_field("title").label(language)}


class _ParentWidget(Widget):
    """A row of the same catalogue; the check of all rows has said where there is none."""

    def clean(self, value: str, row: Any = None, lookups: Any = None, **kwargs: Any) -> Disclosure | None:
        return lookups["nodes"].get((row["framework"], row["edition"], value)) if value else None

    def render(self, value: Disclosure | None, obj: Any = None, **kwargs: Any) -> str:
        return value.code if value else ""


class CatalogueResource(StrictResource):
    """Rows of catalogues. What comes with the product is never changed, as its next update would undo that."""

    sheet = "framework"
    may_be_blank = ("title",)
    written = (
        *("title", "parent", "kind", "own_wording", "code_official", "effective_from", "withdrawn_from"),
        "replaced_by",
    )

    framework = Field("framework__code", "framework", widget=TextWidget(20, required=True), readonly=True)
    edition = Field("framework__edition", "edition", widget=TextWidget(20), readonly=True)
    code = Field("code", "code", widget=TextWidget(20, required=True))
    parent_code = Field("parent", "parent_code", widget=_ParentWidget())
    kind = Field("kind", "kind", widget=TextWidget(40))
    code_official = Field("code_official", "code_official", widget=YesWidget())
    in_force_from = Field("effective_from", "in_force_from", widget=DayWidget())
    in_force_until = Field("withdrawn_from", "in_force_until", widget=DayWidget())
    replaced_by = Field("replaced_by", "replaced_by", widget=TextWidget(120))

    class Meta:
        model = Disclosure
        fields = tuple(column.name for column in _COLUMNS)
        import_id_fields = ("framework", "edition", "code")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = self.scope.languages if self.scope else ()
        self.languages = list(dict.fromkeys([*DEFAULT_LANGUAGES, *library_languages(), *kept]))
        titles = list(_title_columns(self.languages))
        place = next(place for place, column in enumerate(_COLUMNS) if column.name == "code_official")
        widgets = [YesWidget() if each.name.startswith("official") else TextWidget(300) for each in titles]
        fresh = {
            each.name: Field(each.attribute, each.name, widget=own) for each, own in zip(titles, widgets, strict=True)
        }
        self.take((*_COLUMNS[:place], *titles, *_COLUMNS[place:]), fresh)

    def _official(self, own_wording: Collection[str]) -> SimpleNamespace:
        """Language → whether the title is an official one."""
        return SimpleNamespace(**{suffix_of(each): each not in own_wording for each in self.languages})

    def stored(self) -> Sequence[Disclosure]:
        rows = Disclosure.objects.select_related("framework", "parent")
        rows = list(rows.order_by("framework__code", "framework__edition", "order", "code"))
        for row in rows:
            row.official = self._official(row.own_wording)
        return rows

    def make_lookups(self) -> dict[str, dict]:
        self._frameworks = {(row.code, row.edition): row for row in Framework.objects.all()}
        self._fresh: list[tuple[str, str]] = []
        return {"nodes": dict(self.by_key)}

    def blank(self, row: dict[str, str]) -> Disclosure:
        name = self.key_of(row)[:2]
        label = " ".join(name).strip()
        titles = dict.fromkeys(self.languages, label)
        new = Framework(code=name[0], edition=name[1], title=titles, column=self._free_column(name))
        row_of = Disclosure(framework=self._frameworks.setdefault(name, new))
        row_of.official = self._official(())
        return self.lookups["nodes"].setdefault(self.key_of(row), row_of)

    def _free_column(self, name: tuple[str, str]) -> str:
        """What the framework is called in sheets of issues: its code, with the edition where that is taken."""
        if name in self._frameworks:
            return ""
        taken = {row.column for row in self._frameworks.values()} | set(TAKEN)
        short, long = (slugify("_".join(part)).replace("-", "_")[:40] for part in (name[:1], name))
        return next((column for column in (short, long) if column and column not in taken), "")

    def key_of(self, cells: Mapping[str, str | None]) -> Key:
        """A file without a column of editions may name it behind the framework: `MSCI 2026`."""
        framework, edition, code = super().key_of(cells)
        if "edition" not in cells and (found := _WITH_YEAR.fullmatch(framework)):
            framework, edition = found[1], found[2]
        return framework, edition, code

    def prepared(self, rows: Sequence[SheetRow]) -> Sequence[SheetRow]:
        keys = [self.key_of(row.cells)[:2] for row in rows]
        return [
            replace(row, cells={**row.cells, "framework": framework, "edition": edition})
            for row, (framework, edition) in zip(rows, keys, strict=True)
        ]

    def objections(self, row: SheetRow, instance: Disclosure, changes: dict[str, list[str]]) -> Iterable[Problem]:
        if not instance.title:
            yield row.problem("no_text", "title_zh")
        if instance.effective_from and instance.withdrawn_from and instance.withdrawn_from <= instance.effective_from:
            yield row.problem("days_reversed", "in_force_until")

    def check_rows(self, rows: Sequence[SheetRow]) -> Iterable[Problem]:
        built_in = {record.key for record in built_in_frameworks()}
        nodes = {self.key_of(row.cells) for row in rows} | self.by_key.keys()
        ring = rings(self._parents(rows))
        for row in rows:
            key = self.key_of(row.cells)
            yield from self._names(row)
            parent = row.cells.get("parent_code", "")
            label = " ".join(key[:2])
            if key in ring:
                way = " → ".join(node[2] for node in ring[key])
                yield row.problem("cycle", "parent_code", params={"code": key[2], "way": way})
            elif parent and (*key[:2], parent) not in nodes:
                known = [node[2] for node in nodes if node[:2] == key[:2]]
                params = {"framework": label}
                yield row.problem("no_parent", "parent_code", nearest=nearest(parent, known), params=params)
            elif key[:2] in built_in and not self._is_as_stored(row, key):
                yield row.problem("built_in", "framework", params={"framework": label})

    def _names(self, row: SheetRow) -> Iterator[Problem]:
        for name in ("framework", "edition"):
            cell = row.cells.get(name, "")
            if not cell and name == "framework":
                yield row.problem("empty", name)
            elif cell and not _NAME.fullmatch(cell) or len(cell) > 20:
                yield row.problem("bad_framework", name)

    def _is_as_stored(self, row: SheetRow, key: Node) -> bool:
        held = self.by_key.get(key)
        if held is None:
            return False
        cells = self.cells(held)
        return all(text == cells[name] for name, text in row.cells.items() if name in cells)

    def _parents(self, rows: Sequence[SheetRow]) -> dict[Node, Node | None]:
        parents = {key: (*key[:2], row.parent.code) if row.parent else None for key, row in self.by_key.items()}
        for row in rows:
            if "parent_code" in row.cells:
                key, parent = self.key_of(row.cells), row.cells["parent_code"]
                parents[key] = (*key[:2], parent) if parent else None
        return parents

    def in_order(self, rows: Sequence[SheetRow]) -> list[SheetRow]:
        depth = depths(self._parents(rows))
        return sorted(rows, key=lambda row: depth.get(self.key_of(row.cells), 0))

    def in_batches(self, instances: Sequence[Disclosure]) -> Iterator[Sequence[Disclosure]]:
        fresh = {id(row.framework): row.framework for row in instances if row.framework.pk is None}
        Framework.objects.bulk_create(fresh.values())
        self._fresh = [(row.code, row.edition) for row in fresh.values()]
        depth = {id(row): self._depth(row) for row in instances}
        for _level, batch in groupby(sorted(instances, key=lambda row: depth[id(row)]), lambda row: depth[id(row)]):
            yield list(batch)

    def before_store(self, instance: Disclosure, changes: dict[str, list[str]]) -> None:
        instance.own_wording = sorted(
            each for each in self.languages if not getattr(instance.official, suffix_of(each))
        )
        self.put_last(instance)

    def further_undo(self) -> dict[str, Any]:
        return {"frameworks": sorted(self._fresh)}

    def put_back_further(self, held: dict[str, Any]) -> None:
        """A catalogue that the import began goes with its last row, unless rows came from elsewhere since."""
        for code, edition in held["frameworks"]:
            Framework.objects.filter(code=code, edition=edition, disclosures=None).delete()

    @staticmethod
    def _depth(row: Disclosure) -> int:
        found = 0
        while row.parent is not None and row.parent.pk is None:
            row, found = row.parent, found + 1
        return found


MAPPING_COLUMNS = (
    SheetColumn("issue", _("Issue code"), _("The code of an issue of the draft."), required=True, choices="issues"),
    SheetColumn("framework", _("Framework"), _("The catalogue, such as GRI."), required=True, choices="frameworks"),
    SheetColumn("edition", _("Edition"), _("The edition of the catalogue, such as 2021."), choices="editions"),
    SheetColumn(
        "disclosure",
        _("Disclosure"),
        _("Its code. 102-1 to 102-10 and 103-1 to 103-5 of 2025 are written with the year: 102-1 (2025)."),
        required=True,
        width=20,
    ),
    SheetColumn("type", _("Type"), _("equal, part, whole or related; empty means equal."), choices="types"),
)


class MappingResource(StrictResource):
    """Mappings of the issues of a draft edition."""

    sheet = "mappings"
    columns = MAPPING_COLUMNS
    written = ("type",)

    issue = Field("issue", "issue", widget=ChoiceWidget("issues", "unknown_issue"))
    framework = Field("disclosure__framework__code", "framework", widget=TextWidget(), readonly=True)
    edition = Field("disclosure__framework__edition", "edition", widget=TextWidget(), readonly=True)
    disclosure = Field("written", "disclosure", widget=TextWidget(), readonly=True)
    type = Field("type", "type", widget=ChoiceWidget("types", "unknown_type", empty=IssueMapping.Type.EQUAL))

    class Meta:
        model = IssueMapping
        import_id_fields = ("issue", "framework", "edition", "disclosure")
        fields = (*import_id_fields, "type")

    def refuse(self, store: bool) -> None:
        if store:
            locked_edition_draft(self.scope.edition)

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
        return {
            "issues": {row.code: row for row in Issue.objects.filter(edition=self.scope.edition)},
            "types": {str(value): value for value in IssueMapping.Type.values},
        }

    def choices(self) -> Choices:
        return mapping_choices(self.scope.edition)

    def blank(self, row: dict[str, str]) -> IssueMapping:
        new, found = IssueMapping(), self.resolve(*super().key_of(row)[1:])
        if not isinstance(found, Problem):
            self._point(new, found)
        return new

    def key_of(self, cells: dict[str, str]) -> Key:
        """Spellings of one disclosure (`GRI 305-1`, `305-1`) are one key."""
        issue, *rest = super().key_of(cells)
        found = self.resolve(*rest)
        return (issue, *rest) if isinstance(found, Problem) else (issue, *rest[:2], self._written(found))

    def check_rows(self, rows: Sequence[SheetRow]) -> Iterable[Problem]:
        for row in rows:
            cells = [canonical(row.cells.get(name, "")) for name in self.key[1:]]
            empty = [n for n, cell in zip(self.key[1:], cells, strict=True) if not cell and n != "edition"]
            yield from (row.problem("empty", name) for name in empty)
            found = None if empty else self.resolve(*cells)
            if isinstance(found, Problem):
                column = "edition" if found.kind == "unknown_framework" else "disclosure"
                yield row.problem(found.kind, column, found.value, nearest=found.nearest, params=found.params)

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
        if column and (found is None or framework == "GRI"):
            resolved = self._codes.resolve(column, cell)
            return resolved if isinstance(resolved, Problem) else self._disclosures[resolved]
        if found is None:
            known = [key[2] for key in self._disclosures if key[:2] == (framework, edition)]
            return Problem("unknown_code", value=cell, nearest=nearest_code(cell, known), params={"framework": label})
        return found
