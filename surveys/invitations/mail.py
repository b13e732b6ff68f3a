"""Mails: composed, checked before sending, and what a failed delivery means."""

import re
import smtplib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import formataddr, parseaddr
from enum import Enum

from django.conf import settings
from django.core.mail import BadHeaderError, EmailMessage
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from materiality.platform.bilingual import speaking, text_of
from materiality.platform.organisation import named, organisation_texts
from surveys.invitations.links import link_start, secret_of
from surveys.invitations.used_links import is_used
from surveys.models import Delivery, Mailing, Recipient, Survey
from surveys.models.instrument import brief_words
from surveys.questionnaire.asking import Effort, closing_time, zoned
from surveys.questionnaire.tokens import token_of

PLACES = ("name", "title", "link", "unsubscribe", "organisation", "closes", "brief")
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


LONGEST_WORDS = 300


class Means(Enum):
    """What to do after a problem."""

    LATER = "this mail once more later, the next one now"
    SERVER = "nothing can be sent now: all of it later"
    ADDRESS = "this address does not work"
    REFUSED = "this mail is refused for good"
    SETTINGS = "nothing can be sent until somebody changes the settings"


def meaning_of(problem: Exception) -> Means:
    """What a problem raised while connecting or sending means (RFC 5321 §4.2: 4yz passes, 5yz does not)."""
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        code = _refusal(problem)[0]
        return Means.SERVER if code == 421 else Means.LATER if code < 500 else Means.ADDRESS
    if isinstance(problem, smtplib.SMTPAuthenticationError | smtplib.SMTPSenderRefused):
        return Means.SETTINGS if problem.smtp_code >= 500 else Means.SERVER
    if isinstance(problem, smtplib.SMTPConnectError | smtplib.SMTPHeloError):
        return Means.SERVER
    if isinstance(problem, smtplib.SMTPResponseException):
        return Means.SERVER if problem.smtp_code == 421 else Means.LATER if problem.smtp_code < 500 else Means.REFUSED
    if isinstance(problem, smtplib.SMTPNotSupportedError):
        return Means.SETTINGS
    if isinstance(problem, OSError):  # timeout, refused or dropped connection, unknown host; SMTPException is one
        return Means.SERVER
    return Means.REFUSED


def problem_words(problem: Exception) -> str:
    """The server's own words, or what happened, at most 300 characters."""
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        code, words = _refusal(problem)
        text = f"{code} {_text(words)}"
    elif isinstance(problem, smtplib.SMTPResponseException):
        text = f"{problem.smtp_code} {_text(problem.smtp_error)}"
    elif isinstance(problem, TimeoutError):
        text = _("The mail server did not answer in time.")
    elif isinstance(problem, smtplib.SMTPServerDisconnected | ConnectionError):
        text = _("The mail server refused or dropped the connection.")
    elif isinstance(problem, BadHeaderError | ValueError):
        text = _("The address or a header of the mail is not possible.")
    else:
        text = f"{type(problem).__name__}: {problem}"
    return text[:LONGEST_WORDS]


def shown_words(kept: str) -> str:
    """Words that a delivery, a mailing or a recipient keeps, in the active language; a server's own as they are."""
    return _(kept) if kept else ""


def _refusal(problem: smtplib.SMTPRecipientsRefused) -> tuple[int, bytes]:
    return next(iter(problem.recipients.values()), (550, b""))


