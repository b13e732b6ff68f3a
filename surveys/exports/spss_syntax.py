"""The syntax that reads data.csv into SPSS and labels it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from surveys.exports.spss_names import LONGEST_VALUE_LABEL, literal, one_line
from surveys.exports.spss_variables import MOMENT, TEXT, Variable

LONGEST_LINE = 250  # bytes; SPSS takes 256


def syntax_of(title: str, variables: Sequence[Variable], widths: Mapping[str, int]) -> bytes:
    """UTF-8 with mark, by which SPSS knows the encoding. `widths`: bytes of the longest text by variable."""
    lines = [
        "* Encoding: UTF-8.",
        f"* {_comment(title)}.",
        "* Run this file with data.csv in the working directory, or give its whole path below.",
        "PRESERVE.",
        "SET DECIMAL DOT.",
        "GET DATA",
        "  /TYPE=TXT",
        "  /FILE='data.csv'",
        "  /ENCODING='UTF8'",
        "  /ARRANGEMENT=DELIMITED",
        "  /DELCASE=LINE",
        "  /FIRSTCASE=2",
        "  /DELIMITERS=','",
        "  /QUALIFIER='\"'",
        "  /VARIABLES=",
        *(f"    {variable.name} {_format(variable, widths)}" for variable in variables),
        ".",
        "RESTORE.",
        "VARIABLE LABELS",
        *_slashed((variable.name, [literal(variable.label)]) for variable in variables),
        *_value_labels(variables),
        *_missing_values(variables),
        "EXECUTE.",
    ]
    return ("\ufeff" + "\r\n".join(lines) + "\r\n").encode()


def _comment(text: str) -> str:
    """Text in a comment: a full stop at a line's end would end it."""
    return one_line(text).rstrip(".")[:60]


def _format(variable: Variable, widths: Mapping[str, int]) -> str:
    if variable.kind == TEXT:
        return f"A{widths.get(variable.name, 1)}"
    if variable.kind == MOMENT:
        return "DATETIME20"
    return f"F{8 if variable.decimals else 4}.{variable.decimals}"


def _slashed(entries: Iterable[tuple[str, list[str]]]) -> Iterator[str]:
    """`name` and its parts on lines of their own, entries parted by slashes, ended by a full stop."""
    for number, (name, parts) in enumerate(entries):
        yield f"  {'/' if number else ''}{name}"
        yield from (f"    {part}" for part in parts)
    yield "."


def _value_labels(variables: Sequence[Variable]) -> Iterator[str]:
    shared: dict[tuple, list[str]] = {}
    for variable in variables:
        if variable.values:
            shared.setdefault(tuple(variable.values.items()), []).append(variable.name)
    if not shared:
        return
    yield "VALUE LABELS"
    yield from _slashed(
        ("\r\n    ".join(_wrapped(names)), [f"{value} {literal(word, LONGEST_VALUE_LABEL)}" for value, word in values])
        for values, names in shared.items()
    )


def _missing_values(variables: Sequence[Variable]) -> Iterator[str]:
    shared: dict[tuple[int, ...], list[str]] = {}
    for variable in variables:
        if variable.missing:
            shared.setdefault(variable.missing, []).append(variable.name)
    for codes, names in shared.items():
        yield "MISSING VALUES"
        yield from (f"  {line}" for line in _wrapped(names))
        yield f"  ({', '.join(map(str, codes))})."


def _wrapped(names: Sequence[str]) -> list[str]:
    """Names on lines of bounded length."""
    lines = [""]
    for name in names:
        if len(lines[-1]) + len(name) > LONGEST_LINE - 20:
            lines.append("")
        lines[-1] = f"{lines[-1]} {name}".strip()
    return lines
