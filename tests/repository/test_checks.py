"""Lint, format, migrations, messages, and words that must not be committed."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.core.management import call_command
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from materiality.management.commands import update_messages as messages
from tests.repository.tree import APPS, ROOT, tracked

BIN = Path(sys.executable).parent


@pytest.mark.parametrize("arguments", [("check", "."), ("format", "--check", ".")])
def test_ruff_finds_nothing(arguments):
    found = subprocess.run([BIN / "ruff", *arguments], cwd=ROOT, capture_output=True, text=True)
    assert found.returncode == 0, found.stdout[-3000:]


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


@pytest.mark.parametrize("app", APPS)
def test_chinese_messages_are_complete(app):
    assert messages.missing(ROOT / app) == []


def test_a_text_has_one_translation_in_all_apps():
    """A page finds that of the first app; where a word means two things, a context tells them apart."""
    told = {}
    for app in APPS:
        for message in messages.read_catalogue(ROOT / app):
            told.setdefault((message.context, message.id), set()).add(message.string)
    assert {text: words for text, words in told.items() if text[1] and len(words) > 1} == {}


def test_labels_of_forms_are_translated():
    """Those that Django makes of a column's name are English in every language."""
    import_string(settings.ROOT_URLCONF + ".urlpatterns")
    kinds, wrong = [forms.ModelForm], []
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        shown = [name for name, field in kind.base_fields.items() if not isinstance(field.label, Promise | None)]
        wrong += [(kind.__name__, name) for name in shown if kind.__module__.split(".")[0] in APPS]
    assert wrong == []


@pytest.mark.parametrize("app", APPS)
def test_placeholders_survive_translation(app):
    holders = re.compile(r"%\(\w+\)[sd]|%%")
    wrong = []
    for message in messages.read_catalogue(ROOT / app):
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        strings = [message.string] if isinstance(message.string, str) else list(message.string)
        wanted = set(holders.findall(ids[-1]))
        wrong += [text for text in strings if message.id and set(holders.findall(text)) != wanted]
    assert wrong == []


def test_locks_hold_hashes_and_no_addresses():
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-bench.txt"):
        text = (ROOT / name).read_text()
        assert "--hash=sha256:" in text
        assert not re.search(r"https?://|file:|--index-url|--find-links", text)


def test_no_machine_path_is_committed():
    forbidden = re.compile("|".join(("/wor" + "k/", "/roo" + "t/", "/tmp/" + "bash", "/hom" + "e/")))
    wrong = []
    for path in tracked():
        if not path.endswith((".png", ".xlsx", ".jpg")) and forbidden.search((ROOT / path).read_text("utf-8")):
            wrong.append(path)
    assert wrong == []


def test_pages_call_no_outside_host():
    address = re.compile(r"""(src|href|action)=["'](https?:)?//""")
    assert [p for p in tracked() if p.endswith(".html") and address.search((ROOT / p).read_text("utf-8"))] == []


def test_no_head_of_a_table_is_empty():
    empty = re.compile(r"<th[^>]*>\s*</th>")
    assert [p for p in tracked() if p.endswith(".html") and empty.search((ROOT / p).read_text("utf-8"))] == []
