"""Text of other tools made comparable: without tags, entities, numbering, case and width."""

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from materiality.scoring.cube import BUSINESS, SOCIETY
from materiality.tables.problems import Nearest

_TAG = re.compile(r"<[^<>]{0,200}>")
_SPACE = re.compile(r"\s+")
_NOT_WORD = re.compile(r"[\W_]+")
_NUMBER = re.compile(
    r"\s*(?:第\s*(\d{1,3})\s*题|[qQ]\s?(\d{1,3})(?=[\W_])|[(\[]?(\d{1,3})(?:[-.](?:\d{1,3}))?(?:[、)\].:]|(?=\s)))[\s、.:)]*"
)
LONGEST = 2_000


@lru_cache(maxsize=8192)
def cleaned(text: str) -> str:
    """The text as a person reads it: no tags, entities, marks and doubled spaces; full width made usual."""
    text = html.unescape(text[:LONGEST])
    text = unicodedata.normalize("NFKC", _TAG.sub(" ", text)).replace("\ufeff", "").replace("\u200b", "")
    return _SPACE.sub(" ", text).strip()


@lru_cache(maxsize=16384)
def squashed(text: str) -> str:
    """Letters, digits and Chinese characters alone, without case: `SOC-03-01` is `soc0301`."""
    return _NOT_WORD.sub("", cleaned(text).casefold())


@lru_cache(maxsize=8192)
def word(text: str) -> str:
    """An answer for comparing: cleaned, no case, underscores as spaces, no quotation marks or full stop around it."""
    text = cleaned(text).casefold().replace("_", " ").replace("’", "'")
    return _SPACE.sub(" ", text).strip(" \"“”'‘’。.;；,，")


def number_apart(text: str) -> tuple[str, str]:
    """The question's number at the beginning of a cleaned header, '' without one, and the rest of the text."""
    found = _NUMBER.match(text)
    if not found:
        return "", text
    rest = text[found.end() :].strip()
    return (next(part for part in found.groups() if part), rest) if rest else ("", text)


DONT_KNOW_CODE, NOT_ASKED, SKIPPED = "DK", "NA", ""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split("|"))


DONT_KNOW_WORDS = _words(
    "dk|不了解|不清楚|不知道|说不清|说不清楚|说不好|难以判断|难以评价|无法判断|无法评价|无法回答|不确定|"
    "不好说|没有意见|无意见|不便回答|拒绝回答|不适用|没听说过|不了解/不清楚|不清楚/不了解|不知道/不清楚|"
    "不了解或不清楚|不了解或不确定|不确定/不了解|不熟悉|don't know|dont know|do not know|i don't know|"
    "i do not know|don't know / no opinion|don't know/no opinion|don't know / not sure|no opinion|not sure|"
    "unsure|i'm not sure|n/a|n.a|not applicable|can't say|cannot say|can't judge|cannot judge|unable to judge|"
    "unable to rate|no answer|no idea|prefer not to say|prefer not to answer|undecided/don't know|"
    "not familiar|unknown|unfamiliar"
)
SKIPPED_WORDS = _words(
    "|#null!|(空)|空|(空白)|空白|未填|未填写|未作答|未回答|null|none given|(empty)|empty|(blank)|-|--"
)
NOT_ASKED_WORDS = _words(
    "na|(跳过)|跳过|(未显示)|未显示|(未展示)|未展示|not shown|(not shown)|not displayed|not asked|(not asked)"
)
_BETWEEN = re.compile(r"[/、,()或]|\bor\b")
LIMESURVEY, WJX, QUALTRICS = "limesurvey", "wjx", "qualtrics"
# What numbers beyond the scale mean is the tool's: LimeSurvey leaves a question without an answer empty, so that a
# number there is an option beside the scale; 问卷星 numbers what was skipped and what was hidden; Qualtrics writes -99
# for what was seen and left. In the file of any other tool such a number is a doubt.
_BESIDE = dict.fromkeys(("99", "98", "97", "88", "999"), DONT_KNOW_CODE)
TOOL_NUMBERS: dict[str, dict[str, str]] = {
    LIMESURVEY: _BESIDE,
    WJX: {**_BESIDE, "-2": SKIPPED, "-3": NOT_ASKED},
    QUALTRICS: {"-99": SKIPPED},
}

