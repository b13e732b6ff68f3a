"""The issues of a draft edition in the `issues` format (formats.md)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from import_export.fields import Field
from import_export.widgets import Widget

from materiality.drafts.lineage import descend_retired
from materiality.drafts.rows import locked_edition_draft, put_back, sources_of
from materiality.formats.stakeholders import add_named_groups
from materiality.library_file.codes import MappingCodes
from materiality.library_file.read import (
    CODE,
    PRIMARY,
    IssueRow,
    check_tree,
    codes_are_built,
    name_from,
    new_group_refused,
)
from materiality.lineage.records import EQUAL, LEVELS, Catalogues
from materiality.models import Category, Disclosure, Edition, Issue, IssueMapping, Lineage, User
from materiality.platform.bilingual import DEFAULT_LANGUAGES, languages_of, suffix_of
from materiality.platform.hooks import RETIRE_ISSUE, objections
from materiality.queries.library import origins, stored_catalogues
from materiality.queries.mappings import all_frameworks, label_of
from materiality.queries.stakeholders import known_groups
from materiality.tables.headers import (
    Choices,
    SheetColumn,
    depths,
    issue_choices,
    parts,
    rings,
    text_columns_of,
)
from materiality.tables.imports import StrictResource, write_all
from materiality.tables.problems import Problem, nearest
from materiality.tables.widgets import (
    NEW,
    BadCell,
    ChoiceWidget,
    SeveralWidget,
    SheetPlan,
    SheetRow,
    TextWidget,
    in_both,
)

Mapped = tuple[str, str]  # code of a disclosure, type of the mapping


class CodesWidget(Widget):
    """Codes or titles of one column, in the catalogue's order; written with the year where a code has two meanings, and
    with the type of the mapping where it is not the same: `GRI 403 [part]`."""

    def __init__(self, column: str, codes: MappingCodes, catalogues: Catalogues) -> None:
        super().__init__()
        self.column, self.codes = column, codes
        known = catalogues.of.get(codes.editions[column], {})
        self._places = {code: place for place, code in enumerate(known)}

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> tuple[Mapped, ...]:
        found: dict[str, str] = {}
        problems = []
        for part in parts(value):
            resolved = self.codes.mapping(self.column, part)
            if isinstance(resolved, Problem):
                problems.append(resolved)
            elif found.setdefault(resolved[2], resolved[3]) != resolved[3]:
                problems.append(Problem("two_types", value=part, params={"code": resolved[2]}))
        if problems:
            raise BadCell(*problems)
        return tuple(sorted(found.items(), key=lambda each: self._places[each[0]]))

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return ";".join(self._written(code, kind) for code, kind in value or ())

    def _written(self, code: str, kind: str) -> str:
        written = self.codes.written(self.column, code)
        return written if kind == EQUAL else f"{written} [{kind}]"

    def disclosure_keys(self) -> dict[str, dict[str, int]]:
        """Column → code → primary key of the disclosure, of all columns (one query)."""
        names = {framework: name for name, framework in self.codes.editions.items()}
        found: dict[str, dict[str, int]] = {name: {} for name in names.values()}
        rows = Disclosure.objects.order_by().values_list("framework__code", "framework__edition", "code", "pk")
        for framework, edition, code, pk in rows:
            if (framework, edition) in names:
                found[names[framework, edition]][code] = pk
        return found


class _GroupsWidget(SeveralWidget):
    """Groups that somebody knows, in their order, and behind them those that are new."""

    def clean(self, value: str, row: Any = None, lookups: Any = None, **kwargs: Any) -> list[str]:
        known = list(lookups[self.name])
        given = dict.fromkeys(parts(value))
        wrong = [problem for code in given if code not in known and (problem := new_group_refused(code, known))]
        if wrong:
            raise BadCell(*wrong)
        return [*(code for code in known if code in given), *(code for code in given if code not in known)]


TREE = ("code", "category", "parent_code", "status")
PLACE = ("category", "parent_code")


def check_issues(rows: Sequence[SheetRow], stored: Mapping[str, dict[str, str]]) -> Iterator[Problem]:
    """Problems of codes, parents and categories. `stored`: code → the TREE cells of an issue of the edition.

    An issue that stands where it stood is not found fault with, whatever its code looks like.
    """
    merged = [_merged(row, stored.get(row.cells.get("code", ""), {})) for row in rows]
    moved = {place for place, row in enumerate(rows) if _moves(merged[place], stored)}
    for place in sorted(moved):
        yield from _moved(rows[place], merged[place], stored[merged[place]["code"]])
    ring = _rings(merged)
    every = {**{code: held["parent_code"] for code, held in stored.items()}}
    every |= {cells["code"]: cells["parent_code"] for cells in merged}
    built = codes_are_built(every.keys(), every.values())
    for place, (row, cells) in enumerate(zip(rows, merged, strict=True)):
        if cells["code"] in ring and place not in moved:
            way = " → ".join(ring[cells["code"]])
            yield row.problem("cycle", "parent_code", cells["parent_code"], params={"code": cells["code"], "way": way})
        elif built and _primary_under(cells) and cells["code"] not in stored:
            params = {"code": cells["code"], "example": f"{cells['parent_code']}-01"}
            yield row.problem("primary_under", "parent_code", params=params)
    yield from _retired_primaries(rows, merged, stored)
    slips = {cells["code"] for cells in merged if cells["code"] in ring or (built and _primary_under(cells))}
    told = slips | stored.keys()
    yield from _tree(rows, merged, stored, told)


def _tree(
    rows: Sequence[SheetRow], merged: list[dict[str, str]], stored: Mapping[str, dict[str, str]], told: set[str]
) -> Iterator[Problem]:
    """The checks of a whole library on the edition as it would be; of rows not told of already, nor doubled."""
    given = {cells["code"] for cells in merged}
    after = [IssueRow(place, cells, {}) for place, cells in enumerate(merged)]
    after += [IssueRow(-1, cells, {}) for code, cells in stored.items() if code not in given]
    for problem in check_tree(after, flat=False):
        if problem.row >= 0 and problem.kind != "double_code" and merged[problem.row]["code"] not in told:
            row = rows[problem.row]
            yield replace(problem, row=row.number, sheet=row.sheet)


def _retired_primaries(
    rows: Sequence[SheetRow], merged: list[dict[str, str]], stored: Mapping[str, dict[str, str]]
) -> Iterator[Problem]:
    """A primary issue cannot go before its secondaries do."""
    after = {**stored, **{cells["code"]: cells for cells in merged}}
    active = defaultdict(list)
    for code, cells in after.items():
        if cells["parent_code"] and cells["status"] != "retired":
            active[cells["parent_code"]].append(code)
    for row, cells in zip(rows, merged, strict=True):
        if cells["status"] == "retired" and active[cells["code"]]:
            params = {"code": cells["code"], "codes": ", ".join(sorted(active[cells["code"]]))}
            yield row.problem("retired_primary", "status", params=params)


def _merged(row: SheetRow, held: dict[str, str]) -> dict[str, str]:
    """The row's TREE cells; those the file has no column for as they are stored."""
    return {name: row.cells.get(name, held.get(name, "")) for name in TREE}


