"""A disk that fills up while people answer, and a folder that is read-only: 507, nothing acknowledged lost, and it
heals by itself.

Needs the right to mount a small file system; without it the round is left out and says so.
"""

import random
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

from tests.bench.lean_client import Respondent, Tally
from tests.bench.measuring import table
from tests.bench.respondents import free_port
from tests.services.installation import Installation
from tests.torture.crowd import SURVEY
from tests.torture.site import start_web, status

POINTS = {True: 4, False: 20}
_READ = """
import json
from surveys.models import Response
print(json.dumps(list(Response.objects.exclude(comment="").values_list("comment", flat=True))))
"""


def main(small: bool) -> None:
    """Print how requests were answered while the disk was full, and after."""
    with tempfile.TemporaryDirectory(prefix="yiti-disk-") as folder:
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=160m", "tmpfs", folder], capture_output=True)
        if done.returncode:
            print("left out: nothing can be mounted here")
            return
        made = Installation(Path(folder), PORT=str(free_port()))
        try:
            _fill(made, Path(folder), POINTS[small])
        finally:
            made.stop()
            subprocess.run(["umount", "-l", folder], check=True)


def _fill(made: Installation, folder: Path, points: int) -> None:
    for command in (["migrate", "--verbosity", "0"], ["collectstatic", "--noinput", "--verbosity", "0"]):
        made.manage(*command)
    made.manage("load_library")
    made.manage("load_demo", "--responses", "50")
    made.python(SURVEY)
    port, chance, given, rows = start_web(made), random.Random(4), [], []
    ballast = folder / "ballast"
    for point in range(points):
        person = _Interrupted(port, Tally(), after=chance.randrange(1, 8))
        person.trouble, person.over = lambda: _trouble(ballast), ballast.unlink
        name = f"disk-{point}"
        person.answer("/s/crowd/", name, chance)
        given.append(name)
        rows.append([point, " ".join(person.seen), status(port, "/s/crowd/")])
    rows += _read_only(made, folder)
    stored = made.python(_READ)
    table(["point", "answer meanwhile", "afterwards"], rows)
    lost = [name for name in given if stored.count(name) != 1]
    print(f"\n{len(given)} answers acknowledged, {len(lost)} lost or doubled")
    assert not lost, lost
    # A survey can be read where a killed server has left its log of writes behind, else not.
    assert rows[-1][1:] in (["200 200 200 503", 200], ["200 200 507 503", 200]), rows[-1]
    assert {code for row in rows for code in row[1].split()} <= {"507", "503", "200", "303"}, rows


def _read_only(made: Installation, folder: Path) -> list[list[object]]:
    """A server that starts where it may write nothing: it lives, says what is wrong, and is whole again afterwards."""
    shut = f"mount --bind {folder} {folder} && mount -o remount,ro,bind {folder} && exec "
    made.kill("web")
    made.kill("staff")
    port = start_web(made, "unshare", "--mount", "sh", "-c", shut + '"$@"', "web")
    seen = [status(port, path) for path in ("/healthz", "/login/", "/s/crowd/", "/readyz")]
    made.kill("web")
    made.kill("staff")
    return [["read-only", " ".join(map(str, seen)), status(start_web(made), "/s/crowd/")]]


class _Interrupted(Respondent):
    """Meets the trouble at one of its requests, sends it again when it is over."""

    def __init__(self, port: int, tally: Tally, after: int) -> None:
        super().__init__(port, tally)
        self.left, self.seen = after, []

    def _exchange(self, lines: str, body: bytes) -> tuple[bytes, bytes]:
        self.left -= 1
        if self.left != 0:
            return super()._exchange(lines, body)
        self.trouble()
        try:
            head, found = super()._exchange(lines, body)
        finally:
            self.over()
        self.seen.append(head.split()[1].decode())
        return super()._exchange(lines, body) if head.split()[1] in (b"507", b"503") else (head, found)


def _trouble(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as stream, suppress(OSError):
        while stream.write(bytes(65536)):
            pass
