"""Record what the check of an import found."""

from django.db import transaction

from materiality import audit
from materiality.models import User
from surveys.import_files import FORGOTTEN, forget_what_tells
from surveys.models import ResponseImport


@transaction.atomic
def check_import(
    *,
    imported: ResponseImport,
    summary: dict,
    error_workbook: str = "",
    problem: str = "",
    match: dict | None = None,
    by: User | None,
) -> ResponseImport:
    """Put the import up for confirmation, or refuse it with the `problem` of the whole file.

    The file of a refused import goes where it may tell who somebody is (see import_files). A summary without rows is
    the guess of a `match`: the import stays in checking until a person confirms that.
    """
    if "rows" in summary:
        imported.state = ResponseImport.State.CHECKED
    if match is not None:
        imported.match = match
    imported.summary = summary
    imported.error_workbook = error_workbook
    imported.problem = problem
    if problem:
        imported.state = ResponseImport.State.REFUSED
        forget_what_tells(imported)
    imported.save(update_fields=["state", "problem", "match", *FORGOTTEN])
    counts = {name: summary[name] for name in ("rows", "good", "bad_rows") if name in summary}
    audit.record("check_import", imported, by=by, after={"state": imported.state, **counts})
    return imported
