"""Import a framework: a catalogue of codes, titles, levels and days in force."""

from django.utils.translation import gettext as _

from materiality.actions.tables import KINDS
from materiality.management.commands import import_library
from materiality.models import SheetImport


class Command(import_library.Command):
    resource = KINDS["framework"].resource
    help = "Import FILE (CSV, XLSX; the `framework` format) as a framework of one's own."

    def stored(self, imported: SheetImport) -> str:
        return _("The import is stored.")
