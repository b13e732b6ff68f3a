"""The best guess of what the columns of a foreign file are, with all that is not certain about it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain

from surveys.matching.asked import Asked
from surveys.matching.doubts import Doubt
from surveys.matching.fields import is_other, is_personal
from surveys.matching.guess_fields import FieldGuess
from surveys.matching.guess_items import ItemGuess
from surveys.matching.guess_profile import guess_profile
from surveys.matching.heads import heads_of, joined_headers, raw_headers
from surveys.matching.issues import Issues
from surveys.matching.match import IGNORED, ITEM, PROFILE, Column, Match, Target
from surveys.matching.sample import collect
from surveys.matching.texts import cleaned
from surveys.matching.tools import NAMES, WJX, tool_of

MOST_EXAMPLES = 40


@dataclass(frozen=True)
class Guess:
    """`doubts` empty: the match may be used unseen. `examples` are answers per column as the file has them."""

    match: Match
    doubts: list[Doubt]
    found_issues: int
    asked_issues: int
    examples: list[list[str]] = field(default_factory=list)


def guess(header: Sequence[object], rows: Iterable[Sequence[object]], asked: Asked, *, tool: str = "") -> Guess:
    """Guess the match of a file; `rows` are read up to 20,000. `tool` is what a person says that wrote the file.

    Said to be of 问卷星, numbers are those of options: the one after the scale's end is *don't know*, and the first
    of a consent's is yes.
    """
    issues = Issues(asked.issues)
    headers, rows, head_rows = _headers(raw_headers(header), iter(rows), issues)
    written_by = tool_of(headers)
    answers = collect(rows, len(headers))
    heads = heads_of(headers, issues)
    options = tool == WJX
    items = ItemGuess(heads, answers, asked, issues, tool or written_by, options=options)
    free = [column for column in range(len(heads)) if column not in items.targets]
    profile, profile_maps = guess_profile(heads, answers, free, asked)
    free = [each for each in free if each not in profile]
    fields = FieldGuess(heads, answers, free, asked, tool or written_by, options=options)
    targets = [
        items.targets.get(at) or fields.target(at) or profile.get(at) or Target(IGNORED) for at in range(len(heads))
    ]
    doubts = [*items.doubts, *fields.doubts]
    found = len({target.code for target in targets if target.kind == ITEM})
    doubts = _whole(found, asked, tool, written_by) + doubts
    match = Match(
        tool=tool or written_by,
        columns=_columns(headers, heads, targets, items.map_of, set(fields.maps)),
        maps={**items.maps, **fields.maps, **profile_maps},
        dates=fields.dates,
        zones=fields.zones,
        seconds=fields.seconds,
        head_rows=head_rows,
    )
    examples = [each.given()[: 3 if each.many else MOST_EXAMPLES] for each in answers]
    return Guess(match, doubts, found, _asked_issues(asked), examples)


def _headers(first: list[str], rows, issues: Issues) -> tuple[list[str], Iterable, int]:
    """The headers; of two rows where the parts of the questions stand in the second."""
    second = next(rows, None)
    if second is None:
        return first, iter(()), 1
    lower = raw_headers(second)
    above = sum(issues.find(name) is not None for name in first if name)
    below = sum(issues.find(name) is not None for name in lower if name and len(name) < 200)
    if below > above and below > 1:
        return joined_headers(first, lower), rows, 2
    return first, chain([second], rows), 1


def _whole(found: int, asked: Asked, tool: str, written_by: str) -> list[Doubt]:
    every = _asked_issues(asked)
    doubts = []
    if tool and tool != written_by:
        doubts.append(Doubt("not_the_tool", params={"tool": NAMES[tool]}))
    if not found:
        doubts.append(Doubt("no_issues", params={"asked": every}))
    elif found * 2 < every:
        doubts.append(Doubt("few_issues", params={"found": found, "asked": every}))
    return doubts


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
