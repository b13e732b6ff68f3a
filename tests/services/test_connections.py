"""A database's server that ends connections: who answers notices nothing."""

import random

import psycopg
import pytest

from tests.bench.lean_client import Tally, Tapping
from tests.bench.respondents import MAKE, free_port, wait_for_port, web_server

pytestmark = pytest.mark.services
_END = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> %s"
_READ = """
import json
from surveys.models import Response
print(json.dumps(list(Response.objects.get().ratings)))
"""


class Ending(Tapping):
    """Before each of their requests all connections are ended."""

    def __init__(self, port: int, server: psycopg.Connection) -> None:
        super().__init__(port, Tally())
        self._server = server

    def _exchange(self, lines: str, body: bytes) -> tuple[bytes, bytes]:
        self._server.execute(_END, [self._server.info.backend_pid])
        return super()._exchange(lines, body)


@pytest.mark.parametrize("installation", ["postgresql"], indirect=True)
def test_each_request_finds_its_way_over_a_new_connection(installation, default_library):
    installation.python(f"CODE, SPLIT, ANONYMOUS = 's', True, False\n{MAKE}")
    installation.manage("collectstatic", "--noinput", "--verbosity", "0")
    port = free_port()
    installation.start("web", *web_server(port))
    wait_for_port(port)
    with psycopg.connect(installation.environment["DATABASE_URL"], autocommit=True) as server:
        person = Ending(port, server)
        person.answer("/s/s/", "x", random.Random(1))
    given = person.tally.answered["x"]
    stored = dict(enumerate(installation.python(_READ)))
    assert {place: value for place, value in stored.items() if value != 255} == given
