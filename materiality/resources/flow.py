"""The way of a spreadsheet: taken in, columns chosen, confirmed, undone."""

from collections.abc import Mapping

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from materiality.actions.check_sheet import check_sheet
from materiality.actions.confirm_sheet import confirm_sheet
from materiality.actions.start_draft import start_draft
from materiality.actions.undo_sheet import undo_sheet
from materiality.files import keep_bytes
from materiality.library_file.problems import BadLibrary
from materiality.models import Cycle, Edition, SheetImport, User
from materiality.refusals import NotAllowed
from materiality.resources.base import StrictResource
from materiality.resources.headers import LEFT_OUT
from materiality.resources.hooks import Scope
from materiality.resources.kinds import KINDS
from materiality.resources.plan import Plan
from materiality.resources.reading import SheetFile, match_of, plan_file, read_sheet_file
from materiality.resources.undoing import take_back, undo_json
from materiality.sheet_outcome import SheetCheck, SheetOutcome


def scope_of(kind: str, edition: Edition | None = None, cycle: Cycle | None = None) -> Scope:
    """Where a kind goes: `edition` while it is a draft, else the draft, else the edition in force as its stand-in.

    NotAllowed where there is no library yet.
    """
    into = KINDS[kind].into
    if into != "edition":
        return Scope(cycle=cycle if into == "cycle" else None)
    if edition is None or edition.state != Edition.State.DRAFT:
        edition = Edition.objects.filter(state=Edition.State.DRAFT).first()
    edition = edition or Edition.objects.filter(state=Edition.State.PUBLISHED).first()
    if edition is None:
        raise NotAllowed(_("No edition of the issue library is in force. Load the library first."))
    return Scope(edition=edition)


def take_in(kind: str, scope: Scope, file_name: str, contents: bytes, *, by: User | None) -> SheetImport:
    """Keep an uploaded file and check it; where its columns are not all known, somebody has to choose first."""
    path, digest = keep_bytes(contents, "sheets")
    imported = SheetImport(
        kind=kind,
        edition=scope.edition,
        cycle=scope.cycle,
        file_name=file_name[-200:],
        path=path,
        sha256=digest,
        created_by=by,
    )
    return check_sheet(imported=imported, found=_check(imported, None), by=by)


def check_again(imported: SheetImport, columns: Mapping[str, str] | None, *, by: User | None) -> SheetImport:
    """Check an upload once more, with the columns that a person chose (None: as before)."""
    if columns is None:
        columns = columns_of(imported)
    return check_sheet(imported=imported, found=_check(imported, columns), by=by)


def confirm(imported: SheetImport, *, by: User | None, reason: str = "") -> SheetImport:
    """Store what the preview showed, into a new draft where none is open. NotAllowed, Conflict."""
    with transaction.atomic():
        if KINDS[imported.kind].into == "edition":
            imported.edition = _draft(imported, by)
        resource = _resource(imported, by, reason)
        if resource.breaks_identity(Plan.from_json(imported.plan)) and not reason.strip():
            raise NotAllowed(_("Say why: the file adds, renames or retires issues, and the reason is kept with them."))
        return confirm_sheet(imported=imported, store=lambda: _store(imported, resource), by=by, reason=reason.strip())


def undo(imported: SheetImport, *, by: User | None, reason: str = "") -> SheetImport:
    """Take the import back. NotAllowed with the reason where something was built on it."""
    resource = _resource(imported, by, reason)

    def back() -> SheetOutcome:
        touched = take_back(resource, imported.undo)
        return SheetOutcome("", True, {"rows": len(touched)}, touched=touched)

    return undo_sheet(imported=imported, take_back=back, by=by, reason=reason)


def sheet_file_of(imported: SheetImport) -> SheetFile:
    """The uploaded file, read again. Raises BadLibrary."""
    with default_storage.open(imported.path) as stream:
        return read_sheet_file(stream.read(), imported.file_name, KINDS[imported.kind].resource)


def columns_of(imported: SheetImport) -> dict[str, str]:
    """Heading → column in the order of the file; kept as pairs, as PostgreSQL puts the keys of JSON into an order."""
    return dict(imported.headers.get("columns", ()))


def _check(imported: SheetImport, columns: Mapping[str, str] | None) -> SheetCheck:
    resource = _resource(imported, None, "")
    try:
        file = sheet_file_of(imported)
    except BadLibrary as error:
        plan = Plan(problems=error.problems)
        return SheetCheck({}, plan.as_json(), ", ".join(problem.kind for problem in error.problems))
    match = match_of(file, resource)
    headers = {
        "columns": list(match.columns.items()),
        "guesses": sorted(match.guesses),
        "unknown": sorted(match.unknown),
    }
    if columns is None and not match.is_certain:
        return SheetCheck(headers, {})
    chosen = {heading: (columns or match.columns).get(heading, LEFT_OUT) for heading in match.columns}
    return SheetCheck({**headers, "columns": list(chosen.items())}, plan_file(resource, file, chosen).as_json())


def _store(imported: SheetImport, resource: StrictResource) -> SheetOutcome:
    plan = plan_file(resource, sheet_file_of(imported), columns_of(imported), store=True)
    if not plan.is_good or not resource.touched:
        return SheetOutcome(plan.digest, plan.is_good, plan.counts)
    return SheetOutcome(plan.digest, True, plan.counts, undo_json(resource), resource.touched)


def _draft(imported: SheetImport, by: User | None) -> Edition:
    edition = scope_of(imported.kind, imported.edition).edition
    return edition if edition.state == Edition.State.DRAFT else start_draft(by=by)


def _resource(imported: SheetImport, by: User | None, reason: str) -> StrictResource:
    scope = Scope(imported.edition, imported.cycle)
    if KINDS[imported.kind].into == "edition" and imported.state != SheetImport.State.STORED:
        scope = scope_of(imported.kind, imported.edition)
    return KINDS[imported.kind].resource(scope, by, reason)