def _moves(cells: dict[str, str], stored: Mapping[str, dict[str, str]]) -> bool:
    held = stored.get(cells["code"])
    return held is not None and any(cells[name] != held[name] for name in PLACE)


def _moved(row: SheetRow, cells: dict[str, str], held: dict[str, str]) -> Iterator[Problem]:
    for name, kind in (("category", "moved_category"), ("parent_code", "moved_parent")):
        if cells[name] != held[name]:
            params = {"code": cells["code"], "old": held[name] or "–"}
            yield row.problem(kind, name, nearest=(held[name],) if held[name] else (), params=params)


def _rings(merged: list[dict[str, str]]) -> dict[str, list[str]]:
    return rings({cells["code"]: cells["parent_code"] or None for cells in merged if cells["code"]})


def _primary_under(cells: dict[str, str]) -> bool:
    return bool(cells["parent_code"] and PRIMARY.fullmatch(cells["code"]) and cells["code"] != cells["parent_code"])


_CODES = _("Codes separated by semicolons; empty where nothing fits.")
_YEAR = _(
    "Codes separated by semicolons. 102-1 to 102-10 and 103-1 to 103-5 of 2025 are written with the year: 102-1 (2025)."
)

COLUMNS = (
    SheetColumn(
        "code",
        _("Issue code"),
        _("Names the issue for good, such as SOC-03-01; a primary issue is SOC-03."),
        required=True,
        width=14,
        also=("编码", "代码", "编号", "议题编号", "issue"),
    ),
    SheetColumn("category", _("Category"), _("The code of a category."), choices="categories", width=14),
    SheetColumn(
        "parent_code",
        _("Primary issue"),
        _("The code of the primary issue above; empty for a primary issue."),
        choices="primaries",
        width=14,
        strict=False,  # a primary issue may stand in the same file
    ),
    SheetColumn(
        "name_zh", _("Chinese name"), _("At most 200 characters."), width=24, also=("名称", "议题名称", "中文名")
    ),
    SheetColumn("name_en", _("English name"), _("At most 200 characters."), width=28, also=("英文名", "name")),
    SheetColumn("definition_zh", _("Chinese definition"), width=48, also=("定义",)),
    SheetColumn("definition_en", _("English definition"), width=48, also=("definition",)),
    SheetColumn(
        "groups",
        _("Groups that rate it"),
        _("Codes of stakeholder groups separated by semicolons."),
        choices="groups",
        several=True,
        width=32,
    ),
    SheetColumn("status", _("Status"), _("active or retired; empty means active."), choices="statuses", width=10),
)
_BEFORE_GROUPS = next(place for place, column in enumerate(COLUMNS) if column.name == "groups")
# Titles of the columns that there are from the beginning, where the framework's short name does not say enough.
_TITLES = {
    "sdgs": (_("Development goals"), _("Numbers 1 to 17 separated by semicolons.")),
    "esrs": (_("ESRS topics"), _CODES),
    "cn_exchange": (_("Exchange topics"), _CODES),
    "hkex": (_("HKEX aspects"), _CODES),
    "gri_2021": ("GRI 2021", _YEAR),
}


