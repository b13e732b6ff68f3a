"""Recognising attached files and cleaning their names."""

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from materiality.platform import files
from materiality.platform.files import CSV, DOCX, JPEG, PDF, PNG, TXT, TYPES, XLSX, NotTaken, clean_name, file_type
from tests.factories import stakeholders
from tests.factories.stakeholders import office_file, stored_file

WORD = ("wordprocessingml.document.main+xml", "word/document.xml")


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("contents", "name", "found"),
    [
        (stakeholders.PDF, "notes.txt", PDF),
        (stakeholders.PNG, "photo.pdf", PNG),
        (b"\xff\xd8\xff\xe0" + bytes(30), "photo.png", JPEG),
        (office_file(), "table.docx", XLSX),
        (office_file(*WORD), "text.xlsx", DOCX),
        ("访谈记录\n".encode(), "notes.pdf", TXT),
        ("访谈记录\r\n".encode("gb18030"), "notes.txt", TXT),
        ("\ufeff访谈".encode("utf-16-le"), "notes.txt", TXT),
        (b"date,group\n2026-01-01,users\n", "list.CSV", CSV),
    ],
)
def test_file_type_is_told_by_the_contents(contents, name, found):
    assert file_type(stored_file(contents), name) == found


@pytest.mark.parametrize(
    ("contents", "reason"),
    [
        (b"", "The file is empty."),
        (b"MZ\x90\x00\x03\x00\x00\x00", "none of the types"),
        (b"\x7fELF\x02\x01\x01\x00", "none of the types"),
        (b"PK\x03\x04 and no archive", "none of the types"),
        (office_file("presentationml.presentation.main+xml", "ppt/presentation.xml"), "none of the types"),
        (office_file("spreadsheetml.sheet.main+xml", "other.xml"), "none of the types"),
        (office_file("spreadsheetml.sheet.main+xml", "xl/workbook.xml", "xl/vbaProject.bin"), "contains macros"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "web page"),
        (b'\n <svg xmlns="http://www.w3.org/2000/svg"/>', "web page"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><a/>", "web page"),
        (b"text with a bell \x07", "none of the types"),
    ],
)
def test_file_type_refuses_with_the_reason(contents, reason):
    with pytest.raises(NotTaken, match=reason):
        file_type(stored_file(contents), "notes.txt")


def test_file_type_refuses_what_is_too_large(monkeypatch):
    monkeypatch.setattr(files, "MAX_BYTES", 1_000_000)
    assert file_type(stored_file(b"a" * 1_000_000), "a.txt") == TXT
    with pytest.raises(NotTaken, match=r"The file has 1\.5 MB; at most 1 MB"):
        file_type(stored_file(b"a" * 1_500_000), "a.txt")


@pytest.mark.parametrize(
    ("name", "found", "clean"),
    [
        ("访谈 记录.pdf", PDF, "访谈 记录.pdf"),
        ("photo.JPEG", JPEG, "photo.JPEG"),
        ("photo.png", JPEG, "photo.jpg"),
        ("setup.exe", PDF, "setup.exe.pdf"),
        ("../../etc/passwd", TXT, "passwd.txt"),
        ("C:\\Users\\me\\notes.txt", TXT, "notes.txt"),
        ('a<b>:"|?*.csv', CSV, "a_b______.csv"),
        ("invoice\u202efdp.exe", PDF, "invoicefdp.exe.pdf"),
        ("line\r\nSet-Cookie: a.txt", TXT, "lineSet-Cookie_ a.txt"),
        (".htaccess", TXT, "htaccess.txt"),
        ("", PDF, "file.pdf"),
        ("长" * 300 + ".pdf", PDF, "长" * 116 + ".pdf"),
    ],
)
def test_clean_name_keeps_only_what_is_harmless(name, found, clean):
    assert clean_name(name, found) == clean


@settings(max_examples=150)
@given(name=st.text(max_size=200), found=st.sampled_from(TYPES))
def test_clean_name_is_short_printable_ends_right_and_is_stable(name, found):
    clean = clean_name(name, found)
    assert 0 < len(clean) <= 120
    assert clean.isprintable() and not set(clean) & set('<>:"/\\|?*')
    assert clean.lower().endswith(found.endings)
    assert clean_name(clean, found) == clean
