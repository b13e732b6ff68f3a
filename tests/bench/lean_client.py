"""A respondent without a browser: raw socket, cookies, forms; cheap enough not to disturb the measurement.

It says by Sec-Fetch-Site, as all browsers do since 2023, that its own page sends.
"""

import json
import random
import re
import socket
import struct
import time
import zlib
from dataclasses import dataclass, field
from urllib.parse import quote_plus

# They stand one behind the other; what a page says that it shows needs no quoting but of its spaces.
_CARRIED = re.compile(rb'name="csrfmiddlewaretoken" value="(\w+)">(?:<input type="hidden" name="was" value="([^"]*)")?')
_ITEM = re.compile(rb'name="r(\d+)" value="1"')
_GROUP = re.compile(rb'name="group" value="([\w-]+)"')
_NOTICE = re.compile(rb'name="notice" value="(\d+)"')
# As granian writes them.
_COOKIE = re.compile(rb"\r\nset-cookie: ([^=]+)=([^;]*)")
_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)")
_LOCATION = re.compile(rb"\r\nlocation: ([^\r]+)")

_HEADERS = b"Host: 127.0.0.1\r\nAccept-Encoding: gzip\r\nAccept-Language: zh-CN\r\nSec-Fetch-Site: same-origin\r\n"
_VALUES = range(1, 6)
_WAIT = struct.pack("@ll", 30, 0)  # seconds and microseconds

# As `fetch` sends a form.
SCRIPT = ";charset=UTF-8"


@dataclass
class Tally:
    """What one client saw, from `begun` to `ended` (seconds of the clock): seconds per request, bytes of HTML as sent,
    what each respondent answered (position -> value), how often answers were saved apart from their page, and the
    client's own seconds of CPU.
    """

    begun: float = 0.0
    ended: float = 0.0
    seconds: list[float] = field(default_factory=list)
    html_bytes: list[int] = field(default_factory=list)
    answered: dict[str, dict[int, int]] = field(default_factory=dict)
    saves: int = 0
    cpu: float = 0.0


class Respondent:
    """One complete respondent on one kept connection."""

    def __init__(self, port: int, tally: Tally) -> None:
        self.port = port
        self.connect()
        self.cookies: dict[bytes, bytes] = {}
        self.tally = tally
        self.received = 0

    def connect(self) -> None:
        """The system itself waits 30 s at most: by a timeout of Python's it would be asked twice each time."""
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        self.socket.settimeout(None)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _WAIT)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, _WAIT)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def answer(self, path: str, name: str, chance: random.Random) -> None:
        """Open, consent, answer every item on every page, comment with `name`, submit."""
        self.chance, page = chance, self.get(path)
        group = chance.choice(_GROUP.findall(page)).decode()
        notice = _NOTICE.search(page)[1].decode()
        start = {"group": group, "consent": "yes", "notice": notice, "go": "start"}
        where, page = self.post(path, page, start)
        given: dict[int, int] = {}
        while not where.endswith("/end/"):
            asked = _ITEM.findall(page)
            chosen = dict(zip(map(int, asked), chance.choices(_VALUES, k=len(asked)), strict=True))
            given.update(chosen)
            where, page = self.turn(where, page, chosen)
        where, _page = self.post(where, page, {"comment": name, "go": "submit"})
        assert where.endswith("/thanks/"), where
        self.socket.close()
        self.tally.html_bytes.append(self.received)
        self.tally.answered[name] = given

    def turn(self, where: str, page: bytes, chosen: dict[int, int]) -> tuple[str, bytes]:
        """Post a page with its answers and go on."""
        return self.post(where, page, {**{f"r{p}": v for p, v in chosen.items()}, "go": "next"})

    def get(self, path: str) -> bytes:
        head, body = self._exchange(f"GET {path} HTTP/1.1\r\n", b"")
        assert head.startswith(b"HTTP/1.1 200"), head
        self.received += len(body)
        return zlib.decompress(body, 31)

    def post(self, path: str, page: bytes, values: dict) -> tuple[str, bytes]:
        """Post the form of `page`, follow the redirect; returns where it led and the page there."""
        head, _ = self.send(path, page, values)
        assert head.startswith(b"HTTP/1.1 303"), head
        where = _LOCATION.search(head)[1].decode()
        return where, self.get(where)

    def send(self, path: str, page: bytes, values: dict, charset: str = "") -> tuple[bytes, bytes]:
        """Post values with what the form of `page` carries."""
        token, was = _CARRIED.search(page).groups()
        pairs = [f"{name}={value if isinstance(value, int) else quote_plus(value)}" for name, value in values.items()]
        body = "&".join(pairs).encode() + b"&csrfmiddlewaretoken=" + token
        if was is not None:
            body += b"&was=" + was.replace(b" ", b"+")
        line = f"POST {path} HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded{charset}\r\n"
        return self._exchange(f"{line}Content-Length: {len(body)}\r\n", body)

    def _exchange(self, lines: str, body: bytes) -> tuple[bytes, bytes]:
        cookies = b"; ".join([name + b"=" + value for name, value in self.cookies.items()])
        request = b"%b%bCookie: %b\r\n\r\n%b" % (lines.encode(), _HEADERS, cookies, body)
        begun = time.perf_counter()
        self.socket.sendall(request)
        head, found = self._receive()
        self.tally.seconds.append(time.perf_counter() - begun)
        if b"\r\nset-cookie: " in head:
            for name, value in _COOKIE.findall(head):
                self.cookies.pop(name, None) if value in (b"", b'""') else self.cookies.update({name: value})
        return head, found

    def _receive(self) -> tuple[bytes, bytes]:
        data = self._more()  # mostly all of it
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += self._more()
        head, body = data[:end], data[end + 4 :]
        length = int(_LENGTH.search(head)[1])
        while len(body) < length:
            body += self._more()
        return head, body

    def _more(self) -> bytes:
        chunk = self.socket.recv(65536)
        assert chunk, "the server closed the connection"
        return chunk


class Tapping(Respondent):
    """One whose answers are saved as they are given, as by a script: one save an issue, both ratings together."""

    def turn(self, where: str, page: bytes, chosen: dict[int, int]) -> tuple[str, bytes]:
        number, mine, taps = 0, self.chance.getrandbits(32), list(chosen.items())
        while taps:
            pair, taps = taps[:2], taps[2:]
            queue = [[f"r{place}", str(value), 0, 1500] for place, value in pair]
            number += 1
            sent = {"queue": json.dumps(queue), "page": mine, "number": number, "go": "keep"}
            head, _told = self.send(where, page, sent, SCRIPT)
            assert head.startswith(b"HTTP/1.1 200"), head
        self.tally.saves += number
        turn = {"queue": "[]", "page": mine, "number": number + 1, "go": "next"}
        head, told = self.send(where, page, turn, SCRIPT)
        assert head.startswith(b"HTTP/1.1 200"), head
        there = json.loads(told)["to"]
        return there, self.get(there)
