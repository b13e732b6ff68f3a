"""Uploaded lists of recipients between preview and confirmation: kept for an hour, named by a signed token."""

from datetime import timedelta
from uuid import uuid4

from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

FOLDER = "recipient-lists"
KEPT = timedelta(hours=1)
_SALT = "yiti.recipient_list"


def keep_list(contents: bytes, survey_id: int) -> str:
    """Keep the list; the token names it for this survey. Lists that nobody confirmed in time are deleted."""
    drop_old_lists()
    name = default_storage.save(f"{FOLDER}/{uuid4().hex}", ContentFile(contents))
    return signing.dumps([name, survey_id], salt=_SALT)


def kept_list(token: str, survey_id: int) -> bytes | None:
    """The list of this token; None where the token is not ours, of another survey, or too old."""
    name = _name(token, survey_id)
    if name is None or not default_storage.exists(name):
        return None
    with default_storage.open(name, "rb") as stream:
        return stream.read()


def drop_list(token: str, survey_id: int) -> None:
    """Delete the list of this token."""
    name = _name(token, survey_id)
    if name is not None:
        default_storage.delete(name)


def drop_old_lists() -> None:
    """Delete lists that were neither confirmed nor dropped."""
    if not default_storage.exists(FOLDER):
        return
    for name in default_storage.listdir(FOLDER)[1]:
        path = f"{FOLDER}/{name}"
        if timezone.now() - default_storage.get_modified_time(path) > KEPT:
            default_storage.delete(path)


def _name(token: str, survey_id: int) -> str | None:
    try:
        name, owner = signing.loads(token, salt=_SALT, max_age=KEPT)
    except signing.BadSignature:
        return None
    return name if owner == survey_id else None
