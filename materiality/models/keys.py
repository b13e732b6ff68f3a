"""What the database knows of keys that lie outside it (materiality/platform/keys.py)."""

from django.db import models


class KeyCheck(models.Model):
    """A key of the installation: what it is for, and the fingerprint by which the right file is known.

    Once the row is there, the key is never made again: without its file nothing works that needs it.
    """

    purpose = models.CharField(max_length=40, unique=True)
    fingerprint = models.CharField(max_length=32)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.purpose}-{self.fingerprint}"
