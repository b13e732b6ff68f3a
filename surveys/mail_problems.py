"""What a problem of sending means: does it pass, is it the address, or can nothing be sent at all."""

import smtplib
from enum import Enum

from django.core.mail import BadHeaderError
from django.utils.translation import gettext as _

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


def words_of(problem: Exception) -> str:
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
