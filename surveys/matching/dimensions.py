"""Which of the two dimensions a question asks about."""

import re

from materiality.scoring.codes import BUSINESS, SOCIETY

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
_IS = r"\s*分?\s*(?:=|:|-|–|—|为|是|代表|表示|means?|is)?\s*"
_MUCH = (
    r"(?:(?:非常|最|很|极|very|most|extremely|the most)\s*(?:重要|大|高|强|同意|满意|important|large|high|significant|"
    r"great|relevant|much)|most\b|highest|top\b|strongly agree)"
)
_LITTLE = (
    r"(?:(?:非常|最|很|极|完全)\s*(?:不重要|小|低|弱|不同意|不满意)|不重要|least\b|lowest|not at all|not important|"
    r"un(?:important|significant)|very (?:little|small|low)|strongly disagree)"
)
_TURNED = re.compile(
    rf"(?:^|[^\d.])1{_IS}{_MUCH}|{_MUCH}\s*[(\[]\s*1\s*[)\]]|(?:^|[^\d.])(?:5|7|10){_IS}{_LITTLE}|"
    rf"{_LITTLE}\s*[(\[]\s*(?:5|7|10)\s*[)\]]"
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


def turned_round(text: str) -> bool:
    """Whether a question says that 1 is the most."""
    return bool(_TURNED.search(text.casefold()))


def asks_ranking(text: str) -> bool:
    """Whether a question asks to put the issues in an order, where 1 would be the first."""
    return bool(_RANKED.search(text.casefold()))
