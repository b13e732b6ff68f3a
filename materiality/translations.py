"""Texts that stand in two languages, and what is wrong with a pair of them."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

MISSING_ZH, MISSING_EN, OLDER_ZH, OLDER_EN = "missing_zh", "missing_en", "older_zh", "older_en"
STATES = (MISSING_ZH, MISSING_EN, OLDER_ZH, OLDER_EN)


@dataclass(frozen=True)
class TextPair:
    """One text in both languages. `key` names it in files: `issue/2026-2/SOC-01/name`; `where` for people."""

    key: str
    kind: str
    where: str
    field: str
    zh: str
    en: str
    state: str
    is_long: bool = False

    @property
    def seen(self) -> str:
        return fingerprint(self.zh, self.en)

    @property
    def lacks_zh(self) -> bool:
        """The Chinese half is the one to be written."""
        return self.state in (MISSING_ZH, OLDER_ZH)


def state_of(zh: str, en: str, changed_zh: str = "", changed_en: str = "") -> str:
    """What is wrong with a pair, "" where nothing is: a language is missing, or older than the other.

    `changed_*`: ISO times when each was last changed, "" where that is not known, which counts as before all others.
    """
    if bool(zh.strip()) != bool(en.strip()):
        return MISSING_EN if zh.strip() else MISSING_ZH
    if not zh.strip():
        return ""
    first, second = _time(changed_zh), _time(changed_en)
    if first == second:
        return ""
    return OLDER_EN if first > second else OLDER_ZH


def _time(text: str) -> float:
    return datetime.fromisoformat(text).timestamp() if text else 0.0


@dataclass(frozen=True)
class Translation:
    """Texts to be stored for a key.

    `seen` is the fingerprint of the pair as the person saw it; `still_fits` says that an older half need not change.
    """

    key: str
    zh: str
    en: str
    seen: str
    still_fits: bool = False


def fingerprint(zh: str, en: str) -> str:
    """A short mark of a pair of texts, to notice that it was changed meanwhile."""
    return hashlib.sha256(f"{zh}\0{en}".encode()).hexdigest()[:20]


def tidy(text: str, is_long: bool) -> str:
    """Without space around it; a short text in one line, a long one with plain line ends."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip() if is_long else " ".join(text.split())
