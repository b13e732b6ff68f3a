"""Reading a library file and the catalogues that come with the product."""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from materiality.library_file.catalogues import read_catalogues, read_fixture
from materiality.library_file.codes import MappingCodes
from materiality.lineage.records import LEVELS, Catalogues, CategoryRecord, IssueRecord, Library, Mapping
from materiality.tables.problems import BadLibrary, Problem, nearest
from materiality.tables.records import Records, Row, read_table

# A flat list has a row per secondary issue, its primary in columns beside it.
_REQUIRED = (
    *("code", "category", "primary_code", "primary_name_zh", "primary_name_en", "name_zh", "name_en"),
    *("definition_zh", "definition_en", "gri_2016", "gri_2021", "sdgs", "esrs", "cn_exchange_topic", "audience"),
)
# Where a row of the default library came from is not part of the library.
_OPTIONAL = ("hkex", "status", "named_in_seed", "seed_evidence")
_RENAMED = {"parent_code": "primary_code", "cn_exchange": "cn_exchange_topic", "groups": "audience"}


def check_columns(columns: Sequence[str]) -> list[Problem]:
    """Columns that are unknown, twice there or missing, each with the nearest right (or given) name."""
    given = [column for column in columns if column]
    missing = [column for column in _REQUIRED if column not in given]
    unknown = [column for column in dict.fromkeys(given) if column not in _REQUIRED + _OPTIONAL]
    free = missing + [column for column in _OPTIONAL if column not in given]
    problems = [Problem("unknown_column", 1, column, column, nearest(column, free)) for column in unknown]
    problems += [Problem("missing_column", 1, column, column, nearest(column, unknown)) for column in missing]
    twice = [column for column, number in Counter(given).items() if number > 1]
    return problems + [Problem("double_column", 1, column, column) for column in twice]


# Columns of a flat list that are not the secondary issue's own.
_BESIDE = ("primary_name_zh", "primary_name_en", "named_in_seed", "seed_evidence")
_OF_PRIMARIES = ("code", "category", "parent_code", "name_zh", "name_en", "definition_zh", "definition_en")
_PRIMARY = {"category": "category", "name_zh": "primary_name_zh", "name_en": "primary_name_en"}


@dataclass(frozen=True)
class IssueRow:
    """One issue as the file has it: `cells` by the names of the `issues` format, `columns` as the file calls them."""

    number: int
    cells: dict[str, str]
    columns: dict[str, str]

    def column(self, name: str) -> str:
        return self.columns.get(name, name)

    def problem(self, kind: str, name: str, **rest) -> Problem:
        """A problem of the cell under `name`."""
        value = rest.pop("value", self.cells.get(name, ""))
        return Problem(kind, self.number, self.column(name), value, **rest)


@dataclass(frozen=True)
class KnownTexts:
    """What the default library adds to a flat file, which has no column for it.

    `primaries`: code → name_zh, name_en, definition_zh, definition_en. `hkex`: code → (name_zh, name_en, cell).
    """

    primaries: dict[str, dict[str, str]]
    hkex: dict[str, tuple[str, str, str]]


def issue_rows(table: Records, known: KnownTexts) -> tuple[list[IssueRow], list[Problem]]:
    """One row per issue of a flat list, the primaries before all secondaries."""
    rows = [IssueRow(row.number, _cells(row), _RENAMED) for row in table.rows]
    primaries, problems = _primaries(rows, known)
    has_hkex = "hkex" in table.columns
    return [*primaries, *(row if has_hkex else _with_hkex(row, known) for row in rows)], problems


def unfolded(table: Records) -> list[Records]:
    """A flat list as two tables of the `issues` format, primaries and secondaries; any other as it is."""
    if "primary_code" not in table.columns:
        return [table]
    folder = Path(__file__).parent.parent.parent / "fixtures"
    rows, problems = issue_rows(table, known_texts(folder))
    names = {column: name for name, column in _RENAMED.items()}
    told = [replace(problem, column=names.get(problem.column, problem.column)) for problem in table.problems]
    columns = [names.get(column, column) for column in table.columns if column not in _BESIDE]
    columns += [] if "hkex" in table.columns else ["hkex"]
    primaries = [row for row in rows if row.column("code") == "primary_code"]
    return [
        Records(_OF_PRIMARIES, _rows_of(primaries, _OF_PRIMARIES), tuple(problems), "primary_code"),
        Records(tuple(columns), _rows_of(rows[len(primaries) :], columns), tuple(told), table.title),
    ]


