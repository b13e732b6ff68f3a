"""Loading catalogues and a library: the default one, or a file as the next edition."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction

from materiality import audit
from materiality.actions.store_catalogues import store_catalogues
from materiality.actions.store_edition import store_edition
from materiality.edition_codes import next_edition_code
from materiality.library_file.default_library import read_default_library, read_reference
from materiality.library_file.problems import BadLibrary, Problem
from materiality.library_file.read_library import read_library
from materiality.library_file.records import Library
from materiality.library_file.table import MAX_BYTES
from materiality.models import Edition, Group, User
from materiality.queries.library_contents import library_contents


@dataclass(frozen=True)
class Loaded:
    """What loading did: the edition in force, whether it is new, how many catalogue rows changed.

    `kept` says that the edition in force differs from the default library and was left as it is.
    """

    edition: Edition
    is_new: bool
    catalogue_rows: int
    kept: bool


@transaction.atomic
def load_library(*, by: User | None, file: Path | None = None) -> Loaded:
    """Bring catalogues up to date, then the library; a second time changes nothing and records no event.

    Without `file` the default library becomes the first edition; an edition in force is never replaced by it. A `file`
    whose contents differ from the edition in force becomes the next edition (`2026`, `2026-2`, …), which is put in
    force. Raises BadLibrary with everything wrong in the file; nothing is stored then.
    """
    folder = Path(settings.BASE_DIR) / "fixtures"
    more_groups = Group.objects.values_list("code", flat=True).distinct().order_by("code")
    reference = read_reference(folder, more_groups)
    default = read_default_library(folder, reference)
    library = read_library(_contents(file), file.name, reference) if file else default
    catalogue_rows = store_catalogues(catalogues=reference.catalogues)
    current = Edition.objects.select_for_update().filter(state=Edition.State.PUBLISHED).first()
    differs = current is None or library_contents(current) != library
    is_new = current is None or (differs and file is not None)
    edition = _store(library, current, is_default=library == default) if is_new else current
    if is_new or catalogue_rows:
        _record(edition, library, current, catalogue_rows, is_new, by)
    return Loaded(edition, is_new, catalogue_rows, kept=differs and not is_new)


def _contents(file: Path) -> bytes:
    """The file's bytes; of a file too large for a library no more than is needed to say so."""
    try:
        with file.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise BadLibrary([Problem("no_file", value=str(file))]) from error


def _store(library: Library, current: Edition | None, is_default: bool) -> Edition:
    code = next_edition_code(current)
    zh, en = ("默认议题库", "Default issue library") if is_default else ("议题库", "Issue library")
    return store_edition(code=code, title_zh=f"{zh} {code}", title_en=f"{en} {code}", library=library, based_on=current)


def _record(
    edition: Edition, library: Library, before: Edition | None, catalogue_rows: int, is_new: bool, by: User | None
) -> None:
    after: dict[str, object] = {"catalogue_rows": catalogue_rows}
    touched: list = []
    if is_new:
        touched = [*([before] if before else []), *edition.categories.all(), *edition.issues.all()]
        after |= {
            "edition": edition.code,
            "primaries": sum(not issue.parent_code for issue in library.issues),
            "secondaries": sum(bool(issue.parent_code) for issue in library.issues),
            "mappings": sum(len(issue.mappings) for issue in library.issues),
        }
    replaced = {"edition": before.code if before else None}
    audit.record("load_library", edition, by=by, before=replaced, after=after, touched=touched)
