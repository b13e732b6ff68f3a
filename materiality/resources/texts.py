"""When two cells say the same."""

import re

LONGEST_CELL = 32_767  # of a spreadsheet
# What XML cannot hold, and so no workbook.
_IMPOSSIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LINE_END = re.compile("_x000D_\n?|\r\n?")  # the first as spreadsheets keep a CR in a workbook
_ESCAPE = "x005F_"  # what openpyxl takes out of every text it reads


def canonical(text: str) -> str:
    """The text as a file can carry it: trimmed, line ends as LF, without characters that no workbook can hold."""
    return _IMPOSSIBLE.sub("", _LINE_END.sub("\n", text.replace(_ESCAPE, ""))).strip()[:LONGEST_CELL]


def parts(cell: str) -> list[str]:
    """The codes of a cell that holds several, separated by semicolons of either width."""
    return [part.strip() for part in re.split("[;；]", cell) if part.strip()]
