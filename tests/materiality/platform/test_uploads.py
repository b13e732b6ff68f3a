import socket
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest
from django.test import RequestFactory
from django.utils import timezone, translation

from materiality.models import Upload, User
from materiality.models.people import Role
from materiality.platform.uploads import Scan, TooLongToScan, forget_uploads, full_until
from tests.factories.clamd import clamd
from tests.factories.people import make_person

pytestmark = pytest.mark.django_db
CLEAN = "stream: OK"


@pytest.fixture
def person() -> User:
    return make_person(Role.ANALYST)


def sent(person: User | None, contents: bytes = b"a,b\n1,2\n") -> HttpRequest:
    """A request whose form has been read."""
    request = RequestFactory().post("/", {"name": "x", "file": SimpleUploadedFile("a.csv", contents)})
    if person:
        request.user = person
    with translation.override("en"):
        assert request.POST["name"] == "x"
    return request


def taken(request: HttpRequest) -> bool:
    assert ("file" in request.FILES) != hasattr(request, "upload_refused")
    return "file" in request.FILES


def test_files_of_a_day_are_counted_by_person_and_those_before_forgotten(person, settings):
    settings.UPLOADS_A_DAY = 2, 1000
    Upload.objects.create(person=person, at=timezone.now() - timedelta(hours=25), size=5000)
    assert taken(sent(person)) and taken(sent(person))
    forget_uploads()
    assert list(Upload.objects.values_list("person", "size")) == [(person.pk, 8)] * 2
    refused = sent(person)
    again = timezone.localtime(Upload.objects.earliest("at").at + timedelta(hours=24))
    assert not taken(refused) and f"more from {again:%Y-%m-%d %H:%M}." in refused.upload_refused
    assert taken(sent(make_person(Role.ANALYST)))
    Upload.objects.update(at=timezone.now() - timedelta(hours=24, seconds=1))
    assert taken(sent(person))


def test_bytes_of_a_day_are_counted_by_person(person, settings):
    settings.UPLOADS_A_DAY = 100, 1000
    assert taken(sent(person, b"x" * 999)) and not full_until(person)
    assert taken(sent(person, b"x")) and full_until(person) and not taken(sent(person))
    assert full_until(None) is None


def test_refused_file_is_read_to_its_end_so_that_the_answer_arrives(person, settings):
    settings.UPLOADS_A_DAY = 0, 0
    request = RequestFactory().post("/", {"file": SimpleUploadedFile("a.csv", b"a,b\n" * 500_000)})
    request.user = person
    Upload.objects.create(person=person, at=timezone.now(), size=1)
    request._stream.readline = None  # granian's loses what was read ahead
    assert not taken(request) and request.read(1) == b""


@pytest.mark.parametrize("size", [1, 300_000])
def test_clean_file_reaches_the_form_as_it_was_sent(person, settings, size):
    seen = []
    with clamd(lambda contents: seen.append(contents) or CLEAN) as settings.CLAMD:
        request = sent(person, b"x" * size)
        assert taken(request) and request.FILES["file"].read() == seen[0] == b"x" * size


def test_file_in_which_something_is_found_is_refused_with_its_name_and_not_counted(person, settings):
    with clamd(lambda _contents: "stream: Win.Test.EICAR_HDB-1 FOUND") as settings.CLAMD:
        request = sent(person)
    assert not taken(request) and "Win.Test.EICAR_HDB-1" in request.upload_refused
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("INSTREAM size limit exceeded. ERROR", "does not take a file of this size"),
        ("", "at the moment"),
        ("stream: Can't open file ERROR", "at the moment"),
    ],
)
def test_nothing_is_taken_without_the_scanners_word(person, settings, said, told):
    with clamd(lambda _contents: said) as settings.CLAMD:
        request = sent(person)
    assert not taken(request) and told in request.upload_refused


def test_scanner_that_hangs_up_amid_a_file_finds_it_too_long():
    with socket.create_server(("127.0.0.1", 0)) as server:
        scan = Scan(*server.getsockname())
        server.accept()[0].close()
        with pytest.raises(TooLongToScan):
            for _piece in range(100):
                scan.feed(b"x" * 64_000)
        scan.close()


def test_nothing_is_taken_while_the_scanner_is_away(person, settings, tmp_path):
    settings.CLAMD = str(tmp_path / "clamd.ctl"), 0
    assert not taken(sent(person))
    with pytest.raises(OSError):
        Scan(*settings.CLAMD)
