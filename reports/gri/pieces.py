"""A cell of codes cut into pieces: codes, ranges, standards, sector topics, each with the text that belongs to it.

Nothing is decided here about what a code means; `reading` does that.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

NOTHING = frozenset(
    {"-", "--", "–", "––", "/", "//", "\\", "n/a", "na", "n.a.", "n.a", "不适用", "无", "没有", "none", "nil", "~", "."}
    | {"not applicable", "不適用", "無", "沒有", "暂无", "暫無"}
)
_DASHES = {**dict.fromkeys("‐‑−﹣⁃", "-"), **dict.fromkeys("‒—―─━ー", "–"), **dict.fromkeys("〜∼∽⁓", "~")}
_DROPPED = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
MARK = "*"  # of a footnote; superscript figures are one, never figures of the code

_NAMES = "GRI|G|standards?|标准|標準|准则|準則|disclosures?|indicators?|披露项|披露項|披露|指标|指標"
_PREFIX = rf"(?:(?:{_NAMES})[\s:\-–]{{0,5}}){{0,4}}"
_TOPIC = r"(?:(?:sector\s+)?topics?\s+|[议議]题\s*|議題\s*|主[题題]\s*)?"
_EDGE = r"(?<![A-Za-z0-9_.\-–])"
_SAME_LINE = r"[^\S\n]*"
_NUMBER = r"(\d{1,3})(?:\s*[-–]\s*|\.)(\d{1,3})(?!\d)"
_YEAR = r"(?:\s*\(\s*(\d{4})\s*\)|[^\S\n]+(\d{4})(?!\d))?"
_UNTIL = r"(?:至|到|to\b|thru\b|through\b|bis\b|hasta\b|até\b|à)"
_KINDS = {
    "old": r"G4[-–\s]?[A-Z]*[-–]?\d+|(?!SDG|ISO|KPI|GRI)[A-Z]{2,3}\d{1,2}(?![\d-])",
    "sector": _PREFIX + _TOPIC + r"(1[1-8])\.(\d{1,2})(?:\.(\d{1,2}))?(?![\d.]\d|\d)",
    # A bare end (102-1~13) needs a sign that cannot be the hyphen of a code, and no sign may begin a line as a bullet.
    "range": rf"{_PREFIX}{_NUMBER}{_YEAR}(?:(?:\s*~\s*|{_SAME_LINE}–+\s*|\s*{_UNTIL}\s*)"
    rf"(?:{_PREFIX}{_NUMBER}|(\d{{1,3}})(?![\d.\-–]))|{_SAME_LINE}-\s*{_PREFIX}{_NUMBER}){_YEAR}",
    "chain": rf"{_PREFIX}{_NUMBER}-(\d{{1,3}})(?![\d\-–.])",
    "code": rf"{_PREFIX}{_NUMBER}(?!\.\d)",
    "standard": rf"GRI[\s:\-–]*{_PREFIX}(\d{{1,3}})(?![A-Za-z0-9_]|[-–.]\s*\d)",
}
_FINDERS = {
    kind: re.compile(_EDGE + f"(?:{pattern})", re.IGNORECASE if kind != "old" else 0)
    for kind, pattern in _KINDS.items()
}
_CANDIDATE = re.compile(_EDGE + r"(?=[A-Za-z]|\d|[标標披指准準议議主])")

_NUMERAL = r"(?:iii|ii|iv|vi{0,3}|ix|i|x)(?![a-z])"
_LETTER = rf"\(?[a-h](?:\)?[-.]?[^\S\n]?\(?{_NUMERAL}(?:[^\S\n]*(?:,|~|–|-)[^\S\n]*{_NUMERAL})*)?\)?(?![A-Za-z])\.?"
_REQUIREMENT = re.compile(
    rf"[^\S\n]*[-.]?(?:[^\S\n]*(?:[Rr]equirements?|要求|第))?[^\S\n]*"
    rf"({_LETTER}(?:\s*(?:,|/|、|和|及|与|and\b|&|to\b|~|–|-|)\s*{_LETTER})*)(?:[^\S\n]?[项項])?"
)
_SIGNS = r"\s;,、/|·•●▪:&+()"
_JOINS = re.compile(rf"(?:[{_SIGNS}]|\b(?:and|e|y|et|und|och|og)\b|以及|[和及与與]|^-|(?<=\n)[-–])*", re.IGNORECASE)
_SEPARATING = " \t\n;,、/|·•●▪:&+(-–"
_AROUND = "“”„\"‘’'【】「」『』《》〈〉<>[]{}★☆▲△■□◆◇►▶"  # what codes are set in, and marks in front of them
_SHUT = '】」』》〉”"'
_AND = re.compile(r"(?<=\s)(?:and|e|y|et|und|och|og)$|(?<=[\s\d])(?:以及|[和及与與])$", re.IGNORECASE)
_BEGINS = re.compile(r"[\s:;,、/|·•\-–]+")
SAYS_NOT = re.compile(
    r"\b(?:not|except\w*|exclud\w*|omit\w*|omission\w*|without|n/?a|none)\b"
    r"|\b(?:confidential\w*|unavailable|prohibit\w*)\b|^\W*no\W*$|[×✗✘☒○◯◌]|^\W*[否–—/-]\W*$"
    r"|\b(?:n/?r|n\.r|tbd|tba|nil|excl|planned|to be (?:reported|disclosed|confirmed)|no (?:data|information))\b"
    r"|^\W*n\W*$"
    r"|没有|沒有|尚无|尚無|年度[无無]|待(?:披露|补充|補充|定)"
    r"|\b(?:nicht|keine?|entfällt|no aplica|no reportad\w*|sans objet|não)\b"
    r"|未|不适用|不適用|不披露|不揭露|不涉及|除外|除了|从略|從略|省略|^[无無]|暂无|暫無|保密|机密|機密|不可得|不可用|暂不|暫不|缺失|无法|無法",
    re.IGNORECASE,
)
# What figures that look like a code may be of instead: pages, parts of the report, other frameworks.
_ELSEWHERE = (
    r"\b(?:p|pp|pages?|see|also|cf|refer\w*|chapters?|sections?|notes?|tables?|figures?|SDGs?|UNGC|UN|principles?|ISO"
    r"|AA1000\w*|ESRS|SASB|IFRS|TCFD|HKEX|KPIs?|targets?|goals?|clauses?|articles?)\b"
    r"|[页頁见見参參章节節表注圖图第条條]|目标|目標|原则|原則|附录|附錄"
)
NO_HEAD = re.compile(rf"{_ELSEWHERE}|\d", re.IGNORECASE)
REFERS = re.compile(rf"(?:{_ELSEWHERE}|同上?|依据|根据)[\s\d:.(（]*$", re.IGNORECASE)
# Figures with such a word behind them are no code but pages, a part of the report, a number of something.
PAGES = re.compile(
    r"\s*(?:[页頁]|pages?\b|(?:st|nd|rd|th)\b|[%％]|(?:章节?|[节節条條款年月日号號次人])(?!\w))", re.IGNORECASE
)
GOES_ON = re.compile(r"\W*(?:等|ff?|et\s+seq|etc|及以后|起|[~～])\W*", re.IGNORECASE)
ADDRESS = re.compile(r"(?:https?://|www\.)[^\s;,；，、]+", re.IGNORECASE)  # figures in it are no codes
MOST_LINES = 12  # that a title is printed on
LONGEST = 400  # characters of text beside a code


@dataclass(frozen=True)
class Piece:
    """A code or what looks like one. `numbers` as found, `tail` and `lead` the texts after and before it, as printed.

    `kind`: code, range, chain (102-1-13), standard, sector, old (of G4 and before), none (says that there is none),
    number (figures alone), text.
    """

    kind: str
    text: str
    numbers: tuple[int, ...] = ()
    years: tuple[int | None, ...] = (None,)
    requirement: str = ""
    tail: str = ""
    lead: str = ""
    repaired: tuple[str, ...] = ()
    heading: "Piece | None" = None
    after_digits: str = ""  # figures alone on the next line, which may belong to the code
    before_digits: str = ""  # the same on the line above
    before: str = ""  # the text of the piece before, where nothing separates the two
    unclear: bool = False  # `GRI 3: 2-3`: figures that nobody can tell the meaning of
    says_none: bool = False  # a dash or slash ends the line behind it: `2-5 External assurance —`
    joined: bool = False  # one list with the next code: `2-20, 2-21 omitted`


@dataclass
class _Token:
    kind: str
    start: int
    end: int
    groups: tuple[str | None, ...] = field(default=())


def flat(text: str) -> str:
    """The text letter for letter in the forms that patterns know: half width, one hyphen, one dash, marks as `*`."""
    return "".join(map(_plain, text))


def _plain(sign: str) -> str:
    if unicodedata.category(sign) == "No":
        return MARK
    plain = unicodedata.normalize("NFKC", sign)
    plain = plain if len(plain) == 1 else sign
    return _DASHES.get(plain, plain)


def clean(cell: str) -> str:
    """The cell without letters that nobody sees, lines ending alike."""
    return _DROPPED.sub("", cell).replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ")


def says_nothing(text: str) -> bool:
    """Whether a text alone stands for none: `-`, `/`, N/A, 不适用, also in brackets, with a full stop or spaces."""
    plain = flat(text).strip().casefold()
    return plain in NOTHING or re.sub(r"[\s()。]", "", plain).removesuffix(".") in NOTHING - {""}


def pieces_of(cell: str, is_title: Callable[[str], bool]) -> Iterator[Piece]:
    """Pieces of a cell in the order printed. `is_title` tells titles, which may hold what else separates."""
    text = clean(cell).strip()
    if not text:
        return
    if says_nothing(text):
        yield Piece("none", text)
        return
    # A full stop between two codes separates them: 405-1.405-2.
    plain = re.sub(r"(\d-\d{1,3})\.(?=\d{1,3}-\d)", r"\1;", flat(text))
    plain = ADDRESS.sub(lambda found: re.sub(r"\d", "x", found[0]), plain)
    tokens = _without_own_standards(plain, list(_tokens(plain)))
    yield from _with_texts(text, plain, tokens, is_title)


def _tokens(plain: str) -> Iterator[_Token]:
    at = 0
    while found := _CANDIDATE.search(plain, at):
        start = found.start()
        token = next(filter(None, (_match(kind, plain, start) for kind in _FINDERS)), None)
        if token is None:
            at = start + 1
        else:
            yield token
            at = token.end


def _without_own_standards(plain: str, tokens: list[_Token]) -> list[_Token]:
    """A standard right behind its code says the code's standard again: `418-1 (GRI 418: Customer Privacy 2016)`."""
    kept: list[_Token] = []
    for token in tokens:
        above = kept[-1] if kept else None
        behind = above is not None and above.kind == "code" and re.fullmatch(r"[ (]*", plain[above.end : token.start])
        if not (behind and token.kind == "standard" and _numbers(above)[0][0] == _numbers(token)[0][0]):
            kept.append(token)
    return kept


