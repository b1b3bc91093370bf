"""How far a warning has come, counted once for all who watch it: a million rows take most of a second."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from handlers.broadcast import OVER, Broadcast
from handlers.delivery import Tally

REST = (
    3.0  # times as long as a count took, it is kept: counting takes a quarter of the time at most
)
MOST = 100  # warnings


@dataclass(slots=True)
class Watched:
    """The tally of a warning that is going out; of one that is over always the last word."""

    count: Callable[[str], Awaitable[Tally]]
    _running: dict[str, asyncio.Task[Tally]] = field(default_factory=dict)
    _kept: dict[str, tuple[float, Tally]] = field(default_factory=dict)

    async def __call__(self, broadcast: Broadcast) -> Tally:
        id, now = broadcast.id, asyncio.get_running_loop().time()
        if broadcast.stage in OVER:
            return await self.count(id)
        if id in self._kept and self._kept[id][0] > now:
            return self._kept[id][1]
        if id not in self._running:
            self._running[id] = asyncio.create_task(self._counted(id), name="tally")
        return await asyncio.shield(self._running[id])

    async def _counted(self, id: str) -> Tally:
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            found = await self.count(id)
        finally:
            del self._running[id]
        if len(self._kept) > MOST:
            self._kept.clear()
        self._kept[id] = (loop.time() + REST * (loop.time() - began), found)
        return found
