"""What an import that is over still tells: whose answers are whose. It goes, files and all."""

from django.core.files.storage import default_storage
from django.db import transaction

from surveys.models import ResponseImport
from surveys.recognising import personal_columns

# The columns that `forget_what_tells` changes.
FORGOTTEN = ("summary", "error_workbook")


def forget_what_tells(imported: ResponseImport) -> None:
    """Delete, on commit, the uploaded file where it has columns about persons. Of an anonymous survey it always goes,
    and with it the error workbook and the answers that columns were guessed from: they hold tokens, times and
    comments in the order of the rows. The caller saves FORGOTTEN.

    Another import of the same file finds it gone, and its upload has to be repeated.
    """
    survey = imported.survey
    paths = [imported.path] if survey.anonymous or personal_columns(imported.match) else []
    if survey.anonymous:
        paths += [imported.error_workbook] if imported.error_workbook else []
        imported.error_workbook = ""
        imported.summary = {name: value for name, value in imported.summary.items() if name != "guess"}
    transaction.on_commit(lambda: [default_storage.delete(path) for path in paths])