def _match(kind: str, plain: str, start: int) -> _Token | None:
    found = _FINDERS[kind].match(plain, start)
    return _Token(kind, found.start(), found.end(), found.groups()) if found else None


def _with_texts(text: str, plain: str, tokens: list[_Token], is_title: Callable[[str], bool]) -> Iterator[Piece]:
    """Each token with the text after it up to the next, cut where the text is another piece or the next one's."""
    first = tokens[0].start if tokens else len(text)
    *others, lead = _cut(plain, 0, first, ";" if tokens else ";\n")
    if not tokens:
        others, lead = [*others, lead], (first, first)
    yield from _plain_pieces(text, others)
    heading: Piece | None = None
    unclear, before = False, ""
    for place, token in enumerate(tokens):
        following = tokens[place + 1] if place + 1 < len(tokens) else None
        end = following.start if following else len(text)
        start, requirement = _requirement(plain, token, end)
        own, others, next_lead = _divided(plain, start, end, following is not None, is_title)
        piece = replace(_piece(text, plain, token, lead, (start, own), requirement), before=before)
        clash = following is not None and any(_clashes(piece, following, plain[at:end]) for at in (token.end, start))
        if following and _heads(piece, following, plain[own:end], others):
            heading, lead, before, unclear = piece, next_lead, "", False
            continue
        own_heading = heading if _same_standard(heading, piece) else None
        joined = (
            following is not None and not re.search("[;\n]", gap := plain[start:end]) and bool(_JOINS.fullmatch(gap))
        )
        yield replace(piece, heading=own_heading, unclear=unclear or clash, joined=joined)
        unclear = clash
        before = plain[start:own] if following and not plain[own:end].strip(" (") else ""
        heading = heading if _same_standard(heading, piece) and ";" not in plain[own:end] else None
        yield from _plain_pieces(text, others)
        lead = next_lead


