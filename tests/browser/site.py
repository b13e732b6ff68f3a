"""A running site for browser stories: web server, worker and broker in a data folder of their own."""

import shutil
import socket
import urllib.request
from pathlib import Path

from tests.services.installation import BIN, Installation, wait_for


class Site(Installation):
    """An installation on tables that are there, whose web server listens at `address`."""

    def __init__(self, data: Path, tables: Path, **environment: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        super().__init__(data, PORT=str(self.port), **environment)
        shutil.copy(tables, data / "yiti.sqlite3")
        self.address = f"http://127.0.0.1:{self.port}"

    def start_all(self) -> None:
        """Prepare, start everything, wait until the login page is there."""
        self.manage("prepare")
        self.start_valkey()
        self.start_worker()
        self.start(
            "web", str(BIN / "granian"), "materiality.wsgi:application", "--interface", "wsgi", "--host", "127.0.0.1",
            "--port", str(self.port), "--workers", "1", "--blocking-threads", "2", "--log-level", "warning",
        )  # fmt: skip
        wait_for(self._answers, "the login page", 40)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/login/", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False
