"""Attach a file to an engagement record."""

from dataclasses import asdict
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Max, ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _

from materiality.formats.stakeholders import EngagementValues, GroupValues, refuse_no_weight, told
from materiality.library_file.read import read_fixture
from materiality.models import Attachment, Cycle, Engagement, Group, StakeholderPoint, User
from materiality.platform import audit
from materiality.platform.files import NotTaken, clean_name, drop_files, file_type, keep_file
from materiality.platform.refusals import NotAllowed
from materiality.queries.cycles import BEFORE_REVIEW, BEFORE_SIGN_OFF, FIELDWORK, last_run_number, locked_cycle

MOST_FILES = 20


@transaction.atomic
def add_attachment(*, engagement: Engagement, path: Path, file_name: str, by: User | None) -> Attachment:
    """Check the file at `path` by its contents and keep it under its SHA-256.

    NotAllowed where the cycle is signed off, the file is of a type or size that is not taken, is attached already, or
    the record has 20 files.
    """
    try:
        found = file_type(path, file_name)
    except NotTaken as reason:
        raise NotAllowed(str(reason)) from reason
    locked_cycle(engagement.cycle, BEFORE_SIGN_OFF)
    row = Engagement.objects.select_for_update().get(pk=engagement.pk)
    if row.attachments.count() >= MOST_FILES:
        raise NotAllowed(_("A record takes at most %(number)s files.") % {"number": MOST_FILES})
    # A folder for each record, so that removing one never takes a file from another with the same contents.
    kept, digest = keep_file(path, f"attachments/{row.pk}")
    double = row.attachments.filter(sha256=digest).first()
    if double:
        raise NotAllowed(_("The same file is attached already as “%(name)s”.") % {"name": double.file_name})
    columns = {"sha256": digest, "size": path.stat().st_size, "content_type": found.content_type}
    attachment = row.attachments.create(file_name=clean_name(file_name, found), path=kept, **columns)
    audit.record(
        "add_attachment", row, by=by, after={"file_name": attachment.file_name, **columns}, touched=[attachment]
    )
    return attachment


FOLDER = Path(settings.BASE_DIR) / "fixtures"


@transaction.atomic
def load_demo_stakeholders(*, cycle: Cycle, by: User | None) -> int:
    """Add the rows of `demo_stakeholders.csv` and `demo_engagements.csv` for the groups that the cycle has.

    Returns the number of bullets. Issues that the cycle's edition does not know are left out.
    """
    groups = {group.code: group for group in cycle.groups.all()}
    points = [_point(groups[row["group"]], row) for row in _rows("demo_stakeholders", groups)]
    StakeholderPoint.objects.bulk_create(points)
    records = [_record(cycle, groups[row["group"]], row, by) for row in _rows("demo_engagements", groups)]
    after = {"points": len(points), "engagements": len(records)}
    audit.record("load_demo_stakeholders", cycle, by=by, after=after, touched=[*points, *records])
    return len(points)


def _rows(name: str, groups: dict[str, Group]) -> list[dict[str, str]]:
    return [row for row in read_fixture(FOLDER, name) if row["group"] in groups]


def _point(group: Group, row: dict[str, str]) -> StakeholderPoint:
    texts = {name: row[name] for name in ("text_zh", "text_en")}
    return StakeholderPoint(group=group, kind=row["kind"], order=int(row["order"]), **texts)


def _record(cycle: Cycle, group: Group, row: dict[str, str], by: User | None) -> Engagement:
    texts = {name: row[name] for name in ("kind", "title_zh", "title_en", "note")}
    numbers = {"participants": int(row["participants"]), "date": date.fromisoformat(row["date"])}
    record = Engagement.objects.create(cycle=cycle, group=group, created_by=by, **texts, **numbers)
    record.issues.set(cycle.edition.issues.filter(code__in=row["issues"].split(";")))
    return record


@transaction.atomic
def move_point(*, point: StakeholderPoint, up: bool, by: User | None) -> bool:
    """Change places with the bullet above or below; false where there is none.

    NotAllowed where the cycle is signed off.
    """
    locked_cycle(point.group.cycle, BEFORE_SIGN_OFF)
    places = list(StakeholderPoint.objects.filter(group=point.group_id, kind=point.kind).order_by("order", "pk"))
    place = places.index(point)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(places):
        return False
    mine, theirs = places[place], places[other]
    before, after = mine.order, theirs.order
    _put(mine, places[-1].order + 1)  # an order is taken once, so one of the two steps aside first
    _put(theirs, before)
    _put(mine, after)
    audit.record("move_point", mine, by=by, before={"order": before}, after={"order": after}, touched=[theirs])
    return True


