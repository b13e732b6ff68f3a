"""The best guess of what the columns of a foreign file are, with all that is not certain about it.

Items by issue, dimension and what the answers mean; fields and profile questions are looked for in fields.py.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from materiality.scoring.cube import BUSINESS, DIMENSIONS, SOCIETY
from materiality.tables.problems import column_letters
from materiality.tables.read import Table
from surveys.matching.fields import FieldGuess, Leftovers, guess_profile
from surveys.matching.flat import ColumnAnswers, collect, flatten
from surveys.matching.kinds import Doubt
from surveys.matching.layout import UNREAD, WIDE, Flat, Seen, SheetLayout, find_layouts, layouts_json
from surveys.matching.match import (
    ATTENTION,
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
    asks_attention,
    is_other,
    is_personal,
    tool_of,
)
from surveys.matching.moments import zone_info, zone_of
from surveys.matching.values import Values, looks_like_rating, values_of
from surveys.matching.words import (
    Head,
    Issues,
    absent,
    asks_ranking,
    cleaned,
    dimension_of,
    heads_of,
    side_of,
    turned_round,
    word,
)

MOST_EXAMPLES = 40
_MOST_LEVELS, _LONGEST_LEVEL = 15, 60
# So many columns with three and more different ratings, and none at the scale's end: it may be a shorter scale.
_MANY_COLUMNS = 5


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


class ItemGuess:
    """Targets by column, and the value map of each such column."""

    def __init__(self, heads: Sequence[Head], answers: Sequence[ColumnAnswers], asked: Asked, issues: Issues, tool: str,
                 *, options: bool = False):  # fmt: skip
        self.heads, self.answers, self.asked, self.issues = heads, answers, asked, issues
        self.tool, self.options = tool, options
        self.targets: dict[int, Target] = {}
        self.maps: dict[str, dict[str, str]] = {}
        self.map_of: dict[int, str] = {}
        self.doubts: list[Doubt] = []
        self._turned: set[str] = set()
        rated = [column for column, each in enumerate(answers) if self._rated(each)]
        self.found = [at for at, head in enumerate(heads) if head.found and (at in rated or _few(answers[at]))]
        self.blocks = {heads[column].block for column in self.found} - {""}
        self._strangers([column for column in rated if not heads[column].found])
        self._dimensions()
        self._values()

    def _rated(self, answers: ColumnAnswers) -> bool:
        return not answers.many and looks_like_rating(answers.texts, self.asked.k, self.tool)

    def _doubt(self, code: str, column: int, **params: object) -> None:
        self.doubts.append(Doubt(code, column, self.heads[column].text[:200], params))

    def _strangers(self, columns: Sequence[int]) -> None:
        """Rows of a matrix that are no issue of the survey: the attention question, a misspelt issue, another one."""
        known = {self.heads[column].found.code for column in self.found}
        for column in columns:
            head = self.heads[column]
            inside = head.block in self.blocks
            if asks_attention(head.row if inside else head.text, surely=not inside):
                if Target(ATTENTION) not in self.targets.values():
                    self.targets[column] = Target(ATTENTION)
            elif inside or dimension_of(head.stem):
                near = self.issues.near(head.row or head.text)
                if near and (near.code not in known or head.found is None):
                    self.heads[column] = replace(head, found=near)
                    self.found.append(column)
                    self._doubt("near_issue", column, target=near.code)
                elif inside:
                    self._doubt("unknown_issue", column)

    def _dimensions(self) -> None:
        """Each item's dimension, by its question, by the survey, by the words of its answers."""
        said = {column: self._said(column) for column in self.found}
        words = self._words_of(said)
        contrasted = self._contrasted([column for column in self.found if not said[column]])
        taken: dict[tuple[str, str], int] = {}
        for column in sorted(self.found):
            code = self.heads[column].found.code
            dimension = said[column] or self._only(code) or contrasted.get(column) or self._by_group(code)
            dimension = dimension or self._by_words(column, words)
            if not dimension:
                free = [each for each in DIMENSIONS if (code, each) not in taken]
                dimension = free[0] if free else SOCIETY
                self._doubt("dimension", column)
            if (code, dimension) in taken:
                self._doubt(
                    "doubled", column, target=f"{code}:{dimension}", first=column_letters(taken[code, dimension])
                )
                continue
            taken[code, dimension] = column
            self.targets[column] = Target(ITEM, code, dimension)

    def _said(self, column: int) -> str:
        head = self.heads[column]
        rest = head.found.rest if head.found else ""
        question = head.stem or rest
        turned = "turned_round" if turned_round(question) else "ranking" if asks_ranking(question) else ""
        if turned and head.block not in self._turned:
            self._turned.add(head.block)
            self._doubt(turned, column)
        return dimension_of(rest) or dimension_of(head.stem) or ""

    def _only(self, code: str) -> str:
        asked = [dimension for each, dimension in self.asked.items if each == code]
        return asked[0] if len(asked) == 1 else ""

    def _contrasted(self, columns: Sequence[int]) -> dict[int, str]:
        """Dimensions of columns that say no more than `社会` and `公司`, of an issue that has one of each."""
        sides: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for column in columns:
            found = self.heads[column].found
            if dimension := side_of(found.rest):
                sides[found.code][dimension].append(column)
        return {
            column: dimension
            for each in sides.values()
            if len(each) == 2
            for dimension, of_side in each.items()
            for column in of_side
        }

    def _by_group(self, code: str) -> str:
        """`by-group` where one column alone is about the issue and each group is asked one dimension of it at most."""
        columns = [column for column in self.found if self.heads[column].found.code == code]
        items = [item for item in self.asked.items if item[0] == code]
        if len(columns) != 1 or not self.asked.plan:
            return ""
        asked = [[item for item in items if self.asked.asks(group.code, item)] for group in self.asked.groups]
        return (
            BY_GROUP
            if max(map(len, asked), default=0) == 1 and len({item for each in asked for item in each}) == 2
            else ""
        )

    def _words(self, column: int) -> set[str]:
        keys = {word(text) for text in self.answers[column].texts}
        return {key for key in keys if absent(key, self.tool) is None}

    def _words_of(self, said: dict[int, str]) -> dict[str, set[str]]:
        words: dict[str, set[str]] = defaultdict(set)
        for column, dimension in said.items():
            words[dimension] |= self._words(column)
        return words

    def _by_words(self, column: int, words: dict[str, set[str]]) -> str:
        """By words that only one dimension uses; where no question says anything, sizes are the business."""
        own = self._words(column)
        if words[SOCIETY] or words[BUSINESS]:
            only = {each: words[each] - words[_other(each)] for each in DIMENSIONS}
            fitting = [each for each in DIMENSIONS if len(own & only[each]) * 2 > len(own)]
            return fitting[0] if len(fitting) == 1 else ""
        sized, weighed = _sized(own), any("重要" in key or "important" in key for key in own)
        every = words[""]
        if sized != weighed and _sized(every) and any("重要" in key or "important" in key for key in every):
            self._doubt("dimension_by_answers", column)
            return BUSINESS if sized else SOCIETY
        return ""

    def _values(self) -> None:
        """One value map per dimension where all its columns agree, else one per question."""
        kinds: dict[str, list[int]] = defaultdict(list)
        for column, target in sorted(self.targets.items()):
            if target.kind == ITEM:
                kinds[target.detail].append(column)
        for dimension, columns in kinds.items():
            # Questions that run the other way round have words of their own, which can be turned without the rest.
            turned = [column for column in columns if self.heads[column].block in self._turned]
            if len(turned) == len(columns):
                turned = []
            self._values_of(f"{dimension}-turned", turned)
            self._values_of(dimension, [column for column in columns if column not in turned])
            self._check_end(columns)
        for column, target in self.targets.items():
            if target.kind == ATTENTION:
                near = [other for other in self.map_of if self.heads[other].block == self.heads[column].block]
                self.map_of[column] = self.map_of[near[0]] if near else next(iter(self.maps), "")

    def _values_of(self, dimension: str, columns: Sequence[int]) -> None:
        if not columns:
            return
        values = self._read(columns)
        parts: dict[str, list[int]] = defaultdict(list)
        for column in columns:
            parts[self.heads[column].block].append(column)
        read = [(part, self._read(part)) for part in parts.values()] if values.unknown or values.doubts else []
        if all(each.unknown or each.doubts for _part, each in read):
            self._keep(dimension, columns, values)
            return
        for number, (part, each) in enumerate(read, 1):
            self._keep(f"{dimension}-{number}", part, each)

    def _read(self, columns: Sequence[int]) -> Values:
        texts = {text for column in columns for text in self.answers[column].texts}
        return values_of(texts, self.asked.k, tool=self.tool, options=self.options)

    def _check_end(self, columns: Sequence[int]) -> None:
        """A doubt where many columns are so varied that the end of the scale should occur, and it never does."""
        maps = {at: self.maps[self.map_of[at]] for at in columns}
        words = [{known.get(word(text), "") for text in self.answers[at].texts} for at, known in maps.items()]
        given = [{int(rating) for rating in some if rating.isdigit()} for some in words]
        top = max(set().union(*given), default=self.asked.k)
        varied = sum(len(ratings) > 2 for ratings in given)
        if top < self.asked.k and (varied >= _MANY_COLUMNS or (varied and 2 * varied >= len(columns))):
            self._doubt("scale_end", columns[0], value=top, k=self.asked.k)

    def _keep(self, name: str, columns: Sequence[int], values: Values) -> None:
        self.maps[name] = values.known
        self.map_of |= dict.fromkeys(columns, name)
        for code, params in values.doubts:
            self._doubt(code, columns[0], **params)
        if values.unknown and not any(code == "order_of_words" for code, _params in values.doubts):
            self._doubt("unknown_values", columns[0], values=", ".join(values.unknown[:12]))


def _few(answers: ColumnAnswers) -> bool:
    """Whether the answers could be a scale of unknown words."""
    texts = answers.given()
    return not answers.many and 0 < len(texts) <= _MOST_LEVELS and max(map(len, texts)) <= _LONGEST_LEVEL


def _other(dimension: str) -> str:
    return BUSINESS if dimension == SOCIETY else SOCIETY


def _sized(words: set[str]) -> bool:
    return any("大" in key or "large" in key or "high" in key for key in words)


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
