"""The kinds of background jobs of this app; hooks.py says what they do."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class JobKind(TextChoices):
    SCORE = "score", _("Computing scores")
    CHECK_IMPORT = "check_import", _("Checking a file of responses")
    STORE_IMPORT = "store_import", _("Storing responses")
    COUNT_FIELDWORK = "count_fieldwork", _("Counting the responses of a large survey")
    PRINT_SHEETS = "print_sheets", _("Printing paper sheets")
    DRY_RUN = "dry_run", _("Trying out screening rules")
    CHANGE_RULES = "change_rules", _("Screening responses anew")
    READ_RECIPIENTS = "read_recipients", _("Reading a list of recipients")
