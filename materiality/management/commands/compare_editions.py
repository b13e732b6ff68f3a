"""Compare two editions of the library."""

import json
from pathlib import Path

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from materiality.formats.translations import comparison_json
from materiality.lineage.lineage import IssueDifference
from materiality.models import Edition
from materiality.platform.bilingual import text_of
from materiality.platform.commands import ActionCommand
from materiality.platform.words import word_for
from materiality.queries.drafts import compare_editions


class Command(ActionCommand):
    help = "Say what differs between editions A and B, from the older to the newer; --json writes all of it to FILE."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("a", metavar="A")
        parser.add_argument("b", metavar="B")
        parser.add_argument("--json", type=Path, metavar="FILE")

    def handle(self, *args: str, **options: object) -> None:
        found = compare_editions(_edition(options["a"]), _edition(options["b"]))
        if options["json"]:
            text = json.dumps(comparison_json(found), ensure_ascii=False, indent=1)
            options["json"].write_text(text + "\n", "utf-8")
        self.stdout.write(f"{found.old.title} → {found.new.title}")
        if not found.by_lineage:
            self.stdout.write(_("Neither descends from the other: issues are matched by their codes."))
        for row in found.differences.issues:
            self.stdout.write(_line(row))
        number = found.differences.unchanged
        self.stdout.write(
            ngettext("%(count)s issue is unchanged.", "%(count)s issues are unchanged.", number) % {"count": number}
        )


def _edition(code: str) -> Edition:
    edition = Edition.objects.filter(code=code).first()
    if edition is None:
        raise CommandError(_("There is no edition %(code)s.") % {"code": code})
    return edition


def _line(row: IssueDifference) -> str:
    """`SOC-01-01 Privacy: merged (SOC-01-01, SOC-01-02)`."""
    kinds = ", ".join(word_for("difference", kind) for kind in row.kinds)
    old = [issue.code for issue in row.old if row.new]
    origin = f" ({', '.join(old)})" if old and old != [row.shown.code] else ""
    return f"{row.shown.code} {text_of(row.shown, 'name')}: {kinds}{origin}"
