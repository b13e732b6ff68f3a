"""The audit trail: verifying a million events and a million responses, whole process."""

import sys
import tempfile
from pathlib import Path

from tests.bench.measuring import manage, run_process, table
from tests.services.installation import Installation

SIZES = (100_000, 1_000_000)
OBJECTS = 1000
MOST_SECONDS, MOST_MEGABYTES = 90, 300
# A chain as the application writes it, but many events at a time.
FILL = """
import hmac
import sys
from datetime import timedelta
import django
django.setup()
from django.utils import timezone
from materiality.platform import audit
from materiality.platform.keys import ensure_installation_key, fingerprint_of
from materiality.platform.digests import audited_columns, digests_of
from materiality.models import AuditColumns, AuditEvent, AuditPerson, Edition
number, objects = int(sys.argv[1]), int(sys.argv[2])
rows = Edition.objects.bulk_create(Edition(code=f"e-{n}", title_zh="版本", title_en="Edition") for n in range(objects))
digests = digests_of(rows)
names = ",".join(audited_columns(Edition))
columns = AuditColumns.objects.get_or_create(object_type="materiality.edition", names=names)[0]
person = AuditPerson.objects.create(name="Bench")
key = ensure_installation_key(audit.AUDIT_KEY)
last = AuditEvent.objects.order_by("-number").first()
start, head, chunk = timezone.now(), last.hash, []
for n in range(last.number + 1, number + 1):
    row, digest = rows[n % objects], digests[n % objects]
    event = AuditEvent(
        number=n, person=person, at=start + timedelta(seconds=n), action="change_issue",
        object_type="materiality.edition", object_id=str(row.pk), object_text=row.code,
        before={"name_zh": "数据安全", "name_en": "Data security", "version": n},
        after={"name_zh": "数据安全与隐私", "name_en": "Data security and privacy", "version": n + 1},
        reason="The half-yearly review joined two names.", row_digest=digest, columns=columns, previous_hash=head)
    event.hash = head = audit.event_hash(event)
    event.mac = bytes.fromhex(fingerprint_of(key)) + hmac.digest(key, head.encode(), "sha256")
    chunk.append(event)
    if len(chunk) == 5000 or n == number:
        AuditEvent.objects.bulk_create(chunk)
        chunk = []
"""

# A thousand responses, each a thousand times; then the survey's row of what it holds is made anew.
FILL_RESPONSES = """
import sys
import django
django.setup()
from django.db import connection
from surveys.models import Holding, Response, Survey
from surveys.responses.holdings import hold_all
times = int(sys.argv[1])
names = [field.column for field in Response._meta.concrete_fields]
others = ", ".join(name for name in names if name != "id")
with connection.cursor() as cursor:
    cursor.execute(
        f"INSERT INTO surveys_response (id, {others}) WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM "
        f"many WHERE n < %s) SELECT lower(hex(randomblob(16))), {others} FROM surveys_response, many", [times - 1]
    )
Holding.objects.all().delete()
hold_all(Survey.objects.get().pk)
"""


def main() -> None:
    """Print the table; fails where a million of each take more than 90 seconds or 300 MB."""
    rows = []
    with tempfile.TemporaryDirectory(prefix="yiti-bench-") as folder:
        for size in SIZES:
            data = Path(folder) / str(size)
            data.mkdir()
            made = Installation(data)
            made.manage("migrate", "--verbosity", "0")
            made.manage("load_library")
            made.manage("load_demo", "--responses", "1000")
            environment = {**made.environment, "DJANGO_SETTINGS_MODULE": "materiality.settings"}
            run_process([sys.executable, "-c", FILL_RESPONSES, str(size // 1000)], environment)
            manage(made.environment, "score", "demo")
            run_process([sys.executable, "-c", FILL, str(size), str(OBJECTS)], environment)
            took = manage(made.environment, "verify_audit")
            rows.append([f"{size:,}", "`verify_audit`, whole process", took.seconds, took.megabytes])
            assert took.seconds <= MOST_SECONDS and took.megabytes <= MOST_MEGABYTES, took
    table(["events and responses", "what", "seconds", "peak MB"], rows)
