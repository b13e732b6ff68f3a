"""Cells to values and back; a wrong cell raises BadCell with problems as values, never the first of them alone."""

from collections.abc import Callable, Mapping
from typing import Any

from import_export.widgets import Widget

from materiality.bilingual import text_of
from materiality.library_file.nearest import nearest
from materiality.library_file.problems import Problem
from materiality.plain_number import plain_number
from materiality.resources.texts import canonical, parts


class BadCell(ValueError):
    """A cell that cannot be taken; `problems` are without their place."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(", ".join(problem.kind for problem in problems))
        self.problems = problems


class TextWidget(Widget):
    """Text of at most `limit` characters (any number: 0)."""

    def __init__(self, limit: int = 0, required: bool = False) -> None:
        super().__init__()
        self.limit, self.required = limit or 30_000, required

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> str:
        text = canonical(value)
        if self.required and not text:
            raise BadCell(Problem("empty"))
        if len(text) > self.limit:
            params = {"length": str(len(text)), "limit": str(self.limit)}
            raise BadCell(Problem("too_long", value=text[:40] + "…", params=params))
        return text

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return canonical(str(value or ""))


class NumberWidget(Widget):
    """A non-negative number; whole ones only where `whole`. An empty cell is `empty`."""

    def __init__(self, whole: bool = False, empty: float | None = None, largest: float = 2_147_483_647) -> None:
        super().__init__()
        self.whole, self.empty, self.largest = whole, empty, largest

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> float | int | None:
        if not value.strip():
            if self.empty is None:
                raise BadCell(Problem("empty"))
            return self.empty
        try:
            number = float(value.replace(",", "").replace("，", ""))
        except ValueError as error:
            raise BadCell(Problem("not_a_number", value=value)) from error
        if not 0 <= number <= self.largest or (self.whole and not number.is_integer()):
            kind = "not_a_whole_number" if self.whole else "not_a_positive_number"
            raise BadCell(Problem(kind, value=value))
        return int(number) if self.whole else number

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else plain_number(value)


class ChoiceWidget(Widget):
    """One of the codes of `lookups[name]` (code → value); people's words for them are taken too.

    `kind` is the problem of any other code. An empty cell is `empty`, a problem where that is None.
    """

    def __init__(self, name: str, kind: str, empty: Any = None, render: Callable[[Any], str] = str) -> None:
        super().__init__()
        self.name, self.kind, self.empty, self._render = name, kind, empty, render

    def clean(self, value: str, row: Any = None, lookups: Mapping | None = None, **kwargs: Any) -> Any:
        known = (lookups or {}).get(self.name, {})
        text = canonical(value)
        if text in known:
            return known[text]
        if not text:
            if self.empty is None:
                raise BadCell(Problem("empty"))
            return self.empty
        words = {word: held for held in known.values() for word in _words(held)}
        if text in words:
            return words[text]
        raise BadCell(Problem(self.kind, value=text, nearest=nearest(text, known, at_least=0.3)))

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value in (None, "") else self._render(value)


class SeveralWidget(Widget):
    """Codes of `lookups[name]` separated by semicolons, in the order of the lookup."""

    def __init__(self, name: str, kind: str) -> None:
        super().__init__()
        self.name, self.kind = name, kind

    def clean(self, value: str, row: Any = None, lookups: Mapping | None = None, **kwargs: Any) -> list[str]:
        known = list((lookups or {}).get(self.name, ()))
        given = dict.fromkeys(parts(value))
        wrong = [Problem(self.kind, value=c, nearest=nearest(c, known, at_least=0.3)) for c in given if c not in known]
        if wrong:
            raise BadCell(*wrong)
        return [code for code in known if code in given]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return ";".join(value or ())


def _words(value: Any) -> tuple[str, ...]:
    """How people call a value: its names in both languages."""
    if not hasattr(value, "name_zh"):
        return ()
    return tuple(text_of(value, "name", language) for language in ("zh-hans", "en"))