_RANGE_SIGN = re.compile(
    r"[^\S\n]*(?:[-–~…→÷]|[-–=]*>|\.{2,}|至|到|から|(?:to|bis|al|до|til|tot|fino a)\b)[^\S\n]*", re.IGNORECASE
)


def _clashes(piece: Piece, following: _Token, between: str) -> bool:
    """Whether nobody can tell what two pieces say of each other: `GRI 3: 2-3`; a range of standards or of sector
    references; or `2-3 a 2-5`, which in some languages is a range.
    """
    if piece.kind == "standard":
        is_range = following.kind == "standard" and _RANGE_SIGN.fullmatch(between)
        return bool(is_range or re.fullmatch(r"\s*:\s*", between))
    if piece.kind == "code" and following.kind == "code":
        if re.fullmatch(r"\s*[:(]\s*", between) and _may_be_pages(following):
            return True
        return bool(re.fullmatch(r"[^\S\n]+a[^\S\n]+", between) or _RANGE_SIGN.fullmatch(between))
    return piece.kind == following.kind == "sector" and bool(_RANGE_SIGN.fullmatch(between))


def _may_be_pages(token: _Token) -> bool:
    """`302-1: 2-3`, `302-1 (2-3)`: two numbers of the first pages, the second above the first."""
    first, last = _numbers(token)[0]
    return first in (2, 3) and last > first


