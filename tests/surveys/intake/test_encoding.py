"""Encodings: every one that is taken, and the place of what cannot be read."""

import io

import pytest

from surveys.intake.encoding import CHUNK, scan_text, sha256_of
from surveys.intake.problems import FileProblem

TEXT = "group,备注\r\nusers,建议更多披露\r\n"


def scan(data: bytes):
    return scan_text(io.BytesIO(data))


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8-sig"),
        (TEXT.encode("utf-16"), "utf-16"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16"),
        (TEXT.encode("gb18030"), "gb18030"),
        (b"group\nusers", "utf-8"),
    ],
)
def test_scan_text_finds_the_encoding(data, encoding):
    assert (scan(data).encoding, data.decode(scan(data).encoding)[:5]) == (encoding, "group")


@pytest.mark.parametrize(("text", "lines"), [("a\nb", 2), ("a\r\nb\r\n", 3), ("a\rb\rc", 3), ("a", 1)])
def test_scan_text_counts_lines(text, lines):
    assert scan(text.encode()).lines == lines


def test_scan_text_across_pieces_keeps_characters_whole():
    data = b"a" * (CHUNK - 1) + "议题".encode() + b"\n"
    assert (scan(data).encoding, scan(data).lines) == ("utf-8", 2)
    data = b"a" * (CHUNK - 1) + "议题".encode("gb18030") + b"\n"
    assert scan(data).encoding == "gb18030"


@pytest.mark.parametrize(
    ("data", "offset", "line"),
    [
        # UTF-8 with one bad byte: GB18030 could read it, as nonsense
        ("备注\n建议更多披露\n".encode() + b"\xe4\xb8,\n" + "议题".encode(), 26, 3),
        (b"caf\xe9,x\n", 3, 1),
        (b"a" * (CHUNK + 5) + b"\n\xff\xff\n", CHUNK + 6, 2),
        ("备注".encode("utf-8-sig") + b"\xff", 9, 1),
        ("上\n备".encode("utf-16") + b"\x00", 8, 2),
    ],
)
def test_scan_text_of_broken_text_names_byte_and_line(data, offset, line):
    with pytest.raises(FileProblem) as caught:
        scan(data)
    assert (caught.value.code, caught.value.params) == ("broken_encoding", {"offset": offset, "line": line})


@pytest.mark.parametrize(
    ("data", "offset", "line"),
    [
        (b"group\nus\0ers", 8, 2),
        (b"\xef\xbb\xbfg\0", 4, 1),
        ("group".encode("utf-16-le"), 1, 1),
        ("上a\n一\0".encode("utf-16"), 10, 2),
        (b"a" * CHUNK + b"\n\0", CHUNK + 1, 2),
    ],
)
def test_scan_text_with_zero_byte_names_byte_and_line(data, offset, line):
    with pytest.raises(FileProblem) as caught:
        scan(data)
    assert (caught.value.code, caught.value.params) == ("nul_bytes", {"offset": offset, "line": line})


@pytest.mark.parametrize("data", [b"\n\n  \r\n", b"\xef\xbb\xbf", "\n".encode("utf-16")])
def test_scan_text_of_blank_text_is_empty(data):
    with pytest.raises(FileProblem) as caught:
        scan(data)
    assert caught.value.code == "empty_file"


def test_sha256_of_reads_from_the_start():
    stream = io.BytesIO(b"abc")
    stream.read()
    assert sha256_of(stream) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