def _rows_of(rows: Sequence[IssueRow], columns: Sequence[str]) -> tuple[Row, ...]:
    return tuple(Row(row.number, {name: row.cells.get(name, "") for name in columns}) for row in rows)


def _cells(row: Row) -> dict[str, str]:
    cells = dict(row.cells)
    for name, column in _RENAMED.items():
        cells[name] = cells.get(column, "")
    return cells


def _primaries(rows: list[IssueRow], known: KnownTexts) -> tuple[list[IssueRow], list[Problem]]:
    """The primary issues that secondaries name, each from the first row that does; later rows must say the same."""
    found: dict[str, IssueRow] = {}
    problems: list[Problem] = []
    for row in rows:
        code = row.cells.get("parent_code", "")
        if not code:
            continue
        cells = {name: row.cells.get(column, "") for name, column in _PRIMARY.items()}
        first = found.get(code)
        if first is None:
            columns = {**_PRIMARY, "code": "primary_code"}
            cells |= {"code": code, "parent_code": "", **_definitions(code, cells, known)}
            found[code] = IssueRow(row.number, cells, columns)
        else:
            problems += _differences(row, cells, first)
    return list(found.values()), problems


def _differences(row: IssueRow, cells: dict[str, str], first: IssueRow) -> list[Problem]:
    params = {"first": str(first.number), "primary": first.cells["code"]}
    return [
        Problem("primary_differs", row.number, column, cells[name], (first.cells[name],), params)
        for name, column in _PRIMARY.items()
        if cells[name] != first.cells[name]
    ]


def _definitions(code: str, cells: dict[str, str], known: KnownTexts) -> dict[str, str]:
    """Definitions of the default library's primary of this code, if it goes by the same name."""
    default = known.primaries.get(code)
    if default is None or not _same_name(cells, default["name_zh"], default["name_en"]):
        return {"definition_zh": "", "definition_en": ""}
    return {name: default[name] for name in ("definition_zh", "definition_en")}


def _with_hkex(row: IssueRow, known: KnownTexts) -> IssueRow:
    name_zh, name_en, cell = known.hkex.get(row.cells["code"], ("", "", ""))
    same = cell and _same_name(row.cells, name_zh, name_en)
    return replace(row, cells={**row.cells, "hkex": cell if same else ""})


def _same_name(cells: dict[str, str], name_zh: str, name_en: str) -> bool:
    """A code that was given to another issue does not inherit what was written for the default one."""
    return cells.get("name_zh") == name_zh or cells.get("name_en") == name_en


PRIMARY = re.compile(r"[A-Z]{2,8}-\d{2}")
SECONDARY = re.compile(r"[A-Z]{2,8}-\d{2}-\d{2}")
CODE = re.compile(r"[^\W_][\w.-]{0,39}", re.ASCII)


def codes_are_built(codes: Collection[str], parents: Collection[str]) -> bool:
    """Whether codes say where issues stand (SOC-03, SOC-03-01): as most do, another form is a slip. A list of one's own
    may have any (E1, S2-3).
    """
    built = sum(bool(PRIMARY.fullmatch(code) or SECONDARY.fullmatch(code)) for code in codes)
    return 2 * built > len(codes) and (any(parents) or not any(map(SECONDARY.fullmatch, codes)))