Span = tuple[int, int]


def _cut(plain: str, start: int, end: int, signs: str) -> list[Span]:
    """The parts of a text between signs."""
    cuts = [at for at in range(start, end) if plain[at] in signs]
    return list(zip([start, *(at + 1 for at in cuts)], [*cuts, end], strict=True))


def _divided(
    plain: str, start: int, end: int, followed: bool, is_title: Callable[[str], bool]
) -> tuple[int, list[Span], Span]:
    """Where the text after a token ends, parts between it and the next token, and the text before the next one."""
    gap, nothing = plain[start:end], (end, end)
    if _JOINS.fullmatch(gap):
        return start, [], nothing
    stop = start + len(_AND.sub("", gap.rstrip(_SEPARATING)).rstrip(_SEPARATING))
    apart = not followed or bool(plain[stop:end].strip(" ("))
    own = _own_end(plain, start, stop, apart, is_title)
    parts = [
        part
        for part in _cut(plain, own, stop, ";\n,、|" if own == start else ";\n")
        if plain[slice(*part)].strip(" :-–")
    ]
    lead = nothing if apart or not parts else parts.pop()
    return own, parts, lead


def _own_end(plain: str, start: int, stop: int, apart: bool, is_title: Callable[[str], bool]) -> int:
    """The longest text that is a title; else up to the first sign that separates; a last line may be the next one's."""
    cuts = [at for at in range(start, stop) if plain[at] in ";\n"]
    for at in [stop, *reversed(cuts[:MOST_LINES])]:
        if is_title(_BEGINS.sub("", plain[start:at], count=1)):
            return at
    if plain[start:stop].lstrip(" ")[:1] in (";", ",", "、", "|", "/"):
        return start
    hard = plain.find(";", start, stop)
    last_line = plain.rfind("\n", start, stop)
    if hard >= 0:
        return hard
    return last_line if not apart and last_line >= 0 else stop


def _plain_pieces(text: str, parts: list[Span]) -> Iterator[Piece]:
    for start, end in parts:
        shown = text[start:end].strip().strip(";；,，、").strip()
        if says_nothing(shown):
            yield Piece("none", shown)
        elif shown := shown.strip("/|").strip():
            yield Piece("number" if re.fullmatch(r"[-–\s]*\d{1,3}", flat(shown)) else "text", shown)


def _heads(piece: Piece, following: _Token, between: str, others: list[Span]) -> bool:
    """Whether a standard only heads the codes after it: `GRI 303: Water and Effluents 2018: 303-3`."""
    if piece.kind != "standard" or others or re.search(r"[;,、/]", between):
        return False
    return following.kind in ("code", "range") and _numbers(following)[0][0] == piece.numbers[0]


def _same_standard(heading: Piece | None, piece: Piece) -> bool:
    return heading is not None and piece.kind in ("code", "range") and piece.numbers[0] == heading.numbers[0]


