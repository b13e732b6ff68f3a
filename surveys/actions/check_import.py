"""Record what the check of an import found."""

from django.db import transaction

from materiality import audit
from materiality.models import User
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

    A summary without rows is the guess of a `match`: the import stays in checking until a person confirms that.
    """
    if problem:
        imported.state = ResponseImport.State.REFUSED
    elif "rows" in summary:
        imported.state = ResponseImport.State.CHECKED
    if match is not None:
        imported.match = match
    imported.summary = summary
    imported.error_workbook = error_workbook
    imported.problem = problem
    imported.save(update_fields=["state", "summary", "error_workbook", "problem", "match"])
    counts = {name: summary[name] for name in ("rows", "good", "bad_rows") if name in summary}
    audit.record("check_import", imported, by=by, after={"state": imported.state, **counts})
    return imported
