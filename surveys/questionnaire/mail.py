"""Texts of mails with places such as {name}, and pasted addresses."""

import re
from collections.abc import Mapping

PLACES = ("name", "title", "link", "unsubscribe", "organisation", "closes")
_PLACE = re.compile(r"\{([^{}\n]*)\}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def unknown_places(text: str) -> list[str]:
    """What stands in braces and is no place, in the order of the text."""
    return [name for name in _PLACE.findall(text) if name not in PLACES]


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its places filled in; what stands in a value is never taken for a place."""
    return _PLACE.sub(lambda place: values.get(place[1], place[0]), text)


def header_line(text: str) -> str:
    """The text as a header can hold it: line breaks and other control characters become a space."""
    return _CONTROL.sub(" ", text).strip()


def has_control_characters(text: str) -> bool:
    """Whether the text holds a line break or another character that could begin a header of its own."""
    return _CONTROL.search(text) is not None


# What ends an address in a list, a mail or a log that somebody pastes.
_APART = re.compile(r"[\s,;<>()\[\]\"'：，；|]+")


def addresses_in(text: str) -> list[str]:
    """The mail addresses that stand in a text, lower case, each once, in their order."""
    words = (word.strip(".:").lower() for word in _APART.split(text))
    return list(dict.fromkeys(word.removeprefix("mailto:") for word in words if "@" in word))
