"""Bring the .po files up to date with the code: texts of Python and templates, without the gettext tools."""

import ast
import fcntl
import io
import json
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation.template import templatize

APPS = ("materiality", "surveys", "reports")
LANGUAGE = "zh_Hans"
KEYWORDS = {
    "_": None,
    "N_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def extract_app(app: Path) -> Catalog:
    """All texts of one app; places are left out, so that moving code changes no catalogue."""
    found = Catalog(locale=LANGUAGE)
    for path in sorted(app.rglob("*")):
        if path.suffix not in (".py", ".html", ".txt", ".svg") or "migrations" in path.parts:
            continue
        source = path.read_text("utf-8")
        if path.suffix != ".py":
            # The indentation of a template is no Python's: the extractor would stumble over it.
            source = "\n".join(line.lstrip() for line in templatize(source, origin=str(path)).split("\n"))
        for part in (source, *(_in_f_strings(source) if path.suffix == ".py" else ())):
            for _line, message, _comments, context in extract("python", io.BytesIO(part.encode()), KEYWORDS):
                if message and message != "":
                    found.add(message, context=context, flags=_flags(message))
    return found


def _in_f_strings(source: str) -> Iterator[str]:
    """What stands in braces of f-strings: up to Python 3.11 the extractor takes one for a plain string."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FormattedValue):
            yield ast.unparse(node.value)


def _flags(message: str | tuple) -> list[str]:
    text = message if isinstance(message, str) else message[0]
    return ["python-format"] if "%(" in text else []


def po_path(app: Path) -> Path:
    """Where the app's Chinese texts stand."""
    return app / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"


def read_catalogue(app: Path) -> Catalog:
    """The app's catalogue as it is, empty where there is none."""
    path = po_path(app)
    if not path.exists():
        return Catalog(locale=LANGUAGE)
    with path.open("rb") as stream:
        return read_po(stream, locale=LANGUAGE)


def merge(app: Path, translations: dict[str, str]) -> list[str]:
    """Bring the app's .po up to date, fill in translations, write it; returns the texts still missing.

    Translations go by msgid, or by "context|msgid" where one word means several things.
    """
    old = read_catalogue(app)
    fresh = extract_app(app)
    merged = Catalog(locale=LANGUAGE, header_comment="# Simplified Chinese texts of the interface.", charset="utf-8")
    for message in fresh:
        if not message.id:
            continue
        known = old.get(message.id, message.context)
        string = known.string if known and not known.fuzzy else ""
        if isinstance(string, str) != isinstance(message.id, str):
            string = ""  # the text has become a plural, or is one no more
        first = message.id if isinstance(message.id, str) else message.id[0]
        given = translations.get(f"{message.context}|{first}")
        if given is None and not (message.context and _filled(string)):
            given = translations.get(first)
        if given is not None:
            string = given if isinstance(message.id, str) else (given,)
        merged.add(message.id, string, flags=message.flags, context=message.context)
    written = io.BytesIO()
    write_po(written, merged, sort_output=True, omit_header=False, width=110)
    path = po_path(app)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(written.getvalue())
    _steady_header(path)
    return [m.id if isinstance(m.id, str) else m.id[0] for m in merged if m.id and not _filled(m.string)]


def missing(app: Path) -> list[str]:
    """Texts of the code that the committed catalogue lacks, leaves empty or marks as fuzzy."""
    catalogue = read_catalogue(app)
    lacking = []
    for message in extract_app(app):
        known = catalogue.get(message.id, message.context) if message.id else None
        if message.id and (known is None or known.fuzzy or not _filled(known.string)):
            lacking.append(message.id if isinstance(message.id, str) else message.id[0])
    return lacking


def _filled(string: str | tuple) -> bool:
    return bool(string) if isinstance(string, str) else bool(string) and all(string)


def _steady_header(path: Path) -> None:
    """Without dates and tool versions a catalogue changes only when a text does."""
    lines = path.read_text("utf-8").splitlines(keepends=True)
    volatile = ("POT-Creation-Date", "PO-Revision-Date", "Generated-By", "Last-Translator", "Language-Team", "Report-M")
    path.write_text("".join(line for line in lines if not line.startswith(tuple(f'"{v}' for v in volatile))), "utf-8")


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
            for app in APPS:
                for text in merge(base / app, translations):
                    self.stdout.write(f"{app}: {text!r}")
            call_command("compile_messages")