def _piece(text: str, plain: str, token: _Token, lead: Span, own: Span, requirement: str) -> Piece:
    before = text[slice(*lead)].strip(f" \t\n;；,，、/:：•·●▪*-–—{_AROUND}")
    numbers, years = _numbers(token)
    body = plain[token.start : token.end]
    return Piece(
        token.kind,
        _balanced(text[lead[0] if before else token.start : own[1]].strip().strip(";；,，、").strip()),
        numbers,
        years,
        requirement,
        tail=_balanced(text[slice(*own)].strip(f" \t\n:：;；,，、-–—{_SHUT}").removeprefix("]")),
        lead=before,
        says_none=bool(
            re.match(r"[^\S\n]*[: ][^\S\n]*[-–/][^\S\n]*(?:[\n;]|$)", plain[len(plain[: own[1]].rstrip(" -–/")) :])
        ),
        repaired=tuple(_repairs(token.kind, body)),
        after_digits=_digits_after(plain, token.end),
        before_digits=_digits_before(plain, token.start),
    )


def _balanced(text: str) -> str:
    """Without a bracket at its end that was opened before it, or is shut after it."""
    opened, closed = (sum(map(text.count, signs)) for signs in ("(（[", ")）]"))
    stray = text[-1:] in tuple(")）]") and opened < closed or text[-1:] in tuple("(（[")
    return text[:-1].rstrip() if stray else text


def _requirement(plain: str, token: _Token, end: int) -> tuple[int, str]:
    """Where a code ends with its letters of requirements, and the letters as printed."""
    found = _REQUIREMENT.match(plain, token.end, end) if token.kind == "code" else None
    if found is None:
        return token.end, ""
    rest = plain[found.end() : end]
    # `302-1 e 302-3` joins two codes.
    joins = re.search(r"(?:^|[^\S\n])e$", found[1]) and plain[token.end] in " \t"
    if joins and re.match(rf"[^\S\n]+{_PREFIX}{_NUMBER}", plain[found.end() :], re.IGNORECASE):
        own = found[1][:-1].rstrip()
        return found.start(1) + len(own) if own else token.end, _letters(own)
    # `102-1 a company` has an article, not a requirement.
    if plain[token.end] in " \t" and re.match(r"[^\S\n]+[a-z]{2,}", rest):
        return token.end, ""
    return found.end(), _letters(found[1])


def _letters(printed: str) -> str:
    """Letters of requirements as printed, without brackets and full stops: `(a)(ii)` is a-ii, `a. b.` is a, b."""
    text = re.sub(rf"\)[^\S\n]*\(?({_NUMERAL})", r"-\1", printed)
    text = re.sub(r"\)[^\S\n]*\(", ", ", text).replace("(", "").replace(")", "")
    text = re.sub(r"(?<=[a-h])\.[^\S\n]?(?=[ivx])", "-", text)
    text = re.sub(r"(?<=[a-z])\.(?![a-z])", "", text)
    return re.sub(r"\b([a-h](?:-[ivx]+)?)[^\S\n]+(?=[a-h]\b)", r"\1, ", text)


def _numbers(token: _Token) -> tuple[tuple[int, ...], tuple[int | None, ...]]:
    groups = token.groups
    if token.kind == "range":
        standard, first, year, late, last_standard, last, bare, hyphen_standard, hyphen_last, end_year, end_late = (
            groups
        )
        ends = (int(last_standard or hyphen_standard or standard), int(last or bare or hyphen_last))
        begun, ended = year or late, end_year or end_late
        years = tuple(int(each) if each else None for each in (begun or ended, ended or begun))
        return (int(standard), int(first), *ends), years
    figures = [int(group) for group in groups if group and group.isdigit()]
    return tuple(figures), (None,)


def _repairs(kind: str, body: str) -> Iterator[str]:
    if "\n" in body.strip() and kind in ("code", "sector"):
        yield "broken"
    if kind == "code" and re.search(r"\d\.\d", body):
        yield "dot"
    if kind in ("code", "range", "sector") and re.search(r"(?<!\d)0\d", body):
        yield "zeros"


def _digits_after(plain: str, at: int) -> str:
    found = re.match(r"[^\S\n]*\n\s*(\d{1,2})(?=\s*(?:$|[\n;,、]))", plain[at:])
    return found[1] if found else ""


def _digits_before(plain: str, at: int) -> str:
    found = re.search(r"(?:^|[\n;,、])\s*(\d{1,2})[^\S\n]*\n\s*$", plain[:at])
    return found[1] if found else ""
