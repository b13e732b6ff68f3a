#!/usr/bin/env python
"""Entry point of every command."""

import os
import sys


def terminal_language() -> str:
    """Commands speak Chinese where the terminal does, else English."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    wanted = next((os.environ[name] for name in names if os.environ.get(name)), "")
    return "zh-hans" if wanted.startswith("zh") else "en"


def run() -> None:
    """Run the command; a database without its tables is said in one line."""
    from django.core.management import execute_from_command_line
    from django.db import OperationalError, ProgrammingError

    try:
        execute_from_command_line(sys.argv)
    except (OperationalError, ProgrammingError) as problem:
        if "no such" not in str(problem) and "does not exist" not in str(problem):
            raise
        first_line = str(problem).splitlines()[0]
        sys.exit(f"The database is not up to date: run `make setup` or `manage.py migrate` first ({first_line}).")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "materiality.settings")
    os.environ.setdefault("YITI_LANGUAGE", terminal_language())
    run()
