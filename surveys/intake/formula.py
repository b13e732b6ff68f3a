"""Text that a spreadsheet could take for a formula: neutralised when it leaves as CSV, restored when it comes back."""

import re

_DANGEROUS = re.compile(r"'*[=+\-@\t\r]")
_NEUTRALISED = re.compile(r"'+[=+\-@\t\r]")


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet could run the text: it begins with = + - @ TAB or CR (formats.md)."""
    return text[:1] in {"=", "+", "-", "@", "\t", "\r"}


def neutralise(text: str) -> str:
    """Text for a CSV cell: an apostrophe is put before a dangerous beginning. `restore` gives the text back."""
    return f"'{text}" if _DANGEROUS.match(text) else text


def restore(text: str) -> str:
    """The text that `neutralise` was given."""
    return text[1:] if _NEUTRALISED.match(text) else text
