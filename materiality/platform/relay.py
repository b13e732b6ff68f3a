"""Staff requests are carried to processes of their own, so that no page of theirs that computes holds the interpreter
(its lock) in which respondents are answered, and so that the system may be told that respondents come first.

HTTP over a socket of this machine, which only our own processes reach; bodies pass in pieces, both ways. A thread that
waits here holds no lock.
"""

import os
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse
from string import punctuation
from typing import IO
from urllib.parse import quote

from django.conf import settings

PIECE = 65_536
# So many seconds are waited while the processes for staff start again, and so many for an answer.
START_SECONDS, ANSWER_SECONDS = 10.0, 600.0
# Where no more of a body is wanted, so many pieces of it are read.
MOST_DRAINED = 1000
# Who asks, as the process that listens knows it: scheme and address.
_VISITOR = "HTTP_X_YITI_VISITOR"
# Headers that concern one connection (RFC 9110, 7.6.1), or are set anew for each.
_OF_THE_LINE = {"connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "expect", "date", "server"}
# The server lays the environment beside a request's headers: HTTP_PROXY would look like one.
_NO_HEADERS = {_VISITOR, *os.environ}
_SAFE = ("GET", "HEAD")
# As in an address; `<`, `>` and the backtick are not taken by the server.
_PLAIN = punctuation.translate(dict.fromkeys(map(ord, "%?#<>`")))


class Unanswered(HTTPException):
    """What may change something was sent, and no answer came: whether it was done is not known."""


def relay(environ: dict, start_response: Callable) -> Iterable[bytes]:
    """A WSGI application: the answer of a process for staff. OSError or HTTPException where none answers and nothing
    was changed, Unanswered where that is not known.
    """
    try:
        line, answer = _ask(environ)
    except (BrokenPipeError, ConnectionResetError):  # it died over a page that is only read, and another may answer
        line, answer = _ask(environ)
    headers = [(name, value) for name, value in answer.getheaders() if name.lower() not in _OF_THE_LINE]
    start_response(f"{answer.status} {answer.reason}", headers)
    return _Answer(line, answer)


def _ask(environ: dict) -> tuple["_Line", HTTPResponse]:
    line = _Line()
    try:
        line.connect()
        line.send_request(environ)
        return line, line.getresponse()
    except BaseException as problem:
        line.close()
        if isinstance(problem, OSError | HTTPException) and line.reached and environ["REQUEST_METHOD"] not in _SAFE:
            raise Unanswered from problem
        raise


def relayed(application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """The WSGI application of a process for staff: who asks is whom the process that listens names."""

    def asked(environ: dict, start_response: Callable) -> Iterable[bytes]:
        scheme, _, address = environ.pop(_VISITOR, "http ").partition(" ")
        return application({**environ, "wsgi.url_scheme": scheme, "REMOTE_ADDR": address}, start_response)

    return asked


class _Line(HTTPConnection):
    """The connection of one request to a process for staff."""

    def __init__(self) -> None:
        super().__init__("staff", timeout=ANSWER_SECONDS)
        self.reached = False

    def connect(self) -> None:
        end = time.monotonic() + START_SECONDS
        while not self.reached:
            self.sock = socket.socket(socket.AF_UNIX)
            self.sock.settimeout(self.timeout)
            try:
                self.sock.connect(settings.STAFF_SOCKET)
                self.reached = True
            except (FileNotFoundError, ConnectionRefusedError):
                self.sock.close()
                if time.monotonic() > end:
                    raise
                time.sleep(0.2)

    def send_request(self, environ: dict) -> None:
        self.putrequest(environ["REQUEST_METHOD"], _target(environ), skip_host=True, skip_accept_encoding=True)
        for name, value in _headers(environ):
            self.putheader(name, value)
        self.endheaders()
        body, left = environ["wsgi.input"], int(environ.get("CONTENT_LENGTH") or 0)
        with suppress(BrokenPipeError, ConnectionResetError):  # where the answer is there before
            while left and (piece := body.read(min(left, PIECE))):
                self.sock.sendall(piece)
                left -= len(piece)
            if left:
                raise ConnectionError("who asked went away")
        # Of what comes in chunks Django takes nothing.
        if left or "HTTP_TRANSFER_ENCODING" in environ:
            drain(body)


def drain(body: IO[bytes]) -> None:
    """Read what is still on its way, to a limit: the server would hang up on who sends, in place of an answer."""
    all(body.read(PIECE) for _piece in range(MOST_DRAINED))


class _Answer:
    """The pieces of an answer, as they come."""

    def __init__(self, line: _Line, answer: HTTPResponse) -> None:
        self._line, self._answer = line, answer

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self._answer.read1(PIECE), b"")

    def close(self) -> None:
        self._answer.close()
        self._line.close()


def _target(environ: dict) -> str:
    path, query = environ["PATH_INFO"] or "/", environ.get("QUERY_STRING")
    return quote(path, safe=_PLAIN, encoding="latin-1") + (f"?{quote(query, safe=punctuation)}" if query else "")


def _headers(environ: dict) -> Iterator[tuple[str, str]]:
    yield "X-Yiti-Visitor", f"{environ['wsgi.url_scheme']} {environ.get('REMOTE_ADDR', '')}"
    yield "Connection", "close"
    for key, value in environ.items():
        name = key.removeprefix("HTTP_").replace("_", "-").lower()
        if key in ("CONTENT_TYPE", "CONTENT_LENGTH") or (
            key.startswith("HTTP_") and key not in _NO_HEADERS and name not in _OF_THE_LINE
        ):
            yield name, value