_YES = _words(
    "yes|y|true|是|同意|我同意|已同意|agree|i agree|accept|i accept|accepted|agreed|consent|i consent|"
    "知情同意|同意参与|愿意|checked|accepted.|已阅读并同意|我已阅读并同意|on|ok"
)
_NO = _words(
    "no|n|false|否|不同意|我不同意|disagree|i disagree|decline|i decline|declined|refuse|do not agree|"
    "i do not agree|i don't agree|don't agree|不愿意|拒绝|不接受|dismissed|i do not consent|do not consent"
)
_LANGUAGES = {
    "zh-hans": "zh|zh-cn|zh-hans|zh-sg|zh-hans-cn|cn|chinese|中文|简体中文|汉语|chinese (simplified)|"
    "simplified chinese|"
    "中文(简体)|中文(zh)|chinese (zh)|中文 (zh)",
    "en": "en|en-us|en-gb|en-au|eng|english|英文|英语|english (en)|default english",
}
_LANGUAGE_OF = {name: tag for tag, names in _LANGUAGES.items() for name in names.split("|")}


def absent(key: str, tool: str = "") -> str | None:
    """DK, NA or '' for a `word` that is no rating, None for any other. In LimeSurvey `N/A` says that it was hidden."""
    if key in SKIPPED_WORDS:
        return SKIPPED
    if key in NOT_ASKED_WORDS or (tool == LIMESURVEY and key == "n/a"):
        return NOT_ASKED
    if tool == WJX and key in ("-2", "-3"):
        return TOOL_NUMBERS[WJX][key]
    if key in DONT_KNOW_WORDS:
        return DONT_KNOW_CODE
    parts = [part.strip() for part in _BETWEEN.split(key) if part.strip()]
    if len(parts) < 2 and (both := re.fullmatch(r"([^\x00-\x7f]+) ?([\x00-\x7f]+)", key)):
        parts = [part.strip() for part in both.groups()]  # `不了解 don't know`
    return DONT_KNOW_CODE if len(parts) > 1 and DONT_KNOW_WORDS.issuperset(parts) else None


def yes_or_no(text: str) -> str | None:
    """`yes`, `no`, '' for an empty answer, None where it cannot be told."""
    key = word(text)
    if key in SKIPPED_WORDS or key in NOT_ASKED_WORDS:
        return ""
    if key in _YES:
        return "yes"
    if key in _NO:
        return "no"
    if key.startswith(("不", "否", "no,", "no ", "我不", "拒", "disagree", "i do not", "i don't", "decline")):
        return "no"
    if "不同意" in key or "not agree" in key or "not consent" in key:
        return "no"
    agrees = ("同意", "yes,", "yes ", "agree", "接受", "consent", "accept", "是,", "是的")
    return "yes" if any(part in key for part in agrees) else None


def language_of(text: str) -> str | None:
    """Tag of the product's language that a tool's word means, '' for an empty one, None for another language."""
    key = word(text).replace(" ", "-") if len(text) <= 8 else word(text)
    if key in SKIPPED_WORDS:
        return ""
    found = _LANGUAGE_OF.get(key) or _LANGUAGE_OF.get(key.replace(" ", "-"))
    # A region behind it: `English (United States)`; that of Chinese can mean other characters.
    return found or ("en" if re.fullmatch(r"english \([a-z ]+\)", key) else None)


