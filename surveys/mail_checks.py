"""What is wrong with the texts of a mailing, in sentences."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from surveys.questionnaire.mail_text import PLACES, has_control_characters, unknown_places

TEXTS = ("subject_zh", "subject_en", "body_zh", "body_en")


def text_problems(texts: Mapping[str, str]) -> dict[str, list[str]]:
    """Sentences per text that cannot be sent as it is; empty where all can."""
    found = {name: _problems(name, texts[name]) for name in TEXTS}
    return {name: sentences for name, sentences in found.items() if sentences}


def _problems(name: str, text: str) -> list[str]:
    sentences = []
    if not text.strip():
        sentences.append(_("Write this text: every recipient gets the mail in their own language."))
    known = ", ".join(f"{{{place}}}" for place in PLACES)
    for place in unknown_places(text):
        sentences.append(_("{%(place)s} is no place. There are: %(known)s.") % {"place": place, "known": known})
    if name.startswith("subject") and has_control_characters(text):
        sentences.append(_("A subject is one line."))
    if name.startswith("body") and text.strip() and "{link}" not in text:
        sentences.append(_("The place {link} is missing: without it nobody can answer."))
    return sentences
