"""Give a demo cycle sample lists of expectations, channels and responses, and sample engagement records."""

from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import transaction

from materiality import audit
from materiality.library_file.catalogue_files import read_fixture
from materiality.models import Cycle, Engagement, Group, StakeholderPoint, User

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
