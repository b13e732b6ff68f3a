"""Which codes an edition's issues map to, per framework edition."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from django.utils.translation import gettext as _

from materiality.bilingual import is_chinese
from materiality.models import Edition, IssueMapping

_ORDER = ("GRI", "SDG", "ESRS", "CNSE", "HKEX")


@dataclass(frozen=True)
class Column:
    """A framework edition as a column; `key` is how it stands in an address: `GRI-2016`."""

    pk: int
    framework: str
    edition: str
    label: str

    @property
    def key(self) -> str:
        return f"{self.framework}-{self.edition}"


@dataclass(frozen=True)
class IssueCodes:
    """`codes`: issue → column → codes in the catalogue's order. `texts`: what is shown where a code says nothing."""

    columns: list[Column]
    codes: dict[int, dict[Column, list[str]]]
    texts: dict[tuple[Column, str], str]

    def of(self, issue: int, column: Column) -> tuple[str, ...]:
        """What to show of an issue in a column."""
        return tuple(self.texts.get((column, code), code) for code in self.codes.get(issue, {}).get(column, ()))


def issue_codes(edition: Edition, issue: int | None = None) -> IssueCodes:
    """Codes of all issues of an edition, or of one and its secondaries (one query)."""
    mappings = IssueMapping.objects.filter(issue__edition=edition)
    if issue is not None:
        mappings = mappings.filter(issue__parent=issue)
    rows = mappings.order_by("disclosure__framework__edition", "disclosure__order").values_list(
        "issue",
        "disclosure__framework",
        "disclosure__framework__code",
        "disclosure__framework__edition",
        "disclosure__code",
        "disclosure__title_zh" if is_chinese() else "disclosure__title_en",
    )
    held = list(rows)
    columns = _columns({row[1:4] for row in held})
    codes: dict[int, dict[Column, list[str]]] = defaultdict(lambda: defaultdict(list))
    texts = {}
    for issue_pk, framework, _code, _edition, code, title in held:
        column = columns[framework]
        codes[issue_pk][column].append(code)
        if column.framework == "CNSE":  # the exchanges' topics are numbered by us, so only the title says anything
            texts[column, code] = title
    return IssueCodes(list(columns.values()), codes, texts)


def framework_label(code: str, edition: str, alone: bool) -> str:
    """`GRI 2016` where two editions stand side by side, else `SDG`."""
    if code == "CNSE":
        code = _("Exchanges")
    return code if alone else f"{code} {edition}"


def framework_place(code: str, edition: str) -> tuple:
    """Sorts frameworks: GRI by edition, goals, ESRS, exchanges, then any others by name."""
    return (_ORDER.index(code) if code in _ORDER else len(_ORDER), code, edition)


def _columns(frameworks: set[tuple[int, str, str]]) -> dict[int, Column]:
    numbers = Counter(code for _pk, code, _edition in frameworks)
    ordered = sorted(frameworks, key=lambda row: framework_place(row[1], row[2]))
    return {
        pk: Column(pk, code, edition, framework_label(code, edition, numbers[code] == 1 and code != "GRI"))
        for pk, code, edition in ordered
    }
