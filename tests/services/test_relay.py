"""What web hands on to a process for staff arrives as it came, and so does the answer."""

import hashlib
import http.client
import shutil
import socket
import time

import psutil
import pytest

from tests.services.installation import BIN, Installation, wait_for
from tests.services.staff_echo import PIECE
from tests.services.test_run import free_port, status

pytestmark = pytest.mark.services
ADDRESSES = (
    "GET /cycles/%E8%AE%AE%20a%2Fb;c=1%3Cd%3E%60/?q=%E8%AE%AE&x=a+b%26%3C%60 HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n",
    "GET / HTTP/1.1\r\nHost: a.example\r\nCookie: a=1\r\nCookie: b=2\r\nX-Forwarded-For: 192.0.2.1, 192.0.2.2\r\n"
    "X-Forwarded-Proto: https\r\nX-Yiti-Visitor: https 192.0.2.9\r\nX_Yiti_Visitor: https 192.0.2.9\r\n",
    "HEAD /x/ HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip, br\r\nTE: trailers\r\n",
    "GET /x/ HTTP/1.0\r\n",
    "POST /x/ HTTP/1.1\r\nHost: h\r\nContent-Type: text/plain; charset=x\r\nContent-Length: 5\r\n\r\nhello",
    "PUT /x/ HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhello",
    "DELETE /x/?%ff HTTP/1.1\r\nHost: h\r\nSec-Fetch-Site: same-origin\r\nOrigin: null\r\nX-Empty:\r\n",
)


class Pair(Installation):
    """`web` of the Procfile before a process for staff that tells what it was asked, and that process by itself."""

    def __init__(self, data, tables) -> None:
        super().__init__(data, YITI_STAFF_SOCKET=f"{data}/staff.sock")
        shutil.copy(tables, data / "yiti.sqlite3")
        self.port, self.alone = free_port(), free_port()
        self.serve("web", "materiality.wsgi:application", "--port", str(self.port))
        self.serve("alone", "tests.services.staff_echo:alone", "--port", str(self.alone))
        self.start_staff()
        wait_for(lambda: status(self.port, "/x/") == 207 == status(self.alone, "/x/"), "answers", 60)

    def start_staff(self) -> None:
        (self.data / "staff.sock").unlink(missing_ok=True)
        self.serve("staff", "tests.services.staff_echo:staff", "--uds", f"{self.data}/staff.sock", "--workers", "2")

    def serve(self, name: str, application: str, *more: str) -> None:
        lean = ["--interface", "wsgi", "--http", "1", "--runtime-mode", "st", "--blocking-threads", "10", "--no-ws"]
        self.start(name, str(BIN / "granian"), application, *lean, "--respawn-failed-workers", *more)

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, bytes]:
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        asked.request(method, path, body, headers)
        answer = asked.getresponse()
        return answer.status, answer.read()

    def memory(self) -> float:
        web = psutil.Process(self.processes["web"].pid)
        return sum(each.memory_info().rss for each in (web, *web.children(recursive=True))) / 1e6


@pytest.fixture(scope="module")
def pair(tmp_path_factory, sqlite_tables):
    made = Pair(tmp_path_factory.mktemp("relay"), sqlite_tables)
    yield made
    made.stop()


def answer_to(port: int, request: str) -> list[bytes]:
    """The whole answer, its headers in order, without its day."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        line.sendall(
            (request if "\r\n\r\n" in request else request + "\r\n")
            .encode("latin-1")
            .replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1)
        )
        data = b""
        while piece := line.recv(65_536):
            data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    return [*sorted(each for each in head.split(b"\r\n") if not each.startswith(b"date:")), body]


@pytest.mark.parametrize("request_", ADDRESSES, ids=range(len(ADDRESSES)))
def test_request_and_answer_arrive_as_they_came(pair, request_):
    relayed, alone = answer_to(pair.port, request_), answer_to(pair.alone, request_)
    if "X-Yiti-Visitor" in request_:
        # What a stranger writes there is believed by nobody and goes no further.
        assert b"192.0.2.9" not in relayed[-1]
        alone[-1] = alone[-1].replace(b', "HTTP_X_YITI_VISITOR": "https 192.0.2.9,https 192.0.2.9"', b"")
        alone[-1] = alone[-1].replace(b', "HTTP_X_YITI_VISITOR": "https 192.0.2.9"', b"")
        relayed, alone = ([each for each in found if b"content-length" not in each] for found in (relayed, alone))
    assert relayed == alone


def test_body_in_chunks_is_no_form_and_is_answered(pair):
    code, told = pair.ask("POST", "/x/", iter([b"a", b"b"]))
    assert code == 207 and hashlib.sha256(b"").hexdigest().encode() in told


def test_large_upload_and_stream_pass_in_pieces(pair):
    contents, before = PIECE * 800, pair.memory()
    code, told = pair.ask("POST", "/x/", contents)
    assert code == 207 and hashlib.sha256(contents).hexdigest().encode() in told
    code, streamed = pair.ask("GET", "/stream/800/")
    assert code == 200 and streamed == contents
    assert pair.memory() - before < 30


def test_answer_before_the_body_is_read_arrives(pair):
    assert pair.ask("POST", "/early/", PIECE * 300) == (403, b"no")


def test_who_goes_away_gives_the_place_back_and_ends_the_stream(pair):
    closed = pair.data / "closed"
    closed.unlink(missing_ok=True)
    for _person in range(10):
        with socket.create_connection(("127.0.0.1", pair.port)) as line:
            line.sendall(b"GET /stream/100000/ HTTP/1.1\r\nHost: h\r\n\r\n")
            line.recv(65_536)
        with socket.create_connection(("127.0.0.1", pair.port)) as line:
            line.sendall(b"POST /x/ HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\nx")
        time.sleep(0.1)
    wait_for(lambda: closed.exists() and closed.stat().st_size == 10, "the end of all streams", 10)
    assert pair.ask("GET", "/x/")[0] == 207


@pytest.fixture
def dying(pair):
    """With processes for staff of its own: where workers die soon after their start the master gives up, which is for
    the supervisor to mend.
    """
    yield pair
    pair.kill("staff")
    pair.start_staff()


def test_file_that_is_cut_short_is_seen_to_be(dying):
    with pytest.raises(http.client.IncompleteRead):
        dying.ask("GET", "/cut/")


def test_what_may_have_been_done_is_said_so_and_done_once(dying):
    died = dying.data / "died"
    died.unlink(missing_ok=True)
    code, page = dying.ask("POST", "/die/", b"x")
    assert code == 502 and died.read_text() == "x"
    assert "可能已经保存".encode() in page and b"nothing was changed" not in page


def test_page_that_is_read_is_asked_for_again_where_the_process_dies(dying):
    died = dying.data / "died"
    died.unlink(missing_ok=True)
    assert dying.ask("GET", "/die/once/")[0] == 207 and died.read_text() == "x"


def test_process_for_staff_that_dies_is_said_kindly_and_found_again(pair):
    code, page = pair.ask("GET", "/die/")
    assert code == 503 and "请稍候再试".encode() in page
    pair.kill("staff")
    pair.start_staff()
    # Who asks while it starts waits for it.
    assert pair.ask("GET", "/x/")[0] == 207
