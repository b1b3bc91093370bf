"""The ledger of warnings: one row a recipient, and which machine may speak for an account."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from handlers.broadcast import Broadcast
from handlers.delivery import State
from handlers.message import Chat

Account = tuple[str, str]
"""A channel and one of its accounts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One recipient's turn. `contact`: last heard of, None for a stranger; `mends`: the wrong message it corrects."""

    broadcast: str
    chat: Chat
    attempts: int
    contact: datetime | None = None
    mends: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of it: an end, or (QUEUED) another try at `again`."""

    due: Due
    state: State
    message: str | None = None
    reason: str = ""
    again: datetime | None = None
    attempts: int = 0


class Ledger(Protocol):
    """Each call is a transaction of its own; short ones, so that answers never wait."""

    async def expand(
        self,
        broadcast: Broadcast,
        communes: Sequence[str],
        open_channels: Sequence[str],
        now: datetime,
    ) -> bool:
        """The next step of an audience; False when there is none left. Twice the same changes nothing."""

    async def pending(self) -> tuple[Account, ...]:
        """The accounts that have something to say."""

    async def claim(
        self, account: Account, holder: str, now: datetime, limit: int
    ) -> tuple[Due, ...]:
        """The next ones of an account, in the order of haste and fair between communes; none without the lease."""

    async def settle(self, holder: str, outcomes: Sequence[Outcome], now: datetime) -> None:
        """Note what became of those that were claimed; whoever is gone is no subscriber any more."""

    async def recover(self, account: Account, holder: str, free: bool, now: datetime) -> int:
        """What others had in hand when they died: tried again where it is urgent or `free`, else unknown; how many."""

    async def halt(self, broadcast: str) -> None:
        """Stop a broadcast until an officer has looked."""

    async def texts(self, broadcasts: Sequence[str]) -> tuple[Broadcast, ...]:
        """The broadcasts of these ids, as they are now."""


class Leases(Protocol):
    """By the database's clock."""

    async def take(self, channel: str, account: str, holder: str, length: timedelta) -> bool:
        """Take or keep an account for so long; False where another holds it."""

    async def drop(self, channel: str, account: str, holder: str) -> None: ...
