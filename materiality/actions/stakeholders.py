"""Groups of a cycle, their lists, engagement records and attachments."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max, ProtectedError
from django.utils.translation import gettext as _

from materiality.formats.stakeholders import refuse_no_weight
from materiality.library_file.read import read_fixture
from materiality.models import Attachment, Cycle, Edition, Engagement, Group, Issue, OwnGroup, StakeholderPoint, User
from materiality.platform import audit
from materiality.platform.bilingual import text_columns
from materiality.platform.files import NotTaken, clean_name, drop_files, file_type, keep_file
from materiality.platform.refusals import NotAllowed
from materiality.queries.cycles import BEFORE_REVIEW, BEFORE_SIGN_OFF, FIELDWORK, last_run_number, locked_cycle

MOST_FILES = 20
TOLD = ("group", "kind", "date", "title", "note", "participants", "issues")
POINT = ("kind", "order", "text", "frequency")


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
    texts = {name: row[name] for name in row if name in text_columns(StakeholderPoint) or name == "frequency"}
    return StakeholderPoint(group=group, kind=row["kind"], order=int(row["order"]), **texts)


def _record(cycle: Cycle, group: Group, row: dict[str, str], by: User | None) -> Engagement:
    texts = {name: row[name] for name in row if name in ("kind", "note") or name in text_columns(Engagement)}
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
    before = audit.told(row, TOLD) | {"attachments": kept}
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
    before = audit.told(group, ("code", "name"))
    before["points"] = [audit.told(point, POINT) for point in points]
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
    before = audit.told(point, ("group", *POINT))
    StakeholderPoint.objects.filter(pk=point.pk).delete()
    audit.record("remove_point", point, by=by, before=before)


@transaction.atomic
def save_engagement(
    *, cycle: Cycle, values: Mapping[str, Any], by: User | None, engagement: Engagement | None = None
) -> Engagement:
    """Add a record to the cycle, or change `engagement` of it.

    NotAllowed where the cycle is signed off, the title is missing in both languages, the date lies ahead, or the
    group or an issue belongs to another cycle or edition.
    """
    stored = locked_cycle(cycle, BEFORE_SIGN_OFF)
    if values["group"].cycle_id != stored.pk:
        raise NotAllowed(_("The group belongs to another cycle."))
    if any(issue.edition_id != stored.edition_id for issue in values["issues"]):
        raise NotAllowed(_("An issue belongs to another edition of the library than the cycle."))
    if engagement is None:
        row = Engagement(cycle=stored, created_by=by)
    else:
        row = Engagement.objects.select_for_update().get(pk=engagement.pk, cycle=stored)
    with audit.audited("save_engagement", row, by=by, fields=values):
        audit.write(row, values)
    return row


@transaction.atomic
def save_group(*, cycle: Cycle, values: Mapping[str, Any], by: User | None, group: Group | None = None) -> Group:
    """Add a group to the cycle, or change `group` of it; the code of a group that exists cannot change.

    NotAllowed where the state of the cycle forbids it, the code is taken, or no group would have a weight left.
    """
    stored = locked_cycle(cycle, BEFORE_REVIEW if group else FIELDWORK)
    if group is None:
        row = _new_group(stored, values["code"])
    else:
        row = Group.objects.select_for_update().get(pk=group.pk, cycle=stored)
        if values["code"] != row.code:
            raise NotAllowed(_("The code of a group cannot change: responses and files name it."))
    with audit.audited("save_group", row, by=by, fields=values) as event:
        if changed := audit.write(row, values):
            refuse_no_weight(stored)
        if group and any(name.startswith("weight_") for name in changed) and (last_run := last_run_number(stored)):
            event["after_run"] = last_run  # weights belong to the method, and results had been seen
    return row


def _new_group(cycle: Cycle, code: str) -> Group:
    if cycle.groups.filter(code=code).exists():
        raise NotAllowed(_("There is already a group with the code %(code)s.") % {"code": code})
    return Group(cycle=cycle, order=(cycle.groups.aggregate(last=Max("order"))["last"] or 0) + 1)


@transaction.atomic
def save_own_group(*, values: Mapping[str, Any], by: User | None, group: OwnGroup | None = None) -> OwnGroup:
    """Add a group to the organisation, or change `group`, whose code stays; cycles that are open keep their own.

    NotAllowed where the code is taken, or would change.
    """
    if group is None:
        if OwnGroup.objects.filter(code=values["code"]).exists():
            raise NotAllowed(_("There is already a group with the code %(code)s.") % {"code": values["code"]})
        row = OwnGroup(order=(OwnGroup.objects.aggregate(last=Max("order"))["last"] or 0) + 1)
    else:
        row = OwnGroup.objects.select_for_update().get(pk=group.pk)
        if values["code"] != row.code:
            raise NotAllowed(_("The code of a group cannot change: responses and files name it."))
    with audit.audited("save_own_group", row, by=by, fields=values):
        audit.write(row, values)
    return row


@transaction.atomic
def remove_own_group(*, group: OwnGroup, by: User | None) -> None:
    """Take a group out of the organisation's. NotAllowed while issues of the library name it, or it is the last one."""
    naming = [row.code for row in _naming(group.code)]
    if naming:
        told = {"group": group.name, "issues": ", ".join(naming[:5]) + (" …" if len(naming) > 5 else "")}
        raise NotAllowed(_("Issues name “%(group)s”: %(issues)s. Take it out of them first.") % told)
    if OwnGroup.objects.count() == 1:
        raise NotAllowed(_("An organisation needs at least one group."))
    before = audit.told(group, ("code", "name"))
    removed = OwnGroup.objects.get(pk=group.pk)
    OwnGroup.objects.filter(pk=group.pk).delete()
    audit.record("remove_own_group", removed, by=by, before=before)


def _naming(code: str) -> list[Issue]:
    current = (Edition.State.PUBLISHED, Edition.State.DRAFT)
    rows = Issue.objects.filter(edition__state__in=current, status=Issue.Status.ACTIVE).order_by("code")
    return [row for row in rows.only("code", "groups") if code in row.groups]


@transaction.atomic
def save_point(
    *, group: Group, kind: str, texts: Mapping[str, str], by: User | None, point: StakeholderPoint | None = None
) -> StakeholderPoint:
    """Add a bullet at the end of the group's list of `kind`, or change the texts and frequency of `point`.

    NotAllowed where the cycle is signed off, or both texts are empty.
    """
    locked_cycle(group.cycle, BEFORE_SIGN_OFF)
    fields = list(texts)
    if point is None:
        last = group.points.filter(kind=kind).aggregate(last=Max("order"))["last"] or 0
        row = StakeholderPoint(group=group, kind=kind, order=last + 1)
        fields = ["group", "kind", "order", *texts]
    else:
        row = StakeholderPoint.objects.select_for_update().get(pk=point.pk, group=group, kind=kind)
    with audit.audited("save_point", row, by=by, fields=fields):
        audit.write(row, {name: text.strip() for name, text in texts.items()})
    return row
