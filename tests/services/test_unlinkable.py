"""Nobody who reads the whole database, its files and the log links an anonymous response to who gave it.

The attacker knows in which order 200 people finished, by which personal link, in which group and language.
"""

import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.services.attacker import attack
from tests.services.conftest import new_database
from tests.services.installation import Installation
from tests.services.known_respondents import RESPONDENTS, WAITING
from tests.services.stored_rows import places_in_files, read_all, write_in_order

pytestmark = pytest.mark.services
SEED = 20260301
ANSWER = f"""
import json
from tests.services.known_respondents import answer_all, make_survey_with_links, seize
people = answer_all(make_survey_with_links(), {SEED})
seize()
print(json.dumps(people))
"""
CLOSE = """
import json
from tests.services.known_respondents import close_and_seal, seize
close_and_seal()
seize()
print(json.dumps(None))
"""


@dataclass
class Case:
    """The people in order, what was stored before and after closing, the files then, and all that was logged."""

    installation: Installation
    people: list[dict]
    log: str
    before: dict[str, list[dict]]
    after: dict[str, list[dict]]
    bytes_before: dict[str, list[tuple[str, int]]]
    bytes_after: dict[str, list[tuple[str, int]]]

    @property
    def is_sqlite(self) -> bool:
        return not self.installation.environment["DATABASE_URL"]

    @property
    def by_arrival(self) -> str:
        """The strategy that finds the order in which rows were written."""
        return "response by place" if self.is_sqlite else "response by xmin"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def case(request):
    """The same two hundred respondents on each kind of database."""
    url = ""
    if request.param == "postgresql":
        url = new_database(request.getfixturevalue("postgresql"), request.getfixturevalue("postgresql_tables"))
    with tempfile.TemporaryDirectory(prefix="yiti-") as folder:
        made = Installation(Path(folder), url, DJANGO_SETTINGS_MODULE="tests.settings", YITI_TEST_DATA=folder)
        if not url:
            shutil.copy(request.getfixturevalue("sqlite_tables"), made.data / "yiti.sqlite3")
        answered = made.manage("shell", "--no-imports", "--command", ANSWER)
        *said, found = answered.stdout.strip().splitlines()
        people = json.loads(found)
        needles = [person[name] for person in people for name in ("ratings", "stored_key", "stored_token")]
        before, bytes_before = read_all(made), places_in_files(made.data / "seized", needles)
        closed = made.manage("shell", "--no-imports", "--command", CLOSE)
        after, bytes_after = read_all(made), places_in_files(made.data / "seized", needles)
        log = "\n".join([*said, answered.stderr, closed.stdout, closed.stderr])
        made.stop()
        yield Case(made, people, log, before, after, bytes_before, bytes_after)


def test_everybody_answered_and_the_last_ones_waited(case):
    assert (len(case.before["response"]), len(case.before["readydraft"])) == (RESPONDENTS - WAITING, WAITING)
    assert (len(case.after["response"]), len(case.after["readydraft"])) == (RESPONDENTS, 0)
    assert {row["ratings"] for row in case.after["response"]} == {person["ratings"] for person in case.people}


@pytest.mark.parametrize("moment", ["before", "after"])
def test_order_of_rows_and_transactions_links_nobody(case, moment):
    guesses = attack(getattr(case, moment), case.people, getattr(case, f"bytes_{moment}"))
    assert {"response by place", "response by seconds_per_item", "comment by place"} <= {
        each.strategy for each in guesses
    }
    assert [guess for guess in guesses if guess.links] == []


@pytest.mark.parametrize("moment", ["before", "after"])
def test_nothing_beside_the_answers_tells_people_apart(case, moment):
    tables = getattr(case, moment)
    for name in ("response", "readydraft"):
        told = ("language", "channel", "token", "started_at", "submitted_at", "comment", "notice_version", "source_id")
        rows = [tuple(row[column] for column in told if column in row) for row in tables[name]]
        assert name == "readydraft" or len(set(rows)) == 1
        # One transaction for all that wait, one for all that is mixed: none is shared with one link or one count.
        assert len({row["xmin"] for row in tables[name] if "xmin" in row}) <= 1
    waiting = {name for row in tables["readydraft"] for name in row} - {"place", "xmin", "xmax", "group"}
    assert waiting <= {*("id", "survey_id", "group_id", "ratings", "comment", "profile", "flags", "seconds_per_item")}
    assert tables["draft"] == []


@pytest.mark.parametrize("moment", ["before", "after"])
def test_files_hold_answers_once_and_neither_keys_nor_tokens(case, moment):
    places = getattr(case, f"bytes_{moment}")
    keys = [place for person in case.people for place in places[person["stored_key"]] + places[person["stored_token"]]]
    assert keys == []
    once = {len(places[person["ratings"]]) for person in case.people}
    assert once == ({1} if case.is_sqlite else {0})


def test_log_names_neither_tokens_nor_keys(case):
    assert [person for person in case.people if person["token"] in case.log or person["key"] in case.log] == []


def test_attack_links_everybody_where_rows_stand_in_order_of_arrival(case):
    write_in_order(case.installation, [[person["ratings"]] for person in case.people])
    best = max(attack(read_all(case.installation), case.people, {}), key=lambda guess: guess.right)
    assert (best.strategy, best.right) == (case.by_arrival, RESPONDENTS)
    assert best.agreement == pytest.approx(1.0)


def test_attack_is_better_than_chance_where_lots_stand_in_order_of_arrival(case):
    lots = [case.people[start : start + 13] for start in range(0, RESPONDENTS, 13)]
    write_in_order(case.installation, [sorted(person["ratings"] for person in lot) for lot in lots])
    linking = [guess.strategy for guess in attack(read_all(case.installation), case.people, {}) if guess.links]
    assert case.by_arrival in linking
