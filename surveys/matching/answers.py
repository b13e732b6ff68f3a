"""Words of answers that are no ratings: don't know, skipped, not asked, yes and no, languages."""

import re

from surveys.matching.texts import word

DONT_KNOW, NOT_ASKED, SKIPPED = "DK", "NA", ""


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
SKIPPED_WORDS = _words("|(空)|空|(空白)|空白|未填|未填写|未作答|未回答|-2|null|none given|(empty)|empty|(blank)|-|--")
NOT_ASKED_WORDS = _words(
    "na|(跳过)|跳过|-3|(未显示)|未显示|(未展示)|未展示|not shown|(not shown)|not displayed|not asked|(not asked)"
)
_BETWEEN = re.compile(r"[/、,()或]|\bor\b")
DONT_KNOW_NUMBERS = (99, 98, -1, -99, 999, 88, 97, -9, -8)

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


def absent(key: str, *, limesurvey: bool = False) -> str | None:
    """DK, NA or '' for a `word` that is no rating, None for any other. In LimeSurvey `N/A` says that it was hidden."""
    if key in SKIPPED_WORDS:
        return SKIPPED
    if key in NOT_ASKED_WORDS or (limesurvey and key == "n/a"):
        return NOT_ASKED
    if key in DONT_KNOW_WORDS:
        return DONT_KNOW
    parts = [part.strip() for part in _BETWEEN.split(key) if part.strip()]
    return DONT_KNOW if len(parts) > 1 and DONT_KNOW_WORDS.issuperset(parts) else None


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
    return _LANGUAGE_OF.get(key) or _LANGUAGE_OF.get(key.replace(" ", "-"))
