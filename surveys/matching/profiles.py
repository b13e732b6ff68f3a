"""Readers of profile answers in foreign files."""

import re
from collections.abc import Callable, Mapping

from surveys.intake.cells import CellProblem, cell_text
from surveys.matching.answers import absent
from surveys.matching.tables import ticked
from surveys.matching.texts import word

_BETWEEN = re.compile(r"[┋|;；\n]|,\s*|，|、")
_REMARK = re.compile(r"\s*(?:〖.*〗|[:：].*|\(.*\)|（.*）)$")
_LONGEST_TEXT = 500


def profile_reader(kind: str, options: Mapping[str, str], option: str) -> Callable[[object], object]:
    """Reader of a question's cell: a code, a list of codes, or text; None for no answer.

    `options` is `word` of an option -> its code; `option` the one that the column stands for.
    """
    if option:
        return lambda cell: [option] if ticked(cell) else []
    if kind == "text":
        return _text
    return _several(options) if kind == "multiple" else _one(options)


def _text(cell: object) -> str | None:
    text = cell_text(cell).strip()
    if absent(word(text)) is not None:
        return None
    return text[:_LONGEST_TEXT]


def _one(options: Mapping[str, str]) -> Callable[[object], str | None]:
    def read(cell: object) -> str | None:
        text = cell_text(cell)
        code = _code(text, options)
        if code is None and absent(word(text)) is None:
            raise CellProblem("unknown_value", value=text[:100])
        return code

    return read


def _several(options: Mapping[str, str]) -> Callable[[object], list[str]]:
    def read(cell: object) -> list[str]:
        text = cell_text(cell)
        if _code(text, options):
            return [_code(text, options)]
        if absent(word(text)) is not None:
            return []
        for parts in (_BETWEEN.split(text), text.split()):
            codes = [_code(part, options) for part in parts if part.strip()]
            if codes and None not in codes:
                return list(dict.fromkeys(codes))
        raise CellProblem("unknown_value", value=text[:100])

    return read


def _code(text: str, options: Mapping[str, str]) -> str | None:
    """The option's code; a remark that somebody added to an option is passed over."""
    return options.get(word(text)) or options.get(word(_REMARK.sub("", text)))
