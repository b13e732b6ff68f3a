"""Stored files: once under the name of their contents, and never in part."""

from django.core.files.storage import default_storage

from materiality.platform.files import keep_bytes, keep_file


def test_file_is_kept_once_under_its_digest(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    name, digest = keep_bytes(b"figures", "outputs")
    assert name.endswith(digest) and default_storage.open(name).read() == b"figures"
    source = tmp_path / "source"
    source.write_bytes(b"figures")
    assert keep_file(source, "outputs") == (name, digest)
    assert [path.name for path in (tmp_path / "files").rglob("*") if path.is_file()] == [digest]


def test_what_a_killed_writer_left_is_not_taken_for_the_file(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    name, _digest = keep_bytes(b"whole", "outputs")
    default_storage.delete(name)
    (tmp_path / name).with_name("tmpabc").write_bytes(b"wh")
    assert keep_bytes(b"whole", "outputs")[0] == name and default_storage.open(name).read() == b"whole"
