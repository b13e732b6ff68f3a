"""Reading a library file and the catalogues that come with the product."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

from materiality.library_file.catalogues import read_catalogues, read_fixture
from materiality.library_file.codes import MappingCodes
from materiality.lineage.records import LEVELS, CategoryRecord, IssueRecord, Library
from materiality.tables.problems import BadLibrary, Problem, nearest
from materiality.tables.records import Records, Row, parts

_RENAMED = {"parent_code": "primary_code", "cn_exchange": "cn_exchange_topic", "groups": "audience"}
# Columns of a flat list that are not the secondary issue's own.
_BESIDE = ("primary_name_zh", "primary_name_en", "named_in_seed", "seed_evidence")
_OF_PRIMARIES = ("code", "category", "parent_code", "name_zh", "name_en", "definition_zh", "definition_en")
_PRIMARY = {"category": "category", "name_zh": "primary_name_zh", "name_en": "primary_name_en"}


@dataclass(frozen=True)
class KnownTexts:
    """What the default library adds to a flat file, which has no column for it.

    `primaries`: code → name_zh, name_en, definition_zh, definition_en. `hkex`: code → (name_zh, name_en, cell).
    """

    primaries: dict[str, dict[str, str]]
    hkex: dict[str, tuple[str, str, str]]


def issue_rows(table: Records, known: KnownTexts) -> tuple[list[Row], list[Row], list[Problem]]:
    """Primaries and secondaries of a flat list by the names of the `issues` format, and where rows of it disagree."""
    rows = [Row(row.number, _cells(row)) for row in table.rows]
    primaries, problems = _primaries(rows, known)
    return primaries, rows if "hkex" in table.columns else [_with_hkex(row, known) for row in rows], problems


def unfolded(table: Records) -> list[Records]:
    """A flat list as two tables of the `issues` format, primaries and secondaries; any other as it is."""
    if "primary_code" not in table.columns:
        return [table]
    primaries, secondaries, problems = issue_rows(table, known_texts(FIXTURES))
    names = {column: name for name, column in _RENAMED.items()}
    told = [replace(problem, column=names.get(problem.column, problem.column)) for problem in table.problems]
    columns = [names.get(column, column) for column in table.columns if column not in _BESIDE]
    columns += [] if "hkex" in table.columns else ["hkex"]
    return [
        Records(_OF_PRIMARIES, _rows_of(primaries, _OF_PRIMARIES), tuple(problems), "primary_code"),
        Records(tuple(columns), _rows_of(secondaries, columns), tuple(told), table.title),
    ]


def _rows_of(rows: Sequence[Row], columns: Sequence[str]) -> tuple[Row, ...]:
    return tuple(Row(row.number, {name: row.cells.get(name, "") for name in columns}) for row in rows)


def _cells(row: Row) -> dict[str, str]:
    cells = dict(row.cells)
    for name, column in _RENAMED.items():
        cells[name] = cells.get(column, "")
    return cells


def _primaries(rows: list[Row], known: KnownTexts) -> tuple[list[Row], list[Problem]]:
    """The primary issues that secondaries name, each from the first row that does; later rows must say the same."""
    found: dict[str, Row] = {}
    problems: list[Problem] = []
    for row in rows:
        code = row.cells.get("parent_code", "")
        if not code:
            continue
        cells = {name: row.cells.get(column, "") for name, column in _PRIMARY.items()}
        first = found.get(code)
        if first is None:
            found[code] = Row(row.number, cells | {"code": code, "parent_code": "", **_definitions(code, cells, known)})
        else:
            problems += _differences(row, cells, first)
    return list(found.values()), problems


def _differences(row: Row, cells: dict[str, str], first: Row) -> list[Problem]:
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


def _with_hkex(row: Row, known: KnownTexts) -> Row:
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


def check_tree(rows: Sequence[Row]) -> Iterator[Problem]:
    """Problems of codes and parents, by the names of the `issues` format."""
    first: dict[str, Row] = {}
    for row in rows:
        first.setdefault(row.cells["code"], row)
    built = codes_are_built([row.cells["code"] for row in rows], [row.cells["parent_code"] for row in rows])
    for row in rows:
        yield from _code(row, built)
        if row.cells["parent_code"]:
            yield from _parent(row, first, built)


def _problem(kind: str, row: Row, name: str, value: str | None = None, **rest: Any) -> Problem:
    return Problem(kind, row.number, name, row.cells[name] if value is None else value, **rest)


def _code(row: Row, built: bool) -> Iterator[Problem]:
    code, parent = row.cells["code"], row.cells["parent_code"]
    if not code:
        yield _problem("empty", row, "code")
    elif built and not parent and SECONDARY.fullmatch(code):
        yield _problem("primary_missing", row, "parent_code", code, nearest=(code.rpartition("-")[0],))
    else:
        shape, example = (SECONDARY, "SOC-03-01") if parent else (PRIMARY, "SOC-03")
        well_formed = _well_formed(code, shape)
        if not CODE.fullmatch(code) or (built and well_formed and well_formed != (code,)):
            yield _problem("bad_code", row, "code", nearest=well_formed, params={"example": example})


def _well_formed(code: str, shape: re.Pattern) -> tuple[str, ...]:
    """The code with capital letters, hyphens and two digits, where that makes it right: `soc—3-1` → `SOC-03-01`."""
    plain = re.sub(r"[\s_.‐-―−]+", "-", unicodedata.normalize("NFKC", code).upper())
    padded = re.sub(r"(?<=-)(\d)(?=-|$)", r"0\1", plain)
    return (padded,) if shape.fullmatch(padded) else ()


def _parent(row: Row, first: dict[str, Row], built: bool) -> Iterator[Problem]:
    code, parent = row.cells["code"], row.cells["parent_code"]
    above = first.get(parent)
    if above is None:
        yield _problem("no_primary", row, "parent_code", nearest=nearest(parent, [*first]))
        return
    if len(_chain(row, first)) > LEVELS:
        yield _problem("fourth_level", row, "parent_code", nearest=(above.cells["parent_code"],))
        return
    if built and SECONDARY.fullmatch(code) and not code.startswith(f"{parent}-"):
        yield _problem("other_branch", row, "code", params={"primary": parent})
    if row.cells["category"] != above.cells["category"] and above.number != row.number:
        yield _problem("other_category", row, "category", nearest=(above.cells["category"],))


def _chain(row: Row, first: dict[str, Row]) -> list[str]:
    """The codes from the row up to the top; a ring is told of elsewhere and ends it."""
    chain = [row.cells["code"]]
    while (above := first.get(chain[-1])) and (parent := above.cells["parent_code"]) and parent not in chain:
        chain.append(parent)
    return chain


_GROUP_CODE = re.compile(r"[-a-zA-Z0-9_]{1,40}")


def new_group_refused(code: str, known: Sequence[str]) -> Problem | None:
    """A group that nobody knows yet is new, unless it looks like a slip of one that is known, or is no code."""
    close = nearest(code, known, at_least=0.75)
    return Problem("unknown_group", value=code, nearest=close) if close or not _GROUP_CODE.fullmatch(code) else None


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


FIXTURES = Path(__file__).parent.parent.parent / "fixtures"
FILE = "issue_library"


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
            for row in read_fixture(folder, FILE)
        },
    )


def shipped_library(folder: Path = FIXTURES) -> Library:
    """The default library that this version of the product ships. Raises BadLibrary with codes that mean nothing."""
    table = Records((), tuple(Row(place, cells) for place, cells in enumerate(read_fixture(folder, FILE), 2)), ())
    primaries, secondaries, _problems = issue_rows(table, known_texts(folder))
    codes, groups = MappingCodes(read_catalogues(folder)), [row["group"] for row in read_fixture(folder, "groups")]
    issues = [_record(row, codes, groups) for row in (*primaries, *secondaries)]
    categories = (
        CategoryRecord(row["code"], {"en": row["name_en"], "zh": row["name_zh"]}, int(row["order"]))
        for row in read_fixture(folder, "categories")
    )
    used = {issue.category for issue in issues}
    return Library(
        tuple(sorted((row for row in categories if row.code in used), key=lambda row: row.order)),
        tuple(sorted(issues, key=lambda issue: issue.code)),
    )


def _record(row: Row, codes: MappingCodes, groups: list[str]) -> IssueRecord:
    cells = row.cells
    found = [codes.mapping(column, part) for column in codes.editions for part in parts(cells.get(column, ""))]
    if wrong := [replace(each, row=row.number) for each in found if isinstance(each, Problem)]:
        raise BadLibrary(wrong)
    texts = {
        text: {language: said for language in ("zh", "en") if (said := cells.get(f"{text}_{language}", "").strip())}
        for text in ("name", "definition")
    }
    return IssueRecord(
        code=cells["code"],
        category=cells["category"],
        parent_code=cells.get("parent_code", ""),
        groups=tuple(sorted(set(parts(cells.get("groups", ""))), key=groups.index)),
        status=cells.get("status") or "active",
        mappings=tuple(sorted(set(found))),
        **texts,
    )
