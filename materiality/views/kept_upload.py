"""A file that was shown in a preview and is confirmed by its digest."""

import re

from django.core.files.storage import default_storage
from django.http import Http404


def kept_upload(folder: str, digest: str) -> bytes:
    """The contents kept by `materiality.files.keep_bytes` in this folder; Http404 where there is no such file."""
    path = f"{folder}/{digest[:2]}/{digest}"
    if not re.fullmatch(r"[0-9a-f]{64}", digest) or not default_storage.exists(path):
        raise Http404
    with default_storage.open(path) as stream:
        return stream.read()
