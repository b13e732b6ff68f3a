"""Uploaded spreadsheets: read, check, preview, confirm, discard and undo."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Model, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from materiality.actions.library import publish_edition, start_edition_draft, start_first_draft
from materiality.actions.scores import score_reported
from materiality.formats.catalogues import CatalogueResource, MappingResource
from materiality.formats.categories import CategoryResource
from materiality.formats.figures import FigureResource
from materiality.formats.indicators import FrameworkValueResource, IndicatorResource
from materiality.formats.issues import IssueResource, languages_in
from materiality.formats.proposals import ProposalResource
from materiality.formats.stakeholders import GroupResource, OwnGroupResource, StakeholderResource
from materiality.formats.translations import TranslationResource
from materiality.models import Cycle, Edition, Job, SheetImport, User
from materiality.platform import audit
from materiality.platform.bilingual import DEFAULT_LANGUAGES
from materiality.platform.files import keep_bytes
from materiality.platform.jobs import Progress, request_job
from materiality.platform.people import Predicate, can_edit_cycle, can_edit_library, can_propose
from materiality.platform.refusals import Conflict, NotAllowed
from materiality.platform.words import own_names
from materiality.queries.cycles import newest_method
from materiality.tables.headers import (
    LEFT_OUT,
    HeaderMatch,
    SheetColumn,
    check_match,
    known_headings,
    match_headers,
    unknown_columns,
)
from materiality.tables.imports import CODES, StrictResource, languages_kept, take_back, undo_json
from materiality.tables.problems import BadLibrary, Problem
from materiality.tables.records import Records, read_tables, table_of
from materiality.tables.widgets import Scope, SheetPlan, SheetRow

CHECK = "check_sheet"  # kind of job
_OPEN = (SheetImport.State.UPLOADED, SheetImport.State.CHECKED, SheetImport.State.REFUSED)


@transaction.atomic
def check_sheet(*, imported: SheetImport, by: User | None) -> SheetImport:
    """Store an upload that was checked, or checked again; nothing of its rows is stored.

    NotAllowed where the import is over.
    """
    if imported.pk is not None:
        _locked(imported, *_OPEN)
    imported.save()
    told = {"kind": imported.kind, "file": imported.file_name, "sha256": imported.sha256, "state": imported.state}
    audit.record("check_sheet", imported, by=by, after={**told, **imported.plan.get("counts", {})})
    return imported


@transaction.atomic
def discard_sheet(*, imported: SheetImport, by: User | None) -> SheetImport:
    """Mark it as discarded; its file stays as evidence. NotAllowed where it was stored or discarded."""
    stored = _locked(imported, *_OPEN)
    stored.state = SheetImport.State.DISCARDED
    stored.save(update_fields=["state"])
    audit.record("discard_sheet", stored, by=by)
    return stored


def _locked(imported: SheetImport, *states: str) -> SheetImport:
    """The import as it is stored; NotAllowed in any other state."""
    stored = SheetImport.objects.select_for_update().get(pk=imported.pk)
    if stored.state not in states:
        raise NotAllowed(_("This import is not waiting for confirmation (any more)."))
    return stored


@dataclass(frozen=True)
class Kind:
    """`into`: "edition" (a draft), "cycle" or "" (the installation). `may` says who imports it."""

    resource: type[StrictResource]
    title: str | Promise
    about: str | Promise
    into: str
    may: Predicate = can_edit_library
    # What is made of the rows of a cycle once a file is stored, or taken back: the objects that came or went.
    follow: Callable[..., list[Model]] | None = None

    @property
    def name(self) -> str:
        return self.resource.sheet

    def columns(self, scope: Scope | None = None) -> Sequence[SheetColumn]:
        """As they are now: those of issues follow what is installed and the languages of the edition."""
        return [column for column in self.resource(scope or Scope()).columns if not column.silent]


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            IssueResource,
            gettext_lazy("Issues"),
            gettext_lazy("Names, definitions, mappings and groups of the issues; a row per issue, primary ones too."),
            "edition",
        ),
        Kind(
            CategoryResource,
            gettext_lazy("Categories"),
            gettext_lazy("Names and order of the categories; a row per category."),
            "edition",
        ),
        Kind(
            MappingResource,
            gettext_lazy("Mappings"),
            gettext_lazy(
                "Single mappings of issues to disclosures of any catalogue; each row adds one, none is taken away."
            ),
            "edition",
        ),
        Kind(
            CatalogueResource,
            gettext_lazy("Frameworks"),
            gettext_lazy(
                "Disclosures, goals or topics of frameworks of your own, or of editions that Yiti does not bring."
            ),
            "",
        ),
        Kind(
            GroupResource,
            gettext_lazy("Groups"),
            gettext_lazy("Stakeholder groups with definitions, weights and targets."),
            "cycle",
            can_edit_cycle,
        ),
        Kind(
            OwnGroupResource,
            gettext_lazy("Groups of the organisation"),
            gettext_lazy("The groups that a new cycle starts from, and that issues of the library name."),
            "",
        ),
        Kind(
            IndicatorResource,
            gettext_lazy("Targets and indicators"),
            gettext_lazy("Figures by which issues are followed: baseline, target, and a column for each year."),
            "",
        ),
        Kind(
            FrameworkValueResource,
            gettext_lazy("Numbers of frameworks"),
            gettext_lazy("What a rater or another framework gives an issue, such as the weight of a key issue."),
            "",
        ),
        Kind(
            StakeholderResource,
            gettext_lazy("Stakeholder lists"),
            gettext_lazy("Expectations, channels and responses of the groups, in every language."),
            "cycle",
            can_edit_cycle,
        ),
        Kind(
            FigureResource,
            gettext_lazy("Figures from elsewhere"),
            gettext_lazy(
                "What a consultant or an earlier report found: number of ratings, mean and spread by issue and group."
                " They become a run of their own, marked with its source, and are never mixed with responses."
            ),
            "cycle",
            can_edit_cycle,
            score_reported,
        ),
        Kind(
            ProposalResource,
            gettext_lazy("Suggestions"),
            gettext_lazy("Suggestions for the library; each row adds one, to be decided."),
            "",
            can_propose,
        ),
        Kind(
            TranslationResource,
            gettext_lazy("Translations"),
            gettext_lazy("All texts in several languages that can still be changed."),
            "",
        ),
    )
}


MAX_ROWS = 20_000


@dataclass(frozen=True)
class SheetFile:
    """The sheets of a file that are read as one list of rows; `left_out` are titles of the others."""

    tables: tuple[Records, ...]
    left_out: tuple[str, ...]

    @property
    def headings(self) -> list[str]:
        """Of all sheets that are read, each once."""
        return list(dict.fromkeys(name for table in self.tables for name in table.columns if name))

    def example(self, heading: str) -> str:
        """The first text under a heading."""
        cells = (row.cells.get(heading, "") for table in self.tables for row in table.rows)
        return next(filter(None, cells), "")


def read_sheet_file(contents: bytes, name: str, resource: StrictResource) -> SheetFile:
    """All sheets with the columns that the kind needs, else the one of its name, else the first. Raises BadLibrary."""
    read = [table for table in read_tables(contents, name, MAX_ROWS) if table.title != CODES]
    tables = [each for table in read for each in resource.reshaped(table)]
    wanted = [table for table in tables if _has_needed(table, resource.columns)]
    chosen = wanted or [table for table in tables if table.title == resource.sheet] or tables[:1]
    return SheetFile(tuple(chosen), tuple(table.title for table in tables if table not in chosen))


def match_of(file: SheetFile, resource: StrictResource) -> HeaderMatch:
    """Which column each heading of the file is taken for."""
    return match_headers(file.headings, resource.columns)


def plan_file(resource: StrictResource, file: SheetFile, match: Mapping[str, str], store: bool = False) -> SheetPlan:
    """What importing the file does, with heading → column of `match`; `store` does it."""
    problems = [
        replace(problem, sheet=_label(file, table))
        for table in file.tables
        for problem in check_match(match, table.columns, resource.columns)
    ]
    rows, found = _rows(file, match)
    days = {column.name for column in resource.columns if column.date}
    found = [problem for problem in found if problem.kind != "date_cell" or problem.column not in days]
    if not rows:
        problems.append(Problem("no_rows"))
    if problems:
        return SheetPlan(problems=problems, left_out=list(file.left_out))
    plan = resource.store(rows, found) if store else resource.plan(rows, found)
    plan.left_out = list(file.left_out)
    shown = [column.name for column in resource.columns if not column.silent]
    plan.untouched = [name for name in shown if name not in match.values()]
    return plan


def _rows(file: SheetFile, match: Mapping[str, str]) -> tuple[list[SheetRow], list[Problem]]:
    rows, problems = [], []
    for table in file.tables:
        label = _label(file, table)
        names = [(heading, match[heading]) for heading in table.columns if match.get(heading)]
        for row in table.rows:
            rows.append(SheetRow(row.number, {name: row.cells.get(heading, "") for heading, name in names}, label))
        for problem in table.problems:
            column = match.get(problem.column, "") if problem.column else ""
            if column or not problem.column:
                problems.append(replace(problem, column=column, sheet=label))
    return rows, problems


def _label(file: SheetFile, table: Records) -> str:
    """A sheet is named only where several are read."""
    return table.title if len(file.tables) > 1 else ""


def _has_needed(table: Records, columns: Sequence[SheetColumn]) -> bool:
    certain = known_headings(table.columns, columns).values()
    return all(column.name in certain for column in columns if column.required)


def scope_of(kind: str, edition: Edition | None = None, cycle: Cycle | None = None, *, replaces: bool = False) -> Scope:
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
    return Scope(edition=edition, replaces=replaces)


def request_check(kind: str, scope: Scope, file_name: str, contents: bytes, *, by: User | None) -> Job:
    """Keep an uploaded file and queue its check, which makes the import: no page waits for a file to be read."""
    path, digest = keep_bytes(contents, "sheets")
    edition = scope.edition.pk if scope.edition else None
    inputs = {"kind": kind, "edition": edition, "file_name": file_name[-200:], "path": path, "sha256": digest}
    inputs["replaces"] = scope.replaces
    return request_job(CHECK, inputs=inputs, cycle=scope.cycle, by=by)


def check_upload(job: Job, progress: Progress) -> SheetImport:
    """Build of a check: read the file and say what importing it would do."""
    inputs = dict(job.inputs)
    edition = Edition.objects.filter(pk=inputs.pop("edition")).first()
    return _checked(SheetImport(edition=edition, cycle=job.cycle, created_by=job.created_by, **inputs))


def store_check(job: Job, imported: SheetImport) -> dict:
    """Store of a check: the import with its preview."""
    check_sheet(imported=imported, by=job.created_by)
    return {"import": imported.pk, "url": reverse("sheet_import", args=[imported.pk])}


def checked_whole(
    kind: str, scope: Scope, file_name: str, contents: bytes, *, by: User | None
) -> tuple[SheetImport, SheetPlan]:
    """A file that is kept, not stored as an import yet, with what importing it would do, for who cannot choose columns.

    Raises BadLibrary with all problems.
    """
    path, digest = keep_bytes(contents, "sheets")
    into = {"edition": scope.edition, "cycle": scope.cycle, "replaces": scope.replaces}
    file = {"kind": kind, "file_name": file_name[-200:], "path": path, "sha256": digest}
    imported = _checked(SheetImport(**into, **file, created_by=by))
    headers, plan = imported.headers, SheetPlan.from_json(imported.plan)
    guesses, unknown = (frozenset(headers.get(name, ())) for name in ("guesses", "unknown"))
    match = HeaderMatch(columns_of(imported), guesses, unknown)
    problems = unknown_columns(match, _resource(imported, by, "").columns) or plan.problems
    if problems := [*problems, *(problem for row in plan.rows for problem in row.problems)]:
        forget_whole(imported)
        raise BadLibrary(problems)
    return imported, plan


def forget_whole(imported: SheetImport) -> None:
    """Delete what `checked_whole` kept of a file that is not stored, but for what an import or a job has, too."""
    for path in filter(None, (imported.path, imported.headers.get("rows"))):
        held = SheetImport.objects.filter(Q(path=path) | Q(headers__rows=path)).exists()
        if not held and not Job.objects.filter(inputs__path=path).exists():
            default_storage.delete(path)


def check_again(imported: SheetImport, columns: Mapping[str, str] | None, *, by: User | None) -> SheetImport:
    """Check an upload once more, with the columns that a person chose (None: as before)."""
    if columns is None:
        columns = columns_of(imported)
    return check_sheet(imported=_checked(imported, columns), by=by)


def columns_for(imported: SheetImport) -> Sequence[SheetColumn]:
    """The columns that headings of the file can be, in the languages that it is in."""
    return [column for column in _resource(imported, None, "").columns if not column.silent]


def needs_reason(imported: SheetImport) -> bool:
    """Whether storing the import needs a reason."""
    return _resource(imported, None, "").breaks_identity(SheetPlan.from_json(imported.plan))


@transaction.atomic
def confirm(
    imported: SheetImport, *, by: User | None, reason: str = "", descents: Mapping[str, str] | None = None
) -> SheetImport:
    """Store the file once more from its contents, all of it or nothing, into a new draft where none is open.

    `descents`: of those that the preview proposed the ones that hold, new code → old code. NotAllowed where it is not
    waiting for confirmation, has rows in error or lacks a reason that it needs; Conflict where what would be stored is
    not what the preview showed, as rows were changed since.
    """
    if KINDS[imported.kind].into == "edition":
        imported.edition = _draft(imported, by)
    reason, shown = reason.strip(), SheetPlan.from_json(imported.plan)
    resource = _resource(imported, by, reason)
    proposed = {(each.new, each.old) for each in shown.descents}
    resource.descents = {new: old for new, old in (descents or {}).items() if (new, old) in proposed}
    if resource.breaks_identity(shown) and not reason:
        raise NotAllowed(
            _("Give a reason: the file adds, renames or retires issues, and the reason is kept with them.")
        )
    stored = _locked(imported, SheetImport.State.CHECKED)
    plan = plan_file(resource, sheet_file_of(imported), columns_of(imported), store=True)
    _refuse_plan(plan, resource, stored)
    touched = [*resource.touched, *_follow(imported, by)]
    stored.edition, stored.undo = imported.edition, undo_json(resource)
    stored.state, stored.stored_at = SheetImport.State.STORED, timezone.now()
    stored.save(update_fields=["edition", "state", "stored_at", "undo"])
    after = {"kind": stored.kind, "file": stored.file_name, **plan.counts}
    audit.record("confirm_sheet", stored, by=by, after=after, reason=reason, touched=touched)
    return stored


def _refuse_plan(plan: SheetPlan, resource: StrictResource, stored: SheetImport) -> None:
    if plan.digest != stored.plan["digest"]:
        raise Conflict(
            _("What is stored was changed after the preview. Look at the preview again, it is up to date now."), stored
        )
    if not plan.is_good:
        raise NotAllowed(
            _("Correct the rows in error and upload the file again: it is stored as a whole or not at all.")
        )
    if not resource.touched:
        raise NotAllowed(_("The file changes nothing."))


@transaction.atomic
def undo(imported: SheetImport, *, by: User | None) -> SheetImport:
    """Make the rows what they were before the import. NotAllowed where it is not stored, rows were changed since, or
    something was built on them.
    """
    resource = _resource(imported, by, "")
    stored = SheetImport.objects.select_for_update().get(pk=imported.pk)
    if stored.state != SheetImport.State.STORED:
        raise NotAllowed(_("This import is not stored (any more), so there is nothing to undo."))
    touched = [*take_back(resource, imported.undo), *_follow(imported, by)]
    stored.state = SheetImport.State.UNDONE
    stored.save(update_fields=["state"])
    after = {"kind": stored.kind, "file": stored.file_name, "rows": len(touched)}
    audit.record("undo_sheet", stored, by=by, after=after, touched=touched)
    return stored


def sheet_file_of(imported: SheetImport) -> SheetFile:
    """The rows of the uploaded file, which is read once: its check keeps them. Raises BadLibrary."""
    kept = imported.headers.get("rows")
    if kept:
        with default_storage.open(kept) as stream:
            held = json.load(stream)
        return SheetFile(tuple(map(table_of, held["tables"])), tuple(held["left_out"]))
    with default_storage.open(imported.path) as stream:
        file = read_sheet_file(stream.read(), imported.file_name, _resource(imported, None, ""))
    imported.headers = {"rows": keep_bytes(json.dumps(file, default=vars).encode(), "sheets")[0]}
    return file


def columns_of(imported: SheetImport) -> dict[str, str]:
    """Heading → column in the order of the file; kept as pairs, as PostgreSQL puts the keys of JSON into an order."""
    return dict(imported.headers.get("columns", ()))


def _checked(imported: SheetImport, columns: Mapping[str, str] | None = None) -> SheetImport:
    """The import with what its file holds and what importing it would do, not stored."""
    resource, State = _resource(imported, None, ""), SheetImport.State
    try:
        file = sheet_file_of(imported)
        resource = resource.speaking(file.tables)
    except BadLibrary as error:
        imported.headers, imported.plan = {}, SheetPlan(problems=error.problems).as_json()
        imported.problem, imported.state = ", ".join(problem.kind for problem in error.problems), State.REFUSED
        return imported
    method = imported.cycle.method if imported.cycle else newest_method(imported.created_by)
    with own_names(method.get("names")):
        match = match_of(file, resource)
    chosen = {heading: (columns or match.columns).get(heading, LEFT_OUT) for heading in match.columns}
    imported.headers = {
        "rows": imported.headers["rows"],
        "columns": list(chosen.items()),
        "guesses": sorted(match.guesses),
        "unknown": sorted(match.unknown),
    }
    is_known = columns is not None or match.is_certain
    imported.plan = plan_file(resource, file, chosen).as_json() if is_known else {}
    imported.problem, imported.state = "", State.CHECKED if is_known else State.UPLOADED
    return imported


def _follow(imported: SheetImport, by: User | None) -> list[Model]:
    follow = KINDS[imported.kind].follow
    return follow(cycle=imported.cycle, by=by) if follow else []


def _draft(imported: SheetImport, by: User | None) -> Edition:
    edition = scope_of(imported.kind, imported.edition).edition
    return edition if edition.state == Edition.State.DRAFT else start_edition_draft(by=by)


def _resource(imported: SheetImport, by: User | None, reason: str) -> StrictResource:
    """Of a file that was read before, in the languages that it is in; where it is stored, in those of its rows."""
    kept = languages_kept(KINDS[imported.kind].resource, imported.undo)
    scope = Scope(imported.edition, imported.cycle, replaces=imported.replaces, languages=kept)
    if KINDS[imported.kind].into == "edition" and imported.state != SheetImport.State.STORED:
        scope = scope_of(imported.kind, imported.edition, replaces=imported.replaces)
    resource = KINDS[imported.kind].resource(scope, by, reason)
    return resource.speaking(sheet_file_of(imported).tables) if imported.headers.get("rows") else resource


@transaction.atomic
def put_in_force(*, contents: bytes, name: str, by: User | None, acknowledged: str = "") -> Edition | None:
    """Make a file the whole library and publish it as the next edition; None where it says what is in force already.

    Raises BadLibrary with everything wrong in the file; NotAllowed where a draft is open, Unacknowledged as publishing.
    """
    current = Edition.objects.filter(state=Edition.State.PUBLISHED).first()
    if current and Edition.objects.filter(state=Edition.State.DRAFT).exists():
        start_edition_draft(by=by)  # which says what is in the way
    edition = current or first_draft(contents=contents, name=name, by=by)
    scope = Scope(edition=edition, replaces=True)
    imported, plan = checked_whole(IssueResource.sheet, scope, name, contents, by=by)
    if not plan.changes_anything:
        return forget_whole(imported)
    check_sheet(imported=imported, by=by)
    confirm(imported, by=by, reason=name, descents={each.new: each.old for each in plan.descents if each.share == 1})
    return publish_edition(edition=imported.edition, by=by, acknowledged=acknowledged)


def first_draft(*, contents: bytes, name: str, by: User | None) -> Edition:
    """The empty draft of a new installation, in the languages of the file that is to be its list. Raises BadLibrary."""
    file = read_sheet_file(contents, name, IssueResource(Scope()))
    return start_first_draft(languages=languages_in(file.tables) or DEFAULT_LANGUAGES, by=by)