def check_tree(rows: Sequence[IssueRow], flat: bool) -> list[Problem]:
    """Problems of codes and parents. `flat`: primaries come from columns, so every row of the file is secondary."""
    first: dict[str, IssueRow] = {}
    problems: list[Problem] = []
    built = flat or codes_are_built(
        [row.cells["code"] for row in rows], [row.cells.get("parent_code", "") for row in rows]
    )
    for row in rows:
        code = row.cells["code"]
        problems += _code(row, flat, built)
        if code and code in first:
            params = {"first": str(first[code].number)}
            problems.append(row.problem("double_code", "code", params=params))
        first.setdefault(code, row)
    for row in rows:
        if row.cells.get("parent_code"):
            problems += _parent(row, first, built)
    return problems


def _code(row: IssueRow, flat: bool, built: bool) -> list[Problem]:
    code, parent = row.cells["code"], row.cells.get("parent_code", "")
    if not code:
        return [row.problem("empty", "code")]
    made_from_columns = row.column("code") == "primary_code"
    if built and not parent and not made_from_columns and (flat or SECONDARY.fullmatch(code)):
        offered = (code.rpartition("-")[0],) if SECONDARY.fullmatch(code) else ()
        return [row.problem("primary_missing", "parent_code", value=code, nearest=offered)]
    shape, example = (SECONDARY, "SOC-03-01") if parent else (PRIMARY, "SOC-03")
    well_formed = _well_formed(code, shape)
    if not CODE.fullmatch(code) or (built and (well_formed or flat) and well_formed != (code,)):
        return [row.problem("bad_code", "code", nearest=well_formed, params={"example": example})]
    return []


def _well_formed(code: str, shape: re.Pattern) -> tuple[str, ...]:
    """The code with capital letters, hyphens and two digits, where that makes it right: `soc—3-1` → `SOC-03-01`."""
    plain = re.sub(r"[\s_.‐-―−]+", "-", unicodedata.normalize("NFKC", code).upper())
    padded = re.sub(r"(?<=-)(\d)(?=-|$)", r"0\1", plain)
    return (padded,) if shape.fullmatch(padded) else ()


def _parent(row: IssueRow, first: dict[str, IssueRow], built: bool) -> list[Problem]:
    code, parent = row.cells["code"], row.cells["parent_code"]
    above = first.get(parent)
    if above is None:
        return [row.problem("no_primary", "parent_code", nearest=nearest(parent, [*first]))]
    chain = _chain(row, first)
    if len(chain) > LEVELS:
        return [row.problem("fourth_level", "parent_code", nearest=(above.cells["parent_code"],))]
    problems = []
    if built and SECONDARY.fullmatch(code) and not code.startswith(f"{parent}-"):
        problems.append(row.problem("other_branch", "code", params={"primary": parent}))
    if row.cells["category"] != above.cells["category"] and above.number != row.number:
        problems.append(row.problem("other_category", "category", nearest=(above.cells["category"],)))
    return problems


def _chain(row: IssueRow, first: dict[str, IssueRow]) -> list[str]:
    """The codes from the row up to the top; a ring is told of elsewhere and ends it."""
    chain = [row.cells["code"]]
    while (above := first.get(chain[-1])) and (parent := above.cells.get("parent_code")) and parent not in chain:
        chain.append(parent)
    return chain


STATUSES = ("active", "retired")
_GROUP_CODE = re.compile(r"[-a-zA-Z0-9_]{1,40}")


def new_group_refused(code: str, known: Sequence[str]) -> Problem | None:
    """A group that nobody knows yet is new, unless it looks like a slip of one that is known, or is no code."""
    close = nearest(code, known, at_least=0.75)
    return Problem("unknown_group", value=code, nearest=close) if close or not _GROUP_CODE.fullmatch(code) else None


MAX_NAME = 200


@dataclass(frozen=True)
class Reference:
    """What a library file is checked against; `groups` are codes of stakeholder groups in their order."""

    catalogues: Catalogues
    categories: tuple[CategoryRecord, ...]
    groups: tuple[str, ...]
    known: KnownTexts


