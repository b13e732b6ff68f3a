"""The issues of a draft edition in the `issues` format (formats.md)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from types import SimpleNamespace
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from import_export.fields import Field

from materiality.drafts.lineage import PLACE, breaks_identity, is_name, put_back_descent, record_descent
from materiality.drafts.rows import levels_of, locked_edition_draft
from materiality.formats.stakeholders import add_named_groups
from materiality.library_file.codes import MappingCodes
from materiality.library_file.patterns import example_of, fits, part_of, shown_pattern
from materiality.library_file.read import (
    CODE,
    PRIMARY,
    USUAL_CATEGORIES,
    category_code,
    category_name,
    check_tree,
    codes_are_built,
    new_group_refused,
    unfolded,
    usual_category,
)
from materiality.lineage.lineage import Likeness, likely_ancestors
from materiality.lineage.records import LEVELS
from materiality.models import Category, Edition, Issue, IssueMapping
from materiality.platform import audit
from materiality.platform.bilingual import DEFAULT_LANGUAGES, LANGUAGES, languages_of, suffix_of
from materiality.queries.library import codes_used, objections_to_retiring, stored_catalogues
from materiality.queries.mappings import all_frameworks, label_of
from materiality.queries.stakeholders import known_groups
from materiality.tables.headers import (
    Choices,
    SheetColumn,
    depths,
    issue_choices,
    known_headings,
    rings,
    text_columns_of,
)
from materiality.tables.imports import StrictResource
from materiality.tables.problems import Problem, nearest
from materiality.tables.records import Records, Row, parts
from materiality.tables.widgets import (
    NEW,
    BadCell,
    ChoiceWidget,
    CodesWidget,
    Mapped,
    PlannedRow,
    SeveralWidget,
    SheetPlan,
    SheetRow,
    TextWidget,
    in_both,
)


class _GroupsWidget(SeveralWidget):
    """Groups that somebody knows, in their order, and behind them those that are new."""

    def clean(self, value: str, row: Any = None, lookups: Any = None, **kwargs: Any) -> list[str]:
        known = list(lookups[self.name])
        given = dict.fromkeys(parts(value))
        wrong = [problem for code in given if code not in known and (problem := new_group_refused(code, known))]
        if wrong:
            raise BadCell(*wrong)
        return [*(code for code in known if code in given), *(code for code in given if code not in known)]


MEANT = 3  # rows in which a slip does not stand
TREE = ("code", "category", "parent_code", "status")


def check_issues(
    rows: Sequence[SheetRow], stored: Mapping[str, dict[str, str]], replaces: bool = False
) -> Iterator[Problem]:
    """Problems of codes, parents and categories. `stored`: code → the TREE cells of an issue of the edition.

    An issue that stands where it stood is not found fault with, whatever its code looks like. A file that `replaces`
    the list moves issues, and codes of what it retires do not bind it.
    """
    merged = [_merged(row, stored.get(row.cells.get("code", ""), {})) for row in rows]
    moves = {place for place, row in enumerate(rows) if _moves(merged[place], stored)}
    moved = set() if replaces else moves
    for place in sorted(moved):
        yield from _moved(rows[place], merged[place], stored[merged[place]["code"]])
    ring = _rings(merged)
    every = {**stored, **{cells["code"]: cells for cells in merged}}
    if replaces:
        every = {code: cells for code, cells in every.items() if cells["status"] != Issue.Status.RETIRED}
    built = codes_are_built(every.keys(), [cells["parent_code"] for cells in every.values()])
    for place, (row, cells) in enumerate(zip(rows, merged, strict=True)):
        if cells["code"] in ring and place not in moved:
            way = " → ".join(ring[cells["code"]])
            yield row.problem("cycle", "parent_code", cells["parent_code"], params={"code": cells["code"], "way": way})
        elif built and _primary_under(cells) and cells["code"] not in stored:
            params = {"code": cells["code"], "example": f"{cells['parent_code']}-01"}
            yield row.problem("primary_under", "parent_code", params=params)
    yield from _retired_primaries(rows, merged, stored)
    slips = {cells["code"] for cells in merged if cells["code"] in ring or (built and _primary_under(cells))}
    told = slips | (stored.keys() - {merged[place]["code"] for place in moves - moved})
    yield from _tree(rows, merged, {code: cells for code, cells in stored.items() if code in every}, told)


def _tree(
    rows: Sequence[SheetRow], merged: list[dict[str, str]], stored: Mapping[str, dict[str, str]], told: set[str]
) -> Iterator[Problem]:
    """The checks of a whole library on the edition as it would be; of rows not told of already, nor doubled."""
    given = {cells["code"] for cells in merged}
    after = [Row(place, cells) for place, cells in enumerate(merged) if rows[place].number > 0]
    after += [Row(-1, cells) for code, cells in stored.items() if code not in given]
    for problem in check_tree(after):
        if problem.row >= 0 and merged[problem.row]["code"] not in told:
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
# Titles of the columns that there are from the beginning, where the framework's short name does not say enough.
_TITLES = {
    "sdgs": (_("Development goals"), _("Goals 1 to 17 or targets such as 8.5, separated by semicolons.")),
    "esrs": (_("ESRS topics"), _CODES),
    "cn_exchange": (_("Exchange topics"), _CODES),
    "hkex": (_("HKEX aspects"), _CODES),
    "gri_2021": ("GRI 2021", _YEAR),
}


def framework_columns() -> list[SheetColumn]:
    """A column for each installed framework that has one."""
    named = {row.column: _TITLES.get(row.column, (label_of(row), _CODES)) for row in all_frameworks() if row.column}
    return [SheetColumn(name, *words, choices=name, several=True) for name, words in named.items()]


def _text_columns(name: str, languages: Iterable[str]) -> list[SheetColumn]:
    known = {column.name: column for column in COLUMNS}
    return [known.get(each.name, each) for each in text_columns_of(Issue._meta.get_field(name), languages)]


def languages_in(tables: Sequence[Records]) -> tuple[str, ...]:
    """The languages in which the tables have names, in the order of their columns."""
    columns = _text_columns("name", LANGUAGES)
    spoken = {column.name: language for column, language in zip(columns, LANGUAGES, strict=True)}
    known = ((table, each) for table in tables for each in known_headings(table.columns, columns).items())
    used = (name for table, (heading, name) in known if any(row.cells.get(heading) for row in table.rows))
    return tuple(dict.fromkeys(map(spoken.get, used)))


def _is_text(column: str) -> bool:
    return column.startswith(("name_", "definition_"))


def changes_refused(
    row: SheetRow, issue: Issue, changes: Mapping[str, list[str]], used: Mapping[str, tuple], replaces: bool = False
) -> Iterator[Problem]:
    """Problems of a code that was another issue's, of an issue without a name, and of one that is retired (which a file
    that `replaces` the list takes up again).
    """
    if not issue.name:
        yield row.problem("no_name", f"name_{suffix_of(languages_of(issue)[0])}")
    if issue.pk is None and issue.code in used:
        edition, name = used[issue.code]
        yield row.problem("code_used", "code", params={"edition": edition, "name": name})
    was = changes.get("status", [issue.status])[0]
    if issue.pk is not None and was == Issue.Status.RETIRED and not replaces:
        for column in changes:
            yield row.problem("retired_changed", column, params={"code": issue.code})


def _other_pattern(issue: Issue) -> str:
    """The part of the edition's pattern that the code of a new issue does not fit; '' where it does."""
    part = part_of(issue.edition.code_pattern, _level(issue))
    return "" if fits(issue.code, part) else part


