"""Nobody who holds copies of the database from any time, its files and its log, all links and the times at which they
were used, links an anonymous response to who gave it; only the folder of keys is not theirs.

The same attacker links everybody in a survey that is not anonymous.
"""

import json
import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from surveys.questionnaire.screening import FLAG_BIT
from surveys.questionnaire.tokens import token_of
from tests.services.attacker import attack, link_by_drafts, new_links, poisson_bound
from tests.services.conftest import new_database
from tests.services.installation import Installation
from tests.services.stored_rows import files_of, found_in, read_all

pytestmark = pytest.mark.services
SEED, PEOPLE, EVERY = 20260301, 90, 13
# So many are enough where everybody is linked.
FEW = 36
STEP = """
import json
from surveys.models import Survey
from tests.services import known_respondents as known
survey = Survey.objects.first()
people = json.loads(PEOPLE)
print(json.dumps(DO))
"""
MOMENTS = ("begun", "part_way", "one_before", "one_after", "open", "finalised")
OF_TIME = FLAG_BIT["speeding"] | FLAG_BIT["out_of_window"]


@dataclass
class Case:
    """The people in the order in which they finished; per moment the rows and, searched at once, what files held."""

    people: list[dict]
    log: str
    copies: dict[str, dict[str, list[dict]]]
    lots: list[tuple[dict, dict]]
    in_files: dict[str, list[bytes]]

    @property
    def responses(self) -> list[dict]:
        return self.copies["finalised"]["response"]

    def whose(self, response: dict) -> dict:
        """The one whose values the response holds: only a test may ask."""
        ratings = bytes.fromhex(response["ratings"])
        (person,) = [
            each
            for each in self.people
            if all(code in (255, value) for code, value in zip(ratings, each["values"], strict=True))
        ]
        return person


