"""One mail of a mailing, as it goes to one recipient."""

from dataclasses import dataclass
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from materiality.bilingual import text_of
from surveys.link_files import link_start
from surveys.models import Delivery, Mailing, Survey
from surveys.questionnaire.mail_text import filled, one_line
from surveys.questionnaire.tokens import token_of
from surveys.questionnaire.window import closing_time
from surveys.templatetags.surveys import zoned

EXAMPLE_TOKEN = "example"


@dataclass(frozen=True)
class Addressee:
    """Who gets a mail: address, name (may be empty), language, and the link's address with a slash at its end."""

    email: str
    name: str
    language: str
    link: str


def addressee_of(delivery: Delivery, survey: Survey, address: str) -> Addressee:
    """The recipient of a delivery with their personal link; the recipient's batch must be loaded."""
    recipient = delivery.recipient
    token = token_of(bytes(recipient.batch.secret), recipient.batch_id, recipient.serial)
    link = f"{link_start(survey.code, address)}{token}/"
    return Addressee(recipient.email, recipient.name, recipient.language, link)


def example_addressee(survey: Survey, language: str, address: str, email: str = "someone@example.com") -> Addressee:
    """Somebody who does not exist, with a link that leads nowhere."""
    name = "陈一诺" if language == "zh-hans" else "Alex Chen"
    return Addressee(email, name, language, f"{link_start(survey.code, address)}{EXAMPLE_TOKEN}/")


def texts_for(mailing: Mailing, survey: Survey, addressee: Addressee) -> tuple[str, str]:
    """Subject and body in the addressee's language; the body ends with a way to unsubscribe."""
    unsubscribe = f"{addressee.link}unsubscribe/"
    with translation.override(addressee.language):
        values = {
            "name": addressee.name or _("Sir or Madam"),
            "title": text_of(survey, "title", addressee.language),
            "link": addressee.link,
            "unsubscribe": unsubscribe,
            "organisation": settings.ORGANISATION[addressee.language],
            "closes": zoned(closing_time(survey), survey.zone) or _("until further notice"),
        }
        body = text_of(mailing, "body", addressee.language).replace("\r\n", "\n")
        if "{unsubscribe}" not in body:
            body += "\n\n-- \n" + _("You do not want mails about our surveys? Unsubscribe here: {unsubscribe}")
    subject = one_line(filled(text_of(mailing, "subject", addressee.language), values))
    return subject, filled(body, values)


def message_for(mailing: Mailing, survey: Survey, addressee: Addressee, *, number: str) -> EmailMessage:
    """The mail; `number` names it, so that a mail that is sent once more has the same Message-ID.

    Raises BadHeaderError or ValueError where a header would hold a line break.
    """
    subject, body = texts_for(mailing, survey, addressee)
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    unsubscribe = f"{addressee.link}unsubscribe/"
    return EmailMessage(
        subject,
        body,
        formataddr((one_line(settings.ORGANISATION[addressee.language]), sender)),
        [addressee.email],
        headers={
            "Message-ID": f"<{_message_key(number)}@{sender.rpartition('@')[2] or 'localhost'}>",
            "List-Unsubscribe": f"<{unsubscribe}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
    )


def _message_key(number: str) -> str:
    return salted_hmac("yiti.message_id", number, algorithm="sha256").hexdigest()[:32]