def _text(words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return " ".join(text.split())


MOST_TRIES = 6
# Minutes until the second, third … try.
DELAYS = (1, 4, 15, 60, 240)
_OPEN = (Delivery.State.WAITING, Delivery.State.SENDING)


def left_out(delivery: Delivery) -> str:
    """Why the recipient gets no mail now, empty where they do: asked anew before each mail."""
    state = Recipient.objects.filter(pk=delivery.recipient_id).values_list("state", flat=True).first()
    if state == Recipient.State.UNSUBSCRIBED:
        return _("Wants no mail")
    if state == Recipient.State.BOUNCED:
        return _("Address does not work")
    if is_used(delivery.recipient.batch_id, delivery.recipient.serial):
        return _("Has answered")
    return ""


def after_problem(delivery: Delivery, mailing: Mailing, meaning: Means, words: str) -> datetime | None:
    """Note what happened; the moment until which all mails of the mailing wait, None where the next can go now."""
    now = timezone.now()
    tries = delivery.tries + 1
    if meaning in (Means.ADDRESS, Means.REFUSED):
        _update(delivery, state=Delivery.State.FAILED, problem=words)
        if meaning is Means.ADDRESS:
            active = Recipient.objects.filter(pk=delivery.recipient_id, state=Recipient.State.ACTIVE)
            active.update(state=Recipient.State.BOUNCED, note=words)
        return None
    if meaning is Means.SETTINGS:
        _update(delivery, state=Delivery.State.WAITING, tries=delivery.tries, problem=words)
        sending = Mailing.objects.filter(pk=mailing.pk, state=Mailing.State.SENDING)
        sending.update(state=Mailing.State.PAUSED, problem=words)
        return now
    if tries >= MOST_TRIES:
        _update(delivery, state=Delivery.State.FAILED, problem=words)
        return None
    later = now + timedelta(minutes=DELAYS[min(tries, len(DELAYS)) - 1])
    _update(delivery, state=Delivery.State.WAITING, next_try_at=later, problem=words)
    if meaning is Means.SERVER:
        Mailing.objects.filter(pk=mailing.pk).update(problem=words)
        return later
    return None


def reclaimed(mailing: Mailing) -> None:
    """Whoever holds the claim sends nothing yet: a delivery that is `sending` was left by a worker that died."""
    mailing.deliveries.filter(state=Delivery.State.SENDING).update(
        state=Delivery.State.WAITING, problem=_("Sending was interrupted; this mail may have gone out twice.")
    )


def finish_if_done(mailing: Mailing) -> None:
    """The mailing is sent once nothing waits any more."""
    if not mailing.deliveries.filter(state__in=_OPEN).exists():
        Mailing.objects.filter(pk=mailing.pk, state=Mailing.State.SENDING).update(
            state=Mailing.State.SENT, finished_at=timezone.now(), problem=""
        )


def _update(delivery: Delivery, **changes) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(**changes)


def mail_text_names(values: Iterable[str]) -> list[str]:
    """The names among these of subjects and bodies: `subject_en`."""
    return [name for name in values if name.startswith(("subject_", "body_"))]


def text_problems(texts: Mapping[str, str]) -> dict[str, list[str]]:
    """Sentences per text that cannot be sent as it is; empty where all can."""
    found = {name: _problems(name, texts[name]) for name in mail_text_names(texts)}
    return {name: sentences for name, sentences in found.items() if sentences}


def _problems(name: str, text: str) -> list[str]:
    sentences = []
    if not text.strip():
        sentences.append(_("Write this text: every recipient gets the mail in their own language."))
    known = ", ".join(f"{{{place}}}" for place in PLACES)
    for place in unknown_places(text):
        sentences.append(
            _("{%(place)s} is not a placeholder. There are: %(known)s.") % {"place": place, "known": known}
        )
    if name.startswith("subject") and has_control_characters(text):
        sentences.append(_("A subject is one line."))
    if name.startswith("body") and text.strip() and "{link}" not in text:
        sentences.append(_("The placeholder {link} is missing: without it nobody can answer."))
    return sentences


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
    token = token_of(secret_of(recipient.batch.salt), recipient.batch_id, recipient.serial)
    link = f"{link_start(survey.code, address)}{token}/"
    return Addressee(recipient.email, recipient.name, recipient.language, link)


def example_addressee(survey: Survey, language: str, address: str, email: str = "someone@example.com") -> Addressee:
    """Somebody who does not exist, with a link that leads nowhere."""
    name = "陈一诺" if language == "zh-hans" else "Alex Chen"
    return Addressee(email, name, language, f"{link_start(survey.code, address)}{EXAMPLE_TOKEN}/")


def _asker(survey: Survey, language: str) -> str:
    """Who asks, read once for all mails of a survey."""
    if "_asker" not in survey.__dict__:
        survey._asker = organisation_texts()
    return named(survey._asker, language)


def texts_for(mailing: Mailing, survey: Survey, addressee: Addressee, efforts: Sequence[Effort]) -> tuple[str, str]:
    """Subject and body in the addressee's language; the body ends with a way to unsubscribe."""
    unsubscribe = f"{addressee.link}unsubscribe/"
    with speaking(addressee.language, survey.languages):
        values = {
            "name": addressee.name or _("Sir or Madam"),
            "title": text_of(survey, "title", addressee.language),
            "link": addressee.link,
            "unsubscribe": unsubscribe,
            "organisation": _asker(survey, addressee.language),
            "closes": zoned(closing_time(survey), survey.zone) or _("until further notice"),
            "brief": brief_words(survey, efforts, personal=True, mailed=True),
        }
        body = text_of(mailing, "body", addressee.language).replace("\r\n", "\n")
        if "{unsubscribe}" not in body:
            body += "\n\n-- \n" + _("You do not want mails about our surveys? Unsubscribe here: {unsubscribe}")
    subject = header_line(filled(text_of(mailing, "subject", addressee.language), values))
    return subject, filled(body, values)


def message_for(
    mailing: Mailing, survey: Survey, addressee: Addressee, efforts: Sequence[Effort], *, number: str
) -> EmailMessage:
    """The mail; `number` names it, so that a mail that is sent once more has the same Message-ID.

    Raises BadHeaderError or ValueError where a header would hold a line break.
    """
    subject, body = texts_for(mailing, survey, addressee, efforts)
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    unsubscribe = f"{addressee.link}unsubscribe/"
    return EmailMessage(
        subject,
        body,
        formataddr((header_line(_asker(survey, addressee.language)), sender)),
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
