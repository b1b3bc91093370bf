"""What the clock does for warnings, each second: begin what is due, add recipients, end what is over.

The database decides what a round may do, so that several machines may make it at once.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from handlers.broadcast import Broadcast, communes_of
from knowledge.areas import Areas
from knowledge.campaign import QUIET
from scheduler.ledger import Ledger

log = logging.getLogger(__name__)

BREATH = 0.005  # seconds between two steps: an answer takes several turns of the loop
HERE = ZoneInfo("Asia/Ho_Chi_Minh")


class Register(Protocol):
    """Which broadcasts stand where; each call is a transaction of its own."""

    async def waiting(self) -> tuple[Broadcast, ...]:
        """Those that are approved."""

    async def begin(self, id: str, now: datetime) -> bool:
        """Approved → sending; False where another machine, or an officer's change, was first."""

    async def sending(self) -> tuple[Broadcast, ...]:
        """Those that are going out, the urgent ones first."""

    async def end(self, id: str, now: datetime) -> bool:
        """Sending → done, if every recipient's delivery has come to an end."""

    async def clear_cancelled(self) -> None:
        """What still waits of cancelled broadcasts is cancelled too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounds:
    """`open_channels` are those that this installation speaks on; `wake` tells the herald of new work."""

    register: Register
    ledger: Ledger
    areas: Callable[[], Areas]
    open_channels: Callable[[], Sequence[str]]
    wake: Callable[[], None]
    plan: Callable[[datetime], Awaitable[None]]
    awhile: float = 1.0  # seconds of adding recipients until it is looked what else is due

    async def __call__(self, now: datetime) -> None:
        """One round; what fails is logged, and done in the next one."""
        for step in (self.plan, self._begin, self._expand, self._end):
            try:
                await step(now)
            except Exception:
                log.exception("round failed")

    async def _begin(self, now: datetime) -> None:
        for broadcast in await self.register.waiting():
            if may_go(broadcast, now) and await self.register.begin(broadcast.id, now):
                log.info("broadcast begun", extra={"broadcast": broadcast.id})

    async def _expand(self, now: datetime) -> None:
        """All of it; what becomes due meanwhile, danger above all, does not wait for a province to be written down."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        while await self._expand_awhile(now):
            await self._begin(now + timedelta(seconds=loop.time() - began))

    async def _expand_awhile(self, now: datetime) -> bool:
        """Step by step, the urgent ones first; between two steps others have their turn. Whether there is more."""
        loop = asyncio.get_running_loop()
        until = loop.time() + self.awhile
        for broadcast in await self.register.sending():
            communes = communes_of(broadcast, self.areas())
            while await self.ledger.expand(broadcast, communes, self.open_channels(), now):
                self.wake()
                await asyncio.sleep(BREATH)
                if loop.time() >= until:
                    return True
        return False

    async def _end(self, now: datetime) -> None:
        for broadcast in await self.register.sending():
            if await self.register.end(broadcast.id, now):
                log.info("broadcast done", extra={"broadcast": broadcast.id})
        await self.register.clear_cancelled()


def may_go(broadcast: Broadcast, now: datetime) -> bool:
    """Whether its hour has come; at night only danger speaks (DESIGN §6)."""
    if broadcast.at and broadcast.at > now:
        return False
    return broadcast.urgent or not quiet(now)


def quiet(at: datetime) -> bool:
    """Whether people sleep."""
    hour = at.astimezone(HERE).hour
    return hour >= QUIET[0] or hour < QUIET[1]
