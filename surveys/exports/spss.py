"""Responses for SPSS: a ZIP of data.csv, the syntax that reads and labels it, and the codebook."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence

from materiality.tables.write import EPOCH, Sink, csv_bytes, neutralise
from surveys.exports.codebook import (
    LONGEST_TEXT,
    LONGEST_VALUE_LABEL,
    MOMENT,
    TEXT,
    Variable,
    codebook_columns,
    codebook_rows,
    literal,
    one_line,
    profile_columns,
    profile_rows,
    shortened,
    variables_of,
)
from surveys.exports.selection import Selection

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


CHUNK = 500


def export_spss(selection: Selection) -> Iterator[bytes]:
    """The ZIP in pieces, labels in the active language; the same responses give the same bytes."""
    variables = variables_of(selection)
    widths: dict[str, int] = {}
    sink = Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open(_entry("data.csv"), "w", force_zip64=True) as file:
            for piece in _data(selection, variables, widths):
                file.write(piece)
                yield sink.take()
        # The syntax comes after the data: only now is the longest text of each variable known.
        archive.writestr(_entry("syntax.sps"), syntax_of(selection.survey.title, variables, widths))
        archive.writestr(
            _entry("codebook.csv"), csv_bytes(codebook_columns(selection.survey), codebook_rows(selection))
        )
        if selection.survey.anonymous and (counts := profile_rows(selection.survey)):
            archive.writestr(_entry("profile.csv"), csv_bytes(profile_columns(selection.survey), counts))
    yield sink.take()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _data(selection: Selection, variables: list[Variable], widths: dict[str, int]) -> Iterator[bytes]:
    """UTF-8 without mark: the first line is passed over by the syntax. Notes the longest texts in `widths`, bytes."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([variable.name for variable in variables])
    readers = [variable.read for variable in variables]
    texts = [(at, variable.name) for at, variable in enumerate(variables) if variable.kind == TEXT]
    for number, row in enumerate(selection.rows(more=True), start=1):
        cells = [read(row) for read in readers]
        for at, name in texts:
            if cells[at]:
                cells[at] = _text(cells[at])
                widths[name] = max(widths.get(name, 1), len(cells[at].encode()))
        writer.writerow(cells)
        if number % CHUNK == 0:
            yield _drained(buffer)
    yield _drained(buffer)


def _text(text: str) -> str:
    # Double marks within a quoted text are read differently by different versions.
    return shortened(neutralise(one_line(text).replace('"', "”")), LONGEST_TEXT)


def _drained(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()
