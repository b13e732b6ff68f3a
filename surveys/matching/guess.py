"""The best guess of what the columns of a foreign file are, with all that is not certain about it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice

from materiality.scoring.cube import BUSINESS, DIMENSIONS, SOCIETY
from materiality.tables.problems import N_, Fault, column_letters
from surveys.intake.columns import shown
from surveys.matching.match import (
    ATTENTION,
    DURATION,
    FIELD,
    FINISHED,
    IGNORED,
    ITEM,
    NAMES,
    PROFILE,
    WJX,
    Asked,
    Column,
    Match,
    Question,
    Target,
    asks_attention,
    asks_for,
    duration_unit,
    field_of,
    is_other,
    is_personal,
    tool_of,
)
from surveys.matching.values import Values, looks_like_rating, values_of
from surveys.matching.words import (
    Head,
    Issues,
    absent,
    asks_ranking,
    cleaned,
    date_order,
    dimension_of,
    groups_of,
    heads_of,
    joined_headers,
    language_of,
    raw_headers,
    read_duration,
    share_of_groups,
    squashed,
    turned_round,
    word,
    yes_or_no,
)
from surveys.questionnaire.asking import QUESTION_KINDS


@dataclass(frozen=True)
class Doubt:
    """`code` is a key of MESSAGES, `column` the place of the column from 0, -1 for the file as a whole."""

    code: str
    column: int = -1
    header: str = ""
    params: Mapping[str, object] = field(default_factory=dict)

    def to_json(self) -> dict:
        """Plain values."""
        params = {name: str(value) for name, value in self.params.items()}
        return {"code": self.code, "column": self.column, "header": self.header, "params": params}


MESSAGES = {
    "few_issues": N_("Only %(found)s of the %(asked)s issues of this survey were found. Is it the right survey?"),
    "no_issues": N_("None of the %(asked)s issues of this survey was found in the columns. Is it the right survey?"),
    "no_group": N_("No column says which stakeholder group somebody belongs to."),
    "several_groups": N_("Several columns could be the stakeholder group: %(columns)s."),
    "group_words": N_("Which stakeholder group is meant is not clear: %(values)s. Add it to the values."),
    "dimension": N_("The question does not say which of the two dimensions it is about."),
    "dimension_by_answers": N_("Only the words of the answers say which dimension this is."),
    "doubled": N_("%(target)s was found in two columns, also in %(first)s."),
    "near_issue": N_("The name is like that of %(target)s, but not the same."),
    "unknown_issue": N_("This row stands among the issues but is none of the survey's."),
    "order_of_words": N_("The order of these answers is not certain: %(values)s."),
    "unknown_values": N_("It is not known what these answers mean: %(values)s. Add them to the values."),
    "number_after_scale": N_("%(value)s lies after the end of the scale 1 to %(k)s: is it “don't know”?"),
    "numbers_against_words": N_("The numbers and the words beside them do not run the same way: %(values)s."),
    "turned_round": N_("The question says that 1 is the most. Turn the values round."),
    "ranking": N_("The question asks for a ranking, in which 1 may be the most. Turn the values round if so."),
    "scale_end": N_("Nobody gave more than %(value)s: is it another scale than 1 to %(k)s?"),
    "consent_words": N_("Whether these answers are a consent is not clear: %(values)s."),
    "date_order": N_("Day and month cannot be told apart in these dates, such as %(value)s."),
    "several_comments": N_("Several open questions could be the comment: %(columns)s."),
    "not_the_tool": N_("The file does not look like an export of %(tool)s."),
    "language_words": N_("These languages are not known: %(values)s."),
    "duration": N_("These durations cannot be read: %(values)s."),
}


MOST_ROWS = 20_000
MOST_ANSWERS = 200
_CHUNK = 500
_LONGEST = 300


@dataclass
class ColumnAnswers:
    """Different answers of a column as text; `many` where there are more than were kept."""

    texts: dict[str, None] = field(default_factory=dict)
    many: bool = False

    def take(self, cells: Iterable[object]) -> None:
        """Add cells; faults of the spreadsheet are no answers."""
        if self.many:
            return
        for cell in dict.fromkeys(cells):
            if not isinstance(cell, Fault):
                self.texts.setdefault(cell[:_LONGEST] if isinstance(cell, str) else shown(cell, _LONGEST))
        self.many = len(self.texts) > MOST_ANSWERS

    def given(self) -> list[str]:
        """The answers that are not empty."""
        return [text for text in self.texts if text.strip()]


def collect(rows: Iterable[Sequence[object]], width: int) -> list[ColumnAnswers]:
    """Answers of the first `width` columns in the first 20,000 rows."""
    columns = [ColumnAnswers() for _column in range(width)]
    rows = islice(rows, MOST_ROWS)
    while chunk := list(islice(rows, _CHUNK)):
        wide = [row if len(row) >= width else [*row, *[""] * (width - len(row))] for row in chunk]
        for answers, cells in zip(columns, zip(*wide, strict=False), strict=False):
            answers.take(cells)
    return columns


_TIMES = ("started_at", "submitted_at")
_LEAST_SHARE = 0.5
_OPTIONS_OF_CONSENT = {"1": "yes", "2": "no"}


class FieldGuess:
    """Fields among the columns that are no items, with their value maps."""

    def __init__(self, heads: Sequence[Head], answers: Sequence[ColumnAnswers], free: Sequence[int], asked: Asked,
                 tool: str, *, options: bool = False):  # fmt: skip
        self.heads, self.answers, self.asked, self.tool = heads, answers, asked, tool
        self.options = _OPTIONS_OF_CONSENT if options else {}
        self.free = [column for column in free if answers[column].given()]
        self.places: dict[str, int] = {}
        self.maps: dict[str, dict[str, str]] = {}
        self.doubts: list[Doubt] = []
        self.dates, self.zones, self.seconds = "ymd", {}, 1.0
        self._named()
        self._group()
        self._consent()
        self._comment()
        self._languages()
        self._times()

    def target(self, column: int) -> Target | None:
        """The field that a column is."""
        name = next((name for name, place in self.places.items() if place == column), None)
        return Target(FIELD, name) if name else None

    def _doubt(self, code: str, column: int = -1, **params: object) -> None:
        self.doubts.append(Doubt(code, column, self.heads[column].text[:200] if column >= 0 else "", params))

    def _open(self) -> list[int]:
        return [column for column in self.free if column not in self.places.values()]

    def _named(self) -> None:
        """Fields by a tool's own names; the surest name wins."""
        ranks: dict[str, tuple[int, int]] = {}
        for column in self.free:
            head = self.heads[column]
            found = field_of(head.text) or (field_of(head.row) if head.number else None)
            if found and found[0] not in ("group", "consent", "comment"):
                ranks[found[0]] = min(ranks.get(found[0], (99, 0)), (found[1], column))
        self.places = {name: column for name, (_rank, column) in ranks.items()}
        if FINISHED in self.places and self._finished() is None:
            del self.places[FINISHED]

    def _finished(self) -> bool | None:
        column = self.places[FINISHED]
        words = {text: yes_or_no(text) for text in self.answers[column].texts}
        done = {
            "complete": "yes",
            "completed": "yes",
            "已完成": "yes",
            "partial": "no",
            "未完成": "no",
            "incomplete": "no",
        }
        known = {word(text): done.get(word(text)) or answer for text, answer in words.items()}
        if None in known.values():
            return None
        self.maps[FINISHED] = known
        return True

    def _group(self) -> None:
        shares = {}
        for column in self._open():
            head, answers = self.heads[column], self.answers[column]
            named = (field_of(head.text) or field_of(head.row) or ("",))[0] == "group"
            asks = named or asks_for("group", head.text)
            share = 0.0 if answers.many else share_of_groups(answers.texts, self.asked.groups)
            if share >= (0.01 if named or (asks and share > 0) else _LEAST_SHARE + 0.3):
                shares[column] = (share, named + asks)
            elif asks and not answers.many and not asks_for("consent", head.text):
                shares[column] = (0.0, named + asks)
        if not shares:
            self._doubt("no_group")
            return
        best = max(shares.values())
        chosen = [column for column, share in shares.items() if share == best]
        if len(chosen) > 1:
            self._doubt("several_groups", columns=", ".join(self.heads[column].text[:60] for column in chosen))
        self.places["group"] = chosen[0]
        known, unknown = groups_of(self.answers[chosen[0]].texts, self.asked.groups)
        self.maps["group"] = known
        if unknown:
            self._doubt("group_words", chosen[0], values=", ".join(unknown[:12]))

    def _consent(self) -> None:
        for column in self._open():
            head, answers = self.heads[column], self.answers[column]
            named = (field_of(head.text) or field_of(head.row) or ("",))[0] == "consent"
            if answers.many or not (named or asks_for("consent", head.text)):
                continue
            known = {word(text): self.options.get(word(text)) or yes_or_no(text) for text in answers.texts}
            unknown = [text for text, answer in known.items() if answer is None]
            if len(unknown) > 3 and not named:
                continue
            self.places["consent"] = column
            self.maps["consent"] = {text: answer for text, answer in known.items() if answer is not None}
            if unknown:
                self._doubt("consent_words", column, values=", ".join(unknown[:8]))
            return

    def _comment(self) -> None:
        found = {}
        for column in self._open():
            head = self.heads[column]
            named = (field_of(head.text) or field_of(head.row) or ("",))[0] == "comment"
            if (named or asks_for("comment", head.text)) and not is_personal(head.text) and not is_other(head.text):
                about_issues = "议题" in head.text or "issue" in head.text.casefold()
                found[column] = (about_issues, named)
        if not found:
            return
        best = max(found.values())
        chosen = [column for column, rank in found.items() if rank == best]
        self.places["comment"] = chosen[0]
        self.maps["comment"] = dict.fromkeys(("(空)", "(跳过)", "(空白)"), "")
        if len(chosen) > 1:
            self._doubt("several_comments", columns=", ".join(self.heads[column].text[:60] for column in chosen))

    def _languages(self) -> None:
        column = self.places.get("language")
        if column is None:
            return
        known = {word(text): language_of(text) for text in self.answers[column].texts}
        self.maps["language"] = {text: tag for text, tag in known.items() if tag is not None}
        unknown = [text for text, tag in known.items() if tag is None]
        if unknown:
            self._doubt("language_words", column, values=", ".join(unknown[:8]))

    def _times(self) -> None:
        texts = [text for name in _TIMES if name in self.places for text in self.answers[self.places[name]].given()]
        texts = [text for text in texts if absent(word(text)) is None]
        self.dates, example = date_order(texts)
        if example:
            self._doubt("date_order", self.places.get("submitted_at", self.places.get("started_at", -1)), value=example)
            self.dates = "dmy"
        for name in _TIMES:
            if name in self.places and self.heads[self.places[name]].text.casefold() == "_submission_time":
                self.zones[name] = "UTC"
        column = self.places.get(DURATION)
        if column is None:
            return
        self.seconds = duration_unit(self.heads[column].text)
        given = [text for text in self.answers[column].given() if absent(word(text)) is None]
        unread = [text for text in given if read_duration(text) is None]
        if unread and len(unread) == len(given):
            del self.places[DURATION]
        elif unread:
            self._doubt("duration", column, values=", ".join(unread[:5]))