_COMPANY_ZH = "(?:本|贵|我们?|该|其)?(?:公司|企业|集团|单位|业务|经营|运营|财务|商业|组织|机构|平台)"
_WORLD_ZH = "(?:社会|环境|经济|公众|人|利益相关方|外部|生态|地球|可持续发展)"
_COMPANY_EN = (
    "(?:company|business|enterprise|corporation|operations?|organi[sz]ation|finances?|financial|firm|group|us)"
)
_WORLD_EN = "(?:society|environment|people|public|stakeholders?|planet|communit(?:y|ies)|economy|world|outside)"
_BEFORE_EN = r"(?:to|for|on|upon|affects?|affecting|influences?|influencing|concerns?)"
_BETWEEN_EN = r"(?:\s+(?:the|our|your|its|this|a|company's|own))*"
_STRONG = {
    SOCIETY: re.compile(f"(?:对|给|于){_WORLD_ZH}|{_BEFORE_EN}{_BETWEEN_EN}\\s+{_WORLD_EN}\\b"),
    BUSINESS: re.compile(f"(?:对|给|于){_COMPANY_ZH}|{_BEFORE_EN}{_BETWEEN_EN}\\s+{_COMPANY_EN}\\b"),
}
_NAMED = {
    SOCIETY: re.compile(r"society(?!\w*:)|societal|影响重要性|社会影响|对外影响|社会(?:和|与|及|、)环境|"
                        r"环境(?:和|与|及|、)社会|外部(?:影响|视角|重要)|"
                        r"impact materiality|利益相关方(?:关注|重要)|inside.?out|(?:^|[_/\W])s\W*$| [-_.]?soc\W*$"),
    BUSINESS: re.compile(r"business|财务(?:影响|重要)|公司(?:运营|发展|经营|业务)|企业(?:运营|发展|"
                         r"经营|价值)|业务(?:影响|重要)|经营(?:影响|重要)|"
                         r"financial materiality|outside.?in|operations|(?:^|[_/\W])(?:biz|bus|b)\W*$"),
}  # fmt: skip
_CATEGORY = re.compile(r"【[^】]{1,12}】|\[(?:环境|社会|经济|科技|治理|技术)\]|^(?:环境|社会|经济|"
                       r"科技|治理|技术|society|environment|economy|"
                       r"technology|governance)\s*[:：\-—]\s*")  # fmt: skip
_IS = r"\s*分?\s*(?:=|:|-|–|—|\(|为|是|代表|表示|means?|is|being|stands for)?\s*"
_MUCH = (
    r"(?:(?:非常|最|很|极|very|most|extremely|the most)\s*(?:重要|大|高|强|同意|满意|important|large|high|significant|"
    r"great|relevant|much)|最高|最大|最强|most\b|highest\b|top\b|strongly agree)"
)
_LITTLE = (
    r"(?:(?:the\s+)?least\b|(?:非常|最|很|极|完全)\s*(?:不重要|小|低|弱|不同意|不满意)|不重要|lowest\b|"
    r"not at all|not important|"
    r"un(?:important|significant)|very (?:little|small|low)|strongly disagree)"
)
# `high` and `low` alone say it behind a sign or a verb, or at both ends: "Q1: High-quality employment" does not.
_MEANS = r"\s*分?\s*(?:=|\(|为|是|代表|表示|means?\b|is\b|being\b|stands for\b)\s*"
_1_HIGH, _5_LOW = rf"(?:^|[^\d.])1{_IS}high\b", rf"(?:^|[^\d.])(?:5|7|10){_IS}low\b"
_TURNED = re.compile(
    rf"(?:^|[^\d.])1{_MEANS}high\b(?!-\w)|(?:^|[^\d.])(?:5|7|10){_MEANS}low\b(?!-\w)|"
    rf"{_1_HIGH}.*{_5_LOW}|{_5_LOW}.*{_1_HIGH}|^1{_IS}high\W*$|\b(?:high\s*[(\[]\s*1|low\s*[(\[]\s*(?:5|7|10))\s*[)\]]|"
    rf"(?:^|[^\d.])1{_IS}{_MUCH}|{_MUCH}\s*[(\[]\s*1\s*[)\]]|(?:^|[^\d.])(?:5|7|10){_IS}{_LITTLE}|"
    rf"{_LITTLE}\s*[(\[]\s*(?:5|7|10)\s*[)\]]|"
    r"\bhow (?:un|in|not )(?:important|significant|relevant)\b|不重要(?:程度|性)|由高到低|从高到低"
)
_RANKED = re.compile(r"\brank(?:ed|ing|s)?\b|排序|排名|名次|排列")


def dimension_of(text: str) -> str | None:
    """society or business, '' where the text does not say, None where it says both.

    A category's name before the question, such as `社会：`, is no dimension.
    """
    bare = _CATEGORY.sub(" ", text.casefold().strip())
    for cues in (_STRONG, _NAMED):
        found = [dimension for dimension, cue in cues.items() if cue.search(bare)]
        if found:
            return found[0] if len(found) == 1 else None
    return ""


# What is left of a header beside the issue's name, or stands in a column of dimensions.
_SIDE_WORDS = {
    SOCIETY: "社会 对社会 社会影响 社会和环境 社会与环境 外部 society social soc s impact external",
    BUSINESS: "公司 对公司 企业 业务 经营 公司经营 公司运营 财务 内部 company business biz b financial internal",
}
_SIDES = {word: dimension for dimension, words in _SIDE_WORDS.items() for word in words.split()}


