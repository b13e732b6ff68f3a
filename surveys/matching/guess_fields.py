"""The columns of fields: group, times, duration, consent, comment and what identifies a response."""

from collections.abc import Sequence

from surveys.matching.answers import absent, language_of, yes_or_no
from surveys.matching.asked import Asked
from surveys.matching.doubts import Doubt
from surveys.matching.durations import read_duration
from surveys.matching.fields import asks_for, duration_unit, field_of, is_other, is_personal
from surveys.matching.groupwords import groups_of, share_of_groups
from surveys.matching.heads import Head
from surveys.matching.match import DURATION, FIELD, FINISHED, Target
from surveys.matching.moments import date_order
from surveys.matching.sample import Answers
from surveys.matching.texts import word

_TIMES = ("started_at", "submitted_at")
_LEAST_SHARE = 0.5
_OPTIONS_OF_CONSENT = {"1": "yes", "2": "no"}


class FieldGuess:
    """Fields among the columns that are no items, with their value maps."""

    def __init__(self, heads: Sequence[Head], answers: Sequence[Answers], free: Sequence[int], asked: Asked, tool: str,
                 *, options: bool = False):  # fmt: skip
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
