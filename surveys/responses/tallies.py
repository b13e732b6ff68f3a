"""Counting without a token: one statement adds to a number, so that requests side by side lose nothing."""

import logging
import threading
from collections import Counter
from collections.abc import Mapping, Sequence

from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection

from materiality.platform.statements import changed
from materiality.platform.storage import short_transaction
from surveys.models import Tally
from surveys.questionnaire.asking import COURSE

log = logging.getLogger(__name__)


def single_answers(profile: dict) -> list[tuple[str, str]]:
    """(question, answer) pairs of a profile, one per option where several were chosen; what is empty is left out."""
    pairs = []
    for question, answer in profile.items():
        several = answer if isinstance(answer, list) else [answer]
        pairs += [(question, str(each)) for each in several if each not in ("", None)]
    return pairs


# Tried first: an INSERT counts up the keys of the table, and writes that, even where it finds its row.
_MORE = """
UPDATE surveys_tally SET number = number + %s
WHERE survey_id = %s AND measure = %s AND "group" = %s AND channel = %s AND place = %s
"""
_ADD = """
INSERT INTO surveys_tally (survey_id, measure, "group", channel, place, number) VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (survey_id, measure, "group", channel, place) DO UPDATE SET number = surveys_tally.number + excluded.number
"""


def add_to_tally(
    survey_id: int, measure: str, *, group: str = "", channel: str = "", place: int = 0, number: int = 1
) -> None:
    """Count `number` more under this measure (see Tally), group code, channel and place."""
    which = [survey_id, measure, group, channel[:40], place]
    if not changed(_MORE, [number, *which]):
        changed(_ADD, [*which, number])


def how_answered(mode: str, course: Sequence[int]) -> Counter[tuple[str, str, int]]:
    """What is counted of one who submitted: {(measure, channel, place): number}."""
    measure, kinds = Tally.Measure.COURSE.value, len(COURSE)
    going = {(measure, COURSE[at % kinds], at // kinds + 1): number for at, number in enumerate(course) if number}
    return Counter({(Tally.Measure.MODE.value, mode, 0): 1, **going})


class InPassing:
    """Numbers added up in memory and stored every few seconds: no page waits for its count, and no two for one row.

    What cannot be stored, as the disk is full or others hold the lock, waits for the next time; a process that is
    killed loses what it counted in the last seconds.
    """

    MOST_KINDS = 10_000  # of survey, measure, group, channel and place: more are not counted
    LOCK_MILLISECONDS = 500

    def __init__(self) -> None:
        self._waiting: Counter[tuple[int, str, str, str, int]] = Counter()
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    def count(self, survey_id: int, measure: str, *, group: str = "", channel: str = "") -> None:
        """Count one more."""
        self.count_all(survey_id, group, {(str(measure), channel, 0): 1})

    def count_all(self, survey_id: int, group: str, numbers: Mapping[tuple[str, str, int], int]) -> None:
        """Count so many more of each (measure, channel, place); with OPENINGS_STORED_SECONDS = 0 they are stored at
        once, if they can be.
        """
        with self._lock:
            for (measure, channel, place), number in numbers.items():
                kind = survey_id, measure, group, channel, place
                if kind in self._waiting or len(self._waiting) < self.MOST_KINDS:
                    self._waiting[kind] += number
            if settings.OPENINGS_STORED_SECONDS:
                self._start_timer()
                return
        self.store()

    def store(self) -> bool:
        """Store what waits, in one short transaction; False where it has to go on waiting."""
        with self._lock:
            taken, self._waiting = self._waiting, Counter()
        try:
            with short_transaction(self.LOCK_MILLISECONDS):
                for (survey_id, measure, group, channel, place), number in sorted(taken.items()):
                    add_to_tally(survey_id, measure, group=group, channel=channel, place=place, number=number)
        except IntegrityError as problem:
            log.warning("%s counts are lost, as a survey is gone: %s", taken.total(), problem)
        except DatabaseError as problem:
            log.warning("%s counts wait to be stored: %s", taken.total(), problem)
            with self._lock:
                self._waiting += taken
            return False
        return True

    def _start_timer(self) -> None:
        if self._timer is None:
            self._timer = threading.Timer(settings.OPENINGS_STORED_SECONDS, self._on_time)
            self._timer.daemon = True
            self._timer.start()

    def _on_time(self) -> None:
        try:
            self.store()
        finally:
            connection.close()
            with self._lock:
                self._timer = None
                if self._waiting:
                    self._start_timer()


in_passing = InPassing()
