"""Compile every app's messages, without the gettext tools."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Compile the .po files to .mo; unchanged ones are left alone."
    requires_system_checks: list[str] = []

    def handle(self, *args: str, **options: object) -> None:
        for source in sorted(Path(settings.BASE_DIR).glob("*/locale/*/LC_MESSAGES/django.po")):
            target = source.with_suffix(".mo")
            if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
                continue
            with source.open("rb") as stream:
                catalogue = read_po(stream)
            with target.open("wb") as stream:
                write_mo(stream, catalogue)
