"""Who is asked to approve, and when the next one is: an officer who does not answer holds nobody up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from handlers.broadcast import Broadcast
from handlers.control import asked, stands
from handlers.message import Reply
from handlers.officer import Officer
from handlers.series import one_of_each
from knowledge.load import Knowledge

WAIT = timedelta(minutes=10)  # until the next one is asked too
WAIT_URGENT = timedelta(minutes=3)
LATELY = timedelta(minutes=10)  # how long after a broken glass somebody may still have to be told


class Desk(Protocol):
    """The officers behind the broadcasts; each call is a transaction of its own."""

    async def unapproved(self) -> tuple[Broadcast, ...]:
        """Those that wait for a yes."""

    async def glass(self, since: datetime) -> tuple[Broadcast, ...]:
        """Those that went out without one, lately."""

    async def approvers(self, broadcast: Broadcast, now: datetime) -> tuple[Officer, ...]:
        """Who may approve it, in the order in which they are asked: on duty first, the province last."""

    async def tell(self, occasion: str, officer: str, reply: Reply, now: datetime) -> bool:
        """Write to an officer's chats, once for an occasion; whether it was the first time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approvals:
    """Asked each second."""

    desk: Desk
    knowledge: Callable[[], Knowledge]
    wait: timedelta = WAIT
    wait_urgent: timedelta = WAIT_URGENT

    async def __call__(self, now: datetime) -> None:
        for broadcast, times in one_of_each(await self.desk.unapproved()):
            officers = await self.desk.approvers(broadcast, now)
            for officer in officers[: self._due(broadcast, now)]:
                occasion = f"ask.{broadcast.id}.{_second(broadcast.submitted)}.{officer.id}"
                question = asked(broadcast, self.knowledge(), times=times)
                await self.desk.tell(occasion, officer.id, question, now)
        for broadcast in await self.desk.glass(now - LATELY):
            await self._everybody(broadcast, now)

    def _due(self, broadcast: Broadcast, now: datetime) -> int:
        """How many have been asked by now: one at once, another each time that nobody answered."""
        wait = self.wait_urgent if broadcast.urgent else self.wait
        return 1 + max(0, (now - (broadcast.submitted or now)) // wait)

    async def _everybody(self, broadcast: Broadcast, now: datetime) -> None:
        """A broken glass is told to all who might have approved, at once."""
        reply = stands(broadcast, self.knowledge(), key="announce.glass_told")
        for officer in await self.desk.approvers(broadcast, now):
            await self.desk.tell(f"glass.{broadcast.id}.{officer.id}", officer.id, reply, now)


def in_order(officers: Sequence[Officer], author: str) -> tuple[Officer, ...]:
    """All but the author, each once."""
    return tuple({each.id: each for each in officers if each.id != author}.values())


def _second(at: datetime | None) -> int:
    return int(at.timestamp()) if at else 0
