"""The best guess of what the columns of a foreign file are, with all that is not certain about it."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from materiality.tables.read import Table
from surveys.matching.doubts import ColumnAnswers, Doubt, collect
from surveys.matching.fields import FieldGuess, Leftovers, guess_profile
from surveys.matching.flat import flatten
from surveys.matching.items import ItemGuess
from surveys.matching.layout import UNREAD, WIDE, Flat, Seen, SheetLayout, find_layouts, layouts_json
from surveys.matching.match import (
    BY_GROUP,
    IGNORED,
    ITEM,
    NAMES,
    PROFILE,
    WJX,
    Asked,
    Column,
    Match,
    Target,
    is_other,
    is_personal,
    tool_of,
)
from surveys.matching.moments import zone_info, zone_of
from surveys.matching.words import Issues, cleaned, heads_of, turned_round

MOST_EXAMPLES = 40


@dataclass(frozen=True)
class Guess:
    """`doubts` empty: the match may be used unseen. `examples` are answers per column as the file has them."""

    match: Match
    doubts: list[Doubt]
    found_issues: int
    asked_issues: int
    examples: list[list[str]] = field(default_factory=list)
    seen: Seen = field(default_factory=Seen)


def guess(
    table: Table,
    asked: Asked,
    *,
    tool: str = "",
    layouts: Sequence[SheetLayout] = (),
    constants: Mapping[str, str] | None = None,
) -> Guess:
    """Guess the match of a file; its rows are read up to 20,000. `tool` is what a person says that wrote the file,
    `layouts` how its sheets are laid out, `constants` the fields that hold for every row.

    Said to be of 问卷星, numbers are those of options: the one after the scale's end is *don't know*, and the first
    of a consent's is yes.
    """
    return _Guessing(table, asked, tool, layouts, constants or {}).result()


def chosen_layouts(table: Table, asked: Asked, sheet: str, head: Sequence[int]) -> list[SheetLayout]:
    """How the sheets are laid out where a person chose the sheet, or the rows of its header; empty for neither."""
    if not sheet and not head:
        return []
    name = sheet or next((each.name for each in table.sheets if each.name == table.sheet), "")
    found = {each.sheet: each for each in find_layouts(table.sheets, Issues(asked.issues), asked)}
    if head:
        found[name] = SheetLayout(name, WIDE, tuple(head), max(head) + 1)
    return [found[name] if each.name == name else SheetLayout(each.name, UNREAD, (), 1) for each in table.sheets]


class _Guessing:
    def __init__(self, table: Table, asked: Asked, tool: str, layouts, constants: Mapping[str, str]) -> None:
        self.asked, self.said_tool, self.constants, self.table = asked, tool, constants, table
        issues = Issues(asked.issues)
        self.layouts = list(layouts) or find_layouts(table.sheets, issues, asked)
        self.flat: Flat = flatten(table.sheets, self.layouts, issues, asked)
        self.answers: list[ColumnAnswers] = collect((cells for _n, cells in self.flat.rows), len(self.flat.headers))
        self.heads = heads_of(self.flat.headers, issues, self.flat.parts)
        self.written_by = tool_of([name for head in self.heads for name in (head.raw, *head.parts)])
        self.tool = tool or self.written_by
        self.items = ItemGuess(self.heads, self.answers, asked, issues, self.tool, options=tool == WJX)
        free = [column for column in range(len(self.heads)) if column not in self.items.targets]
        self.profile, self.profile_maps = guess_profile(self.heads, self.answers, free, asked)
        free = [each for each in free if each not in self.profile]
        self.fields = FieldGuess(
            self.heads, self.answers, free, asked, self.tool, options=tool == WJX, constants=tuple(constants)
        )
        for name, column in self.fields.places.items():
            if column in self.flat.seen.zones and name in ("started_at", "submitted_at"):
                self.fields.zones.setdefault(name, self.flat.seen.zones[column])

    def result(self) -> Guess:
        targets = [
            self.items.targets.get(at) or self.fields.target(at) or self.profile.get(at) or Target(IGNORED)
            for at in range(len(self.heads))
        ]
        zone, about_texts = self._texts()
        found = {target.code for target in targets if target.kind == ITEM}
        match = Match(
            tool=self.tool,
            columns=_columns(self.flat.headers, self.heads, targets, self.items.map_of, set(self.fields.maps)),
            maps={**self.items.maps, **self.fields.maps, **self.profile_maps},
            dates=self.fields.dates,
            zones=self.fields.zones,
            seconds=self.fields.seconds,
            zone=zone,
            sha256=self.table.sha256,
            layouts=tuple(layouts_json(self.layouts)),
            constants=dict(self.constants),
        )
        examples = [each.given()[: 3 if each.many else MOST_EXAMPLES] for each in self.answers]
        doubts = self._doubts(targets, found, about_texts)
        return Guess(match, doubts, len(found), _asked_issues(self.asked), examples, self.flat.seen)

    def _doubts(self, targets: Sequence[Target], found: set[str], about_texts: Sequence[Doubt]) -> list[Doubt]:
        """All of them, those about the whole file first; `found` are the codes of issues that have a column."""
        rows = max((len(each.texts) for each in self.answers), default=0)
        left = [at for at, target in enumerate(targets) if target.kind == IGNORED]
        lacking = self._lacking(targets)
        complete = not found or not lacking
        leftovers = Leftovers(self.heads, self.answers, self.fields, self.asked, rows=rows, complete=complete)
        return [
            *self._whole(len(found)),
            *(Doubt(code, params=params, names=names) for code, params, names in self.flat.seen.doubts),
            *about_texts,
            *self._aggregates(),
            *self.items.doubts,
            *self.fields.doubts,
            *leftovers.look([at for at in left if not self._has_doubt(at)]),
            *(lacking if len(found) * 2 >= _asked_issues(self.asked) else []),
        ]

    def _has_doubt(self, column: int) -> bool:
        return any(doubt.column == column for doubt in (*self.items.doubts, *self.fields.doubts))

    def _texts(self) -> tuple[str, list[Doubt]]:
        """The zone that titles, notes and other sheets name, and what they say of the scale."""
        doubts, zone = [], ""
        heads = [head.text for at, head in enumerate(self.heads) if at not in self.items.targets]
        for text in dict.fromkeys((*self.flat.seen.texts, *self.flat.seen.sheets, *heads)):
            if turned_round(cleaned(text)):
                doubts.append(Doubt("turned_in_text", params={"text": text[:120]}, names=(text,)))
        for text in dict.fromkeys(self.flat.seen.texts):
            named = zone_of(text)
            if named and (named == "?" or not zone_info(named) or named != (zone or named)):
                doubts.append(Doubt("zone_words", params={"value": text[:80]}, names=(text,)))
            elif named:
                zone = named
        return zone, doubts

    def _aggregates(self) -> list[Doubt]:
        """A doubt where each row is another group and nothing says who answered, or when."""
        column = self.fields.places.get("group")
        if column is None:
            return []
        groups = len(self.answers[column].given())
        own = {"token", "submitted_at", "started_at"} & self.fields.places.keys()
        counted = any(_COUNTS.fullmatch(cleaned(name).casefold()) for head in self.heads for name in head.names)
        rows = sum(self.flat.seen.sheets.values())
        if rows == groups > 1 and (counted or not own):
            return [Doubt("aggregates", params={"rows": rows})]
        return []

    def _lacking(self, targets: Sequence[Target]) -> list[Doubt]:
        """A doubt with the items that are asked and have no column, unless doubtful columns account for all of them."""
        here = {(target.code, target.detail) for target in targets if target.kind == ITEM}
        here |= {item for item in self.asked.items if (item[0], BY_GROUP) in here}
        items = self.asked.asked_items()
        lacking = [f"{code}:{dimension}" for code, dimension in items if (code, dimension) not in here]
        accounted = sum(doubt.code in ("unknown_issue", "doubled", "near_issue") for doubt in self.items.doubts)
        if len(lacking) <= accounted:
            return []
        params = {"number": len(lacking), "items": len(items), "examples": ", ".join(lacking[:6])}
        return [Doubt("lacking", params=params)]

    def _whole(self, found: int) -> list[Doubt]:
        every = _asked_issues(self.asked)
        doubts = []
        if self.said_tool and self.said_tool != self.written_by:
            doubts.append(Doubt("not_the_tool", params={"tool": NAMES[self.said_tool]}))
        if not found:
            doubts.append(Doubt("no_issues", params={"asked": every}))
        elif found * 2 < every:
            doubts.append(Doubt("few_issues", params={"found": found, "asked": every}))
        return doubts


_COUNTS = re.compile(
    r"n|n =|样本数|样本量|样本|人数|有效样本|有效人数|答卷数|回收数|份数|问卷数|"
    r"sample size|sample|count|responses|number|respondents|base"
)


def _asked_issues(asked: Asked) -> int:
    return len({code for code, _dimension in asked.items})


def _columns(headers, heads, targets, map_of: dict[int, str], named: set[str]) -> tuple[Column, ...]:
    seen: Counter[str] = Counter()
    columns = []
    for at, (header, target) in enumerate(zip(headers, targets, strict=True)):
        values = map_of.get(at, "")
        if target.kind == PROFILE:
            values = f"profile-{target.code}"
        elif target.code in named and target.kind != ITEM:
            values = target.code
        key = cleaned(header)
        columns.append(Column(header, seen[key], target, values, _why(heads[at], target)))
        seen[key] += 1
    return tuple(columns)


def _why(head, target: Target) -> str:
    if target.kind != IGNORED:
        return ""
    if is_personal(head.text):
        return "personal"
    return "tool" if is_other(head.text) else "other"