_MOST_LEVELS, _LONGEST_LEVEL = 15, 60
# So many columns with three and more different ratings, and none at the scale's end: it may be a shorter scale.
_MANY_COLUMNS = 5


class ItemGuess:
    """Targets by column, and the value map of each such column."""

    def __init__(self, heads: Sequence[Head], answers: Sequence[ColumnAnswers], asked: Asked, issues: Issues, tool: str,
                 *, options: bool = False):  # fmt: skip
        self.heads, self.answers, self.asked, self.issues = heads, answers, asked, issues
        self.limesurvey, self.options = tool == "limesurvey", options
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
        return not answers.many and looks_like_rating(answers.texts, self.asked.k, limesurvey=self.limesurvey)

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
            elif head.block in self.blocks:
                near = self.issues.near(head.row or head.text)
                if near and (near.code not in known or head.found is None):
                    self.heads[column] = replace(head, found=near)
                    self.found.append(column)
                    self._doubt("near_issue", column, target=near.code)
                else:
                    self._doubt("unknown_issue", column)

    def _dimensions(self) -> None:
        """Each item's dimension, by its question, by the survey, by the words of its answers."""
        said = {column: self._said(column) for column in self.found}
        words = self._words_of(said)
        taken: dict[tuple[str, str], int] = {}
        for column in sorted(self.found):
            code = self.heads[column].found.code
            dimension = said[column] or self._only(code) or self._by_words(column, words)
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

    def _words(self, column: int) -> set[str]:
        keys = {word(text) for text in self.answers[column].texts}
        return {key for key in keys if absent(key, limesurvey=self.limesurvey) is None}

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
            self._values_of(dimension, columns)
            self._check_end(columns)
        for column, target in self.targets.items():
            if target.kind == ATTENTION:
                near = [other for other in self.map_of if self.heads[other].block == self.heads[column].block]
                self.map_of[column] = self.map_of[near[0]] if near else next(iter(self.maps), "")

    def _values_of(self, dimension: str, columns: Sequence[int]) -> None:
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
        return values_of(texts, self.asked.k, limesurvey=self.limesurvey, options=self.options)

    def _check_end(self, columns: Sequence[int]) -> None:
        """A doubt where many columns are so varied that the end of the scale should occur, and it never does."""
        maps = {at: self.maps[self.map_of[at]] for at in columns}
        words = [{known.get(word(text), "") for text in self.answers[at].texts} for at, known in maps.items()]
        given = [{int(rating) for rating in some if rating.isdigit()} for some in words]
        top = max(set().union(*given), default=self.asked.k)
        if top < self.asked.k and sum(len(ratings) > 2 for ratings in given) >= _MANY_COLUMNS:
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