def side_of(text: str) -> str:
    """The dimension that a text alone stands for beside its opposite, such as `社会` beside `公司`; '' for none."""
    return _SIDES.get(squashed(text), "")


def turned_round(text: str) -> bool:
    """Whether a question says that 1 is the most."""
    return bool(_TURNED.search(text.casefold()))


_LEGEND = re.compile(rf"(?:^|[^\d.])\d{{1,2}}{_IS}[^\d\s]|[^\d\s]\s*[(\[]\s*\d{{1,2}}\s*[)\]]")


def legend_of(text: str) -> bool:
    """Whether a text explains the numbers of a scale: `1=非常重要 … 5=不重要`, `1 (low) – 5 (high)`."""
    text = cleaned(text).casefold()
    return len(_LEGEND.findall(text)) > 1 and bool(re.search(r"[=:()\[\]–—-]|分", text)) and len(text) < 300


def asks_ranking(text: str) -> bool:
    """Whether a question asks to put the issues in an order, where 1 would be the first."""
    return bool(_RANKED.search(text.casefold()))


@dataclass(frozen=True)
class GroupNames:
    """A stakeholder group as a cycle knows it."""

    code: str
    zh: str
    en: str

    def spellings(self) -> set[str]:
        """Its code and names, squashed."""
        return {squashed(self.code), squashed(self.zh), squashed(self.en)} - {""}


def groups_of(texts: Iterable[str], groups: Sequence[GroupNames]) -> tuple[dict[str, str], list[str]]:
    """`word` of an answer -> code of the group, and the words that none or several groups fit.

    A word that is not a group's own name must fit one group alone, and no other word may fit it.
    """
    keys = sorted({word(text) for text in texts} - SKIPPED_WORDS)
    found = {key: group.code for key in keys for group in groups if squashed(key) in group.spellings()}
    for fits in (_holds, _begins, _abbreviates):
        taken = set(found.values())
        proposed = {
            key: fitting
            for key in keys
            if key not in found and (fitting := [g.code for g in groups if g.code not in taken and fits(key, g)])
        }
        chosen = [codes[0] for codes in proposed.values() if len(codes) == 1]
        found |= {key: codes[0] for key, codes in proposed.items() if len(codes) == 1 and chosen.count(codes[0]) == 1}
    every = {spelling: group.code for group in groups for spelling in map(word, (group.code, group.zh, group.en))}
    unknown = [key for key in keys if key not in found and key not in DONT_KNOW_WORDS]
    return {**every, **found}, unknown + [key for key in keys if key not in found and key in DONT_KNOW_WORDS]


def share_of_groups(texts: Iterable[str], groups: Sequence[GroupNames]) -> float:
    """How many of the different answers are surely groups, 0 to 1."""
    keys = {word(text) for text in texts} - SKIPPED_WORDS
    if not keys or len(keys) > 60:
        return 0.0
    found, unknown = groups_of(keys, groups)
    return 1 - len(unknown) / len(keys)


def _holds(key: str, group: GroupNames) -> bool:
    """`政府与监管机构` holds `政府`, `users` stands in `users and consumers`."""
    text = squashed(key)
    return any(
        (name in text or text in name) and min(len(name), len(text)) >= (2 if not name.isascii() else 4)
        for name in group.spellings()
    )


def _begins(key: str, group: GroupNames) -> bool:
    text = squashed(key)
    return len(text) >= 2 and any(name.startswith(text) for name in group.spellings() if text.isascii())


def _abbreviates(key: str, group: GroupNames) -> bool:
    """`usr` has the letters of `users` in their order, beginning with the first."""
    text, name = squashed(key), squashed(group.code)
    if not (2 <= len(text) <= 6 and text.isalpha() and text.isascii() and name.startswith(text[0])):
        return False
    letters = iter(name)
    return all(letter in letters for letter in text)


_BRACKETS = re.compile(r"[\[【(]([^\[\]【】()]{1,200})[\]】)][\s.?。？*]*$")
_PARTS = re.compile(r"—+|–|--+|\s-\s|-(?=[^\x00-\x7f])|[:|>→/\\»]|\.\s")
_LONGEST_NAME = 120


