"""The one living access token of an OA: refreshed by one task of one machine, and never used before it is kept.

    asked for ─▶ claim the row ─▶ ask Zalo ─▶ keep the pair, durably ─▶ use it
                     │               ├─ refused: the pair is lost, a person must log in; nobody asks again
                     │               └─ no answer: the claim is given back, the same token is tried later
                     └─ claimed by another: wait for what it gets; if it is dead, its claim is taken over

Killed anywhere, the next one tries the token that is kept: it works if Zalo never saw it, and is refused
if Zalo did, which is an alarm with its remedy, not a loop. Clocks of machines are never compared: a
claim is dead when it was seen unchanged for `PATIENCE`, longer than any answer is waited for.
"""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from bot.channels.zalo_oa.oauth import OAuth, Pair, Rejected
from bot.config import NO_SECRET, Secret
from handlers.errors import ChannelError, Stopped, Unreachable
from scheduler.sender import Clock

log = logging.getLogger(__name__)

NEVER = datetime.fromtimestamp(0, UTC)
RENEW = timedelta(hours=20)  # of 25: an old pair is renewed while it still works
YOUNG = timedelta(minutes=1)  # a token refused so soon is not refused for its age
PATIENCE = 30.0  # seconds after which a claim that does not move is a dead machine's
GLANCE = 0.2  # seconds between two looks at somebody else's claim
LEAVING = 25.0  # seconds that a stop waits for an answer: longer than Zalo is waited for
PAUSES = (5.0, 30.0, 120.0, 300.0)  # seconds between two tries while Zalo does not answer
REPEAT = timedelta(minutes=10)  # between two alarms of the same kind
KEEPING = (0.1, 0.5, 2.0, 10.0)  # seconds between two tries to keep a pair we hold

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A pair as kept. `holder` is who is refreshing it; `lost` is since when its refresh token is refused."""

    version: int
    pair: Pair
    holder: str = ""
    lost: datetime | None = None


class TokenStore(Protocol):
    """Where the pairs of all accounts are kept, sealed; one truth for all machines."""

    async def load(self, account: str) -> Kept | None: ...

    async def claim(self, account: str, version: int, holder: str, claimant: str) -> bool:
        """Take the refreshing of a version over from `holder` (empty: nobody); False: it moved on."""

    async def release(self, account: str, version: int, claimant: str) -> None:
        """Give a claim back."""

    async def renew(self, account: str, version: int, pair: Pair) -> bool:
        """Keep the pair that follows a version (0: none is there), durably, whoever holds the claim.

        False: it moved on.
        """

    async def lose(self, account: str, version: int, claimant: str, at: datetime) -> None:
        """Note that a version's refresh token is refused; not if somebody else holds the claim."""

    async def put(self, account: str, pair: Pair) -> None:
        """Keep a pair that a person has brought, durably, in the place of whatever was there."""


