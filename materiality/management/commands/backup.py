"""Write a backup of the whole installation."""

from argparse import BooleanOptionalAction
from getpass import getpass
from pathlib import Path

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from materiality.platform.backup import write_backup
from materiality.platform.commands import ActionCommand


def passphrase_from(file: Path | None, prompt: str) -> str:
    """The first line of the file, or what is typed."""
    try:
        return file.read_text("utf-8").splitlines()[0] if file else getpass(prompt)
    except (OSError, IndexError) as problem:
        raise CommandError(_("There is no passphrase in %(name)s.") % {"name": file}) from problem


class Command(ActionCommand):
    help = "Write database, files, secrets and keys to FILE in the age format, while the installation runs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--passphrase-file", type=Path, help="its first line; asked for where there is none")
        parser.add_argument(
            "--with-open-surveys",
            action=BooleanOptionalAction,
            default=False,
            help="also the keys of anonymous surveys: whoever has backup and keys can link answers to links",
        )
        parser.add_argument("--survey-passphrase-file", type=Path, help="of the keys of anonymous surveys: another one")

    def handle(self, *args: object, **options: object) -> None:
        passphrase = passphrase_from(options["passphrase_file"], _("Passphrase of the backup: "))
        second = ""
        if options["with_open_surveys"]:
            self.stderr.write(
                _(
                    "The backup will hold the keys of anonymous surveys. Whoever has it and both passphrases can open "
                    "unfinished and waiting answers and tell by which link they came. Destroy it when the surveys are "
                    "finalised."
                )
            )
            second = passphrase_from(options["survey_passphrase_file"], _("Passphrase of the surveys' keys: "))
            if second == passphrase:
                raise CommandError(_("Choose another passphrase for the keys of anonymous surveys."))
        manifest = write_backup(options["file"].resolve(), passphrase, second)
        self.stdout.write(_("%(file)s is written.") % {"file": options["file"]})
        self.stdout.write(_("Head of the chain: %(hash)s") % {"hash": manifest["head"] or "–"})
