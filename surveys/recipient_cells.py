"""What a cell of a list of recipients may hold."""

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext as _

from surveys.questionnaire.mail_text import has_control_characters

LONGEST_NAME = 200
# How lists write a language, and what it is here.
LANGUAGES = {
    **dict.fromkeys(("zh-hans", "zh", "zh-cn", "zh_hans", "中文", "简体中文"), "zh-hans"),
    **dict.fromkeys(("en", "en-gb", "en-us", "english", "英文", "英语"), "en"),
}
_is_address = EmailValidator()


def address_problem(email: str) -> str:
    """What is wrong with a mail address, empty where nothing is."""
    if not email:
        return _("The address is missing.")
    if has_control_characters(email):
        return _("An address must not hold a line break or another control character.")
    try:
        _is_address(email)
    except ValidationError:
        return _("This is no mail address.")
    return _("The address is longer than 254 characters.") if len(email) > 254 else ""


def name_problem(name: str) -> str:
    """What is wrong with a name, empty where nothing is."""
    if has_control_characters(name):
        return _("A name must not hold a line break or another control character.")
    return _("The name is longer than 200 characters.") if len(name) > LONGEST_NAME else ""


def language_problem(language: str) -> str:
    """What is wrong with a language, empty where nothing is."""
    if not language or language.lower() in LANGUAGES:
        return ""
    return _("The language is zh-hans or en; leave the cell empty for the organisation's.")
