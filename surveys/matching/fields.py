"""Fields and profile questions among the columns of a foreign file, and what is left of them."""

import re
from collections.abc import Iterable, Sequence

from materiality.tables.problems import column_letters
from surveys.matching.flat import ColumnAnswers
from surveys.matching.kinds import Doubt
from surveys.matching.match import (
    DURATION,
    FIELD,
    FINISHED,
    PROFILE,
    QUALTRICS,
    TRIAL,
    Asked,
    Question,
    Target,
    about_person,
    asks_for,
    duration_unit,
    field_of,
    is_meaningless,
    is_other,
    is_personal,
    time_cue,
    token_cue,
)
from surveys.matching.moments import date_order, looks_like_moment, read_duration, same_zone, zone_info, zone_of
from surveys.matching.values import looks_like_rating
from surveys.matching.words import Head, absent, groups_of, language_of, share_of_groups, squashed, word, yes_or_no
from surveys.questionnaire.asking import QUESTION_KINDS

_TIMES = ("started_at", "submitted_at")
# Rank of a field that only a cue tells, behind all names of tools.
_CUE = 98


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split("|"))


_FINISHED = _words(
    "complete|completed|finished|finish|submitted|done|yes|y|true|1|valid|full|closed|approved|已完成|完成|已提交|提交|完整|有效|"
    "已交卷|已交|是|已结束|全部完成|已回收|正常|completed response|complete response|finalized|finalised"
)
_BROKEN_OFF = _words(
    "partial|partially complete|incomplete|in progress|not finished|unfinished|not completed|started|open|no|n|false|0|"
    "draft|abandoned|dropped out|dropout|suspended|timeout|expired|not started|partial response|"
    "未完成|未提交|未交|没交|进行中|部分完成|中途退出|中断|退出|已退出|未交卷|不完整|否|草稿|暂存|作答中|填写中|超时|放弃|未答完|中途放弃"
)
_REAL = _words(
    "ip address|anonymous|email|e-mail|sms|offline|imported|link|gl|social|正常|正式|real|live|normal|0|4|8|12|16|17"
)
_TESTS = _words(
    "survey preview|survey test|preview|test|testing|test response|tests|demo|1|2|9|"
    "测试|预览|测试数据|测试答卷|试填|试答|演示|内部测试"
)
_INVALID = _words(
    "disqualified|screened out|screen out|screenout|over quota|overquota|quota full|terminated|rejected|not approved|"
    "validation status not approved|invalid|excluded|duplicate|withdrawn|deleted|spam|"
    "无效|无效答卷|作废|驳回|审核不通过|未通过|不通过|甄别|被甄别|筛选|被筛选|配额满|超出配额|剔除|已剔除|已删除|重复"
)
# Headers of a column that says it by yes and no.
_UNWANTED = re.compile(
    r"\b(?:tests?|preview|invalid|withdrawn|deleted|excluded?|duplicate|disqualified|spam)\b|测试|预览|无效|作废|剔除|重复"
)
_WANTED = re.compile(r"\b(?:valid|approved|included?|accepted)\b|有效|通过")
# Words of a column that says what sort of response a row is; Qualtrics numbers them.
_TRIAL_WORDS = dict.fromkeys(_REAL, "no") | dict.fromkeys(_TESTS, "yes")
_TEST_WORDS = frozenset(key for key in _TESTS if not key.isdigit()) | _INVALID


def trial_words(texts: Iterable[str], header: str) -> dict[str, str]:
    """`word` of an answer -> yes where it says that a row is a test, a preview or not valid.

    Beside such a word, yes alone means that only where the header asks for it: 是 beside 无效 is valid.
    """
    keys = {*map(word, texts)}
    asked = not keys & _TEST_WORDS or _UNWANTED.search(header.casefold())
    return {key: "yes" if key in _TEST_WORDS or asked and yes_or_no(key) == "yes" else "no" for key in keys}


def finished_word(key: str) -> str | None:
    """`yes` or `no`, None where a word of a state is not known."""
    return "yes" if key in _FINISHED else "no" if key in _BROKEN_OFF else yes_or_no(key) or None