def framework_columns() -> list[SheetColumn]:
    """A column for each installed framework that has one."""
    columns = []
    for row in all_frameworks():
        title, note = _TITLES.get(row.column, (label_of(row), _CODES))
        if row.column:
            columns.append(SheetColumn(row.column, title, note, choices=row.column, several=True))
    return columns


Changes = dict[str, list[str]]


def _is_name(column: str) -> bool:
    return column.startswith("name_")


def _is_text(column: str) -> bool:
    return column.startswith(("name_", "definition_"))


def breaks_identity(columns: Iterable[str]) -> bool:
    """Whether a change of these columns makes another issue of one."""
    return any(_is_name(column) or column == "status" for column in columns)


def codes_used(edition: Edition) -> dict[str, tuple[str, str]]:
    """Codes of issues of other editions → (edition, Chinese name): a code is not given to another issue."""
    rows = Issue.objects.exclude(edition=edition).order_by("edition__created_at")
    return {code: (held, name) for code, held, name in rows.values_list("code", "edition__code", "name")}


def changes_refused(
    row: SheetRow, issue: Issue, changes: Changes, used: Mapping[str, tuple[str, str]]
) -> Iterator[Problem]:
    """Problems of a code that was another issue's, of an issue without a name, and of one that is retired."""
    if not issue.name:
        yield row.problem("no_name", f"name_{suffix_of(languages_of(issue)[0])}")
    if issue.pk is None and issue.code in used:
        edition, name = used[issue.code]
        yield row.problem("code_used", "code", params={"edition": edition, "name": name})
    was = changes.get("status", [issue.status])[0]
    if issue.pk is not None and was == Issue.Status.RETIRED:
        for column in changes:
            yield row.problem("retired_changed", column, params={"code": issue.code})


def live_warnings(row: SheetRow, issue: Issue) -> Iterator[Problem]:
    """What the apps above have to say on retiring the issue, such as that a live survey asks about it."""
    sources = origins(issue) if issue.edition.state == Edition.State.DRAFT else [issue]
    told = in_both(lambda: [sentence for source in sources for sentence in objections(RETIRE_ISSUE, source)])
    for zh, en in zip(told["zh"], told["en"], strict=True):
        yield row.problem("noted", "status", params={"title_zh": zh, "title_en": en})


