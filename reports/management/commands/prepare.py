"""Everything between a fresh checkout and a running server: tables, texts, static files, library, login, demo."""

import secrets
import string

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from materiality.actions.audit import take_stock
from materiality.models import Edition, User
from materiality.models.people import Role
from materiality.platform import audit
from materiality.platform.keys import ensure_installation_key
from surveys.actions.responses import hold_surveys

LETTERS = string.ascii_lowercase + string.digits


class Command(BaseCommand):
    help = "Make the installation ready to start; safe to run at every start."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demo", action="store_true", help="also make the demo cycle, once")

    def handle(self, *args: str, **options: object) -> None:
        call_command("compile_messages")
        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        # A new installation asks what its library begins with.
        if options["demo"] or Edition.objects.exists():
            call_command("load_library", stdout=self.stdout)
        ensure_installation_key(audit.AUDIT_KEY)
        take_stock()
        hold_surveys()
        _first_login()
        if options["demo"]:
            call_command("make_demo", stdout=self.stdout)
        self._greet()

    def _greet(self) -> None:
        login = settings.FIRST_LOGIN_FILE
        self.stdout.write(f"\nYiti is at http://127.0.0.1:{settings.ENVIRONMENT.port}/")
        if login.exists():
            self.stdout.write(f"Staff login: {login.read_text().strip()}   (kept in {login})")
        self.stdout.write("Ctrl-C ends everything.\n")


def _first_login() -> None:
    """An administrator with a generated password, at the first start only."""
    if User.objects.exists():
        return
    password = "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))
    with transaction.atomic():
        person = User.objects.create_superuser("admin", password=password, role=Role.ADMINISTRATOR)
        audit.record("add_person", person, by=None, after={"role": person.role})
    settings.FIRST_LOGIN_FILE.touch(mode=0o600)
    settings.FIRST_LOGIN_FILE.write_text(f"admin / {password}\n")
