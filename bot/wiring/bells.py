"""Rings officers' chats: that there is something, and where; never what. What comes close together is one ring."""

import asyncio
import logging
from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from bot.store import notices
from bot.store.database import Database, Transaction
from bot.store.officer_chats import OfficerChats
from bot.store.outbox import Replies
from handlers.message import Reply
from knowledge.areas import Areas
from scheduler.sender import Clock

log = logging.getLogger(__name__)

LOOK = 15.0  # seconds between two looks
PAUSE = timedelta(minutes=10)  # between two rings of a unit, but for what is urgent


class Bells:
    """What is due to be rung; `wake` is the sender's, `channels` those that can say something."""

    def __init__(
        self,
        *,
        database: Database,
        areas: Callable[[], Areas],
        channels: Collection[str],
        url: str,
        clock: Clock,
        wake: Callable[[datetime], None],
    ) -> None:
        self._database = database
        self._areas = areas
        self._channels = channels
        self._url = url
        self._clock = clock
        self._wake = wake
        self._rung: dict[str, datetime] = {}

    async def run(self) -> None:
        """For ever; a fault is logged, and the next look is made."""
        while True:
            try:
                await self.ring()
            except Exception:
                log.exception("bells not rung")
            await asyncio.sleep(LOOK)

    async def ring(self) -> None:
        """Ring what is due."""
        now = self._clock()
        async with self._database.transaction() as tx:
            for row in await notices.due(tx, now):
                if row["urgent"] or now - self._rung.get(row["unit"], now - PAUSE) >= PAUSE:
                    await self._tell(tx, row["unit"], bool(row["urgent"]), now)
        self._wake(now)

    async def _tell(self, tx: Transaction, unit: str, urgent: bool, now: datetime) -> None:
        if not await notices.rung(tx, unit, now):
            return  # another process was quicker
        self._rung[unit] = now
        key = "desk_bell.urgent" if urgent else "desk_bell.news"
        reply = Reply(key=key, values={"url": f"{self._url}/tin-bao"}, urgent=urgent)
        for chat in await OfficerChats(tx, self._areas()).of_unit(unit):
            if chat.channel in self._channels:
                cause = f"bell.{unit}.{now.timestamp()}"
                await Replies(tx).add(chat, cause, (reply,), now=now, due=now, claimed=now)
