"""Compile every app's messages, without the gettext tools."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Compile the .po files of the product and of var/locale to .mo; unchanged ones are left alone."
    requires_system_checks: list[str] = []

    def handle(self, *args: str, **options: object) -> None:
        folders = [*Path(settings.BASE_DIR).glob("*/locale"), *map(Path, settings.LOCALE_PATHS)]
        for source in sorted({path for folder in folders for path in folder.glob("*/LC_MESSAGES/django.po")}):
            target = source.with_suffix(".mo")
            if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
                continue
            with source.open("rb") as stream:
                catalogue = read_po(stream)
            with target.open("wb") as stream:
                write_mo(stream, catalogue)
