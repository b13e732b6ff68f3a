"""Deleting the stored files of attachments that are gone."""

from django.core.files.storage import default_storage
from django.db import transaction

from materiality.models import Attachment


def drop_files(paths: list[str]) -> None:
    """Delete stored attachments once the transaction is through, but those that another row names."""
    transaction.on_commit(lambda: _drop(paths))


def _drop(paths: list[str]) -> None:
    named = set(Attachment.objects.filter(path__in=paths).values_list("path", flat=True))
    for path in paths:
        if path not in named:
            default_storage.delete(path)
