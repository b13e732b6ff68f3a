"""A line between browsers and a server: it can be cut, mended and slow."""

import contextlib
import socket
import threading
import time


class Line:
    """Listens on a port of its own and passes everything on to the server's; use as a context manager."""

    def __init__(self, server_port: int) -> None:
        self.server_port = server_port
        # While `stuck`, answers wait; `slow` are the seconds that each takes longer.
        self.up, self.slow, self.stuck = True, 0.0, False
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()

    def __enter__(self) -> "Line":
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = self._door.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_problem: object) -> None:
        self._door.close()
        self.stuck = False
        self.cut()

    def cut(self) -> None:
        """No connection stands any more, and none is made."""
        self.up = False
        with self._lock:
            ends, self._open = self._open, set()
        for end in ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        self.up = True

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                browser, _address = self._door.accept()
                threading.Thread(target=self._connect, args=[browser], daemon=True).start()

    def _connect(self, browser: socket.socket) -> None:
        with browser:
            if not self.up:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self.server_port), timeout=60)
            except OSError:
                return
            with server:
                with self._lock:
                    self._open |= {browser, server}
                threading.Thread(target=self._pass, args=[browser, server, False], daemon=True).start()
                self._pass(server, browser, True)
                with self._lock:
                    self._open -= {browser, server}

    def _pass(self, giver: socket.socket, taker: socket.socket, answers: bool) -> None:
        with contextlib.suppress(OSError):
            while data := giver.recv(65536):
                if answers:
                    time.sleep(self.slow)
                    while self.stuck and self.up:
                        time.sleep(0.02)
                taker.sendall(data)
        with contextlib.suppress(OSError):
            taker.shutdown(socket.SHUT_RDWR)