class Fieldwork:
    """An installation in which people answer, and an attacker who copies it in between."""

    def __init__(self, made: Installation, anonymous: bool) -> None:
        self.made, self.log, self.given = made, [], []
        # What one survey left in the server's log must not be taken for the other's.
        seed, number = (SEED, PEOPLE) if anonymous else (SEED + 1, FEW)
        self.people = self._do(f"known.begin_all(known.make_survey_with_links({anonymous}), {seed}, {number})")

    def run(self, moments: tuple[str, ...]) -> Case:
        copies, in_files, lots = {}, {}, []
        for moment in moments:
            getattr(self, f"_{moment}")(lots)
            copies[moment] = read_all(self.made)
            in_files[moment] = found_in(files_of(self.made), self._needles())
        return Case(self.people, "\n".join(self.log), copies, lots, in_files)

    def _begun(self, _lots) -> None:
        """All have opened their links and answered nothing."""

    def _part_way(self, _lots) -> None:
        self.given += self._do("known.answer_a_page(survey, people)", self.people[: len(self.people) // 2])

    def _one_before(self, lots) -> None:
        """Most finish, upkeep running in between; the attacker takes a copy after each time."""
        for start in range(0, 52, EVERY):
            before = read_all(self.made)
            self._finish(start, start + EVERY, every=EVERY)
            lots.append((before, read_all(self.made)))

    def _one_after(self, _lots) -> None:
        self._finish(52, 53)

    def _all(self, _lots) -> None:
        self._finish(0, FEW)

    def _open(self, lots) -> None:
        before = read_all(self.made)
        self._finish(53, PEOPLE, every=PEOPLE - 53)
        lots.append((before, read_all(self.made)))

    def _finalised(self, lots) -> None:
        before = read_all(self.made)
        self._do("known.close_and_finalise()")
        lots.append((before, read_all(self.made)))

    def _finish(self, start: int, stop: int, every: int = 0) -> None:
        self.given += self._do(f"known.finish_all(survey, people, every={every})", self.people[start:stop])

    def _do(self, what: str, people: list[dict] | None = None):
        code = STEP.replace("json.loads(PEOPLE)", f"json.loads({json.dumps(people or [])!r})").replace("DO", what)
        done = self.made.manage("shell", "--no-imports", "--command", code)
        *said, found = done.stdout.strip().splitlines()
        self.log += [*said, done.stderr]
        return json.loads(found)

    def _needles(self) -> list[bytes]:
        """What people have answered so far, which stands nowhere by chance, their comments, and their links."""
        answers = [bytes.fromhex(ratings) for ratings in self.given]
        words = [person["comment"] for person in self.people if person["comment"]]
        spelt = [word.encode(code) for word in words[::4] for code in ("utf-8", "utf-16-le")]
        return [*answers[::3], *answers[-4:], *spelt, *(person["token"].encode() for person in self.people[::8])]


def run_on(request, database: str, anonymous: bool) -> Case:
    url = ""
    if database == "postgresql":
        url = new_database(request.getfixturevalue("postgresql"), request.getfixturevalue("postgresql_tables"))
    with tempfile.TemporaryDirectory(prefix="yiti-") as folder:
        made = Installation(Path(folder), url, DJANGO_SETTINGS_MODULE="tests.settings", YITI_TEST_DATA=folder)
        if not url:
            shutil.copy(request.getfixturevalue("sqlite_tables"), made.data / "yiti.sqlite3")
        try:
            return Fieldwork(made, anonymous).run(MOMENTS if anonymous else ("begun", "part_way", "all", "finalised"))
        finally:
            made.stop()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def case(request) -> Case:
    return run_on(request, request.param, anonymous=True)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def linked(request) -> Case:
    return run_on(request, request.param, anonymous=False)


def test_everybody_answered_once(case):
    assert sorted(case.whose(row)["serial"] for row in case.responses) == list(range(PEOPLE))
    assert [len(case.copies[moment]["sealeddraft"]) for moment in ("begun", "finalised")] == [PEOPLE, 0]
    assert len(case.lots[-1][1]["response"]) == PEOPLE


@pytest.mark.parametrize("moment", ["begun", "part_way"])
def test_copy_of_drafts_links_nobody(case, moment):
    assert link_by_drafts(case.copies[moment], case.responses) == {}
    rows = case.copies[moment]["sealeddraft"]
    assert len({len(row["sealed"]) for row in rows}) == len({len(row["part"]) for row in rows}) == 1
    # What is in the clear says nothing that the links do not say.
    clear = {"id", "survey_id", "group_id", "channel", "page", "state", "version", "counted", "begun_on", "saved_at"}
    assert set(rows[0]) - {"place", "xmin", "xmax", "group", "lookup", "sealed", "part"} == clear


@pytest.mark.parametrize("moment", ["begun", "part_way"])
def test_copy_of_drafts_links_nearly_everybody_where_they_are_not_sealed(linked, moment):
    truth = {(person["batch"], person["serial"]): person for person in linked.people}
    links = link_by_drafts(linked.copies[moment], linked.responses)
    right = [key for key, ratings in links.items() if linked.whose({"ratings": ratings}) is truth[key]]
    assert len(right) == len(links) >= FEW * 0.9


def test_two_copies_around_one_submission_show_that_it_happened_and_nothing_of_it(case):
    before, after = case.copies["one_before"], case.copies["one_after"]
    for table in ("response", "anonymouscomment", "anonymousanswer", "usedlinks", "tally", "assignments", "survey"):
        assert _without_place(before[table]) == _without_place(after[table]), table
    changed = [
        (old, new)
        for old, new in zip(_by_id(before["sealeddraft"]), _by_id(after["sealeddraft"]), strict=True)
        if _without_place([old]) != _without_place([new])
    ]
    ((old, new),) = changed
    assert (old["state"], new["state"]) == ("begun", "finished")
    assert len(old["sealed"]) == len(new["sealed"])


def test_lots_hold_ten_or_more_of_a_group_until_the_last(case):
    sizes = []
    for before, after in case.lots:
        known = {row["id"] for row in before["response"]}
        fresh = [row for row in after["response"] if row["id"] not in known]
        sizes.append([sum(row["group"] == group for row in fresh) for group in ("users", "employees", "media")])
    assert all(number == 0 or number >= 10 for lot in sizes[:-1] for number in lot)
    assert sum(map(sum, sizes)) == PEOPLE and sum(number >= 10 for lot in sizes[:-1] for number in lot) >= 4


def test_flags_of_time_are_shared_by_five_of_a_lot_or_by_all(case):
    for before, after in case.lots:
        known = {row["id"] for row in before["response"]}
        fresh = [row for row in after["response"] if row["id"] not in known]
        for group in {row["group"] for row in fresh}:
            alike = Counter(row["flags"] & OF_TIME for row in fresh if row["group"] == group)
            assert len(alike) == 1 or min(alike.values()) >= 5


def test_within_a_lot_no_order_of_rows_tells_who_is_who(case):
    """The attacker knows who is in a lot, by the links marked with it, and in which order these people finished."""
    rows, people = [], []
    for number, (before, after) in enumerate(case.lots):
        known = {row["id"] for row in before["response"]}
        fresh = [row for row in after["response"] if row["id"] not in known]
        inside = new_links(before, after)
        own = [person for person in case.people if (person["batch"], person["serial"]) in inside]
        assert len(fresh) == len(own)
        by_person = {case.whose(row)["serial"]: row["ratings"] for row in fresh}
        rows += [{**row, "group": f"{number} {row['group']}"} for row in fresh]
        people += [{"group": f"{number} {each['group']}", "ratings": by_person[each["serial"]]} for each in own]
    guesses = attack(rows, people)
    assert {"place", "id"} <= {each.strategy for each in guesses}
    assert [each for each in guesses if each.links] == []


def test_after_the_end_no_order_of_rows_tells_who_is_who_in_a_group(case):
    by_person = {case.whose(row)["serial"]: row["ratings"] for row in case.responses}
    people = [{"group": each["group"], "ratings": by_person[each["serial"]]} for each in case.people]
    assert [each for each in attack(case.responses, people) if each.links] == []


def test_same_orders_link_everybody_where_rows_name_links_and_times(linked):
    by_person = {linked.whose(row)["serial"]: row["ratings"] for row in linked.responses}
    people = [{"group": each["group"], "ratings": by_person[each["serial"]]} for each in linked.people]
    best = max(attack(linked.responses, people), key=lambda each: each.right)
    assert (best.right, best.links) == (FEW, True) and best.right > poisson_bound(3)


def test_responses_carry_nothing_that_tells_people_apart(case):
    same = ("language", "channel", "token", "started_at", "submitted_at", "comment", "notice_version", "attention")
    same += ("seconds_per_item", "source_id", "profile")
    for moment in ("open", "finalised"):
        rows = [tuple(str(row[name]) for name in same) for row in case.copies[moment]["response"]]
        assert len(set(rows)) == 1, moment


def test_files_and_log_hold_no_answer_before_its_release_and_no_link_at_any_time(case):
    tokens = {person["token"].encode() for person in case.people}
    for moment in MOMENTS:
        found, copy = set(case.in_files[moment]), case.copies[moment]
        released = {bytes.fromhex(row["ratings"]) for row in copy["response"]}
        released |= {row["text"].encode() for row in copy["anonymouscomment"]}
        assert found - released == set(), moment
        assert tokens & found == set(), moment
    assert case.in_files["begun"] == case.in_files["part_way"] == [] != case.in_files["open"]
    assert [person for person in case.people if person["token"] in case.log] == []


def test_files_of_a_linked_survey_hold_answers_part_way(linked):
    assert linked.in_files["begun"] == [] != linked.in_files["part_way"]


def test_salts_of_links_make_no_token(case):
    for row in case.copies["begun"]["batch"]:
        people = [person for person in case.people if person["batch"] == row["id"]]
        made = {token_of(bytes.fromhex(row["salt"]), row["id"], person["serial"]) for person in people}
        assert people and not made & {person["token"] for person in people}


def _by_id(rows: list[dict]) -> list[dict]:
    return sorted(rows, key=lambda row: row["id"])


def _without_place(rows: list[dict]) -> list[dict]:
    return sorted(
        ({name: value for name, value in row.items() if name not in ("place", "xmin", "xmax")} for row in rows),
        key=str,
    )