def guess_profile(
    heads: Sequence[Head], answers: Sequence[ColumnAnswers], free: Sequence[int], asked: Asked
) -> tuple[dict[int, Target], dict[str, dict[str, str]]]:
    """Targets by column, and value maps named `profile-<question>`: `word` of an option -> its code."""
    targets: dict[int, Target] = {}
    maps: dict[str, dict[str, str]] = {}
    for question in asked.questions:
        for column in free:
            if column in targets or answers[column].many and QUESTION_KINDS[question.kind].has_options:
                continue
            target = _target(heads[column], question)
            if target and (target.detail or question.code not in {each.code for each in targets.values()}):
                targets[column] = target
                maps[f"profile-{question.code}"] = option_words(question)
    return targets, maps


def option_words(question: Question) -> dict[str, str]:
    """Every spelling of the question's options -> the option's code."""
    return {word(name): code for code, zh, en in question.options for name in (code, zh, en) if name}


def _target(head: Head, question: Question) -> Target | None:
    names = {squashed(question.code), squashed(question.zh), squashed(question.en)} - {""}
    if squashed(head.text) in names or squashed(head.row) in names and not head.stem:
        return Target(PROFILE, question.code)
    if not head.stem or squashed(head.stem) not in names:
        text = squashed(head.text)
        inside = any(len(name) >= 4 and text.endswith(name) for name in names)
        return Target(PROFILE, question.code) if inside else None
    options = {squashed(name): code for code, *texts in question.options for name in (code, *texts)}
    option = options.get(squashed(head.row))
    return Target(PROFILE, question.code, option) if option else None


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