def finished_words(keys: set[str], header: str) -> dict[str, str] | None:
    """Word -> yes or no where all are known; of a progress in percent, only 100 is finished."""
    bare = {key: key.rstrip("% ") for key in keys}
    if keys and all(re.fullmatch(r"\d{1,3}(\.\d+)?", text) for text in bare.values()):
        numbers = {key: float(text) for key, text in bare.items()}
        percent = re.search(r"progress|进度|percent|%", header.casefold()) or set(numbers.values()) - {0.0, 1.0}
        whole = 100.0 if percent else 1.0
        if whole == 100.0 and max(numbers.values()) > 100:
            return None
        return {key: "yes" if number >= whole else "no" for key, number in numbers.items()}
    known = {key: finished_word(key) for key in keys}
    return None if None in known.values() else known


_LEAST_SHARE, _SOME_SHARE = 0.5, 0.3
_OPTIONS_OF_CONSENT = {"1": "yes", "2": "no"}


class FieldGuess:
    """Fields among the columns that are no items, with their value maps."""

    def __init__(self, heads: Sequence[Head], answers: Sequence[ColumnAnswers], free: Sequence[int], asked: Asked,
                 tool: str, *, options: bool = False, constants: Sequence[str] = ()):  # fmt: skip
        self.heads, self.answers, self.asked, self.tool, self.constants = heads, answers, asked, tool, constants
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

    def _several(self, code: str, columns: Sequence[int]) -> None:
        headers = ", ".join(self.heads[column].text[:60] for column in columns)
        self._doubt(code, columns=headers, letters=", ".join(map(column_letters, columns)))

    def _open(self) -> list[int]:
        return [column for column in self.free if column not in self.places.values()]

    def _field_of(self, column: int) -> tuple[str, int] | None:
        """The field that a header names in any of its parts, and its rank; cues rank behind a tool's own names."""
        found = [field for name in self.heads[column].names if (field := field_of(name))]
        if found:
            field = min(found, key=lambda field: field[1])
            # “Submitted” or “Completed” above times says when.
            return ("submitted_at", _CUE) if field[0] == FINISHED and self.are_moments(column) else field
        for name in self.heads[column].names:
            if (cue := time_cue(name)) and self.are_moments(column):
                return cue, _CUE
        if any(map(token_cue, self.heads[column].names)) and self._are_own(column):
            return "token", _CUE
        return None

    def are_moments(self, column: int) -> bool:
        """Whether nearly all cells of a column are dates or times of a day."""
        given = [text for text in self.answers[column].given() if absent(word(text)) is None]
        return bool(given) and sum(map(looks_like_moment, given)) * 10 >= len(given) * 8

    def _are_own(self, column: int) -> bool:
        """Whether the cells are short and without spaces, as tokens are."""
        given = self.answers[column].given()
        return len(given) > 1 and all(len(text) <= 60 and not re.search(r"\s", text.strip()) for text in given)

    def _counts_rows(self, column: int) -> bool:
        """Whether the cells are 1, 2, 3 and so on: such numbers stand for nobody where there are others."""
        given = self.answers[column].given()
        return all(text.isdecimal() for text in given) and {int(text) for text in given} == set(
            range(1, len(given) + 1)
        )

    def _named(self) -> None:
        """Fields by a tool's own names; the surest name wins."""
        ranks: dict[str, tuple[bool, int, int]] = {}
        for column in self.free:
            found = self._field_of(column)
            if found and found[0] not in ("group", "consent", "comment", FINISHED):
                if found[0] in _TIMES and not self.are_moments(column):
                    continue
                rank = (found[0] == "token" and self._counts_rows(column), found[1], column)
                ranks[found[0]] = min(ranks.get(found[0], rank), rank)
        self.places = {name: column for name, (*_rank, column) in ranks.items()}
        self._states()

    def _states(self) -> None:
        """Which column says what is finished, and which what is a test."""
        named = [
            (found[1], column) for column in self.free if (found := self._field_of(column)) and found[0] == FINISHED
        ]
        readable = []
        for rank, column in sorted(named):
            keys = self._keys(column)
            if self._says_trial(column, keys):
                self.places[TRIAL] = column
                self.maps[TRIAL] = {key: _TRIAL_WORDS[key] for key in keys}
            elif known := finished_words(keys, self.heads[column].text):
                readable.append((rank, column, known))
        if readable:
            _rank, self.places[FINISHED], self.maps[FINISHED] = readable[0]
            return
        for _rank, column in sorted(named):
            if column != self.places.get(TRIAL) and not self.answers[column].many:
                self.places[FINISHED] = column
                self.maps[FINISHED] = {
                    key: done for key in self._keys(column) if (done := finished_word(key)) is not None
                }
                unknown = [key for key in self._keys(column) if key not in self.maps[FINISHED]]
                self._doubt("status_words", column, values=", ".join(sorted(unknown)[:8]))
                return

    def _says_trial(self, column: int, keys: set[str]) -> bool:
        """Whether the column says what sort of response a row is: words, or Qualtrics's numbers under its own name."""
        if not keys or not keys <= _TRIAL_WORDS.keys():
            return False
        own = self.tool == QUALTRICS and any(name.casefold() == "status" for name in self.heads[column].names)
        return own or bool(keys & (_TEST_WORDS | {"ip address"}))

    def _keys(self, column: int) -> set[str]:
        return {word(text) for text in self.answers[column].texts} - {""}

    def _group(self) -> None:
        shares = {}
        for column in self._open():
            head, answers = self.heads[column], self.answers[column]
            named = any((field_of(name) or ("",))[0] == "group" for name in head.names)
            asks = named or asks_for("group", head.text)
            share = 0.0 if answers.many else share_of_groups(answers.texts, self.asked.groups)
            if share >= (0.01 if named or (asks and share > 0) else _LEAST_SHARE + 0.3):
                shares[column] = (share, named + asks)
            elif asks and not answers.many and not asks_for("consent", head.text):
                shares[column] = (0.0, named + asks)
        if "group" in self.constants:
            return
        if not shares:
            self._doubt("no_group")
            return
        best = max(shares.values())
        chosen = [column for column, share in shares.items() if share == best]
        self.places["group"] = chosen[0]
        others = [column for column, (share, asks) in shares.items() if share >= _SOME_SHARE and asks]
        if len(chosen) > 1 or {*others} - {*chosen}:
            self._several("several_groups", sorted({*chosen, *others}))
        known, unknown = groups_of(self.answers[chosen[0]].texts, self.asked.groups)
        self.maps["group"] = known
        if unknown:
            self._doubt("group_words", chosen[0], values=", ".join(unknown[:12]))

    def _consent(self) -> None:
        for column in self._open():
            head, answers = self.heads[column], self.answers[column]
            named = any((field_of(name) or ("",))[0] == "consent" for name in head.names)
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
            named = any((field_of(name) or ("",))[0] == "comment" for name in head.names)
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
            self._several("several_comments", chosen)

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
        column = self.places.get("submitted_at", self.places.get("started_at", -1))
        if example:
            self._doubt("date_order", column, value=example)
            self.dates = "dmy"
        elif self.dates != "ymd" and (other := next((text for text in texts if date_order([text])[0] == "ymd"), "")):
            self._doubt("mixed_dates", column, value=other)
        for name in _TIMES:
            if name in self.places:
                self._zone(name, self.places[name])
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

    def _zone(self, name: str, column: int) -> None:
        """The zone of a time's column, where its header says one."""
        head = self.heads[column]
        if head.text.casefold() == "_submission_time":
            self.zones[name] = "UTC"
            return
        zone = zone_of(head.text)
        if zone and zone != "?" and zone_info(zone):
            self.zones[name] = zone
            if not same_zone(zone, self.asked.zone):
                self._doubt("other_zone", column, zone=zone, survey=self.asked.zone)
        elif zone:
            self._doubt("zone_words", column, value=head.text[:80])


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


