"""Links marked by several processes at once, and a worker killed while it sends, on SQLite and on PostgreSQL."""

import shutil
import signal
import tempfile
import threading
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from tests.services.installation import Installation, shell, wait_for

pytestmark = pytest.mark.services

MAKE = """
from surveys.models import Survey
from tests.factories.invitations import make_batch
print(make_batch(Survey.objects.get(code="demo"), size=10_000).pk)
"""
MARK = """
from surveys.invitations.used_links import mark_used
print(sum(mark_used({batch}, serial) for serial in {serials}))
"""
READ = """
import json
from surveys.invitations.used_links import used_serials
print(json.dumps(used_serials({batch}).tolist()))
"""
START = """
from surveys.actions.invitations import add_recipients
from surveys.actions.mailings import start_mailing
from surveys.models import Survey
from surveys.invitations.recipients import RecipientRow
from tests.factories.invitations import TEXTS
Survey.objects.filter(code="demo").update(state="open", closes_at=None, closed_at=None, opens_at=None)
survey = Survey.objects.get(code="demo")
rows = [RecipientRow(f"person{n}@example.com", "", "users", "en") for n in range(6)]
add_recipients(survey=survey, rows=rows, by=None)
made = start_mailing(
    survey=survey, values={"kind": "invitation", "per_minute": 600, **TEXTS}, address="http://x.org", by=None
)
print(made.pk)
"""
SEND = "from surveys.actions.mailings import send_due_mails; print(send_due_mails(mailing_id={mailing}))"
STATES = """
import json
from surveys.models import Delivery
print(json.dumps(list(Delivery.objects.order_by("pk").values_list("state", "tries"))))
"""
LOSE_CLAIM = """
from datetime import timedelta
from django.utils import timezone
from surveys.models import Mailing
print(Mailing.objects.update(claimed_at=timezone.now() - timedelta(hours=1)))
"""


def test_links_marked_by_processes_side_by_side_are_all_kept_and_each_once(installation, default_library):
    installation.manage("load_demo", "--responses", "5")
    batch = installation.python(MAKE)
    serials = ["range(0, 300)", "range(0, 300)", "range(4000, 4200)"]
    numbers = installation.python_at_once([MARK.format(batch=batch, serials=each) for each in serials])
    assert installation.python(READ.format(batch=batch)) == [*range(300), *range(4000, 4200)]
    assert sum(numbers) == 500


class _Slow:
    """Takes every mail, but the third only when it is let go."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.reached, self.go = threading.Event(), threading.Event()

    async def handle_DATA(self, _server, _session, envelope) -> str:  # noqa: N802
        import asyncio

        if len(self.taken) == 2 and not self.go.is_set():
            self.reached.set()
            await asyncio.sleep(30)
            return "451 too late"
        self.taken.append(envelope.rcpt_tos[0])
        return "250 OK"


def test_worker_killed_while_it_sends_loses_and_doubles_no_mail(sqlite_tables):
    server = _Slow()
    controller = Controller(server, hostname="127.0.0.1", port=0)
    controller.port = _free_port()
    controller.start()
    with tempfile.TemporaryDirectory(prefix="yiti-") as folder:
        made = Installation(Path(folder), EMAIL_URL=f"smtp://127.0.0.1:{controller.port}")
        try:
            shutil.copy(sqlite_tables, made.data / "yiti.sqlite3")
            made.manage("load_library")
            made.manage("load_demo", "--responses", "5")
            mailing = made.python(START)
            code = SEND.format(mailing=mailing)
            made.start_command("sender", *shell(code))
            wait_for(server.reached.is_set, "the third mail", 30)
            made.processes["sender"].send_signal(signal.SIGKILL)
            made.processes["sender"].wait(10)
            assert [state for state, _tries in made.python(STATES)] == ["sent", "sent", "sending", *["waiting"] * 3]
            server.go.set()
            assert made.python(code) == 0
            made.python(LOSE_CLAIM)
            assert made.python(code) == 4
            assert made.python(STATES) == [["sent", 1], ["sent", 1], ["sent", 2], *[["sent", 1]] * 3]
            assert server.taken == [f"person{n}@example.com" for n in range(6)]
        finally:
            made.stop()
            controller.stop()


def _free_port() -> int:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]