class Tokens:
    """The access token of one account, for all tasks of this process."""

    def __init__(
        self,
        *,
        account: str,
        store: TokenStore,
        oauth: OAuth,
        clock: Clock,
        first: Secret = NO_SECRET,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """`first`: a refresh token to begin with, where none is kept or the kept one is dead."""
        self._account = account
        self._store = store
        self._oauth = oauth
        self._clock = clock
        self._first = first
        self._sleep = sleep
        self._kept: Kept | None = None
        self._task: asyncio.Task[Kept] | None = None
        self._spending = False
        self._failures = 0
        self._again: datetime | None = None
        self._complained: datetime | None = None

    async def access(self) -> Kept:
        """A pair whose access token should work; Stopped where a person must log in first."""
        kept = self._kept or await self._look()
        age = self._clock() - kept.pair.got
        if age >= kept.pair.life:
            return await self._renewed(kept)
        if age >= RENEW and self._may_ask():
            self._start(kept)  # beside the call: the old one still works
        return kept

    async def after(self, refused: Kept) -> Kept:
        """The pair to try after Zalo refused an access token: somebody's newer one, else a new one."""
        kept = await self._look()
        if kept.version != refused.version:
            return kept
        if self._clock() - kept.pair.got < YOUNG:
            log.error("zalo refuses a new token", extra={"account": self._account})
            raise Stopped
        return await self._renewed(kept)

    async def keep_young(self) -> None:
        """By the clock: an account that nobody talks to must not let its refresh token die (3 months)."""
        kept = await self._look()
        if self._clock() - kept.pair.got >= RENEW and self._may_ask():
            await self._renewed(kept)

    async def finish(self) -> None:
        """Wait for an answer of Zalo's that is under way: thrown away, it would lock the account out."""
        task = self._task
        if task is None or task.done():
            return
        if not self._spending:
            task.cancel()
        await asyncio.wait([task], timeout=LEAVING)

    async def _look(self) -> Kept:
        kept = await self._store.load(self._account)
        if self._may_begin(kept):
            pair = Pair(access=Secret("none"), refresh=self._first, got=NEVER)
            await self._store.renew(self._account, kept.version if kept else 0, pair)
            kept = await self._store.load(self._account)
        if kept is None or kept.lost:
            self._kept = None
            self._complain(lost=kept is not None)
            raise Stopped
        self._kept = kept
        return kept

    def _may_begin(self, kept: Kept | None) -> bool:
        """Whether the token that was given is to be tried: not the one that is known to be dead."""
        if not self._first:
            return False
        return kept is None or (kept.lost is not None and kept.pair.refresh != self._first)

    async def _renewed(self, kept: Kept) -> Kept:
        if not self._may_ask() and (self._task is None or self._task.done()):
            raise Unreachable
        return await asyncio.shield(self._start(kept))

    def _may_ask(self) -> bool:
        return self._again is None or self._clock() >= self._again

    def _start(self, kept: Kept) -> asyncio.Task[Kept]:
        """The refresh of this process: one at a time, and nobody's cancellation is its own."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._refresh(kept), name="zalo refresh")
            self._task.add_done_callback(_retrieved)
        return self._task

    async def _refresh(self, kept: Kept) -> Kept:
        """The next version, got by us or by another; raises ChannelError."""
        version, kept = kept.version, await self._look()
        while kept.version == version:
            if kept.holder and (seen := await self._watched(kept)) is not kept:
                kept = seen
                continue
            claimant = secrets.token_hex(8)
            if await self._store.claim(self._account, version, kept.holder, claimant):
                self._spending = True
                try:
                    return await self._spend(kept, claimant)
                finally:
                    self._spending = False
            kept = await self._look()
        return kept

    async def _watched(self, kept: Kept) -> Kept:
        """Another one's claim, until it moves; one that has not moved for PATIENCE is a dead one's."""
        waited = 0.0
        while waited < PATIENCE:
            await self._sleep(GLANCE)
            waited += GLANCE
            now = await self._look()
            if (now.version, now.holder) != (kept.version, kept.holder):
                return now
        return kept

    async def _spend(self, kept: Kept, claimant: str) -> Kept:
        """Ask Zalo. From here on the kept refresh token may be dead."""
        try:
            pair = await self._oauth.refresh(kept.pair.refresh, self._clock())
        except Rejected as error:
            log.error(
                "zalo refused to renew", extra={"account": self._account, "status": error.code}
            )
            await self._store.lose(self._account, kept.version, claimant, self._clock())
            return await self._look()
        except ChannelError:
            await self._store.release(self._account, kept.version, claimant)
            self._pause()
            raise
        self._failures, self._again = 0, None
        await self._keep(kept.version, pair)
        log.info("zalo token renewed", extra={"account": self._account})
        return await self._look()

    async def _keep(self, version: int, pair: Pair) -> None:
        """Keep the pair that only we have; a database that is away is waited for."""
        tries = 0
        while True:
            try:
                await self._store.renew(self._account, version, pair)
            except Exception as error:
                kind = type(error).__name__
                log.error("zalo token not kept yet", extra={"account": self._account, "kind": kind})
                await self._sleep(KEEPING[min(tries, len(KEEPING) - 1)])
                tries += 1
            else:
                return

    def _pause(self) -> None:
        wait = PAUSES[min(self._failures, len(PAUSES) - 1)]
        self._failures += 1
        self._again = self._clock() + timedelta(seconds=wait)
        log.warning("zalo gives no token", extra={"account": self._account, "wait": wait})

    def _complain(self, *, lost: bool) -> None:
        """An alarm with its remedy, once in a while."""
        now = self._clock()
        if self._complained and now - self._complained < REPEAT:
            return
        self._complained = now
        remedy = f"binhan zalo login {self._account}"
        event = "zalo refresh token is dead" if lost else "zalo has no token yet"
        log.error(event, extra={"account": self._account, "remedy": remedy})


def _retrieved(task: asyncio.Task[Kept]) -> None:
    """A refresh that nobody waited for has logged why it failed."""
    if not task.cancelled():
        task.exception()
