"""Something on this machine that speaks as clamd does and answers as a test says."""

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def clamd(answer: Callable[[bytes], str]) -> Iterator[tuple[str, int]]:
    """Where it listens; `answer` is what it says of a file's contents."""

    class OneFile(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            assert self.rfile.read(10) == b"zINSTREAM\0"
            contents = b""
            while length := int.from_bytes(self.rfile.read(4), "big"):
                contents += self.rfile.read(length)
            self.wfile.write(answer(contents).encode() + b"\0")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), OneFile) as server:
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        try:
            yield server.server_address
        finally:
            server.shutdown()
