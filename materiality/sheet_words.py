"""What spreadsheets are called on pages and in the audit trail."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from materiality.words import add_words

add_words(
    "action",
    {
        "check_sheet": _("uploaded the spreadsheet %(object)s"),
        "confirm_sheet": _("imported the spreadsheet %(object)s"),
        "undo_sheet": _("undid the import of the spreadsheet %(object)s"),
        "discard_sheet": _("discarded the spreadsheet %(object)s"),
    },
)
add_words(
    "row_state",
    {
        "error": pgettext_lazy("rows", "In error"),
        "new": pgettext_lazy("rows", "New"),
        "changed": pgettext_lazy("rows", "Changed"),
        "unchanged": pgettext_lazy("rows", "Unchanged"),
    },
)
