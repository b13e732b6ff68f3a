"""Keys outside the database: made once, known by their fingerprint, never made anew, named where they are missing."""

import hmac

import pytest

from materiality.models import KeyCheck
from materiality.platform import health, keys
from materiality.platform.keys import (
    CannotOpen,
    KeyMissing,
    begun_with,
    derived,
    destroy_key,
    ensure_installation_key,
    installation_key,
    make_key,
    missing_keys,
    read_key,
    seal,
    signed,
    unseal,
)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path, monkeypatch):
    settings.KEYS = tmp_path / "keys"
    monkeypatch.setattr(keys, "KEPT_SECONDS", 0.0)
    return settings.KEYS


def test_made_key_is_read_and_private(folder):
    fingerprint = make_key("survey")
    key = read_key("survey", fingerprint)
    assert len(key) == 32 and fingerprint == keys.fingerprint_of(key) and fingerprint not in key.hex()
    (path,) = folder.iterdir()
    assert (path.name, path.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (
        f"survey-{fingerprint}", 0o600, 0o700,
    )  # fmt: skip


@pytest.mark.parametrize("damage", ["away", "other", "short"])
def test_key_that_is_missing_or_wrong_is_named(folder, damage):
    fingerprint = make_key("survey")
    path = folder / f"survey-{fingerprint}"
    path.unlink()
    if damage != "away":
        path.write_bytes(b"k" * (32 if damage == "other" else 3))
    with pytest.raises(KeyMissing, match=path.name):
        read_key("survey", fingerprint)


def test_destroyed_key_is_gone_at_once_and_once_more_does_no_harm(folder, monkeypatch):
    monkeypatch.setattr(keys, "KEPT_SECONDS", 60.0)
    fingerprint = make_key("survey")
    read_key("survey", fingerprint)
    destroy_key("survey", fingerprint)
    destroy_key("survey", fingerprint)
    with pytest.raises(KeyMissing):
        read_key("survey", fingerprint)
    assert list(folder.iterdir()) == []


def test_key_that_another_process_destroyed_leaves_memory_when_any_is_read(folder):
    gone, other = make_key("survey"), make_key("survey")
    read_key("survey", gone)
    (folder / f"survey-{gone}").unlink()
    read_key("survey", other)
    assert {name for _folder, _purpose, name in keys._kept} & {gone, other} == {other}


def test_derived_keys_differ_by_purpose_and_by_what_they_are_about():
    made = {derived(b"k" * 32, purpose, about) for purpose in ("seal", "lookup") for about in (b"", b"a", b"b")}
    assert len(made) == 6 and all(len(key) == 32 for key in made)


@pytest.mark.django_db
def test_installation_key_is_made_once_and_never_again(folder):
    with pytest.raises(KeyMissing):
        installation_key()
    assert ensure_installation_key() == ensure_installation_key() == installation_key()
    assert KeyCheck.objects.count() == len(list(folder.iterdir())) == 1
    for path in folder.iterdir():
        path.unlink()
    with pytest.raises(KeyMissing):
        ensure_installation_key()
    assert list(folder.iterdir()) == []


@pytest.mark.django_db
def test_missing_keys_are_named_by_readyz(folder):
    assert health.look()["keys"] == "ok"
    ensure_installation_key()
    assert (missing_keys(), health.look()["keys"]) == ([], "ok")
    (path,) = folder.iterdir()
    path.unlink()
    assert (missing_keys(), health.look()["keys"]) == ([path.name], f"missing: {path.name}")


def test_sealed_text_opens_with_its_key_and_about_only():
    sealed = seal(b"k" * 32, b"said", b"1")
    assert unseal(b"k" * 32, sealed, b"1") == b"said" and len(sealed) == 4 + 28
    assert seal(b"k" * 32, b"said", b"1") != sealed
    for key, text, about in (
        (b"l" * 32, sealed, b"1"), (b"k" * 32, sealed, b"2"), (b"k" * 32, sealed[:-1], b"1"), (b"k" * 32, b"", b"1"),
    ):  # fmt: skip
        with pytest.raises(CannotOpen):
            unseal(key, text, about)


@pytest.mark.parametrize("length", [0, 32, 64])
def test_hmac_written_out_is_that_of_the_library(length):
    key, begun = b"k" * length, begun_with(b"k" * length)
    for message in (b"", b"a", bytes(range(256))):
        assert signed(begun, message) == hmac.digest(key, message, "sha256")
    assert derived(b"k" * 32, "order", b"me") == hmac.digest(b"k" * 32, b"order\0me\1", "sha256")