def record_descent(edition: Edition, issues: Sequence[Issue], *, by: User | None, reason: str) -> dict[str, Any]:
    """Record what was added, renamed and retired; returns what `put_back_descent` needs.

    `issue.sheet_changes` are the cells that changed, `issue.sheet_is_new` says that it was added. An edition that is
    based on none has no descent.
    """
    if edition.based_on_id is None:
        return {}
    added = [issue for issue in issues if issue.sheet_is_new]
    known = [issue for issue in issues if not issue.sheet_is_new and breaks_identity(issue.sheet_changes)]
    keys = {issue.pk for issue in known}
    sources = sources_of(edition, keys)
    before = _descent(edition, keys, sources)
    _rename([issue for issue in known if any(map(_is_name, issue.sheet_changes))], by=by, reason=reason)
    for issue in known:
        if "status" in issue.sheet_changes:
            descend_retired(issue, by=by, reason=reason)
    Lineage.objects.bulk_create(
        Lineage(edition=edition, kind=Lineage.Kind.ADDED, target=issue, by=by, reason=reason) for issue in added
    )
    return {"before": before, "after": _descent(edition, keys, sources)}


def put_back_descent(held: dict[str, Any]) -> None:
    """Undo `record_descent` for the issues that were known; that of added ones goes with them."""
    if held:  # those of added issues went with them
        put_back({"lineage": held["before"]}, {"lineage": held["after"]})


def _rename(issues: Sequence[Issue], *, by: User | None, reason: str) -> None:
    """As `draft_lineage.mark_descent` does, but for thousands of issues at once."""
    rows = list(Lineage.objects.filter(target__in=issues, source__isnull=False))
    for row in rows:
        row.kind = Lineage.Kind.RENAMED if row.kind == Lineage.Kind.KEPT else row.kind
        row.reason = "\n".join(dict.fromkeys(line for line in (*row.reason.split("\n"), reason) if line))
        row.by = by
    write_all(rows, ("kind", "reason", "by"))


def _descent(edition: Edition, keys: set[int], sources: set[int]) -> dict[str, dict[str, Any]]:
    """The rows of descent of some issues, as `draft_rows.put_back` takes them."""
    rows = Lineage.objects.filter(Q(target__in=keys) | Q(source__in=sources), edition=edition) if keys else ()
    columns = [field.attname for field in Lineage._meta.concrete_fields]
    return {str(row.pk): {**{name: getattr(row, name) for name in columns}, "at": row.at.isoformat()} for row in rows}


class _ParentWidget(ChoiceWidget):
    """An issue of the edition or of the file; what is wrong with it the check of all rows has said."""

    def clean(self, value: str, row: Any = None, lookups: Any = None, **kwargs: Any) -> Issue | None:
        return lookups["issues"].get(value)


class _CategoryWidget(ChoiceWidget):
    """A category of the draft; one that it does not have is new, unless it looks like a slip of one, or is no code."""

    def clean(self, value: str, row: Any = None, lookups: Any = None, **kwargs: Any) -> Category:
        known = lookups["categories"]
        try:
            return super().clean(value, row, lookups, **kwargs)
        except BadCell:
            if not value or not CODE.fullmatch(value) or nearest(value, known, at_least=0.75):
                raise
        return known.setdefault(value, lookups["new_category"](value))


