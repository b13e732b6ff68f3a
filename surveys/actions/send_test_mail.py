"""Send a mail of a mailing to oneself, to see how it looks."""

from collections.abc import Mapping
from uuid import uuid4

from django.conf import settings
from django.core.mail import get_connection
from django.utils.translation import gettext as _

from materiality.models import User
from materiality.refusals import NotAllowed
from surveys.mail_checks import TEXTS, text_problems
from surveys.mail_message import example_addressee, message_for
from surveys.mail_problems import words_of
from surveys.models import Mailing, Survey


def send_test_mail(*, survey: Survey, texts: Mapping[str, str], address: str, by: User) -> int:
    """Send the mail in both languages to the person's own address; returns how many mails. Nothing is stored.

    NotAllowed where a text is not right, the person has no address, or the server refuses, with its words.
    """
    problems = text_problems(texts)
    if problems:
        raise NotAllowed(" ".join(sentence for sentences in problems.values() for sentence in sentences))
    if not by.email:
        raise NotAllowed(_("You have no mail address. Ask an administrator to add it under People."))
    mailing = Mailing(survey=survey, **{name: texts[name] for name in TEXTS})
    messages = [
        message_for(mailing, survey, example_addressee(survey, language, address, by.email), number=uuid4().hex)
        for language in settings.ORGANISATION
    ]
    try:
        get_connection().send_messages(messages)
    except Exception as problem:  # whatever the mail server or the network raises, the person is told
        raise NotAllowed(_("The mail could not be sent: %(words)s") % {"words": words_of(problem)}) from problem
    return len(messages)