def _level(issue: Issue) -> int:
    return 1 + bool(issue.parent) + bool(issue.parent and issue.parent.parent)  # what is above may be a ring


class _ParentWidget(ChoiceWidget):
    """An issue of the edition or of the file; what is wrong with it the check of all rows has said."""

    def clean(self, value: str, row: Any = None, lookups: Any = None, **kwargs: Any) -> Issue | None:
        return lookups["issues"].get(value)


class _CategoryWidget(ChoiceWidget):
    """A category of the draft by code or name; one that it does not have is new, unless it looks like a slip of one."""

    def clean(self, value: str, row: Any = None, lookups: Any = None, **kwargs: Any) -> Category:
        known = lookups["categories"]
        try:
            return super().clean(value, row, lookups, **kwargs)
        except BadCell:
            code, near = usual_category(value) or value, nearest(value, lookups["slips"](value), at_least=0.75)
            if not value:
                raise
            if near and not usual_category(value):
                raise BadCell(Problem("unknown_category", value=value, nearest=near)) from None
            code = code if CODE.fullmatch(code) else category_code(value, known)
        if code not in known:
            known[code] = lookups["new_category"](code, value)
        return known[code]


def _gone(issue: Issue, places: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """What becomes of an issue that the whole list does not name: it is retired, and goes where that above it goes."""
    above = issue.parent
    while above and above.code not in places:
        above = above.parent
    changes = {} if issue.status == Issue.Status.RETIRED else {"status": str(Issue.Status.RETIRED)}
    if above and places[above.code] not in ("", issue.category.code):
        changes["category"] = places[above.code]
    if changes:
        yield {"code": issue.code, **changes}


def _by_code(row: SheetRow, named: Mapping[str, str]) -> SheetRow:
    """The row with the code of its category, where the file calls it by its name."""
    word = row.cells.get("category", "")
    return replace(row, cells={**row.cells, "category": named[word]}) if word in named else row


class IssueResource(StrictResource):
    """Issues with their mappings, into the draft edition of the scope."""

    sheet = "issues"
    replaceable = True
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
        edition, self.descents = self.scope.edition if self.scope else None, {}
        if self.scope and self.scope.replaces:
            self.written = (*self.written, "category", "parent")
        languages = list((self.scope and self.scope.languages) or (edition.languages if edition else DEFAULT_LANGUAGES))
        self.columns = COLUMNS
        if languages != list(DEFAULT_LANGUAGES):
            self._speak(languages)
        self.mapped = framework_columns()
        place = next(number for number, column in enumerate(self.columns) if column.name == "groups")
        fresh = {each.name: Field(f"codes__{each.name}", each.name) for each in self.mapped}
        self.take((*self.columns[:place], *self.mapped, *self.columns[place:]), fresh)

    def _speak(self, languages: Sequence[str]) -> None:
        """Columns of names and definitions in the languages of the edition, in the place of the usual ones."""
        columns = [column for name in ("name", "definition") for column in _text_columns(name, languages)]
        place = next(number for number, column in enumerate(COLUMNS) if _is_text(column.name))
        rest = [column for column in COLUMNS if not _is_text(column.name)]
        self.columns = (*rest[:place], *columns, *rest[place:])
        self.fields = {name: field for name, field in self.fields.items() if not _is_text(name)}
        for column in columns:
            limit = 200 if is_name(column.name) else 0
            self.fields[column.name] = Field(column.name, column.name, widget=TextWidget(limit))

    def speaking(self, tables: Sequence[Records]) -> "IssueResource":
        """Of a file that is the whole list, the columns in the languages in which it has names."""
        found = languages_in(tables) if self.scope.replaces else ()
        return IssueResource(replace(self.scope, languages=found), self.by, self.reason) if found else self

    def reshaped(self, table: Records) -> list[Records]:
        """A list with a row for each secondary issue, and its primary in columns beside it, as a row for each issue."""
        return unfolded(table)

    def prepared(self, rows: Sequence[SheetRow]) -> Sequence[SheetRow]:
        """Where the file is the whole list, what it does not name is retired; such rows have numbers below 0."""
        named = {text: code for code, row in self.lookups["categories"].items() for text in row.name.texts.values()}
        rows = [_by_code(row, named) for row in rows]
        if not self.scope.replaces or self.undoing is not None:
            return rows
        usual = {"status": str(Issue.Status.ACTIVE), "parent_code": ""}
        filled = [replace(row, cells={**usual, **row.cells}) for row in rows]
        places = {self.key_of(row.cells)[0]: row.cells.get("category", "") for row in filled}
        gone = [cells for (code,), issue in self.by_key.items() if code not in places for cells in _gone(issue, places)]
        return [*filled, *(SheetRow(-place, cells) for place, cells in enumerate(gone, start=1))]

    def proposed_descents(self, rows: Sequence[PlannedRow]) -> list[Likeness]:
        """Of what the file retires; of what was retired before only issues of the same name."""
        gone = {row.key[0] for row in rows if row.cells.get("status", ["", ""])[1] == Issue.Status.RETIRED}
        old: dict[bool, dict[str, dict[str, str]]] = {True: {}, False: {}}
        for (code,), issue in self.by_key.items():
            if issue.pk and issue.status == Issue.Status.RETIRED:
                old[code in gone][code] = issue.name.texts
        new = {
            row.key[0]: {name.removeprefix("name_"): text for name, (_old, text) in row.cells.items() if is_name(name)}
            for row in rows
            if row.state == NEW
        }
        found = likely_ancestors(new, old[True])
        return found + likely_ancestors(new, old[False], least=1, told=found)

    def refuse(self, store: bool) -> None:
        if store:
            self.scope = replace(self.scope, edition=locked_edition_draft(self.scope.edition))

    def stored(self) -> Sequence[Issue]:
        catalogues = stored_catalogues()
        codes = MappingCodes(catalogues)
        for column in self.mapped:
            self.fields[column.name].widget = CodesWidget(column.name, codes, catalogues)
        issues = list(self.scope.edition.issues.select_related("category", "parent__parent").order_by("code"))
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
        issues = list(self.by_key.values())  # what there is to say on retiring them is asked once for all
        self._live = cache(lambda: in_both(lambda: objections_to_retiring(self.scope.edition, issues)))
        self._descent: dict[str, Any] = {}
        self._new_categories, self._told = [], set()
        self._spoke, self._pattern = list(self.scope.edition.languages), self.scope.edition.code_pattern
        self._retired_categories: list[str] = []
        self._last_category = max((row.order for row in self.scope.edition.categories.all()), default=0)
        return {
            "categories": {row.code: row for row in self.scope.edition.categories.all()},
            "new_category": self._new_category,
            "slips": self._likely_categories,
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

    def _likely_categories(self, word: str) -> list[str]:
        """What a word that names no category may be a slip of; who writes it in many rows means it."""
        held = () if self.scope.replaces else self.lookups["categories"]
        common = [each for each, number in self._words.items() if number > self._words[word]]
        return [*held, *common, *(USUAL_CATEGORIES if self._words[word] < MEANT else ())]

    def _new_category(self, code: str, word: str) -> Category:
        self._last_category += 1
        name = category_name(code, word, self.scope.languages or self.scope.edition.languages)
        return Category(edition=self.scope.edition, code=code, name=name, order=self._last_category)

    def check_rows(self, rows: Sequence[SheetRow]) -> Iterable[Problem]:
        self._words = Counter(row.cells["category"] for row in rows if row.cells.get("category"))
        stored = {key[0]: self.cells(issue, TREE) for key, issue in self.by_key.items()}
        return check_issues(rows, stored, self.scope.replaces)

    def in_order(self, rows: Sequence[SheetRow]) -> list[SheetRow]:
        depth = depths({row.cells.get("code"): row.cells.get("parent_code") or None for row in rows})
        return sorted(rows, key=lambda row: depth[row.cells.get("code")])

    def in_batches(self, instances: Sequence[Issue]) -> Iterator[Sequence[Issue]]:
        moved = [issue for issue in self.update_instances if issue.pk and self.changes(issue, PLACE)]
        every = {issue.category.code: issue.category for issue in (*instances, *moved)}
        fresh = {code: category for code, category in every.items() if category.pk is None}
        self._new_categories = sorted(fresh)
        Category.objects.bulk_create(fresh.values())
        # No issue is put under one that stands elsewhere, as the database sees to, whatever the order of the rows.
        Issue.objects.filter(pk__in=[issue.pk for issue in moved]).update(parent=None)
        for category in every.values():
            keys = [issue.pk for issue in moved if issue.category.code == category.code]
            Issue.objects.filter(pk__in=keys).update(category=category)
        for level in range(1, LEVELS + 1):
            yield [issue for issue in instances if _level(issue) == level]

    def objections(self, row: SheetRow, instance: Issue, changes: dict[str, list[str]]) -> Iterable[Problem]:
        yield from changes_refused(row, instance, changes, self.lookups["used"], self.scope.replaces)

    def warnings(self, row: SheetRow, instance: Issue, changes: dict[str, list[str]]) -> Iterable[Problem]:
        if instance.category.pk is None and self._is_news("category", instance.category.code):
            yield row.problem("new_category", "category", params={"name": instance.category.name})
        part = "" if instance.pk or self.scope.replaces else _other_pattern(instance)
        if part and self._is_news("pattern", part):
            yield row.problem("other_pattern", "code", params={"pattern": part, "example": example_of(part)})
        for code in instance.groups:
            if code not in self.lookups["groups"] and "groups" in changes and self._is_news("group", code):
                yield row.problem("new_group", "groups", code)
        if changes.get("status", ["", ""])[1] == Issue.Status.RETIRED and instance.pk:
            for zh, en in zip(*(self._live()[suffix][instance.pk] for suffix in ("zh", "en")), strict=True):
                yield row.problem("noted", "status", params={"title_zh": zh, "title_en": en})

    def _is_news(self, *told: str) -> bool:
        """Whether no row before was told of it: a list of 90 issues says once that a category is new."""
        return told not in self._told and not self._told.add(told)

    def breaks_identity(self, plan: SheetPlan) -> bool:
        """Not in the first edition, of which nobody has used an issue."""
        if self.scope and self.scope.edition.is_first_draft:
            return False
        return any(row.state == NEW or breaks_identity(row.cells) for row in plan.rows)

    def before_store(self, instance: Issue, changes: dict[str, list[str]]) -> None:
        instance.sheet_changes, instance.sheet_is_new = changes, instance.pk is None
        self.put_last(instance)
        instance.version += instance.pk is not None
        if self.undoing is None:
            now = timezone.now().isoformat()
            instance.changed = {**instance.changed, **{name: now for name in changes if _is_text(name)}}

    def after_store(self, changed: Sequence[Issue]) -> None:
        """Replace the mappings in the frameworks that have a column, all others stay; record the descent."""
        if self.mapped:
            self._store_mappings(changed)
        if self.undoing is None:
            edition, spoken = self.scope.edition, self.scope.languages or self.scope.edition.languages
            groups = add_named_groups((code for issue in changed for code in issue.groups), languages=spoken)
            self.touched = [*changed, *groups]
            self._descent = record_descent(edition, changed, self.descents, by=self.by, reason=self.reason)
            if self.scope.replaces:
                self._replace_around(edition)
            elif any(issue.sheet_is_new and _other_pattern(issue) for issue in changed):
                self._state_pattern(edition)

    def _replace_around(self, edition: Edition) -> None:
        """The languages of the list, the pattern that its codes show, and categories without an active issue."""
        if self.scope.languages:
            self._write(edition, languages=list(self.scope.languages))
        self._state_pattern(edition)
        active = edition.issues.filter(status=Issue.Status.ACTIVE)
        empty = edition.categories.filter(status=Category.Status.ACTIVE).exclude(pk__in=active.values("category"))
        self._retired_categories = list(empty.values_list("code", flat=True))
        self._write(*empty, status=Category.Status.RETIRED)

    def _write(self, *rows: Edition | Category, **values: Any) -> None:
        """What goes with the issues; the audit trail is told of it with them."""
        self.touched += [row for row in rows if audit.write(row, values)]

    def _state_pattern(self, edition: Edition) -> None:
        """New codes are of the pattern that those of the list show."""
        active = list(edition.issues.filter(status=Issue.Status.ACTIVE))
        self._write(edition, code_pattern=shown_pattern([row.code for row in level] for level in levels_of(active)))

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
        further = {"descent": self._descent, "categories": self._new_categories}
        return further | {"languages": self._spoke, "retired": self._retired_categories, "pattern": self._pattern}

    def put_back_further(self, held: dict[str, Any]) -> None:
        put_back_descent(held.get("descent", held))  # imports of earlier versions kept less, at first the descent alone
        edition = self.scope.edition
        self.touched += (gone := list(edition.categories.filter(code__in=held.get("categories", ()), issues=None)))
        edition.categories.filter(pk__in=[row.pk for row in gone]).delete()
        self._write(*edition.categories.filter(code__in=held.get("retired", ())), status=Category.Status.ACTIVE)
        languages, pattern = held.get("languages", edition.languages), held.get("pattern", edition.code_pattern)
        self._write(edition, languages=languages, code_pattern=pattern)
