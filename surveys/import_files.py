"""What an import that is over still tells: whose answers are whose. It goes, files and all."""

from django.core.files.storage import default_storage
from django.db import transaction

from surveys.matching.fields import is_personal
from surveys.matching.match import ITEM
from surveys.matching.texts import cleaned
from surveys.models import ResponseImport
from surveys.recognising import personal_headers

# The columns that `forget_what_tells` changes.
FORGOTTEN = ("summary", "error_workbook")


def forget_what_tells(imported: ResponseImport) -> None:
    """Delete, on commit, the uploaded file where it has columns about persons, or nobody knows its columns. Of an
    anonymous survey it always goes, and with it the error workbook and the answers that columns were guessed from:
    they hold tokens, times and comments in the order of the rows. The caller saves FORGOTTEN.

    Another import of the same file finds it gone, and its upload has to be repeated.
    """
    survey = imported.survey
    paths = [imported.path] if survey.anonymous or _may_tell_who(imported) else []
    if survey.anonymous:
        paths += [imported.error_workbook] if imported.error_workbook else []
        imported.error_workbook = ""
        imported.summary = {name: value for name, value in imported.summary.items() if name != "guess"}
    transaction.on_commit(lambda: [default_storage.delete(path) for path in paths])


def _may_tell_who(imported: ResponseImport) -> bool:
    """Whether the file has columns about persons; one that could not be read has, unless another import knows it."""
    known = _tells_who(imported)
    if known is not None:
        return known
    twins = ResponseImport.objects.filter(path=imported.path).exclude(pk=imported.pk)
    return all(_tells_who(twin) is not False for twin in twins.defer("problem"))


def _tells_who(imported: ResponseImport) -> bool | None:
    """Whether a column is about a person, whatever it is taken for; None where the columns were never read."""
    summary, columns = imported.summary, imported.match.get("columns", [])
    if not columns and "rows" not in summary:
        return None
    if any(column["why"] == "personal" for column in columns) or personal_headers(summary.get("notes", [])):
        return True
    headers = [column["header"] for column in columns if column["target"]["kind"] != ITEM]
    headers += [error["column"] for error in summary.get("listed", []) if error["code"] == "unknown_column"]
    return any(is_personal(cleaned(header)) for header in headers)
