"""WSGI applications that tell what they were asked, as a process for staff (`staff`) and by themselves (`alone`)."""

import hashlib
import json
import os
import time
from pathlib import Path

from materiality.platform.relay import relayed

PIECE = bytes(range(256)) * 256
_TOLD = (
    "REQUEST_METHOD",
    "PATH_INFO",
    "QUERY_STRING",
    "CONTENT_TYPE",
    "CONTENT_LENGTH",
    "REMOTE_ADDR",
    "wsgi.url_scheme",
)
# What concerns one connection only, and what the server lays beside a request of the environment.
_LEFT_OUT = {"HTTP_TE", "HTTP_EXPECT", "HTTP_TRANSFER_ENCODING", *os.environ}


def alone(environ, start_response):
    """`/stream/N/` N pieces without their length, `/cut/` two of three and then dies, `/early/` before the body is
    read, `/die/` not at all (once what was posted is done, `/die/once/` only once); else the request as JSON.
    """
    _, kind, number, *_rest = (*environ["PATH_INFO"].split("/"), "", "")
    if kind == "die" and not (number and _told("died")):
        _tell("died")
        os._exit(3)
    if kind == "early":
        start_response("403 Forbidden", [("Content-Length", "2")])
        return [b"no"]
    if kind == "cut":
        start_response("200 OK", [("Content-Length", str(3 * len(PIECE)))])
        return _cut()
    if kind == "stream":
        start_response("200 OK", [("Content-Type", "text/csv")])
        return _pieces(int(number))
    time.sleep(float(number) if kind == "sleep" else 0)
    sent = hashlib.sha256()
    while piece := environ["wsgi.input"].read(65_536):
        sent.update(piece)
    told = {name: environ.get(name) for name in _TOLD} | {"sent": sent.hexdigest()}
    told |= {name: value for name, value in environ.items() if name.startswith("HTTP_") and name not in _LEFT_OUT}
    body = json.dumps(told, sort_keys=True).encode()
    cookies = [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]
    start_response("207 Multi-Status", [("Content-Length", str(len(body))), *cookies])
    return [body]


def _cut():
    yield PIECE
    yield PIECE
    time.sleep(0.5)
    os._exit(3)


def _pieces(number):
    try:
        for _piece in range(number):
            yield PIECE
    finally:
        _tell("closed")


def _tell(what):
    with Path(os.environ["YITI_DATA"], what).open("a") as told:
        told.write("x")


def _told(what):
    return Path(os.environ["YITI_DATA"], what).exists()


staff = relayed(alone)
