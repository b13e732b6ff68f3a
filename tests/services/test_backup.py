"""A backup made while the installation runs, restored into a new one: the same hashes, links and files."""

import tarfile
import tempfile
from pathlib import Path

import pytest

from tests.services.conftest import new_database
from tests.services.installation import Installation

pytestmark = pytest.mark.services
PASSPHRASE = "correct horse battery staple"
MAKE = """
import json
from pathlib import Path
from materiality.models import Cycle
from materiality.platform.audit import AUDIT_KEY
from materiality.platform.files import keep_file
from materiality.platform.keys import ensure_installation_key
from surveys.actions.invitations import create_batch
from surveys.invitations.links import secret_of
from surveys.questionnaire.tokens import token_of
from surveys.models import Survey
ensure_installation_key(AUDIT_KEY)
from django.core.management import call_command
call_command("load_library", verbosity=0)
call_command("load_demo", "--responses", "40")
call_command("score", "demo")
survey = Survey.objects.get()
batch = create_batch(survey=survey, group=survey.cycle.groups.first(), size=3, by=None)
path = Path("{folder}") / "note.txt"
path.write_text("kept")
print(json.dumps([keep_file(path, "imports")[0], token_of(secret_of(batch.salt), batch.pk, 1)]))
"""
LOOK = """
import json
from django.core.files.storage import default_storage
from materiality.models import AuditEvent, Run
from surveys.respond.rows import link_now
head = AuditEvent.objects.order_by("-number").first()
link = link_now({token!r}, "demo")
text = default_storage.open({file!r}).read().decode()
print(json.dumps([head.hash, Run.objects.get().digest, link and link.serial, text]))
"""


@pytest.fixture
def empty_one(installation, request):
    """A new installation of the same kind."""
    url = ""
    if installation.environment["DATABASE_URL"]:
        url = new_database(request.getfixturevalue("postgresql"), request.getfixturevalue("postgresql_tables"))
    with tempfile.TemporaryDirectory(prefix="yiti-") as folder:
        made = Installation(Path(folder), url)
        yield made
        made.stop()


def test_restored_installation_has_the_same_hashes_links_and_files(installation, empty_one, tmp_path):
    file, token = installation.python(MAKE.replace("{folder}", str(tmp_path)))
    before = installation.python(LOOK.replace("{token!r}", repr(token)).replace("{file!r}", repr(file)))
    secret, wrong, backup = (tmp_path / name for name in ("passphrase", "wrong", "yiti.backup"))
    secret.write_text(PASSPHRASE + "\n")
    wrong.write_text("another passphrase\n")
    installation.manage("backup", str(backup), "--passphrase-file", str(secret))
    assert backup.stat().st_mode & 0o077 == 0
    with tarfile.open(backup) as tar:
        assert tar.getnames() == ["key.age", "backup.age"]
    assert PASSPHRASE.encode() not in backup.read_bytes() and b"Yiti" not in backup.read_bytes()

    again = installation.manage("backup", str(backup), "--passphrase-file", str(secret), check=False)
    refused = empty_one.manage("restore", str(backup), "--passphrase-file", str(wrong), check=False)
    assert again.returncode and refused.returncode
    empty_one.manage("restore", str(backup), "--passphrase-file", str(secret))
    assert empty_one.python(LOOK.replace("{token!r}", repr(token)).replace("{file!r}", repr(file))) == before
    # Read at the next start: the processes of this test have read theirs.
    secrets = [(each.data / "secret_key").read_text() for each in (installation, empty_one)]
    assert secrets[0] == secrets[1]
    empty_one.manage("verify_audit", "--anchor", before[0])
    full = empty_one.manage("restore", str(backup), "--passphrase-file", str(secret), check=False)
    assert full.returncode and full.stdout == ""
