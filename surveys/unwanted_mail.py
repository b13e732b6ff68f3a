"""Addresses that want no mail: known again in every later list, though the addresses themselves are not kept."""

from collections.abc import Iterable

from django.utils.crypto import salted_hmac

from surveys.models import UnwantedMail

_AT_ONCE = 500


def digest_of(email: str) -> str:
    """A digest keyed with the installation's secret: without the secret nobody can try addresses out against it."""
    return salted_hmac("yiti.unwanted_mail", email.strip().lower(), algorithm="sha256").hexdigest()


def remember(email: str) -> None:
    """This address wants no mail, of no survey."""
    UnwantedMail.objects.get_or_create(digest=digest_of(email))


def unwanted_of(emails: Iterable[str]) -> set[str]:
    """Those of the addresses that want no mail."""
    digests = {digest_of(email): email for email in emails}
    keys = list(digests)
    found: set[str] = set()
    for start in range(0, len(keys), _AT_ONCE):
        known = UnwantedMail.objects.filter(digest__in=keys[start : start + _AT_ONCE])
        found.update(digests[digest] for digest in known.values_list("digest", flat=True))
    return found
