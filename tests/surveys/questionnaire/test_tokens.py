"""Tokens of personal links."""

import base64
import hmac

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.questionnaire.tokens import LARGEST, LENGTH, Link, is_genuine, parse_token, token_of, tokens_of

SECRET = bytes(range(32))
NUMBERS = st.integers(0, LARGEST)
SECRETS = st.binary(min_size=1, max_size=80)
CHARACTERS = "abcdefghijklmnopqrstuvwxyz234567"


@settings(max_examples=60, deadline=None)
@given(SECRETS, NUMBERS, NUMBERS)
def test_token_reads_back_as_its_batch_and_serial(secret: bytes, batch: int, serial: int) -> None:
    token = token_of(secret, batch, serial)
    link = parse_token(token)
    assert (len(token), link.batch, link.serial) == (LENGTH, batch, serial)
    assert is_genuine(link, secret)


def test_token_is_head_and_seven_bytes_of_hmac() -> None:
    head = b"\x00\x00\x00\x07\x00\x00\x01\x00"
    raw = head + hmac.new(SECRET, head, "sha256").digest()[:7]
    assert token_of(SECRET, 7, 256) == base64.b32encode(raw).decode().lower()


@settings(max_examples=30, deadline=None)
@given(SECRETS, NUMBERS, st.integers(0, LARGEST - 40), st.integers(0, 40))
def test_tokens_of_gives_what_token_of_gives(secret: bytes, batch: int, start: int, size: int) -> None:
    expected = [token_of(secret, batch, serial) for serial in range(start, start + size)]
    assert tokens_of(secret, batch, start, start + size) == expected


def test_tokens_of_joins_chunks_without_gap() -> None:
    tokens = tokens_of(SECRET, 1, 8_000, 25_000)
    assert [parse_token(token).serial for token in tokens] == list(range(8_000, 25_000))
    assert tokens[-1] == token_of(SECRET, 1, 24_999)


@settings(max_examples=80, deadline=None)
@given(NUMBERS, NUMBERS, st.integers(0, LENGTH - 1), st.sampled_from(CHARACTERS))
def test_token_with_a_changed_character_is_refused(batch: int, serial: int, at: int, other: str) -> None:
    token = token_of(SECRET, batch, serial)
    changed = token[:at] + other + token[at + 1 :]
    assert is_genuine(parse_token(changed), SECRET) == (changed == token)


@settings(max_examples=40, deadline=None)
@given(SECRETS.filter(lambda secret: secret != SECRET), NUMBERS, NUMBERS)
def test_token_of_another_secret_is_refused(secret: bytes, batch: int, serial: int) -> None:
    assert not is_genuine(parse_token(token_of(secret, batch, serial)), SECRET)


def test_token_is_read_in_upper_case() -> None:
    token = token_of(SECRET, 3, 9)
    assert parse_token(token.upper()) == parse_token(token)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=60), st.text(min_size=LENGTH, max_size=LENGTH)))
def test_parse_token_never_raises(text: str) -> None:
    link = parse_token(text)
    assert link is None or (isinstance(link, Link) and set(text.lower()) <= set(CHARACTERS))


@pytest.mark.parametrize(
    "text", ["", "a" * 23, "a" * 25, "a" * 23 + "\0", "\u0130" * 24, "ſ" * 24, "=" * 24, "a" * 10**6]
)
def test_parse_token_refuses_junk(text: str) -> None:
    assert parse_token(text) is None


@pytest.mark.parametrize(("batch", "serial"), [(-1, 0), (0, -1), (LARGEST + 1, 0), (0, LARGEST + 1)])
def test_token_of_refuses_numbers_that_do_not_fit(batch: int, serial: int) -> None:
    with pytest.raises(ValueError, match="0..4294967295"):
        token_of(SECRET, batch, serial)
