"""The balance of a file before anything is stored: what it holds against what the survey expects, each difference told.

One plain object for page and command. What does not balance is a doubt that a person answers.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field

import numpy as np

from materiality.scoring.cube import DONT_KNOW, NOT_ASKED, SCALE_MAX, SKIPPED
from materiality.tables.problems import column_letters
from surveys.intake.parse import ParsedResponses
from surveys.matching.kinds import Doubt
from surveys.matching.layout import Seen
from surveys.matching.match import IGNORED, OUTSIDE_KEEP, OUTSIDE_WIDEN, Asked, Match
from surveys.matching.moments import same_zone, zone_of
from surveys.matching.words import cleaned, turned_round
from surveys.questionnaire.ratings import OUTSIDE, is_kept
from surveys.questionnaire.screening import Fieldwork

# formats.md, Clarifications: what else stands in a file of our own format are figures of the balance.
_OF_OWN_FILES = ("outside_plan", "more_sheets")
_NAMED = 6
_LEAST_ROWS = 5
MOST_LEFT = 1_000


@dataclass
class Balance:
    """As formats.md says; counts are of the rows that can be read. Beyond it: `groups` by code (rows, items asked, of
    them with a column), `levels` of an item (how many gave each rating), rows `twice` and `outside` the fieldwork.
    """

    sheets: list[dict] = field(default_factory=list)
    rows: dict = field(default_factory=dict)
    columns: list[dict] = field(default_factory=list)
    items: list[dict] = field(default_factory=list)
    groups: dict = field(default_factory=dict)
    outside_plan: list[dict] = field(default_factory=list)
    kept_outside: int = 0
    first: str | None = None
    last: str | None = None
    zone: str = ""
    zones: dict = field(default_factory=dict)
    tiers: dict | None = None  # what would move if the rows were stored (surveys.responses.counting)
    doubts: list[dict] = field(default_factory=list)

    def to_json(self) -> dict:
        """Plain values."""
        return asdict(self)


def outside_plan(ratings: np.ndarray, group: np.ndarray, codes: Sequence[str], asked: Asked) -> np.ndarray:
    """bool[R, items]: a rating or a don't-know of an item that the row's group is not asked."""
    mask = _not_asked(codes, asked)
    if mask is None or not len(ratings):
        return np.zeros(ratings.shape, bool)
    answered = (ratings != SKIPPED) & (ratings != NOT_ASKED) & ~is_kept(ratings)
    return answered & mask[np.maximum(group, 0)] & (group >= 0)[:, np.newaxis]


def by_the_plan(ratings: np.ndarray, group: np.ndarray, codes: Sequence[str], asked: Asked, answer: str) -> np.ndarray:
    """The ratings as they are stored: what the group is not asked is not asked, or kept outside the plan, or makes
    the plan wider: then the group counts as asked what any of it rated.

    An empty cell of an item that the group is not asked was not skipped.
    """
    mask = _not_asked(codes, asked)
    if mask is None or not len(ratings):
        return ratings
    if answer == OUTSIDE_WIDEN:
        rated_beside = outside_plan(ratings, group, codes, asked)
        mask &= ~np.array([rated_beside[group == place].any(axis=0) for place in range(len(codes))])
    of_row = mask[np.maximum(group, 0)] & (group >= 0)[:, np.newaxis]
    rated = (ratings >= 1) & (ratings <= SCALE_MAX)
    kept = np.where(rated, ratings + np.uint8(OUTSIDE), ratings) if answer == OUTSIDE_KEEP else ratings
    cleared = np.where(is_kept(kept), kept, np.uint8(NOT_ASKED))
    return np.where(of_row, cleared, ratings)


def _not_asked(codes: Sequence[str], asked: Asked) -> np.ndarray | None:
    """bool[groups, items]: the group is not asked the item; None where every group is asked everything."""
    if not asked.plan:
        return None
    return np.array([[not asked.asks(code, item) for item in asked.items] for code in codes])


def sheets_json(seen: Seen) -> list[dict]:
    """All sheets of the file, those that are read first."""
    read = [{"name": name, "read": True, "rows": rows, "why": ""} for name, rows in seen.sheets.items()]
    return read + [
        {"name": name, "read": False, "rows": rows, "why": "no_responses"} for name, rows in seen.unread.items()
    ]


def left_json(seen: Seen, more: Sequence[tuple[str, int, str]] = ()) -> list[dict]:
    """The rows that are not read and why: title, head, machine, totals, trial."""
    return [{"sheet": sheet, "row": row, "why": why} for sheet, row, why in (*seen.left, *more)][:MOST_LEFT]


def balance_of(
    parsed: ParsedResponses,
    asked: Asked,
    *,
    match: Match | None = None,
    window: Fieldwork | None = None,
    known_tokens: Collection[str] = (),
    answer: str = "",
) -> Balance:
    """The balance of a file that was read; `match` is how a foreign one was, `answer` what was said about the plan."""
    return _Balancing(parsed, asked, match, window or Fieldwork(), known_tokens, answer).result()


class _Balancing:
    def __init__(self, parsed, asked: Asked, match: Match | None, window: Fieldwork, known, answer: str) -> None:
        self.parsed, self.asked, self.match, self.window = parsed, asked, match, window
        self.known, self.answer = frozenset(known), answer
        self.seen = parsed.seen if isinstance(parsed.seen, Seen) else Seen()
        self.late = self.timed = 0
        self.good = ~parsed.bad
        self.ratings, self.group = parsed.ratings[self.good], parsed.group[self.good]
        self.numbers = parsed.row_numbers[self.good].tolist()
        self.names = [f"{code}:{dimension}" for code, dimension in asked.items]
        self.doubts: list[dict] = []
        self.places = parsed.places if parsed.places is not None else np.zeros(len(self.names), np.int32)

    def result(self) -> Balance:
        """Everything, the doubts last found first told."""
        balance = Balance(sheets=self._sheets(), columns=self._columns(), groups=self._groups())
        self._times(balance)
        balance.rows = self._rows(balance)
        balance.items = self._items()
        balance.outside_plan = self._outside_plan()
        balance.kept_outside = int(is_kept(self.ratings).sum())
        self._notes()
        self._of_another_file()
        balance.doubts = self.doubts
        return balance

    def _doubt(self, code: str, about: Iterable[bool] = (), /, names: Sequence[str] = (), **params: object) -> None:
        """`about` says of the good rows whether it is about them: the first one is named. `names` are what the match
        may remember as meant so; where it knows all of them, nothing is in doubt.
        """
        # A file in the product's own format says by its headers what it is.
        if self.match is None and code not in _OF_OWN_FILES:
            return
        if self.match and names and set(names) <= set(self.match.meant.get(code, ())):
            return
        first = next((number for number, meant in zip(self.numbers, about, strict=False) if meant), None)
        sheet, row = ("", None) if first is None else self.seen.place(first)
        self.doubts.append(Doubt(code, params=params, names=names).to_json() | {"sheet": sheet, "row": row})

    def _columns(self) -> list[dict]:
        if self.match is None:
            told = [(name, name, "") for name in self.parsed.header]
        else:
            told = [
                (column.header, "" if column.target.kind == IGNORED else column.target.text, column.why)
                for column in self.match.columns
            ]
        sheet = next((name for name, rows in self.seen.sheets.items() if rows), self.parsed.sheet)
        return [
            {"sheet": sheet, "column": column_letters(at), "header": header, "as": taken, "why": why}
            for at, (header, taken, why) in enumerate(told)
        ]

    def _sheets(self) -> list[dict]:
        if self.seen.hidden:
            self._doubt("hidden_sheets", names=self.seen.hidden, sheets=", ".join(self.seen.hidden))
        if self.seen.hidden_rows:
            self._doubt("hidden_rows", names=("rows",), number=self.seen.hidden_rows)
        self.seen.sheets = self.seen.sheets or {self.parsed.sheet: len(self.parsed.bad)}
        return sheets_json(self.seen)

    def _groups(self) -> dict:
        """Per group its rows, the items that it is asked, and those of them that have a column."""
        found = {}
        for at, code in enumerate(self.parsed.group_codes):
            own = [place for place, item in enumerate(self.asked.items) if self.asked.asks(code, item)]
            found[code] = {
                "rows": int((self.group == at).sum()), "asked": len(own),
                "with_column": int((self.places[own] >= 0).sum()) if own else 0,
            }  # fmt: skip
        return found

    def _times(self, balance: Balance) -> None:
        ended = [moment for moment, good in zip(self.parsed.submitted_at, self.good, strict=True) if good]
        times = [moment for moment in ended if moment]
        stamps = np.array([moment.timestamp() for moment in times])
        late = np.zeros(len(stamps), bool)
        if self.window.opens is not None:
            late |= stamps < self.window.opens
        if self.window.closes is not None:
            late |= stamps > self.window.closes
        if times:
            balance.first, balance.last = min(times).isoformat(), max(times).isoformat()
        self.late = int(late.sum())
        if self.late * 2 > len(stamps) and len(stamps) > 1:
            first, last = (moment[:16].replace("T", " ") for moment in (balance.first, balance.last))
            each = iter(late.tolist())
            about = [bool(moment) and next(each) for moment in ended]
            self._doubt("out_of_window", about, number=self.late, rows=len(stamps), first=first, last=last)
        balance.zones = {} if self.match is None else {**self.match.zones}
        balance.zone = (self.match.zone if self.match else "") or self.asked.zone
        self.timed = len(times)

    def _rows(self, balance: Balance) -> dict:
        unfinished = int(self.parsed.unfinished[self.good].sum())
        rows = int(self.good.sum())
        if rows and unfinished == rows:
            self._doubt("all_unfinished", self.parsed.unfinished[self.good], rows=rows)
        trials = [(*self.seen.place(number), "trial") for number in self.parsed.skipped]
        left = left_json(self.seen, trials)
        return {
            "read": len(self.good), "bad": int((~self.good).sum()), "submitted": rows - unfinished,
            "unfinished": unfinished, "test": len(trials), "twice": self._twice(rows), "timed": self.timed,
            "outside": self.late, "left_out": left, "left": dict(Counter(each["why"] for each in left)),
        }  # fmt: skip

    def _twice(self, rows: int) -> int:
        of_rows = [token for token, good in zip(self.parsed.token, self.good, strict=True) if good]
        tokens = [token for token in of_rows if token]
        counts = Counter(tokens)
        inside = len(tokens) - len(counts)
        known = [token for token in counts if token in self.known]
        first = {token: place for place, token in reversed([*enumerate(of_rows)])}
        twice = [bool(token) and (token in self.known or first[token] < at) for at, token in enumerate(of_rows)]
        numbers = bool(tokens) and all(token.isdecimal() and len(token) < 7 for token in tokens)
        if known and numbers:
            self._doubt("row_numbers", twice, number=len(known), example=", ".join(sorted(known, key=int)[:3]))
        elif (inside + len(known)) * 5 >= rows and inside + len(known) > 1:
            self._doubt("duplicates", twice, number=inside + len(known), rows=rows)
        elif inside and numbers or inside and len(self.seen.sheets) > 1:
            self._doubt("duplicates", twice, number=inside, rows=rows)
        return inside + len(known)

    def _items(self) -> list[dict]:
        """Per item of the survey how many gave each value; those that stand out come first."""
        found, silent = [], []
        rated = (self.ratings >= 1) & (self.ratings <= SCALE_MAX)
        against = self._against(rated)
        asked = {f"{code}:{dimension}" for code, dimension in self.asked.asked_items()}
        for at, name in enumerate(self.names):
            counts = np.bincount(self.ratings[:, at], minlength=256)
            levels = counts[1 : self.asked.k + 1]
            column = column_letters(int(self.places[at])) if self.places[at] >= 0 else None
            found.append({
                "item": name, "column": column, "asked": name in asked, "ratings": int(levels.sum()),
                "levels": levels.tolist(), "dk": int(counts[DONT_KNOW]), "skipped": int(counts[SKIPPED]),
                "not_asked": int(counts[NOT_ASKED]), "stands_out": at in against,
            })  # fmt: skip
            if column and not rated[:, at].any() and not is_kept(self.ratings[:, at]).any():
                silent.append(name)
        here = [each for each in found if each["column"]]
        if here and len(silent) < len(here) and len(self.ratings) >= _LEAST_ROWS:
            silent = [name for name in silent if name in asked]
            if silent:
                self._doubt("silent_columns", names=silent, number=len(silent), examples=", ".join(silent[:_NAMED]))
        if against:
            names = [self.names[at] for at in against]
            self._doubt("stands_out", names=names, number=len(names), examples=", ".join(names[:_NAMED]))
        return sorted(found, key=lambda share: not share["stands_out"])

    def _against(self, rated: np.ndarray) -> list[int]:
        """Items whose ratings fall where a person's other ratings rise, far beyond chance (60 people at least)."""
        own = np.where(rated, self.ratings, 0).astype(float)
        counts, sums = rated.sum(axis=1), own.sum(axis=1)
        found = []
        for at in range(len(self.names)):
            rows = rated[:, at] & (counts > 8)
            if rows.sum() < 60:
                continue
            rest = (sums[rows] - own[rows, at]) / (counts[rows] - 1)
            if rest.std() > 0.05 and own[rows, at].std() > 0:
                r = np.corrcoef(own[rows, at], rest)[0, 1]
                if r < -0.25 and r < -5 / np.sqrt(rows.sum()):
                    found.append(at)
        return found

    def _outside_plan(self) -> list[dict]:
        outside = outside_plan(self.ratings, self.group, self.parsed.group_codes, self.asked)
        found = [
            {"group": code, "item": name, "n": int(number)}
            for at, code in enumerate(self.parsed.group_codes)
            for name, number in zip(self.names, outside[self.group == at].sum(axis=0), strict=True)
            if number
        ]
        number, groups = sum(each["n"] for each in found), Counter()
        for each in found:
            groups[each["group"]] += each["n"]
        if number and not self.answer:
            words = {group.code: " / ".join(dict.fromkeys((group.zh, group.en))) for group in self.asked.groups}
            named = ", ".join(f"{words.get(code, code)} {count}" for code, count in groups.items())
            self._doubt("outside_plan", outside.any(axis=1), number=number, groups=named)
        return found

    def _notes(self) -> None:
        """Doubts of what the reading noted: columns that a saved match does not know, or misses."""
        notes: Mapping[str, list[dict]] = {
            code: [note for note in self.parsed.notes if note["code"] == code]
            for code in ("strange", "missing", "more_sheets")
        }
        for code, named in (("strange", "strange_columns"), ("missing", "missing_columns")):
            if notes[code]:
                headers = [note["header"] for note in notes[code]]
                examples = ", ".join(header[:40] or "–" for header in headers[:_NAMED])
                self._doubt(named, names=headers, number=len(headers), examples=examples)
        if notes["more_sheets"]:
            sheets = [note["header"] for note in notes["more_sheets"]]
            self._doubt("more_sheets", names=sheets, sheets=", ".join(sheets))

    def _of_another_file(self) -> None:
        """What a saved match cannot know of the file that is read by it: what its titles say, and what is not read."""
        if self.match is None or self.match.sha256 in ("", self.parsed.sha256):
            return
        for code, params, names in self.seen.doubts:
            self._doubt(code, names=names, **params)
        for text in dict.fromkeys((*self.seen.texts, *self.seen.sheets)):
            if turned_round(cleaned(text)):
                self._doubt("turned_in_text", names=[text], text=text[:120])
            elif (named := zone_of(text)) and not same_zone(named, self.match.zone or self.asked.zone):
                self._doubt("zone_words", names=[text], value=text[:80])