def _put(point: StakeholderPoint, order: int) -> None:
    point.order = order
    point.save(update_fields=["order"])


@transaction.atomic
def remove_attachment(*, attachment: Attachment, by: User | None) -> None:
    """Delete the attachment and its stored file. NotAllowed where the cycle is signed off."""
    locked_cycle(attachment.engagement.cycle, BEFORE_SIGN_OFF)
    engagement = Engagement.objects.select_for_update().get(pk=attachment.engagement_id)
    before = {"file_name": attachment.file_name, "sha256": attachment.sha256, "size": attachment.size}
    Attachment.objects.filter(pk=attachment.pk).delete()
    audit.record("remove_attachment", engagement, by=by, before=before, touched=[attachment])
    drop_files([attachment.path])


@transaction.atomic
def remove_engagement(*, engagement: Engagement, by: User | None) -> None:
    """Delete the record with its attachments and their files. NotAllowed where the cycle is signed off."""
    locked_cycle(engagement.cycle, BEFORE_SIGN_OFF)
    row = Engagement.objects.select_for_update().get(pk=engagement.pk)
    files = list(row.attachments.all())
    kept = [{"file_name": file.file_name, "sha256": file.sha256} for file in files]
    before = told(row) | {"attachments": kept}
    Engagement.objects.filter(pk=row.pk).delete()
    audit.record("remove_engagement", row, by=by, before=before, touched=files)
    drop_files([file.path for file in files])


@transaction.atomic
def remove_group(*, group: Group, by: User | None) -> None:
    """Delete a group that nobody has answered as, with its lists of expectations, channels and responses.

    NotAllowed where the cycle is past its fieldwork, engagement records or anything else hangs on the group
    (responses, answers being given), or no group would have a weight left.
    """
    cycle = locked_cycle(group.cycle, FIELDWORK)
    points = list(group.points.all())
    told = [{name: getattr(point, name) for name in ("kind", "order", "text_zh", "text_en")} for point in points]
    before = {"code": group.code, "name_zh": group.name_zh, "name_en": group.name_en, "points": told}
    removed = Group.objects.get(pk=group.pk)
    if removed.engagements.exists():
        raise NotAllowed(
            _("Engagement records name “%(group)s”. Remove them or give them another group first.")
            % {"group": group.name}
        )
    if _hangs_on(removed):
        raise NotAllowed(
            _("People have answered as “%(group)s”. The group stays; a weight of 0 leaves it out of the scores.")
            % {"group": group.name}
        )
    refuse_no_weight(cycle)
    audit.record("remove_group", group, by=by, before=before, touched=points)


def _hangs_on(group: Group) -> bool:
    """Delete the group; true, and nothing deleted, where other rows would go with it or forbid it."""
    try:
        with transaction.atomic():
            _number, deleted = group.delete()
            if set(deleted) - {Group._meta.label, StakeholderPoint._meta.label}:
                raise ProtectedError("rows of other tables would be deleted too", set())
    except ProtectedError:
        return True
    return False


@transaction.atomic
def remove_point(*, point: StakeholderPoint, by: User | None) -> None:
    """Delete the bullet; the others keep their order. NotAllowed where the cycle is signed off."""
    locked_cycle(point.group.cycle, BEFORE_SIGN_OFF)
    before = {name: getattr(point, name) for name in ("kind", "order", "text_zh", "text_en")}
    StakeholderPoint.objects.filter(pk=point.pk).delete()
    audit.record("remove_point", point, by=by, before={"group": point.group.code, **before})


@transaction.atomic
def save_engagement(
    *, cycle: Cycle, values: EngagementValues, by: User | None, engagement: Engagement | None = None
) -> Engagement:
    """Add a record to the cycle, or change `engagement` of it.

    NotAllowed where the cycle is signed off, the title is missing in both languages, the date lies ahead, or the
    group or an issue belongs to another cycle or edition.
    """
    stored = locked_cycle(cycle, BEFORE_SIGN_OFF)
    _refuse_wrong(stored, values)
    before = {}
    if engagement is None:
        row = Engagement.objects.create(cycle=stored, created_by=by, **values.columns())
    else:
        row = Engagement.objects.select_for_update().get(pk=engagement.pk, cycle=stored)
        before = told(row)
        for name, value in values.columns().items():
            setattr(row, name, value)
        row.save(update_fields=list(values.columns()))
    row.issues.set(values.issues)
    after = told(row)
    changed = [name for name in after if before.get(name) != after[name] or not before]
    if changed:
        told_before = {name: before[name] for name in changed if before}
        audit.record("save_engagement", row, by=by, before=told_before, after={name: after[name] for name in changed})
    return row


