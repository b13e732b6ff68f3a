"""What a survey asks, as far as a match must know it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from surveys.matching.groupwords import GroupNames
from surveys.matching.issues import IssueNames


@dataclass(frozen=True)
class Question:
    """A profile question: `kind` single, multiple or text; `options` are (code, zh, en)."""

    code: str
    kind: str
    zh: str
    en: str
    options: Sequence[tuple[str, str, str]] = ()


@dataclass(frozen=True)
class Asked:
    """`items` are (issue code, dimension) in frozen order, `k` the end of the scale 1..k."""

    items: Sequence[tuple[str, str]]
    issues: Sequence[IssueNames]
    groups: Sequence[GroupNames]
    k: int
    questions: Sequence[Question] = field(default_factory=tuple)
    attention: bool = False
