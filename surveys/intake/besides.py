"""Columns of the `responses` format for what a survey asks besides its items: profile questions, attention."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from surveys.intake.cells import CellProblem, cell_text, shown, text_reader

ATTENTION = "attention"
LONGEST_ANSWER = 200
SEVERAL = ";"


@dataclass(frozen=True)
class AskedQuestion:
    """A profile question: its code, the codes of its options (none = short text), whether several may be chosen."""

    code: str
    options: tuple[str, ...] = ()
    several: bool = False

    @property
    def name(self) -> str:
        """Header of the question's column."""
        return profile_name(self.code)

    def reader(self, neutralised: bool) -> Callable[[object], object]:
        """Reads a cell as an option's code, a list of them, or a text; '' is no answer."""
        if not self.options:
            return text_reader(LONGEST_ANSWER, trimmed=True, neutralised=neutralised)
        return self._read_codes

    def _read_codes(self, cell: object) -> str | list[str]:
        given = [part.strip() for part in cell_text(cell).split(SEVERAL) if part.strip()]
        if any(code not in self.options for code in given) or len(given) > 1 and not self.several:
            raise CellProblem("unknown_option", value=shown(cell), options=", ".join(self.options)[:200])
        return given if self.several and given else "".join(given)


@dataclass(frozen=True)
class AskedBesides:
    """Profile questions, and the end of the attention question's scale (0 = it is not asked)."""

    questions: Sequence[AskedQuestion] = ()
    attention: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """Headers of all these columns."""
        return (*((ATTENTION,) if self.attention else ()), *(question.name for question in self.questions))


def profile_name(code: str) -> str:
    """Header of a profile question's column."""
    return f"profile:{code}"
