"""Takes events in beside the webhook's answer: each chat's in the order they came, again until they are kept.

Zalo wants its 200 within two seconds and may never bring an event again, so what was acknowledged and
could not be stored yet is held here and tried again; what is held is bounded.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Hashable

log = logging.getLogger(__name__)

HELD = 5000  # events of one process; more than that are not acknowledged
WAITS = (0.1, 0.5, 2.0, 5.0)  # seconds between two tries; the last one again and again
TRIES = 120  # about ten minutes

Sleep = Callable[[float], Awaitable[None]]
Work = Callable[[], Awaitable[None]]


class Intake:
    """Work in lanes: one lane's in order, lanes never waiting for each other."""

    def __init__(self, *, limit: int = HELD, sleep: Sleep = asyncio.sleep) -> None:
        self._limit = limit
        self._sleep = sleep
        self._lanes: dict[Hashable, deque[tuple[Work, asyncio.Event]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.held = 0

    def take(self, lane: Hashable, work: Work) -> asyncio.Event | None:
        """Do it behind what the lane still has; set when it is done or given up. None: too much is held."""
        if self.held >= self._limit:
            return None
        self.held += 1
        done = asyncio.Event()
        waiting = self._lanes.get(lane)
        if waiting is None:
            waiting = self._lanes[lane] = deque()
            task = asyncio.create_task(self._drain(lane, waiting), name="zalo intake")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        waiting.append((work, done))
        return done

    async def finish(self, seconds: float) -> None:
        """Wait for what is in hand, at most so long; what is left then is lost, and said so."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        if self.held:
            log.error("events lost at the stop", extra={"count": self.held})
        for task in list(self._tasks):
            task.cancel()

    async def _drain(self, lane: Hashable, waiting: deque[tuple[Work, asyncio.Event]]) -> None:
        try:
            while waiting:
                work, done = waiting.popleft()
                await self._until_done(work)
                self.held -= 1
                done.set()
        finally:
            del self._lanes[lane]

    async def _until_done(self, work: Work) -> None:
        for tried in range(TRIES):
            try:
                return await work()
            except Exception:
                log.exception("event not taken in", extra={"channel": "zalo_oa", "attempts": tried})
            await self._sleep(WAITS[min(tried, len(WAITS) - 1)])
        log.error("event lost", extra={"channel": "zalo_oa"})
        return None
