"""The audit trail: verifying a million events, whole process."""

import sys
import tempfile
from pathlib import Path

from tests.bench.measuring import manage, run_process, table
from tests.services.installation import Installation

SIZES = (100_000, 1_000_000)
OBJECTS = 1000
MOST_SECONDS, MOST_MEGABYTES = 60, 300
# A chain as the application writes it, but many events at a time.
FILL = """
import sys
from datetime import timedelta
import django
django.setup()
from django.utils import timezone
from materiality.platform import audit
from materiality.platform.digests import audited_columns, digests_of
from materiality.models import AuditColumns, AuditEvent, AuditPerson, Edition
number, objects = int(sys.argv[1]), int(sys.argv[2])
rows = Edition.objects.bulk_create(Edition(code=f"e-{n}", title_zh="版本", title_en="Edition") for n in range(objects))
digests = digests_of(rows)
columns = AuditColumns.objects.create(object_type="materiality.edition", names=",".join(audited_columns(Edition)))
person = AuditPerson.objects.create(name="Bench")
start, head, chunk = timezone.now(), "", []
for n in range(1, number + 1):
    row, digest = rows[n % objects], digests[n % objects]
    event = AuditEvent(
        number=n, person=person, at=start + timedelta(seconds=n), action="change_issue",
        object_type="materiality.edition", object_id=str(row.pk), object_text=row.code,
        before={"name_zh": "数据安全", "name_en": "Data security", "version": n},
        after={"name_zh": "数据安全与隐私", "name_en": "Data security and privacy", "version": n + 1},
        reason="The half-yearly review joined two names.", row_digest=digest, columns=columns, previous_hash=head)
    event.hash = head = audit.event_hash(event)
    chunk.append(event)
    if len(chunk) == 5000 or n == number:
        AuditEvent.objects.bulk_create(chunk)
        chunk = []
"""


def main() -> None:
    """Print the table; fails where a million events take more than a minute or memory is not bounded."""
    rows = []
    with tempfile.TemporaryDirectory(prefix="yiti-bench-") as folder:
        for size in SIZES:
            data = Path(folder) / str(size)
            data.mkdir()
            made = Installation(data)
            made.manage("migrate", "--verbosity", "0")
            environment = {**made.environment, "DJANGO_SETTINGS_MODULE": "materiality.settings"}
            run_process([sys.executable, "-c", FILL, str(size), str(OBJECTS)], environment)
            took = manage(made.environment, "verify_audit")
            rows.append([f"{size:,}", "`verify_audit`, whole process", took.seconds, took.megabytes])
            assert took.seconds <= MOST_SECONDS and took.megabytes <= MOST_MEGABYTES, took
    table(["events", "what", "seconds", "peak MB"], rows)
