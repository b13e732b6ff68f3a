"""The scheduler of beat, the one process that loads it."""

import time
from typing import Any

from celery.beat import PersistentScheduler


class SteadyScheduler(PersistentScheduler):
    """Where the clock is set back, nothing waits until it is there again: all counts as done just now."""

    _last = float("inf")

    def tick(self, *arguments: Any, **options: Any) -> float:
        now = time.time()
        if now < self._last:
            for entry in self.schedule.values():
                entry.last_run_at = min(entry.last_run_at, entry.default_now())
            self._heap = None
        self._last = now
        return super().tick(*arguments, **options)
