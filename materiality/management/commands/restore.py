"""Restore a backup into a new installation."""

from pathlib import Path

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from materiality.management.commands.backup import passphrase_from
from materiality.platform.backup import opened_backup, restore_backup, secret_in
from materiality.platform.commands import ActionCommand
from materiality.platform.keys import missing_keys


class Command(ActionCommand):
    help = "Put what `backup` wrote into this installation, which must hold nothing yet."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--passphrase-file", type=Path, help="its first line; asked for where there is none")
        parser.add_argument("--survey-passphrase-file", type=Path, help="to take the keys of anonymous surveys, too")
        parser.add_argument("--accept-loss", action="store_true", help="go on where keys of surveys are missing")
        parser.add_argument("--show-secret", action="store_true", help="print YITI_SECRET_KEY of the backup")

    def handle(self, *args: object, **options: object) -> None:
        passphrase = passphrase_from(options["passphrase_file"], _("Passphrase of the backup: "))
        second = options["survey_passphrase_file"] and passphrase_from(options["survey_passphrase_file"], "")
        with opened_backup(options["file"], passphrase) as (folder, manifest):
            self._confirm(manifest, second or "", options["accept_loss"])
            restore_backup(folder, manifest, second or "")
            if options["show_secret"]:
                self.stdout.write(f"YITI_SECRET_KEY={secret_in(folder)}")
        self.stdout.write(_("Restored as of %(made_at)s, head of the chain %(head)s.") % manifest)
        for name in missing_keys():
            self.stdout.write(_("Missing: key %(name)s") % {"name": name})
        self.stdout.write(_("Now run: manage.py prepare, then manage.py verify_audit --anchor %(head)s") % manifest)

    def _confirm(self, manifest: dict, second: str, accepted: bool) -> None:
        lost = 0 if second else manifest["sealed"]
        if not lost or accepted:
            return
        text = ngettext(
            "%(count)s unfinished or unreleased answer to anonymous surveys is lost without the keys of the surveys.",
            "%(count)s unfinished or unreleased answers to anonymous surveys are lost without the keys of the surveys.",
            lost,
        )
        more = _("Give --survey-passphrase-file, or --accept-loss to go on without them.")
        raise CommandError(f"{text % {'count': lost}} {more}")