_MOST_WORDS = 30


_YES_OR_NO = {"yes", "no", "y", "n", "true", "false", "0", "1", "是", "否", "有效"}


class Leftovers:
    """Doubts about the columns that are taken for nothing though they look like something."""

    def __init__(self, heads: Sequence[Head], answers: Sequence[ColumnAnswers], fields: FieldGuess, asked: Asked, *,
                 rows: int, complete: bool):  # fmt: skip
        """`complete`: every item that the survey asks has a column, so that another cannot hold one."""
        self.heads, self.answers, self.fields, self.asked, self.rows = heads, answers, fields, asked, rows
        self.complete = complete
        self.doubts: list[Doubt] = []

    def look(self, columns: Sequence[int]) -> list[Doubt]:
        """The doubts about these columns."""
        for column in columns:
            if self.answers[column].given():
                self._look_at(column)
        return self.doubts

    def _doubt(self, code: str, column: int, **params: object) -> None:
        self.doubts.append(Doubt(code, column, self.heads[column].text[:200], params))

    def _look_at(self, column: int) -> None:
        head, answers = self.heads[column], self.answers[column]
        given, keys = answers.given(), {word(text) for text in answers.given()}
        examples = ", ".join(text[:30] for text in given[:4])
        if any(map(is_personal, head.names)):
            return
        known = {found[0] for name in head.names if (found := field_of(name))}
        if not head.text or is_meaningless(head.parts[-1] if head.parts else head.text):
            self._doubt("unnamed_column", column, values=examples)
        elif not answers.many and self._says_unwanted(column, keys):
            return
        elif known & {*_TIMES} and not self.fields.are_moments(column):
            self._doubt("no_times", column, value=given[0])
        elif not answers.many and (zones := [text for text in given if zone_of(text)]) and len(zones) * 2 > len(given):
            self._doubt("zone_column", column, values=examples)
        elif known & {*_TIMES, "token", FINISHED} & self.fields.places.keys() or any(map(is_other, head.names)):
            return
        elif self.fields.are_moments(column):
            if not any(map(about_person, head.names)) and not {*_TIMES} <= self.fields.places.keys():
                self._doubt("date_like", column, value=given[0])
        elif self._is_rating(column) and not any(map(about_person, head.names)):
            if not self.complete:
                self._doubt("rating_like", column, values=examples)
        elif not answers.many:
            self._look_at_words(column, keys, examples)
        if self._is_text(column):
            self._doubt("text_like", column)

    def _says_unwanted(self, column: int, keys: set[str]) -> bool:
        """Whether a column says which rows are tests or not valid, by its words or by yes and no."""
        if TRIAL in self.fields.places or len(keys) > _MOST_WORDS:
            return False
        text = self.heads[column].text.casefold()
        by_name = len(keys) > 1 and all(map(yes_or_no, keys))
        if keys & _TEST_WORDS or (by_name and _UNWANTED.search(text)):
            self._doubt("trial_rows", column, values=", ".join(sorted(keys & _TEST_WORDS or keys)))
        elif by_name and _WANTED.search(text) and FINISHED not in self.fields.places:
            self._doubt("status_like", column, values=", ".join(sorted(keys)))
        else:
            return False
        return True

    def _is_rating(self, column: int) -> bool:
        answers = self.answers[column]
        return not answers.many and looks_like_rating(answers.texts, self.asked.k, self.fields.tool)

    def _look_at_words(self, column: int, keys: set[str], examples: str) -> None:
        places = self.fields.places
        states = (keys & (_FINISHED | _BROKEN_OFF)) - _YES_OR_NO
        if len(keys) <= 6 and len(states) * 2 > len(keys) and FINISHED not in places:
            self._doubt("status_like", column, values=examples)
        elif "consent" not in places and len(keys) <= 4 and any(_REFUSES.search(key) for key in keys):
            self._doubt("consent_like", column, values=examples)

    def _is_text(self, column: int) -> bool:
        """Whether people wrote freely here, and nothing is the comment yet."""
        given = [text for text in self.answers[column].given() if absent(word(text)) is None]
        if "comment" in self.fields.places or len(given) < 3 or any(map(is_other, self.heads[column].names)):
            return False
        if self.fields.are_moments(column) or any(map(about_person, self.heads[column].names)):
            return False
        long = sum(len(text) > (6 if not text.isascii() else 20) for text in given)
        return long * 2 > len(given) and len(given) * 3 > min(self.rows, 60)


_REFUSES = re.compile(r"不同意|拒绝|declin|disagree|do(?:es)? not (?:agree|consent)|refus")
