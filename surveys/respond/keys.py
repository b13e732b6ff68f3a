"""The keys of an anonymous survey: one outside the database, and what is derived from it (docs/privacy.md).

A `secret` is what the respondent has: the token of a personal link, what a cookie holds, or a paper sheet's code.
"""

from django.db.models import CharField, QuerySet, Value

from materiality.platform.keys import derived, destroy_key, make_key, read_key
from surveys.models import Survey

_PURPOSE = "survey"


def make_survey_key() -> str:
    """Make the key of a survey that is being opened; returns its fingerprint, which the survey's row keeps."""
    return make_key(_PURPOSE)


def key_of(survey: Survey) -> bytes:
    """KeyMissing where it is away."""
    return key_with(survey.key_check)


def key_with(fingerprint: str) -> bytes:
    """The survey's key by its fingerprint. KeyMissing."""
    return read_key(_PURPOSE, fingerprint)


def destroy_key_of(survey: Survey) -> None:
    """After this nobody opens what was sealed; once more does no harm."""
    if survey.key_check:
        destroy_key(_PURPOSE, survey.key_check)


def needed_keys() -> QuerySet:
    """(purpose, fingerprint) of all surveys that still need theirs."""
    found = Survey.objects.filter(sealed_at=None).exclude(key_check="").order_by()
    return found.values_list(Value(_PURPOSE, CharField()), "key_check")


def lookup_of(key: bytes, secret: str) -> bytes:
    """By what a draft is found."""
    return derived(key, "lookup", secret.encode())[:16]


def order_of(key: bytes, secret: str) -> bytes:
    """What the order of pages follows from: the same on every device, and nobody else's."""
    return derived(key, "order", secret.encode())[:16]


def opener_of(key: bytes, secret: str) -> bytes:
    """What opens a draft in progress."""
    return derived(key, "draft", secret.encode())


def key_of_finished(key: bytes) -> bytes:
    """What opens finished answers."""
    return derived(key, "finished")


def key_of_parts(key: bytes) -> bytes:
    """What opens the part of a split survey that a draft was given."""
    return derived(key, "part")


def key_of_counts(key: bytes) -> bytes:
    """What opens how often each issue was given."""
    return derived(key, "assignments")


def key_of_sheets(key: bytes) -> bytes:
    """What opens paper sheets, entered or not."""
    return derived(key, "sheet")