@dataclass(frozen=True)
class IssueNames:
    """An issue as a survey knows it; `former` are names that it had in earlier editions."""

    code: str
    zh: str
    en: str
    former: tuple[str, ...] = ()


@dataclass(frozen=True)
class HeaderIssue:
    """The issue of a header, and how sure that is: `sure` or only `near`; `rest` is the header without its name, `tail`
    what stands behind a colon: its definition, or the question.
    """

    code: str
    sure: bool
    rest: str = ""
    tail: str = ""


class Issues:
    """Finds issues in headers. Codes win over names, whole parts of a header over its end."""

    def __init__(self, issues: Sequence[IssueNames]) -> None:
        self.codes = {squashed(issue.code): issue.code for issue in issues}
        self.names: dict[str, str] = {}
        doubled = set()
        for issue in issues:
            for name in {squashed(text) for text in (issue.zh, issue.en, *issue.former)} - {""}:
                if self.names.setdefault(name, issue.code) != issue.code:
                    doubled.add(name)
        for name in doubled:
            del self.names[name]
        self._longest_first = sorted((name for name in self.names if len(name) > 1), key=len, reverse=True)
        self._nearest = Nearest(self.names)
        self._code = _code_pattern(self.codes)

    def find(self, header: str) -> HeaderIssue | None:
        """The issue that a cleaned header is about, or None."""
        coded = self._by_code(header)
        if coded:
            return coded
        for part, rest in _parts(header):
            key = squashed(part)
            code = self.names.get(key) or self.names.get(squashed(number_apart(part)[1]))
            # LimeSurvey and others print the definition behind the name: `name: definition`.
            name, colon, tail = number_apart(part)[1].partition(":")
            if code:
                return HeaderIssue(code, True, rest)
            if colon and (code := self.names.get(squashed(name))):
                return HeaderIssue(code, True, rest, tail.strip())
        whole = squashed(header)
        for name in self._longest_first:
            if whole.endswith(name) and len(name) >= (3 if name.isascii() is False else 8):
                return HeaderIssue(self.names[name], True, header[: -len(name)])
        for name in self._longest_first:
            if whole.startswith(name) and len(name) >= (4 if name.isascii() is False else 8):
                return HeaderIssue(self.names[name], True, header[len(name) :])
        return None

    def near(self, text: str) -> HeaderIssue | None:
        """The issue whose name is most like the last part of a header."""
        for part, rest in _parts(text):
            key = squashed(number_apart(part)[1])
            if not 3 <= len(key) <= _LONGEST_NAME:
                continue
            inside = next(
                (name for name in self._longest_first if len(name) >= (8 if name.isascii() else 3) and name in key), ""
            )
            if name := inside or self._nearest(key):
                return HeaderIssue(self.names[name], False, rest)
        return None

    def _by_code(self, header: str) -> HeaderIssue | None:
        found = list(self._code.finditer(header.casefold())) if self._code else []
        codes = {self.codes[squashed(match[0])] for match in found}
        if len(codes) != 1:
            return None
        first = found[-1]
        return HeaderIssue(codes.pop(), True, header[: first.start()] + " " + header[first.end() :])


def _parts(header: str) -> Iterable[tuple[str, str]]:
    """Parts of a header that can be the name, most likely first, each with the rest of the header."""
    inside = _BRACKETS.search(header)
    if inside:
        yield inside[1], header[: inside.start()]
        yield header[: inside.start()], inside[1]
    breaks = list(_PARTS.finditer(header))
    for each in reversed(breaks):
        yield header[each.end() :], header[: each.start()]
    yield header, ""
    for each in breaks[:1]:
        yield header[: each.start()], header[each.end() :]


def _code_pattern(codes: Iterable[str]) -> re.Pattern | None:
    """Codes with whatever stands between letters and digits, but not within a longer word or number."""
    patterns = []
    for code in sorted(codes, key=len, reverse=True):
        pieces = re.findall(r"[a-z]+|\d\d|\d", cleaned(code))
        if pieces and any(piece.isdigit() for piece in pieces) and pieces[0].isalpha():
            patterns.append(r"[-_ .]?".join(pieces))
    return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(patterns)})(?![-_.]?\d)") if patterns else None