def _refuse_wrong(cycle: Cycle, values: EngagementValues) -> None:
    if not (values.title_zh or values.title_en):
        raise NotAllowed(_("Give the record a title in at least one language."))
    if values.date > timezone.localdate():
        raise NotAllowed(_("The date lies ahead. Record an engagement once it has taken place."))
    if values.group.cycle_id != cycle.pk:
        raise NotAllowed(_("The group belongs to another cycle."))
    if any(issue.edition_id != cycle.edition_id for issue in values.issues):
        raise NotAllowed(_("An issue belongs to another edition of the library than the cycle."))


@transaction.atomic
def save_group(*, cycle: Cycle, values: GroupValues, by: User | None, group: Group | None = None) -> Group:
    """Add a group to the cycle, or change `group` of it; the code of a group that exists cannot change.

    NotAllowed where the state of the cycle forbids it, the code is taken, or no group would have a weight left.
    """
    stored = locked_cycle(cycle, BEFORE_REVIEW if group else FIELDWORK)
    wanted = asdict(values)
    if group is None:
        return _added_group(stored, wanted, by)
    if values.code != group.code:
        raise NotAllowed(_("The code of a group cannot change: responses and files name it."))
    before = {name: getattr(group, name) for name in wanted if getattr(group, name) != wanted[name]}
    if not before:
        return group
    for name in before:
        setattr(group, name, wanted[name])
    group.save(update_fields=list(before))
    refuse_no_weight(stored)
    after = {name: wanted[name] for name in before} | _mark(stored, before)
    audit.record("save_group", group, by=by, before=before, after=after)
    return group


def _added_group(cycle: Cycle, wanted: dict, by: User | None) -> Group:
    if cycle.groups.filter(code=wanted["code"]).exists():
        raise NotAllowed(_("There is already a group with the code %(code)s.") % {"code": wanted["code"]})
    last = cycle.groups.aggregate(last=Max("order"))["last"] or 0
    group = Group.objects.create(cycle=cycle, order=last + 1, **wanted)
    refuse_no_weight(cycle)
    audit.record("save_group", group, by=by, after=wanted)
    return group


def _mark(cycle: Cycle, changed: dict) -> dict:
    """Weights belong to the method: a change after results were seen names the last run."""
    last_run = last_run_number(cycle) if any(name.startswith("weight_") for name in changed) else None
    return {"after_run": last_run} if last_run else {}


TEXTS = ("text_zh", "text_en")


@transaction.atomic
def save_point(
    *, group: Group, kind: str, text_zh: str, text_en: str, by: User | None, point: StakeholderPoint | None = None
) -> StakeholderPoint:
    """Add a bullet at the end of the group's list of `kind`, or change the texts of `point`.

    NotAllowed where the cycle is signed off, or both texts are empty.
    """
    locked_cycle(group.cycle, BEFORE_SIGN_OFF)
    texts = {"text_zh": text_zh.strip(), "text_en": text_en.strip()}
    if not any(texts.values()):
        raise NotAllowed(_("Write the text in at least one language."))
    if point is None:
        return _added_point(group, kind, texts, by)
    stored = StakeholderPoint.objects.get(pk=point.pk, group=group, kind=kind)
    before = {name: getattr(stored, name) for name in TEXTS if getattr(stored, name) != texts[name]}
    if not before:
        return stored
    for name in before:
        setattr(stored, name, texts[name])
    stored.save(update_fields=list(before))
    audit.record("save_point", stored, by=by, before=before, after={name: texts[name] for name in before})
    return stored


def _added_point(group: Group, kind: str, texts: dict[str, str], by: User | None) -> StakeholderPoint:
    last = group.points.filter(kind=kind).aggregate(last=Max("order"))["last"] or 0
    point = StakeholderPoint.objects.create(group=group, kind=kind, order=last + 1, **texts)
    audit.record("save_point", point, by=by, after={"group": group.code, "kind": kind, "order": point.order, **texts})
    return point