def read_library(contents: bytes, name: str, reference: Reference) -> Library:
    """The library in a file of the default library's form. Raises BadLibrary with all problems."""
    table = read_table(contents, name)
    column_problems = check_columns(table.columns)
    if column_problems:
        raise BadLibrary(column_problems)
    rows, problems = issue_rows(table, reference.known)
    problems += [*table.problems, *check_tree(rows, flat=True)]
    dated = {(problem.row, problem.column) for problem in table.problems}
    reader = _RowReader(reference, dated)
    issues = [reader.read(row) for row in rows]
    problems += reader.problems
    problems += _rings_in(rows)
    if problems:
        raise BadLibrary(_in_file_order(problems, table.columns))
    used = {issue.category for issue in issues}
    categories = tuple(row for row in reference.categories if row.code in used)
    return Library(categories, tuple(sorted(issues, key=lambda issue: issue.code)))


# What many lists are divided into: code, Chinese and English name.
_USUAL = (
    ("environment", "环境", "Environment"),
    ("social", "社会", "Social"),
    ("society", "社会", "Society"),
    ("governance", "治理", "Governance"),
    ("economy", "经济", "Economy"),
    ("technology", "科技", "Technology"),
    ("products", "产品", "Products"),
    ("people", "员工", "People"),
)


USUAL_CATEGORIES = tuple(code for code, *_names in _USUAL)


def usual_category(word: str) -> str:
    """The code of the usual category of this code or name, "" for any other word."""
    return next((code for code, *names in _USUAL if word.casefold() in (code, *map(str.casefold, names))), "")


def category_code(word: str, taken: Iterable[str]) -> str:
    """The code of a category that a file calls by a name: one made of its letters, or a number."""
    made = re.sub(r"[^a-z0-9]+", "-", word.casefold()).strip("-")[:40]
    if CODE.fullmatch(made) and not made.isdigit():
        return made
    return next(code for number in count(1) if (code := f"category-{number}") not in taken)


def category_name(code: str, word: str, languages: Sequence[str]) -> dict[str, str]:
    """What a new category is called: as the file has it, else as such a one is usually called, else as its code."""
    usual = next(({"zh": zh, "en": en} for known, zh, en in _USUAL if known == code), {})
    given = "" if CODE.fullmatch(word) and word == code else word
    first = given or usual.get(languages[0], "") or name_from(code)
    return {language: usual.get(language, first) if language != languages[0] else first for language in languages}


def name_from(code: str) -> str:
    """A code as a name, until somebody gives a better one: `own-workforce` is "Own workforce"."""
    words = re.sub(r"[-_]+", " ", code).strip()
    return words[:1].upper() + words[1:]


def _rings_in(rows: Sequence[IssueRow]) -> list[Problem]:
    parents = {row.cells["code"]: row.cells.get("parent_code", "") for row in rows}
    found = []
    for row in rows:
        chain = [row.cells["code"]]
        while (parent := parents.get(chain[-1])) and parent not in chain:
            chain.append(parent)
        if parent == chain[0]:
            params = {"code": chain[0], "way": " → ".join([*chain, parent])}
            found.append(row.problem("cycle", "parent_code", params=params))
    return found


def _in_file_order(problems: list[Problem], columns: tuple[str, ...]) -> list[Problem]:
    """By row and column, each once: a flat file's primary and secondary share cells, and what no category is called
    differs from everything else as well."""
    unknown = {(p.row, p.column) for p in problems if p.kind == "unknown_category"}
    kept = [p for p in problems if p.kind == "unknown_category" or (p.row, p.column) not in unknown]
    once = {(p.row, p.column, p.kind, p.value): p for p in kept}
    order = {column: place for place, column in enumerate(columns)}
    return sorted(once.values(), key=lambda p: (p.row or 0, order.get(p.column, -1)))


