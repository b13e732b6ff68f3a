"""A list of issues that somebody pasted as text."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence

from materiality.library_file.read import usual_category

_HEADING = re.compile(r"(?:#+\s*(.+)|[【\[](.+)[】\]]|(.+?)\s*[:：])")
# What begins a line and is no part of its text; `1.1` is a code, and a letter may be.
_BULLET = re.compile(
    r"(?:[-*•·–—○●▪■◆]\s*)?(?:[(（]?\d{1,3}(?:[)）、．]|\.(?!\d))\s*|[(（]?[一二三四五六七八九十]+[、)）]\s*|[①-⑳]\s*)?"
)
_BEHIND = r"(?:[\])）】]\s*|\s*[:：、.．]\s*|\s+[-–—]\s+|\s+)"
_NUMBERED = r"[A-Za-z]{1,8}(?:[-.][A-Za-z]{1,8})*[-.]?\d{1,3}(?:[-.][A-Za-z0-9]{1,3})*"
_CODED = re.compile(rf"[\[(（【]?({_NUMBERED}|\d{{1,3}}(?:\.\d{{1,3}})*){_BEHIND}(.+)")
_LETTERED = re.compile(r"[\[(（【]?([A-Za-z])[\])）】.、．]\s*(.+)")
_OUTER = re.compile(r"([一二三四五六七八九十]+|[A-Z]|[IVX]+)[.、．]\s*(.+)")
_WIDTHS = {"\t": 4, "\u3000": 2}


def pasted_list(text: str, language: str) -> list[list[str]]:
    """Lines of text as rows of the `issues` format: an issue a line, its definition behind a colon.

    A line that ends with a colon, or begins with #, names the category of those below it; so does one of the outer
    numbers where there are two kinds (一、 and 1.). A line that is set in stands under the issue above it. Codes that
    are written are kept, others are made.
    """
    suffix = language.replace("-", "_")
    rows = [["code", "category", "parent_code", f"name_{suffix}", f"definition_{suffix}"]]
    lines = list(_lines(text))
    codes = _codes([words for _indent, words, heading, _letter in lines if not heading])
    category, above, made = "议题" if language == "zh" else "Issues", [], Counter()
    heads, written = dict[str, str](), {found[1] for each in lines if (found := _CODED.fullmatch(each[1]))}
    for indent, words, heading, letter in lines:
        if heading:
            category, above = heading, []
            if letter and letter not in heads.values():
                heads.setdefault(category, letter)
            continue
        above = [(width, code) for width, code in above if width + 2 <= indent]
        parent = above[-1][1] if above else ""
        letter = heads.get(category) or heads.setdefault(category, _head(category, heads.values()))
        code, rest = codes.get(words) or _of_head(words, letter)
        code = code or _free(f"{parent}-" if parent else letter, made, written)
        name, *definition = re.split(r"\t+|：\s*|:\s+", rest, maxsplit=1)
        above.append((indent, code))
        rows.append([code, category, parent, name.strip(), "".join(definition).strip()])
    return rows


def _lines(text: str) -> Iterator[tuple[int, str, str, str]]:
    """How far each line that says something is set in, its words without a bullet, and the category that it names with
    its letter, if any.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    inner = [line for line in lines if not _OUTER.match(line)]
    two_kinds = all(line[0].isspace() or _BULLET.match(line)[0] for line in inner)
    are_headings = inner and two_kinds and _OUTER.match(lines[0])
    for line in lines:
        words = line.strip()
        indent = sum(_WIDTHS.get(blank, 1) for blank in line[: line.index(words)])
        title = _OUTER.fullmatch(line.rstrip()) if are_headings else None
        words = words[_BULLET.match(words).end() :] or words
        heading = _HEADING.fullmatch(title[2] if title else words)
        named = next(filter(None, heading.groups())) if heading else title[2] if title else ""
        yield indent, words, named.strip(), title[1] if title and title[1].isascii() else ""


def _codes(lines: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Line → its code and what stands behind it, where most lines have one.

    What only few lines begin with may be part of a name (`CO2 emissions`), and letters that come again count lines.
    """
    for pattern in (_CODED, _LETTERED):
        found = {line: match for line in lines if (match := pattern.fullmatch(line))}
        if 2 * len(found) <= len(lines):
            continue
        letters = [match[1] for match in found.values()]
        counts_only = pattern is _LETTERED and len(set(letters)) < len(letters)
        return {line: ("" if counts_only else match[1], match[2]) for line, match in found.items()}
    return {}


def _of_head(words: str, letter: str) -> tuple[str, str]:
    """The code of a single line, if it begins as those of its category do, and what stands behind it."""
    found = _CODED.fullmatch(words)
    return found.groups() if found and re.fullmatch(rf"{letter}\W?\d.*", found[1]) else ("", words)


def _free(head: str, made: Counter[str], taken: Collection[str]) -> str:
    """The next code that begins so and that no line is written with."""
    made[head] += 1
    while f"{head}{made[head]}" in taken:
        made[head] += 1
    return f"{head}{made[head]}"


def _head(category: str, taken: Iterable[str]) -> str:
    """The letter with which codes of a category begin."""
    letters = [letter for letter in (usual_category(category) or category).upper() if "A" <= letter <= "Z"]
    return next(letter for letter in [*letters, *"TABCDFHIJKLMNOPQRUVWXYZ"] if letter not in taken)