_CODED = re.compile(r"([A-Za-z][A-Za-z0-9_.]*)\[([A-Za-z0-9_]+)\](?:[.\s:].*)?")
_SPLIT = re.compile(r"^(.*\S)\s*(?:—+|–|--+|\s-\s|:|\||>|/)\s*(.+)$")
_BRACKETED = re.compile(r"^(.*\S)\s*\[([^\[\]]+)\]\s*$")


@dataclass(frozen=True)
class Head:
    """One column's header. `text` is cleaned, `block` says which columns belong to one question, `stem` its wording.

    `found` is the issue that it names, `row` the part below the stem.
    """

    raw: str
    text: str
    number: str = ""
    block: str = ""
    stem: str = ""
    row: str = ""
    found: HeaderIssue | None = None
    parts: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        """Every text that may name a field: the header, its row, its parts; the same without what is in brackets."""
        names = [self.text, *((self.row,) if self.number or self.stem else ()), *self.parts]
        bare = [_TRAILING.sub("", name) for name in names]
        return list(dict.fromkeys(name for name in [*names, *bare] if name))


_TRAILING = re.compile(r"\s*[(\[【][^()\[\]【】]*[)\]】]\s*$")


def heads_of(headers: Sequence[str], issues: Issues, parts: Sequence[tuple[str, ...]] = ()) -> list[Head]:
    """Every header taken apart, with the stems of matrices carried down; `parts` are the rows of a header."""
    heads = [
        _head_of_parts(raw, parts[at], issues) if at < len(parts) and len(parts[at]) > 1 else _head(raw, issues)
        for at, raw in enumerate(headers)
    ]
    tails = Counter(head.found.tail for head in heads if head.found and head.found.tail)
    heads = [_with_question(head) if head.found and tails[head.found.tail] > 1 else head for head in heads]
    carried: dict[str, str] = {}
    result: list[Head] = []
    for head in heads:
        if head.found and not head.block and result and result[-1].found:
            head = replace(head, block=result[-1].block)
        if head.block and head.stem:
            carried[head.block] = head.stem
        elif head.block in carried:
            head = replace(head, stem=carried[head.block])
        result.append(head)
    return result


def _with_question(head: Head) -> Head:
    """A header `issue: question`: what several columns have behind the colon is no definition."""
    tail = head.found.tail
    if dimension_of(head.found.rest) != "":
        return head
    return replace(head, block=head.number or tail, stem=tail, found=replace(head.found, rest=tail))


def _head(raw: str, issues: Issues) -> Head:
    text = cleaned(raw)
    coded = _CODED.fullmatch(text)
    number, rest = number_apart(text)
    found = issues.find(rest or text)
    if coded:
        return Head(raw, text, number, coded[1], coded[1], coded[2], found)
    stem, row = _stem_and_row(rest, found)
    return Head(raw, text, number, number or stem, stem, row, found)


def _head_of_parts(raw: str, parts: tuple[str, ...], issues: Issues) -> Head:
    """A header in several rows: the lowest that names an issue is the row, the others are the question."""
    texts = [cleaned(part) for part in parts]
    numbers = [number_apart(text) for text in texts]
    number = next((number for number, _rest in numbers if number), "")
    for at in range(len(texts) - 1, -1, -1):
        rest = numbers[at][1] or texts[at]
        if found := issues.find(rest):
            others = " ".join(text for place, text in enumerate(texts) if place != at)
            own = found.rest.strip(_EDGES)
            stem = own or others
            found = replace(found, rest=f"{own} {others}".strip())
            return Head(raw, cleaned(raw), number, number or stem, stem, rest, found, tuple(texts))
    inside = _BRACKETED.match(texts[-1]) or _SPLIT.match(texts[-1])
    stem, row = (inside[1], inside[2]) if inside else (" ".join(texts[:-1]), texts[-1])
    return Head(raw, cleaned(raw), number, number or stem, stem, row, None, tuple(texts))


_EDGES = " -—–:|/>[]()【】"


def _stem_and_row(text: str, found: HeaderIssue | None) -> tuple[str, str]:
    """The question and its part; a header that is nothing but an issue's name has no question."""
    if found:
        stem = found.rest.strip(_EDGES)
        return stem, text
    parts = _BRACKETED.match(text) or _SPLIT.match(text)
    return (parts[1], parts[2]) if parts else ("", text)
