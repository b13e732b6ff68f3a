"""A real mail server on this machine, which behaves as a test says."""

import email
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.controller import Controller

ACCEPT = "250 OK"


class MailServer:
    """`at_recipient(address, times asked before)` and `at_data(…)` give the server's answer; `mails` are those taken.

    The answer `drop` closes the connection without a word.
    """

    def __init__(self) -> None:
        self.mails: list[tuple[str, EmailMessage]] = []
        self.asked: dict[str, int] = {}
        self.at_recipient: Callable[[str, int], str] = lambda _address, _times: ACCEPT
        self.at_data: Callable[[str, int], str] = lambda _address, _times: ACCEPT

    async def handle_RCPT(self, server, session, envelope, address: str, _options) -> str:  # noqa: N802
        times = self.asked.get(address, 0)
        self.asked[address] = times + 1
        answer = self.at_recipient(address, times)
        if answer == "drop":
            server.transport.abort()
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802
        address = envelope.rcpt_tos[0]
        answer = self.at_data(address, self.asked[address] - 1)
        if answer.startswith("250"):
            self.mails.append((address, email.message_from_bytes(envelope.content, policy=default)))
        return answer

    @property
    def addresses(self) -> list[str]:
        """Who got mail, in the order of their mails."""
        return [address for address, _message in self.mails]


@contextmanager
def mail_server(settings) -> Iterator[MailServer]:
    """A running server to which the settings point."""
    server = MailServer()
    controller = Controller(server, hostname="127.0.0.1", port=_free_port())
    controller.start()
    try:
        _point(settings, controller.port)
        yield server
    finally:
        controller.stop()


@contextmanager
def silent_server(settings, *, timeout: float = 0.3) -> Iterator[None]:
    """Something that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        _point(settings, listening.getsockname()[1])
        settings.EMAIL_TIMEOUT = timeout
        yield


def point_nowhere(settings) -> None:
    """The settings point to a port at which nothing listens."""
    _point(settings, _free_port())


def _point(settings, port: int) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 5
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


def seconds_of(function: Callable[[], object]) -> float:
    """Wall time of a call."""
    start = time.perf_counter()
    function()
    return time.perf_counter() - start
