"""Names, labels and literals as SPSS takes them; pure."""

import re
from collections.abc import Iterable

LONGEST_NAME = 64  # bytes
LONGEST_LABEL = 200  # bytes; SPSS takes 256, and a line of syntax no more than that
LONGEST_VALUE_LABEL = 120  # bytes
LONGEST_TEXT = 32_767  # bytes of a string variable
_RESERVED = {"all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"}
# A line of syntax that begins with one of these is taken for a command of its own.
_COMMANDS = {"begin", "comment", "data", "document", "end", "execute", "finish", "remark", "text", "title"}
_OTHER = re.compile(r"[^A-Za-z0-9_]+")
_BREAKS = re.compile(r"[\s\x00-\x1f\x7f\u2028\u2029]+")


def variable_names(wanted: Iterable[str]) -> list[str]:
    """One variable name per text: ASCII letters, digits and _, at most 64 bytes, distinct without regard to case."""
    names: list[str] = []
    taken: set[str] = set()
    for text in wanted:
        base = _OTHER.sub("_", text).strip("_") or "v"
        if not base[0].isalpha() or base.lower() in _RESERVED | _COMMANDS:
            base = f"v_{base}"
        name, number = base[:LONGEST_NAME].rstrip("_"), 2
        while name.lower() in taken:
            ending = f"_{number}"
            name, number = base[: LONGEST_NAME - len(ending)] + ending, number + 1
        taken.add(name.lower())
        names.append(name)
    return names


def one_line(text: str) -> str:
    """Text without line breaks and control characters: SPSS ends a case at a line break, quoted or not."""
    return _BREAKS.sub(" ", text).strip()


def cut(text: str, most: int) -> str:
    """Text of at most `most` bytes in UTF-8; what was longer ends in …, never within a character."""
    encoded = text.encode()
    if len(encoded) <= most:
        return text
    return encoded[: most - 3].decode(errors="ignore") + "…"


def literal(text: str, most: int = LONGEST_LABEL) -> str:
    """A quoted string: one line, at most `most` bytes between the quotes, apostrophes doubled."""
    line = cut(one_line(text), most)
    return "'" + cut(line, max(3, most - line.count("'"))).replace("'", "''") + "'"
