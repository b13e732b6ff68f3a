"""Cookies are signed as Django signs them."""

import pytest
from django.conf import settings
from django.core import signing

from surveys.respond.cookies import Signer


def test_cookies_are_signed_as_django_signs_them_and_with_older_keys():
    for salt, value in (("surveys.yiti_draft.a", "0" * 32), ("b", "值:1")):
        signed = signing.Signer(salt=salt).sign(value)
        assert Signer(salt=salt).sign(value) == signed
        assert Signer(salt=salt, key="new", fallback_keys=[settings.SECRET_KEY]).unsign(signed) == value
        for other in (signed[:-1], signed + "=", f"x{signed}", value, "", "é"):
            with pytest.raises(signing.BadSignature):
                Signer(salt=salt).unsign(other)