class IssueResource(StrictResource):
    """Issues with their mappings, into the draft edition of the scope."""

    sheet = "issues"
    may_be_blank = ("name",)
    written = ("name", "definition", "groups", "status", "version", "changed")

    code = Field("code", "code", widget=TextWidget(40, required=True))
    category = Field("category", "category", widget=_CategoryWidget("categories", "unknown_category"))
    parent_code = Field("parent", "parent_code", widget=_ParentWidget("issues", "no_primary"))
    name_zh = Field("name_zh", "name_zh", widget=TextWidget(200))
    name_en = Field("name_en", "name_en", widget=TextWidget(200))
    definition_zh = Field("definition_zh", "definition_zh", widget=TextWidget())
    definition_en = Field("definition_en", "definition_en", widget=TextWidget())
    groups = Field("groups", "groups", widget=_GroupsWidget("groups", "unknown_group"))
    status = Field("status", "status", widget=ChoiceWidget("statuses", "unknown_status", empty=Issue.Status.ACTIVE))

    class Meta:
        model = Issue
        fields = tuple(column.name for column in COLUMNS)
        import_id_fields = ("code",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        edition = self.scope.edition if self.scope else None
        languages = edition.languages if edition else list(DEFAULT_LANGUAGES)
        self.columns = COLUMNS
        if languages != list(DEFAULT_LANGUAGES):
            self._speak(languages)
        self.mapped = framework_columns()
        place = next(number for number, column in enumerate(self.columns) if column.name == "groups")
        self.columns = (*self.columns[:place], *self.mapped, *self.columns[place:])
        for column in self.mapped:
            self.fields[column.name] = Field(f"codes__{column.name}", column.name)
        self._meta = copy(self._meta)  # of this resource alone, as the columns follow what is installed
        self._meta.fields = self._meta.export_order = tuple(column.name for column in self.columns)

    def _speak(self, languages: Sequence[str]) -> None:
        """Columns of names and definitions in the languages of the edition, in the place of the usual ones."""
        known = {column.name: column for column in COLUMNS}
        columns = []
        for name in ("name", "definition"):
            field = Issue._meta.get_field(name)
            columns += [known.get(each.name, each) for each in text_columns_of(field, languages)]
        place = next(number for number, column in enumerate(COLUMNS) if _is_text(column.name))
        rest = [column for column in COLUMNS if not _is_text(column.name)]
        self.columns = (*rest[:place], *columns, *rest[place:])
        for column in COLUMNS:
            if _is_text(column.name):
                del self.fields[column.name]
        for column in columns:
            limit = 200 if _is_name(column.name) else 0
            self.fields[column.name] = Field(column.name, column.name, widget=TextWidget(limit))

    def refuse(self, store: bool) -> None:
        if store:
            locked_edition_draft(self.scope.edition)

    def stored(self) -> Sequence[Issue]:
        catalogues = stored_catalogues()
        codes = MappingCodes(catalogues)
        for column in self.mapped:
            self.fields[column.name].widget = CodesWidget(column.name, codes, catalogues)
        issues = list(self.scope.edition.issues.select_related("category", "parent").order_by("code"))
        mapped = self._mapped(codes)
        for issue in issues:
            issue.codes = SimpleNamespace(**mapped.get(issue.pk, {}))
        return issues

    def _mapped(self, codes: MappingCodes) -> dict[int, dict[str, tuple[Mapped, ...]]]:
        """Issue → column → codes in the catalogue's order (one query); frameworks without a column are left out."""
        names = {framework: name for name, framework in codes.editions.items()}
        found: dict[int, dict[str, tuple[Mapped, ...]]] = defaultdict(dict)
        rows = IssueMapping.objects.filter(issue__edition=self.scope.edition).order_by("disclosure__order")
        for issue, framework, edition, code, kind in rows.values_list(
            "issue", "disclosure__framework__code", "disclosure__framework__edition", "disclosure__code", "type"
        ):
            name = names.get((framework, edition))
            if name:
                found[issue][name] = (*found[issue].get(name, ()), (code, kind))
        return found

    def make_lookups(self) -> dict[str, dict]:
        self._last_order = max((issue.order for issue in self.by_key.values()), default=0)
        self._descent: dict[str, Any] = {}
        self._new_categories: list[str] = []
        self._last_category = max((row.order for row in self.scope.edition.categories.all()), default=0)
        return {
            "categories": {row.code: row for row in self.scope.edition.categories.all()},
            "new_category": self._new_category,
            "issues": {issue.code: issue for issue in self.by_key.values()},
            "groups": dict.fromkeys(known_groups()),
            "statuses": {str(value): value for value in Issue.Status.values},
            "used": codes_used(self.scope.edition),
        }

    def choices(self) -> Choices:
        return issue_choices(self.scope.edition)

    def blank(self, row: dict[str, str]) -> Issue:
        issue = Issue(edition=self.scope.edition)
        issue.codes = SimpleNamespace()
        self.lookups["issues"][row["code"]] = issue
        return issue

    def _new_category(self, code: str) -> Category:
        self._last_category += 1
        name = dict.fromkeys(self.scope.edition.languages, name_from(code))
        return Category(edition=self.scope.edition, code=code, name=name, order=self._last_category)

    def check_rows(self, rows: Sequence[SheetRow]) -> Iterable[Problem]:
        return check_issues(rows, {key[0]: self.cells(issue, TREE) for key, issue in self.by_key.items()})

    def in_order(self, rows: Sequence[SheetRow]) -> list[SheetRow]:
        depth = depths({row.cells.get("code"): row.cells.get("parent_code") or None for row in rows})
        return sorted(rows, key=lambda row: depth[row.cells.get("code")])

    def in_batches(self, instances: Sequence[Issue]) -> Iterator[Sequence[Issue]]:
        fresh = {issue.category.code: issue.category for issue in instances if issue.category.pk is None}
        self._new_categories = sorted(fresh)
        Category.objects.bulk_create(fresh.values())
        for level in range(1, LEVELS + 1):
            yield [issue for issue in instances if _level(issue) == level]

    def objections(self, row: SheetRow, instance: Issue, changes: dict[str, list[str]]) -> Iterable[Problem]:
        yield from changes_refused(row, instance, changes, self.lookups["used"])

    def warnings(self, row: SheetRow, instance: Issue, changes: dict[str, list[str]]) -> Iterable[Problem]:
        if instance.category.pk is None:
            yield row.problem("new_category", "category", params={"name": instance.category.name})
        for code in instance.groups if "groups" in changes else ():
            if code not in self.lookups["groups"]:
                yield row.problem("new_group", "groups", code)
        if changes.get("status", ["", ""])[1] == Issue.Status.RETIRED and instance.pk:
            yield from live_warnings(row, instance)

    def breaks_identity(self, plan: SheetPlan) -> bool:
        return any(row.state == NEW or breaks_identity(row.cells) for row in plan.rows)

    def before_store(self, instance: Issue, changes: dict[str, list[str]]) -> None:
        instance.sheet_changes, instance.sheet_is_new = changes, instance.pk is None
        if instance.pk is None:
            self._last_order += 1
            instance.order = self._last_order
        instance.version += instance.pk is not None
        if self.undoing is None:
            now = timezone.now().isoformat()
            instance.changed = {**instance.changed, **{name: now for name in changes if _is_text(name)}}

    def after_store(self, changed: Sequence[Issue]) -> None:
        """Replace the mappings in the frameworks that have a column, all others stay; record the descent."""
        if self.mapped:
            self._store_mappings(changed)
        if self.undoing is None:
            add_named_groups(code for issue in changed for code in issue.groups)
        if self.undoing is None:
            self._descent = record_descent(self.scope.edition, changed, by=self.by, reason=self.reason)

    def _store_mappings(self, changed: Sequence[Issue]) -> None:
        pks = self.fields[self.mapped[0].name].widget.disclosure_keys()
        wanted = {
            (issue.pk, pks[name][code]): kind
            for issue in changed
            for name, codes in vars(issue.codes).items()
            for code, kind in codes
        }
        columns = {pk for held in pks.values() for pk in held.values()}
        issues = {issue.pk for issue in changed}
        rows = IssueMapping.objects.filter(issue__edition=self.scope.edition).values_list(
            "pk", "issue", "disclosure", "type"
        )
        held = {
            (issue, disclosure): (pk, kind)
            for pk, issue, disclosure, kind in rows
            if issue in issues and disclosure in columns
        }
        stays = {key for key, (_pk, kind) in held.items() if wanted.get(key) == kind}
        IssueMapping.objects.filter(pk__in=[pk for key, (pk, _kind) in held.items() if key not in stays]).delete()
        fresh = sorted(wanted.keys() - stays)
        IssueMapping.objects.bulk_create(
            IssueMapping(issue_id=issue, disclosure_id=pk, type=wanted[issue, pk]) for issue, pk in fresh
        )

    def extra(self, instance: Issue) -> dict[str, Any]:
        return {"changed": instance.changed}

    def put_back_extra(self, instance: Issue, extra: dict[str, Any]) -> None:
        instance.changed = extra["changed"]

    def further_undo(self) -> dict[str, Any]:
        return {"descent": self._descent, "categories": self._new_categories}

    def put_back_further(self, held: dict[str, Any]) -> None:
        """Imports of before kept the descent alone."""
        put_back_descent(held.get("descent", held))
        Category.objects.filter(edition=self.scope.edition, code__in=held.get("categories", ()), issues=None).delete()


def _level(issue: Issue) -> int:
    return 1 if issue.parent is None else 1 + _level(issue.parent)
