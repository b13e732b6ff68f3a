"""Mail addresses in whatever text somebody pastes."""

import re

# What ends an address in a list, a mail or a log that somebody pastes.
_APART = re.compile(r"[\s,;<>()\[\]\"'：，；|]+")


def addresses_in(text: str) -> list[str]:
    """The mail addresses that stand in a text, lower case, each once, in their order."""
    words = (word.strip(".:").lower() for word in _APART.split(text))
    return list(dict.fromkeys(word.removeprefix("mailto:") for word in words if "@" in word))