class _RowReader:
    """Turns rows into records and gathers what is wrong with their cells."""

    def __init__(self, reference: Reference, dated: set[tuple[int | None, str]]) -> None:
        self._categories = [category.code for category in reference.categories]
        self._groups = reference.groups
        self._places = {group: place for place, group in enumerate(reference.groups)}
        self._codes = MappingCodes(reference.catalogues)
        self._dated = dated
        self.problems: list[Problem] = []

    def read(self, row: IssueRow) -> IssueRecord:
        texts = {name: self._texts(row, name) for name in ("name", "definition")}
        status = row.cells.get("status") or "active"
        self._one_of(row, "status", status, STATUSES, "unknown_status")
        category = row.cells["category"]
        self._one_of(row, "category", category, self._categories, "unknown_category")
        groups = dict.fromkeys(_parts(row.cells.get("groups", "")))
        for group in groups:
            if group not in self._groups:
                near = nearest(group, self._groups, at_least=0.3)
                self.problems.append(row.problem("unknown_group", "groups", value=group, nearest=near))
        return IssueRecord(
            code=row.cells["code"],
            category=category,
            parent_code=row.cells.get("parent_code", ""),
            groups=tuple(sorted(groups, key=lambda group: self._places.get(group, len(self._places)))),
            status=status,
            mappings=self._mappings(row),
            **texts,
        )

    def _texts(self, row: IssueRow, text: str) -> dict[str, str]:
        found = {language: self._text(row, f"{text}_{language}") for language in ("zh", "en")}
        return {language: each for language, each in found.items() if each}

    def _text(self, row: IssueRow, name: str) -> str:
        text = row.cells.get(name, "")
        if not text and name.startswith("name_"):
            self.problems.append(row.problem("empty", name))
        if len(text) > MAX_NAME and name.startswith("name_"):
            params = {"length": str(len(text)), "limit": str(MAX_NAME)}
            self.problems.append(row.problem("too_long", name, value=text[:40] + "…", params=params))
        return text

    def _one_of(self, row: IssueRow, name: str, value: str, valid: list[str] | tuple[str, ...], kind: str) -> None:
        if not value:
            self.problems.append(row.problem("empty", name))
        elif value not in valid:
            self.problems.append(row.problem(kind, name, value=value, nearest=nearest(value, valid, at_least=0.3)))

    def _mappings(self, row: IssueRow) -> tuple[Mapping, ...]:
        found: set[Mapping] = set()
        for name in self._codes.editions:
            if (row.number, row.column(name)) in self._dated:
                continue
            for part in _parts(row.cells.get(name, "")):
                resolved = self._codes.mapping(name, part)
                if isinstance(resolved, Problem):
                    rest = {"value": part, "nearest": resolved.nearest, "params": resolved.params}
                    self.problems.append(row.problem(resolved.kind, name, **rest))
                else:
                    found.add(resolved)
        return tuple(sorted(found))


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in re.split("[;；]", cell) if part.strip()]


FILE = "issue_library.csv"


def read_reference(folder: Path) -> Reference:
    """Catalogues that are installed from the beginning, categories, groups and texts of the fixtures folder."""
    categories = [
        CategoryRecord(row["code"], {"en": row["name_en"], "zh": row["name_zh"]}, int(row["order"]))
        for row in read_fixture(folder, "categories")
    ]
    groups = [row["group"] for row in read_fixture(folder, "groups")]
    ordered = tuple(sorted(categories, key=lambda category: category.order))
    return Reference(read_catalogues(folder), ordered, tuple(groups), known_texts(folder))


def known_texts(folder: Path) -> KnownTexts:
    """What the fixtures folder says of the default library beside its file."""
    hkex = {
        row["code"]: ";".join(filter(None, (row["hkex"], row["hkex_kpis"])))
        for row in read_fixture(folder, "hkex_mapping")
    }
    return KnownTexts(
        primaries={row["code"]: row for row in read_fixture(folder, "primary_issues")},
        hkex={
            row["code"]: (row["name_zh"], row["name_en"], hkex.get(row["code"], ""))
            for row in read_fixture(folder, FILE.removesuffix(".csv"))
        },
    )


def shipped_library() -> Library:
    """The default library that this version of the product ships. Raises BadLibrary as `read_default_library`."""
    folder = Path(__file__).parent.parent.parent / "fixtures"
    return read_default_library(folder, read_reference(folder))


def read_default_library(folder: Path, reference: Reference) -> Library:
    """The default library. Raises BadLibrary where the fixtures were changed and do not hold together."""
    return read_library((folder / FILE).read_bytes(), FILE, reference)
