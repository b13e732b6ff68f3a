"""What cells of a foreign file mean: look-ups that learn the spellings they meet."""

from collections.abc import Callable, Mapping

from materiality.scoring.codes import DONT_KNOW, NOT_ASKED, SKIPPED
from surveys.intake.cells import CellProblem, cell_text
from surveys.intake.nearest import plain
from surveys.matching.answers import absent, yes_or_no
from surveys.matching.texts import word

_ABSENT = {"DK": DONT_KNOW, "NA": NOT_ASKED, "": SKIPPED}
_LONGEST_LEARNT = 100


class RatingWords(dict):
    """Cell -> byte code; KeyError for an answer that the value map does not hold. Spellings are learnt as they come."""

    def __init__(self, values: Mapping[str, str], *, limesurvey: bool) -> None:
        super().__init__()
        self.values_by_word = {key: _code(value) for key, value in values.items()}
        self.limesurvey = limesurvey

    def __missing__(self, cell: object) -> int:
        try:
            text = cell_text(cell)
        except CellProblem:
            raise KeyError(cell) from None
        key = word(text)
        code = self.values_by_word.get(key)
        if code is None:
            kind = absent(key, limesurvey=self.limesurvey)
            if kind is None:
                raise KeyError(cell)
            code = _ABSENT[kind]
        if len(text) <= _LONGEST_LEARNT:
            self[cell] = code
        return code


def _code(value: str) -> int:
    return _ABSENT[value] if value in _ABSENT else int(value)


def word_reader(values: Mapping[str, object], problem: str, *, empty: object) -> Callable[[object], object]:
    """Reads a cell by its `word`; `empty` for an empty or skipped one, CellProblem `problem` for an unknown one."""
    learnt: dict[str, object] = {}

    def read(cell: object) -> object:
        text = cell_text(cell)
        if text in learnt:
            return learnt[text]
        key = word(text)
        if key in values:
            value = values[key]
        elif absent(key) is not None and absent(key) != "DK":
            value = empty
        else:
            raise CellProblem(problem, value=text[:100])
        if len(text) <= _LONGEST_LEARNT and len(learnt) < 10_000:
            learnt[text] = value
        return value

    return read


def ticked(cell: object) -> bool:
    """Whether the column of one choice among several says that it was taken."""
    text = plain(cell_text(cell))
    if text in ("", "0", "未选", "未选中", "not selected", "unchecked", "#null!") or absent(word(text)) is not None:
        return False
    return yes_or_no(text) != "no"
