"""How two editions of the library differ, issue by issue."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from materiality.library_file.records import CategoryRecord, IssueRecord, Key, Library
from materiality.lineage.texts import Segment, text_difference

TEXTS = ("name_zh", "name_en", "definition_zh", "definition_en")
# In the order in which they are told.
KINDS = ("added", "retired", "merged", "split", "moved", "renamed", "redefined", "remapped", "regrouped", "reinstated")
RETIRED = "retired"

Ancestors = Mapping[str, Mapping[str, float]]  # issue of the new edition → its ancestors in the old with weights


@dataclass(frozen=True)
class TextDifference:
    """One text column that differs."""

    field: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class IssueDifference:
    """An issue that differs. `new` is None where it is gone; `old` are its ancestors, `weights` go with them.

    Texts, mappings and groups are compared with `old[0]`: the ancestor of the same code, else the weightiest.
    """

    kinds: tuple[str, ...]
    new: IssueRecord | None
    old: tuple[IssueRecord, ...]
    weights: tuple[float, ...] = ()
    texts: tuple[TextDifference, ...] = ()
    mappings_added: tuple[Key, ...] = ()
    mappings_removed: tuple[Key, ...] = ()

    @property
    def ancestors(self) -> tuple[tuple[IssueRecord, float], ...]:
        """Ancestors with their weights."""
        return tuple(zip(self.old, self.weights, strict=True))

    @property
    def origin(self) -> tuple[tuple[IssueRecord, float], ...]:
        """The ancestors where they say more than the issue's own code does."""
        is_itself = len(self.old) == 1 and self.old[0].code == self.shown.code
        return () if is_itself else self.ancestors

    @property
    def shown(self) -> IssueRecord:
        """The issue as it is, or as it last was."""
        return self.new or self.old[0]


@dataclass(frozen=True)
class CategoryDifference:
    """A category that is new, gone or renamed."""

    new: CategoryRecord | None
    old: CategoryRecord | None


@dataclass(frozen=True)
class Comparison:
    """What differs, in the order of categories and codes; `unchanged` counts the issues in which nothing does."""

    categories: tuple[CategoryDifference, ...]
    issues: tuple[IssueDifference, ...]
    unchanged: int

    @cached_property
    def counts(self) -> dict[str, int]:
        """Number of issues per kind of difference; an issue can be of several."""
        numbers = Counter(kind for issue in self.issues for kind in issue.kinds)
        return {kind: numbers[kind] for kind in KINDS if numbers[kind]}


def compare(old: Library, new: Library, ancestors: Ancestors) -> Comparison:
    """Differences from `old` to `new`; an issue without ancestors is added, one without descendants retired."""
    before = {issue.code: issue for issue in old.issues}
    children = Counter(source for weights in ancestors.values() for source in weights)
    found = [_issue(issue, before, ancestors.get(issue.code, {}), children) for issue in new.issues]
    present = {issue.code for issue in new.issues}
    # A retired issue is often still listed, as retired; then that line tells of it.
    told = children.keys() | {code for code in before if code in present and code not in ancestors}
    gone = [
        IssueDifference((RETIRED,), None, (issue,), (1.0,))
        for code, issue in before.items()
        if code not in told and issue.status != RETIRED
    ]
    differing = [difference for difference in found if difference is not None]
    places = {row.code: place for place, row in enumerate((*new.categories, *old.categories)) if row.code}
    ordered = sorted(differing + gone, key=lambda row: (places.get(row.shown.category, 0), row.shown.code))
    return Comparison(_categories(old, new), tuple(ordered), len(new.issues) - len(differing))


def _issue(
    issue: IssueRecord, before: Mapping[str, IssueRecord], weights: Mapping[str, float], children: Counter
) -> IssueDifference | None:
    known = {code: weight for code, weight in weights.items() if code in before}
    if not known:
        return _without_ancestors(issue, before)
    codes = sorted(known, key=lambda code: (code != issue.code, -known[code], code))
    old = tuple(before[code] for code in codes)
    kinds = ["merged"] * (len(old) > 1) + ["split"] * any(children[code] > 1 for code in codes)
    kinds += _changes(old[0], issue)
    if not kinds:
        return None
    texts = tuple(
        TextDifference(name, text_difference(getattr(old[0], name), getattr(issue, name)))
        for name in TEXTS
        if getattr(old[0], name) != getattr(issue, name)
    )
    return IssueDifference(
        kinds=tuple(kind for kind in KINDS if kind in kinds),
        new=issue,
        old=old,
        weights=tuple(known[code] for code in codes),
        texts=texts,
        mappings_added=tuple(sorted(set(issue.mappings) - set(old[0].mappings))),
        mappings_removed=tuple(sorted(set(old[0].mappings) - set(issue.mappings))),
    )


def _without_ancestors(issue: IssueRecord, before: Mapping[str, IssueRecord]) -> IssueDifference | None:
    """A new issue, or one that is listed as retired and has no descent any more."""
    if issue.status != RETIRED:
        return IssueDifference(("added",), issue, ())
    held = before.get(issue.code)
    if held is None or held.status == RETIRED:
        return None
    return IssueDifference((RETIRED,), issue, (held,), (1.0,))


def _changes(old: IssueRecord, new: IssueRecord) -> list[str]:
    differs = {
        "retired": old.status != RETIRED and new.status == RETIRED,
        "reinstated": old.status == RETIRED and new.status != RETIRED,
        "moved": (old.category, old.parent_code) != (new.category, new.parent_code),
        "renamed": (old.name_zh, old.name_en) != (new.name_zh, new.name_en),
        "redefined": (old.definition_zh, old.definition_en) != (new.definition_zh, new.definition_en),
        "remapped": set(old.mappings) != set(new.mappings),
        "regrouped": set(old.groups) != set(new.groups),
    }
    return [kind for kind, is_so in differs.items() if is_so]


def _categories(old: Library, new: Library) -> tuple[CategoryDifference, ...]:
    before, after = ({row.code: row for row in library.categories} for library in (old, new))
    pairs = [(after.get(code), before.get(code)) for code in dict.fromkeys([*after, *before])]
    return tuple(CategoryDifference(*pair) for pair in pairs if _names(pair[0]) != _names(pair[1]))


def _names(row: CategoryRecord | None) -> tuple[str, str] | None:
    return (row.name_zh, row.name_en) if row else None
