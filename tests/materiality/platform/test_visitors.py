"""Addresses behind proxies, and how often one place comes."""

from ipaddress import ip_network

import pytest
from django.test import RequestFactory

from materiality.platform.visitors import VisitWindow, address_of

PROXIES = [ip_network("10.0.0.0/8")]


@pytest.mark.parametrize(
    ("peer", "said", "trusted", "address"),
    [
        ("192.0.2.1", "", [], "192.0.2.1"),
        ("192.0.2.1", "203.0.113.5", [], "192.0.2.1"),
        ("192.0.2.1", "203.0.113.5", PROXIES, "192.0.2.1"),
        ("10.0.0.1", "203.0.113.5", PROXIES, "203.0.113.5"),
        ("10.0.0.1", "198.51.100.9, 203.0.113.5, 10.0.0.2", PROXIES, "203.0.113.5"),
        ("10.0.0.1", "", PROXIES, "10.0.0.1"),
        ("", "203.0.113.5", PROXIES, "203.0.113.5"),
        ("10.0.0.1", "2001:db8:1:2:3::4", PROXIES, "2001:db8:1:2::/64"),
    ],
)
def test_address_is_what_the_outermost_trusted_proxy_saw(settings, peer, said, trusted, address):
    settings.TRUSTED_PROXIES = trusted
    headers = {"X-Forwarded-For": said} if said else {}
    assert address_of(RequestFactory().get("/", REMOTE_ADDR=peer, headers=headers)) == address


def test_more_than_usual_within_the_window_is_a_burst():
    window = VisitWindow(3, 60)
    assert [window.is_burst("a", now) for now in (0, 1, 2, 3, 59, 62.5)] == [False, False, False, True, True, False]
    assert not window.is_burst("b", 3)


def test_window_keeps_no_address_and_forgets():
    window = VisitWindow(1, 60)
    window.is_burst("192.0.2.77", 0)
    salt = window._salt
    assert "192.0.2.77" not in repr(vars(window))
    window.is_burst("198.51.100.1", 61)
    assert len(window._times) == 1 and window._salt != salt
