"""The library: load it, start, publish and discard editions, correct errata, store catalogues."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import ProtectedError
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from materiality.drafts.codes import RESERVED, next_edition_code, text_names
from materiality.drafts.lineage import complete_lineage
from materiality.drafts.rows import levels_of, locked_edition_draft
from materiality.formats.stakeholders import add_named_groups
from materiality.library_file.catalogues import read_catalogues
from materiality.library_file.patterns import shown_pattern
from materiality.library_file.read import shipped_library
from materiality.lineage.records import Catalogues, DisclosureRecord, IssueRecord, Key, Library
from materiality.models import (
    Category,
    Crosswalk,
    Cycle,
    Disclosure,
    DisclosureLink,
    Edition,
    Erratum,
    Framework,
    Issue,
    IssueMapping,
    Lineage,
    MappingProposal,
    OwnGroup,
    User,
)
from materiality.platform import audit
from materiality.platform.bilingual import in_each, interface_language, stored_names, text_columns
from materiality.platform.hooks import CORRECT_ERRATUM, objections
from materiality.platform.refusals import Conflict, NotAllowed, Unacknowledged
from materiality.queries.drafts import publishing_warnings
from materiality.queries.library import built_in_frameworks, installed_frameworks, library_contents
from materiality.queries.stakeholders import group_row, shipped_groups


@transaction.atomic
def correct_erratum(
    *, issue: Issue, field: str, text: str, reason: str, by: User | None, version: int | None = None
) -> Erratum:
    """Put `text` in the place of one text of an issue of the edition in force; the old one is kept with the reason.

    `field` is `name_zh`, `definition_ko` or the like. NotAllowed for a draft or a superseded
    edition, without a reason, for an empty or equal text, and while an app objects (an open survey on the edition);
    Conflict where the text was corrected after `version`. That meaning stays is the person's word: the reason says so.
    """
    edition = Edition.objects.select_for_update().get(pk=issue.edition_id)
    stored = Issue.objects.select_related("edition").get(pk=issue.pk)
    wanted, why = text.strip(), reason.strip()
    _refuse_correction(edition, stored, field, wanted, why)
    if version is not None and stored.version != version:
        raise Conflict(_("%(issue)s was corrected meanwhile. Look at it again.") % {"issue": stored.code}, stored)
    old = getattr(stored, field)
    # First, as the database lets a published text change only where an erratum says so.
    erratum = Erratum.objects.create(issue=stored, field=field, old_text=old, new_text=wanted, reason=why, by=by)
    setattr(stored, field, wanted)
    stored.changed = {**stored.changed, field: timezone.now().isoformat()}
    stored.version += 1
    stored.save(update_fields=stored_names(Issue, [field, "changed", "version"]))
    audit.record("correct_erratum", stored, by=by, before={field: old}, after={field: wanted}, reason=why)
    return erratum


def _refuse_correction(edition: Edition, issue: Issue, field: str, text: str, reason: str) -> None:
    if edition.state == Edition.State.DRAFT:
        raise NotAllowed(_("This edition is a draft: change the issue itself."))
    if edition.state == Edition.State.SUPERSEDED:
        raise NotAllowed(_("This edition is superseded; only the edition in force is corrected."))
    if field not in text_names(issue):
        raise NotAllowed(_("Only names and definitions can be corrected."))
    if not reason:
        raise NotAllowed(_("Say what was misspelt; the reason is kept with the old text."))
    if not text or text == getattr(issue, field):
        raise NotAllowed(_("The corrected text is empty or the same as before."))
    longest = text_columns(Issue)[field].field.longest
    if longest and len(text) > longest:
        raise NotAllowed(_("A name can have at most %(number)s characters.") % {"number": longest})
    if reasons := objections(CORRECT_ERRATUM, edition):
        raise NotAllowed(" ".join(reasons))


@transaction.atomic
def discard_draft(*, edition: Edition, by: User | None, reason: str = "") -> None:
    """Delete the draft with its issues and changes; open proposals stay for the next one.

    NotAllowed for a published edition, and where something else hangs on the draft.
    """
    draft = locked_edition_draft(edition)
    issues, categories = list(draft.issues.all()), list(draft.categories.all())
    after = {"edition": draft.code, "issues": len(issues), "changes": draft.changes.filter(undone=False).count()}
    try:
        with transaction.atomic():
            draft.lineage.all().delete()
            for above in ("parent__parent__isnull", "parent__isnull"):
                Issue.objects.filter(edition=draft, **{above: False}).delete()
            Issue.objects.filter(edition=draft).delete()
            Category.objects.filter(edition=draft).delete()
            Edition.objects.filter(pk=draft.pk).delete()
    except ProtectedError as error:
        raise NotAllowed(_("Something else depends on this draft, so it cannot be discarded.")) from error
    audit.record("discard_draft", draft, by=by, before=after, reason=reason.strip(), touched=[*issues, *categories])


Wanted = Iterable[tuple[Any, dict[str, Any]]]  # key, the row's columns


@transaction.atomic
def store_catalogues(*, catalogues: Catalogues) -> int:
    """Create, update and (links and crosswalk only) delete rows; returns how many, 0 when all is there already.

    A disclosure that the files no longer list is kept: issues and outlines may point at it.
    """
    frameworks, changed = _frameworks(catalogues)
    keys, more = _disclosures(catalogues, frameworks)
    return changed + more + _links(catalogues, keys) + _crosswalk(catalogues, keys)


@transaction.atomic
def install_framework(*, code: str, edition: str, by: User | None) -> Framework:
    """Take in a framework that comes with the product. NotAllowed where there is none, or it is there already."""
    key = (code, edition)
    if key not in {record.key for record in built_in_frameworks()} - installed_frameworks():
        raise NotAllowed(_("There is no framework “%(name)s” that could be installed.") % {"name": " ".join(key)})
    folder = Path(settings.BASE_DIR) / "fixtures"
    store_catalogues(catalogues=read_catalogues(folder, installed_frameworks() | {key}))
    framework = Framework.objects.get(code=code, edition=edition)
    audit.record("install_framework", framework, by=by, after={"edition": edition, "column": framework.column})
    return framework


@transaction.atomic
def date_framework(*, framework: Framework, values: Mapping[str, Any], by: User | None) -> Framework:
    """Say of an own framework from when until when it is in force, and what follows it. NotAllowed for one that comes
    with the product, as its catalogue says so.
    """
    stored = Framework.objects.select_for_update(of=("self",)).get(pk=framework.pk)
    if (stored.code, stored.edition) in {record.key for record in built_in_frameworks()}:
        raise NotAllowed(_("This framework comes with Yiti, and so do its days in force."))
    with audit.audited("date_framework", stored, by=by, fields=values):
        audit.write(stored, values)
    return stored


def _frameworks(catalogues: Catalogues) -> tuple[dict[tuple[str, str], int], int]:
    wanted = []
    for order, record in enumerate(catalogues.frameworks, start=1):
        columns = {name: value for name, value in vars(record).items() if name not in ("successor", "installed")}
        wanted.append((record.key, columns | {"order": order}))
    held = {(row.code, row.edition): row for row in Framework.objects.all()}
    changed = _bring(Framework, held, wanted)
    for record in catalogues.frameworks:
        row, follower = held[record.key], held.get((record.code, record.successor))
        if follower and row.successor_id != follower.pk:
            row.successor = follower
            row.save(update_fields=["successor"])
            changed += 1
    return {key: row.pk for key, row in held.items()}, changed


def _disclosures(catalogues: Catalogues, frameworks: dict[tuple[str, str], int]) -> tuple[dict[Key, int], int]:
    """Level by level from the top, so that every parent has its key before its children are stored."""
    names = {pk: key for key, pk in frameworks.items()}
    stored = Disclosure.objects.filter(framework__in=names)
    held = {(*names[row.framework_id], row.code): row for row in stored}
    changed = 0
    for level in _levels(catalogues.disclosures):
        wanted = [(record.key, _columns(record, frameworks, held)) for record in level]
        changed += _bring(Disclosure, held, wanted)
    return {key: row.pk for key, row in held.items()}, changed


def _levels(records: Iterable[DisclosureRecord]) -> Iterator[list[DisclosureRecord]]:
    waiting, done = list(records), set()
    while waiting:
        level = [row for row in waiting if not row.parent_code or (*row.framework, row.parent_code) in done]
        if not level:
            raise ValueError(f"no parent for {waiting[0].key}")
        yield level
        done |= {row.key for row in level}
        waiting = [row for row in waiting if row.key not in done]


def _columns(record: DisclosureRecord, frameworks: dict, held: dict[Key, Disclosure]) -> dict[str, Any]:
    apart = ("framework", "parent_code", "other_titles")
    columns = {name: value for name, value in vars(record).items() if name not in apart}
    columns["own_wording"] = list(record.own_wording)
    parent = held[(*record.framework, record.parent_code)].pk if record.parent_code else None
    return {**columns, "framework_id": frameworks[record.framework], "parent_id": parent}


def _links(catalogues: Catalogues, keys: dict[Key, int]) -> int:
    wanted = {}
    for link in catalogues.links:
        columns = {"disclosure_id": keys[link.disclosure], "goal_id": keys[link.goal], "basis": link.basis}
        wanted[columns["disclosure_id"], columns["goal_id"]] = columns
    held = {(row.disclosure_id, row.goal_id): row for row in DisclosureLink.objects.all()}
    return _drop(DisclosureLink, held, wanted) + _bring(DisclosureLink, held, wanted.items())


def _crosswalk(catalogues: Catalogues, keys: dict[Key, int]) -> int:
    wanted = {}
    for way in catalogues.crosswalk:
        target = keys[way.target] if way.target else None
        notes = {"note_zh": way.note_zh, "note_en": way.note_en}
        columns = {"source_id": keys[way.source], "target_id": target, "relation": way.relation, **notes}
        wanted[columns["source_id"], target, way.relation] = columns
    held = {(row.source_id, row.target_id, row.relation): row for row in Crosswalk.objects.all()}
    return _drop(Crosswalk, held, wanted) + _bring(Crosswalk, held, wanted.items())


def _bring(model: type[models.Model], held: dict[Any, Any], wanted: Wanted) -> int:
    """Create rows that are not held and update those that differ; `held` holds them all afterwards."""
    fresh, stale, names = {}, [], set()
    for key, columns in wanted:
        row = held.get(key)
        if row is None:
            fresh[key] = model(**columns)
            continue
        differing = {name: value for name, value in columns.items() if getattr(row, name) != value}
        for name, value in differing.items():
            setattr(row, name, value)
        names |= set(differing)
        stale += [row] if differing else []
    model._default_manager.bulk_create(fresh.values())
    if stale:
        model._default_manager.bulk_update(stale, stored_names(model, sorted(names)))
    held |= fresh
    return len(fresh) + len(stale)


def _drop(model: type[models.Model], held: dict[Any, Any], wanted: dict) -> int:
    surplus = [held.pop(key).pk for key in list(held) if key not in wanted]
    model._default_manager.filter(pk__in=surplus).delete()
    return len(surplus)


@transaction.atomic
def store_edition(*, code: str, title: Mapping[str, str], library: Library, based_on: Edition | None) -> Edition:
    """Create and publish an edition with these contents; `based_on`, if it was in force, is superseded.

    Its lineage is told from the codes. The catalogues must be stored before.
    """
    if based_on is not None and based_on.state == Edition.State.PUBLISHED:
        based_on.state = Edition.State.SUPERSEDED
        based_on.save(update_fields=["state"])
    # A draft until it is whole: the database takes no row into a published edition.
    pattern = shown_pattern([row.code for row in level] for level in _levels_of(library.issues))
    edition = Edition.objects.create(
        code=code, title=title, languages=list(library.languages), based_on=based_on, code_pattern=pattern
    )
    categories = Category.objects.bulk_create(Category(edition=edition, **vars(row)) for row in library.categories)
    by_code = {category.code: category for category in categories}
    stored: dict[str, Issue] = {}
    for level in _levels_of(library.issues):
        stored |= _issues(edition, level, by_code, stored)
    _mappings(library, stored)
    complete_lineage(edition, by=None)
    edition.state, edition.published_at = Edition.State.PUBLISHED, timezone.now()
    edition.save(update_fields=["state", "published_at"])
    return edition


def _levels_of(records: Sequence[IssueRecord]) -> Iterator[list[IssueRecord]]:
    """The issues level by level from the top."""
    above = {""}
    while level := [row for row in records if row.parent_code in above]:
        yield level
        above = {row.code for row in level}


def _issues(
    edition: Edition, records: list[IssueRecord], categories: dict[str, Category], parents: dict[str, Issue]
) -> dict[str, Issue]:
    rows = Issue.objects.bulk_create(
        Issue(
            edition=edition,
            category=categories[record.category],
            parent=parents.get(record.parent_code),
            code=record.code,
            name=record.name,
            definition=record.definition,
            groups=list(record.groups),
            status=record.status,
        )
        for record in records
    )
    return {row.code: row for row in rows}


def _mappings(library: Library, issues: dict[str, Issue]) -> None:
    keys = Disclosure.objects.values_list("framework__code", "framework__edition", "code", "pk").order_by()
    disclosures = {tuple(key): pk for *key, pk in keys}
    IssueMapping.objects.bulk_create(
        IssueMapping(issue=issues[record.code], disclosure_id=disclosures[tuple(key)], type=kind)
        for record in library.issues
        for *key, kind in record.mappings
    )


@dataclass(frozen=True)
class Loaded:
    """What loading did: the edition in force, whether it is new, how many catalogue rows changed.

    `kept` says that the edition in force differs from the default library and was left as it is; `groups` are those of
    the organisation that are new.
    """

    edition: Edition
    is_new: bool
    catalogue_rows: int
    kept: bool
    groups: tuple[str, ...] = ()


@transaction.atomic
def load_library(*, by: User | None) -> Loaded:
    """Bring catalogues up to date, then the default library; a second time changes nothing and records no event.

    It becomes the first edition, and never replaces one, nor the draft of one.
    """
    folder = Path(settings.BASE_DIR) / "fixtures"
    library = shipped_library(folder)
    current = Edition.objects.select_for_update().filter(state=Edition.State.PUBLISHED).first()
    draft = None if current else Edition.objects.first()
    is_new = current is None and draft is None
    groups = _own_groups(library, is_first=is_new)
    catalogue_rows = store_catalogues(catalogues=read_catalogues(folder, installed_frameworks()))
    edition = current or draft or _store(library)
    if is_new or catalogue_rows or groups:
        _record(edition, library, catalogue_rows, [*groups], is_new, by)
    kept = not is_new and library_contents(edition) != library
    return Loaded(edition, is_new, catalogue_rows, kept, tuple(group.code for group in groups))


def _own_groups(library: Library, *, is_first: bool) -> list[OwnGroup]:
    """The default library brings its groups along; returns what is new.

    Where there are cycles from before, the groups of the newest one are those of the organisation.
    """
    newest = Cycle.objects.order_by("-period_end", "-created_at").first()
    if OwnGroup.objects.exists() or not (newest or is_first):
        return []
    rows = [group_row(group) for group in newest.groups.all()] if newest else shipped_groups()
    return add_named_groups((code for issue in library.issues for code in issue.groups), rows)


def _store(library: Library) -> Edition:
    code = next_edition_code(None)
    title = edition_title(code, library.languages, is_default=True)
    return store_edition(code=code, title=title, library=library, based_on=None)


@transaction.atomic
def start_first_draft(*, languages: Sequence[str], by: User | None) -> Edition:
    """An empty draft with the catalogues, where there is no edition yet. NotAllowed where there is one."""
    if Edition.objects.exists():
        raise NotAllowed(_("There is a library already. Start a draft to change it."))
    store_catalogues(catalogues=read_catalogues(Path(settings.BASE_DIR) / "fixtures", installed_frameworks()))
    code = next_edition_code(None)
    title = edition_title(code, languages)
    draft = Edition.objects.create(code=code, title=title, languages=list(languages))
    audit.record("start_draft", draft, by=by, after={"edition": code, "languages": list(languages)})
    return draft


def edition_title(code: str, languages: Iterable[str], *, is_default: bool = False) -> dict[str, str]:
    """What an edition is called until somebody says otherwise, in each of the languages."""
    found = {}
    for language in languages:
        with translation.override(interface_language(language)):
            words = _("Default issue library") if is_default else _("Issue library")
        found[language] = f"{words} {code}"
    return found


def _record(
    edition: Edition, library: Library, catalogue_rows: int, touched: list[models.Model], is_new: bool, by: User | None
) -> None:
    after: dict[str, object] = {"catalogue_rows": catalogue_rows}
    touched += Framework.objects.order_by("pk")[: bool(catalogue_rows)]  # with it goes all of the catalogues
    if is_new:
        touched += [*edition.categories.all(), *edition.issues.all()]
        after |= {
            "edition": edition.code,
            "primaries": sum(not issue.parent_code for issue in library.issues),
            "secondaries": sum(bool(issue.parent_code) for issue in library.issues),
            "mappings": sum(len(issue.mappings) for issue in library.issues),
        }
    audit.record("load_library", edition, by=by, after=after, touched=touched)


@transaction.atomic
def publish_edition(*, edition: Edition, by: User | None, acknowledged: str = "") -> Edition:
    """Put the draft in force and supersede the edition before, in one transaction; returns it as stored.

    Every issue has its lineage afterwards. Undecided proposals and missing translations are warnings: Unacknowledged
    names them unless `acknowledged` says, as the reason that is kept, why it is published all the same. NotAllowed
    for an edition that is no draft, has no active issue, or started from one that is not in force any more.
    """
    draft = locked_edition_draft(edition)
    current = Edition.objects.select_for_update().filter(state=Edition.State.PUBLISHED).first()
    _refuse_publication(draft, current)
    warnings = publishing_warnings(draft)
    why = acknowledged.strip()
    if warnings and not why:
        raise Unacknowledged([warning.sentence for warning in warnings])
    complete_lineage(draft, by=by)
    never = _drop_never_used(draft, current)
    if current is not None:
        current.state = Edition.State.SUPERSEDED
        current.save(update_fields=["state"])
    draft.state, draft.published_at = Edition.State.PUBLISHED, timezone.now()
    draft.save(update_fields=["state", "published_at"])
    audit.record(
        "publish_edition",
        draft,
        by=by,
        before={"state": Edition.State.DRAFT, "in_force": current.code if current else None},
        after={"state": draft.state, "acknowledged": {row.kind: row.number for row in warnings}},
        reason=why,
        touched=[*([current] if current else []), *never],
    )
    return draft


def _drop_never_used(draft: Edition, current: Edition | None) -> list[Issue]:
    """Take out issues that came and went in the draft alone; returns them."""
    known = current.issues.values("code") if current else []
    gone = list(draft.issues.filter(status=Issue.Status.RETIRED, ancestors=None).exclude(code__in=known))
    for level in reversed(levels_of(gone)):
        keys = [issue.pk for issue in level]
        Issue.objects.filter(pk__in=keys, secondaries=None).delete()
    return gone


def _refuse_publication(draft: Edition, current: Edition | None) -> None:
    if draft.based_on_id != (current.pk if current else None):
        raise NotAllowed(
            _(
                "%(edition)s came into force after this draft was started, and the draft lacks what it changed. "
                "Export the draft, discard it, start a new one and import your changes there."
            )
            % {"edition": current.title if current else "–"}
        )
    if not draft.issues.filter(status=Issue.Status.ACTIVE).exists():
        raise NotAllowed(_("The draft has no active issue, so nothing could be rated."))


@transaction.atomic
def start_edition_draft(*, by: User | None, values: Mapping[str, str] | None = None) -> Edition:
    """Copy the edition in force: categories, issues with their order, mappings; every issue is kept for now.

    Without a code among the values the next one is taken, without titles those of the library. NotAllowed where no
    edition is in force, another draft is open, or the code is taken or means something else in addresses.
    """
    current = Edition.objects.select_for_update().filter(state=Edition.State.PUBLISHED).first()
    if current is None:
        raise NotAllowed(_("No edition of the issue library is in force. Load the library first."))
    open_draft = Edition.objects.filter(state=Edition.State.DRAFT).first()
    if open_draft is not None:
        raise NotAllowed(
            _("There is a draft already: %(edition)s. Publish or discard it first.") % {"edition": open_draft.title}
        )
    given = values or {}
    code = _free(given.get("code") or next_edition_code(current))
    named = {"code": code, **in_each(Edition, {"title": edition_title(code, current.languages)})}
    draft = Edition(based_on=current, languages=current.languages, code_pattern=current.code_pattern)
    audit.write(draft, named | {name: value for name, value in given.items() if value})
    categories = _copy_categories(current, draft)
    issues = _copy_issues(current, draft, categories)
    _copy_mappings(current, issues)
    _copy_decisions(current, issues)
    Lineage.objects.bulk_create(
        Lineage(edition=draft, kind=Lineage.Kind.KEPT, source_id=source, target=issue, by=by)
        for source, issue in issues.items()
    )
    after = {"edition": code, "based_on": current.code, "issues": len(issues)}
    audit.record("start_draft", draft, by=by, after=after, touched=[*categories.values(), *issues.values()])
    return draft


def _free(code: str) -> str:
    if code in RESERVED or not re.fullmatch(r"[-a-zA-Z0-9_]{1,40}", code):
        raise NotAllowed(_("“%(code)s” cannot be the code of an edition.") % {"code": code})
    if Edition.objects.filter(code=code).exists():
        raise NotAllowed(_("There is already an edition with the code %(code)s.") % {"code": code})
    return code


def _copy_categories(current: Edition, draft: Edition) -> dict[int, Category]:
    rows = list(current.categories.all())
    columns = ("code", "name", "order", "status")
    copies = [Category(edition=draft, **{name: getattr(row, name) for name in columns}) for row in rows]
    return {row.pk: copy for row, copy in zip(rows, Category.objects.bulk_create(copies), strict=True)}


def _copy_issues(current: Edition, draft: Edition, categories: dict[int, Category]) -> dict[int, Issue]:
    """Copies by the keys of their originals, level by level, as issues need their parents."""
    rows = list(current.issues.order_by("order", "code"))
    places = _places(rows)
    copies: dict[int, Issue] = {}
    for level in levels_of(rows):
        made = Issue.objects.bulk_create(_copy(row, draft, categories, copies, places[row.pk]) for row in level)
        copies |= {row.pk: copy for row, copy in zip(level, made, strict=True)}
    return copies


def _places(rows: list[Issue]) -> dict[int, int]:
    """Places 1, 2, … among those of one parent and category, so that issues can be put between others."""
    counters: dict[tuple, count] = defaultdict(lambda: count(1))
    return {row.pk: next(counters[row.category_id, row.parent_id]) for row in rows}


def _copy(row: Issue, draft: Edition, categories: dict[int, Category], copies: dict[int, Issue], order: int) -> Issue:
    columns = ("code", "name", "definition", "groups", "status", "changed")
    values = {name: getattr(row, name) for name in columns}
    return Issue(
        edition=draft, category=categories[row.category_id], parent=copies.get(row.parent_id), order=order, **values
    )


def _copy_mappings(current: Edition, issues: dict[int, Issue]) -> None:
    rows = IssueMapping.objects.filter(issue__edition=current).order_by("pk").values_list("issue", "disclosure", "type")
    IssueMapping.objects.bulk_create(
        IssueMapping(issue=issues[issue], disclosure_id=disclosure, type=kind) for issue, disclosure, kind in rows
    )


def _copy_decisions(current: Edition, issues: dict[int, Issue]) -> None:
    """What was decided on proposed mappings, so that what somebody dismissed is not proposed to them again."""
    rows = MappingProposal.objects.filter(issue__edition=current).order_by("pk")
    columns = ("crosswalk_id", "state", "decided_by_id", "decided_at")
    MappingProposal.objects.bulk_create(
        MappingProposal(issue=issues[row.issue_id], **{name: getattr(row, name) for name in columns}) for row in rows
    )
