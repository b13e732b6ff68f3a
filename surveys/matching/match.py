"""A column match: what each column of a foreign file is, and what its answers mean."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

ITEM, FIELD, PROFILE, ATTENTION, IGNORED = "item", "field", "profile", "attention", "ignored"
KINDS = (ITEM, FIELD, PROFILE, ATTENTION, IGNORED)
# Fields of the `responses` format, and two that are turned into them: seconds, and whether it was submitted.
DURATION, FINISHED = "duration", "finished"
FIELDS = (
    "token", "group", "channel", "language", "started_at", "submitted_at", "consent", "comment", DURATION, FINISHED,
)  # fmt: skip


class BrokenMatch(ValueError):
    """What should be a match is none."""


@dataclass(frozen=True)
class Target:
    """What a column is: `code` is an issue's code, a field's name or a profile question's code.

    `detail` is an item's dimension, or of a question with several choices the option that the column stands for.
    """

    kind: str
    code: str = ""
    detail: str = ""

    @property
    def text(self) -> str:
        """As people write it: `SOC-03-01:society`, `group`, `profile:age`, `attention`, `ignored`."""
        if self.kind == ITEM:
            return f"{self.code}:{self.detail}"
        if self.kind == PROFILE:
            return f"profile:{self.code}" + (f":{self.detail}" if self.detail else "")
        return self.code if self.kind == FIELD else self.kind


@dataclass(frozen=True)
class Column:
    """One column of the file. `header` is its own text, `turn` which of several with that text it is (from 0).

    `values` names the value map of the match that holds for it, '' for none. `why` says why it is ignored.
    """

    header: str
    turn: int
    target: Target
    values: str = ""
    why: str = ""


@dataclass(frozen=True)
class Match:
    """All columns of a file, its value maps (`texts.word` of an answer -> value) and how it writes times.

    Values of ratings: "1".."K", DK, NA, ''. `dates` is `ymd`, `dmy` or `mdy`; `zones` are the columns' time zones by
    field where the tool fixes one; `seconds` is what one unit of the duration is worth; `head_rows` are the rows above
    the answers (two where the questions stand above their parts).
    """

    tool: str
    columns: tuple[Column, ...]
    maps: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    dates: str = "ymd"
    zones: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 1.0
    head_rows: int = 1

    def to_json(self) -> dict:
        """Plain values."""
        return asdict(self) | {"columns": [asdict(column) for column in self.columns]}

    @classmethod
    def from_json(cls, plain: Mapping) -> "Match":
        """The match of `to_json`; BrokenMatch where it is none."""
        try:
            columns = tuple(Column(**{**column, "target": Target(**column["target"])}) for column in plain["columns"])
            return cls(**{**plain, "columns": columns})
        except (KeyError, TypeError, ValueError) as error:
            raise BrokenMatch(str(error)) from error

    def items(self) -> list[tuple[str, str]]:
        """The (code, dimension) of all columns of items."""
        return [(each.target.code, each.target.detail) for each in self.columns if each.target.kind == ITEM]


def read_target(text: str, items: Sequence[tuple[str, str]], questions: Mapping[str, Sequence[str]]) -> Target | None:
    """The target that a person wrote; None where the survey has none of that name.

    `questions` are the codes of the profile questions, each with the codes of its options.
    """
    name = text.strip().partition(" ")[0]
    known = {f"{code}:{dimension}".casefold(): Target(ITEM, code, dimension) for code, dimension in items}
    known |= {field_name: Target(FIELD, field_name) for field_name in FIELDS}
    known |= {kind: Target(kind) for kind in (ATTENTION, IGNORED)} | {"": Target(IGNORED)}
    for code, options in questions.items():
        known[f"profile:{code}".casefold()] = Target(PROFILE, code)
        known |= {f"profile:{code}:{option}".casefold(): Target(PROFILE, code, option) for option in options}
    return known.get(name.casefold())
