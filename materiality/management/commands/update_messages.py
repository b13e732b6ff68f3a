"""Bring the .po files up to date with the code."""

import fcntl
import json
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from materiality.platform import messages


class Command(BaseCommand):
    help = "Extract interface texts, fill in translations from a JSON file {text: 中文}, and name what is missing."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--translations", type=Path, help="JSON file: English text → Chinese text")

    def handle(self, *args: str, **options: object) -> None:
        path = options["translations"]
        translations = json.loads(path.read_text("utf-8")) if path else {}
        base = Path(settings.BASE_DIR)
        with (settings.DATA / "messages.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for app in messages.APPS:
                for text in messages.merge(base / app, translations):
                    self.stdout.write(f"{app}: {text!r}")
            call_command("compile_messages")
