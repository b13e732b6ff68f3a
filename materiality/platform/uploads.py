"""What staff send as files, before it lies anywhere: how large, how much of one person, and what a scanner says."""

import logging
import socket
from datetime import datetime, timedelta

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.utils import timezone
from django.utils.translation import gettext as _

from materiality.models import Upload, User

log = logging.getLogger(__name__)
_DAY = timedelta(days=1)


class GuardedUploadHandler(FileUploadHandler):
    """Stops reading a request's files where one is not taken, and leaves the reason on the request, so that the form
    can say it: `upload_refused`, empty where it is too large.
    """

    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None):
        self.seen = 0
        self._input = input_data
        self._scan: Scan | None = None
        if content_length > settings.MAX_UPLOAD_BYTES + 1_000_000:
            self.request.upload_refused = ""

    def new_file(self, *arguments, **named) -> None:
        super().new_file(*arguments, **named)
        if until := full_until(getattr(self.request, "user", None)):
            said = _("You have sent as much as one person may within a day. You can send more from %(time)s.")
            self._refuse(said % {"time": f"{timezone.localtime(until):%Y-%m-%d %H:%M}"})
        if settings.CLAMD[0]:
            self._scanned(lambda: setattr(self, "_scan", Scan(*settings.CLAMD)))

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.seen += len(raw_data)
        if hasattr(self.request, "upload_refused") or self.seen > settings.MAX_UPLOAD_BYTES:
            self._refuse("")
        if self._scan:
            self._scanned(lambda: self._scan.feed(raw_data))
        return raw_data

    def file_complete(self, file_size: int) -> None:
        if self._scan and (found := self._scanned(self._scan.verdict)):
            log.warning("an upload was refused: %r", found)
            self._refuse(_("The virus scanner found something in this file: %(name)s.") % {"name": found})
        note_upload(getattr(self.request, "user", None), file_size)

    def upload_interrupted(self) -> None:
        if self._scan:
            self._scan.close()

    def _scanned(self, ask):
        try:
            return ask()
        except TooLongToScan:
            self._refuse(_("The virus scanner does not take a file of this size. Send a smaller one."))
        except OSError as problem:
            log.error("clamd does not answer: %s", problem)
            self._refuse(_("Files cannot be looked through for viruses at the moment. Please try again later."))

    def _refuse(self, reason: str) -> None:
        self.request.upload_refused = reason
        self.upload_interrupted()
        # What is still on its way is read here: Django would read it by lines, of which granian loses what it has read
        # ahead, and then hangs up on whoever still sends.
        while self._input.read(65_536):
            pass
        raise StopUpload(connection_reset=True)


def full_until(person: User | None) -> datetime | None:
    """When a person who sent as much as is taken of one within 24 hours may send more; None for all others.

    A soft bound: files that arrive at once all pass, and what is refused lies nowhere and does not count. Strangers
    reach no page that takes files.
    """
    if person is None or not person.is_authenticated:
        return None
    sent = list(person.uploads.filter(at__gt=timezone.now() - _DAY).order_by("at").values_list("at", "size"))
    (most, largest), number, total = settings.UPLOADS_A_DAY, len(sent), sum(size for _at, size in sent)
    until = None
    for at, size in sent:
        if number < most and total < largest:
            break
        until, number, total = at + _DAY, number - 1, total - size
    return until


def note_upload(person: User | None, size: int) -> None:
    """Count a file of this person."""
    if person is not None and person.is_authenticated:
        Upload.objects.create(person=person, at=timezone.now(), size=size)


def forget_uploads() -> None:
    """Forget what counts no longer."""
    Upload.objects.filter(at__lte=timezone.now() - _DAY).delete()


class TooLongToScan(OSError):
    """A file is longer than clamd's StreamMaxLength."""


class Scan:
    """One file on its way to clamd, by its command INSTREAM (man clamd): pieces behind their lengths, none at last.

    OSError where clamd does not answer, or will not say; TooLongToScan where the file is why.
    """

    SECONDS = 30.0

    def __init__(self, place: str, port: int) -> None:
        """`port` 0: the path of a socket."""
        if port:
            self._clamd = socket.create_connection((place, port), timeout=self.SECONDS)
        else:
            self._clamd = socket.socket(socket.AF_UNIX)
            self._clamd.settimeout(self.SECONDS)
            self._clamd.connect(place)
        self._clamd.sendall(b"zINSTREAM\0")

    def feed(self, piece: bytes) -> None:
        try:
            self._clamd.sendall((len(piece).to_bytes(4, "big") + piece) if piece else b"")
        except (BrokenPipeError, ConnectionResetError) as problem:  # so it hangs up amid a file that is too long
            raise TooLongToScan from problem

    def verdict(self) -> str:
        """What was found, by clamd's name for it; empty for a clean file."""
        with self._clamd:
            self._clamd.sendall(bytes(4))
            said = b""
            while piece := self._clamd.recv(4096):
                said += piece
        text = said.rstrip(b"\0\n").decode("utf-8", "replace").removeprefix("stream: ")
        if text == "OK":
            return ""
        if text.endswith(" FOUND"):
            return text.removesuffix(" FOUND")
        raise TooLongToScan if "size limit exceeded" in text else OSError(text or "no answer")

    def close(self) -> None:
        self._clamd.close()
