"""An audience that was counted a moment ago is not counted again at each key that an officer presses."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from handlers.broadcast import Broadcast
from handlers.ports import Reach, Reaching

KEPT = 10.0  # seconds
MOST = 50  # audiences

Key = tuple[object, ...]
Counting = asyncio.Task[tuple[Reach, ...]]


@dataclass(slots=True)
class Remembered:
    """The port Reaching over another one; who asks the same while it is counted waits for the same count."""

    reach: Reaching
    _found: dict[Key, tuple[float, Counting]] = field(default_factory=dict)

    async def __call__(
        self, broadcast: Broadcast, communes: Sequence[str], at: datetime
    ) -> tuple[Reach, ...]:
        now = asyncio.get_running_loop().time()
        for key, (until, counting) in list(self._found.items()):
            if counting.done() and until < now:
                del self._found[key]
        key = _key(broadcast, communes, at)
        if key not in self._found or len(self._found) > MOST:
            counting = asyncio.create_task(self._count(broadcast, communes, at), name="reach")
            self._found[key] = (now + KEPT, counting)
        return await asyncio.shield(self._found[key][1])

    async def _count(
        self, broadcast: Broadcast, communes: Sequence[str], at: datetime
    ) -> tuple[Reach, ...]:
        return await self.reach(broadcast, communes, at)


def _key(broadcast: Broadcast, communes: Sequence[str], at: datetime) -> Key:
    """What an audience follows from; its words are not among it."""
    each = broadcast
    chosen = (each.topic, each.channels, each.chosen, each.unmet, each.corrects, each.urgent)
    return (*chosen, tuple(communes), at.replace(minute=0, second=0, microsecond=0))
