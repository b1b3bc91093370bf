"""Speaks the warnings: for each account whose lease we hold, from the ledger, at the pace the channel lets us."""

import asyncio
import logging
import secrets
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from handlers.broadcast import Broadcast
from handlers.delivery import ANEW, DELETED, EDITED, ERRORS, State
from handlers.errors import (
    Blocked,
    ChannelError,
    Refused,
    Shut,
    Stopped,
    TooFast,
    Unreachable,
    Unsure,
)
from handlers.message import Chat, Reply, Speech, Window
from handlers.warning import WITHDRAWN, words
from scheduler.ledger import Account, Due, Leases, Ledger, Outcome
from scheduler.retry import wait_after
from scheduler.sender import Channel, Clock, Mending, Speak

log = logging.getLogger(__name__)

LEASE = timedelta(
    seconds=6
)  # a dead machine's account passes on after it, and one more look: within 10 s
KEEP = 2.0  # seconds between two renewals
LANES = 64  # deliveries of one account on their way at once
LEAST, MOST = 8, 256  # deliveries in hand: what a crash leaves in doubt
CALM, HURRIED = (
    1.0,
    0.25,
)  # seconds in which what is in hand should have gone out: fewer, more of it else
BATCH = 128  # outcomes noted in one transaction
NOTE = 0.05  # seconds at most until an outcome is noted
LOOK = 1.0  # seconds between two looks for accounts that have something to say
ATTEMPTS = 8  # of one delivery; with the waits of retry.py about four minutes
WINDOW = 200  # the last results of a broadcast by which it is judged
LEAVING = 5.0  # seconds that a stop waits for what is on its way
REST = 60.0  # seconds that a stopped account is left alone

Post = Callable[[Chat, Reply], Awaitable[None]]
"""Puts a reply into the ledger of a pulled channel, where the person's own device fetches it."""


@dataclass(slots=True)
class Hand:
    """What one account has in hand. `holder`: whose the claims are; a new one each time the lease is taken."""

    holder: str = field(default_factory=lambda: secrets.token_hex(8))
    due: asyncio.Queue[Due] = field(default_factory=asyncio.Queue)
    outcomes: list[Outcome] = field(default_factory=list)
    count: int = 0  # claimed and not yet noted
    saying: int = 0
    ahead: int = LEAST
    until: float = 0.0  # the loop's time until which the lease is ours for sure
    moved: asyncio.Event = field(default_factory=asyncio.Event)
    full: asyncio.Event = field(default_factory=asyncio.Event)  # a batch, or all there is, is done
    stopped: bool = False


@dataclass(frozen=True)
class Told:
    """A broadcast and its words, the same for everybody: put together once, when the first is told."""

    broadcast: Broadcast
    speak: Speak

    @cached_property
    def reply(self) -> Reply:
        return words(self.broadcast)

    @cached_property
    def speech(self) -> Speech:
        return self.speak(self.reply)


class Herald:
    """One in a process; `halt_at` is the share of errors among the last 200 results at which a broadcast stops."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        leases: Leases,
        channels: Mapping[str, Channel],
        speak: Speak,
        post: Post,
        clock: Clock,
        halt_at: float = 0.05,
    ) -> None:
        self._ledger = ledger
        self._leases = leases
        self._channels = channels
        self._speak = speak
        self._post = post
        self._clock = clock
        self._halt_at = halt_at
        self._serving: dict[Account, asyncio.Task[None]] = {}
        self._resting: dict[Account, float] = {}
        self._told: dict[str, Told] = {}
        self._results: defaultdict[str, deque[bool]] = defaultdict(lambda: deque(maxlen=WINDOW))
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Something new waits."""
        self._woken.set()

    async def run(self) -> None:
        """Looks for accounts with something to say; for ever."""
        try:
            while True:
                try:
                    await self.look()
                except Exception:
                    log.exception("look failed")
                self._woken.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK):  # `wait_for` of 3.11 may lose a cancellation
                        await self._woken.wait()
        finally:
            await self.stop()

    async def look(self) -> None:
        """Serve each account that has something to say, one task each."""
        now = asyncio.get_running_loop().time()
        for account in await self._ledger.pending():
            if account[0] not in self._channels or self._resting.get(account, 0.0) > now:
                continue
            task = self._serving.get(account)
            if task is None or task.done():
                self._serving[account] = asyncio.create_task(self._serve(account), name="herald")

    async def settle(self) -> None:
        """Wait until all that can be said now has been said."""
        while True:
            await self.look()
            running = [task for task in self._serving.values() if not task.done()]
            if not running:
                return
            await asyncio.wait(running)

    async def stop(self) -> None:
        """Say what is on its way, note it, give the leases back."""
        for task in self._serving.values():
            task.cancel()
        await asyncio.gather(*self._serving.values(), return_exceptions=True)
        self._serving.clear()

    async def _serve(self, account: Account) -> None:
        """Until nothing waits, the lease is lost, or the account is stopped."""
        hand = Hand()
        if not await self._keep(account, hand):
            return
        try:
            free = self._channels[account[0]].window(None, self._clock()) is Window.FREE
            count = await self._ledger.recover(account, hand.holder, free, self._clock())
            if count:
                log.warning("in flight at a crash", extra={"channel": account[0], "count": count})
            await self._speak_all(account, hand)
        except Exception:
            log.exception("account failed", extra={"channel": account[0]})
        finally:
            await self._leases.drop(*account, hand.holder)

    async def _speak_all(self, account: Account, hand: Hand) -> None:
        tasks = [asyncio.create_task(self._lane(account, hand), name="lane") for _ in range(LANES)]
        tasks += [
            asyncio.create_task(self._noting(hand), name="note"),
            asyncio.create_task(self._keeping(account, hand), name="lease"),
        ]
        try:
            await self._feed(account, hand)
        finally:
            await self._lay_down(hand)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._note(hand)

    async def _lay_down(self, hand: Hand) -> None:
        """Put back what was not begun; wait a moment for what is on its way."""
        hand.stopped = True
        now = self._clock()
        while not hand.due.empty():
            due = hand.due.get_nowait()
            hand.outcomes.append(_again(due, now, due.attempts))
        with suppress(TimeoutError):
            async with asyncio.timeout(LEAVING):
                while hand.saying:  # noqa: ASYNC110  (any lane's end may be the last)
                    await asyncio.sleep(NOTE)

    async def _feed(self, account: Account, hand: Hand) -> None:
        """Claim ahead of the lanes, as much as goes out in about half a second."""
        loop = asyncio.get_running_loop()
        while not hand.stopped and loop.time() < hand.until:
            room = hand.ahead - hand.count
            started = loop.time()
            claimed: tuple[Due, ...] = ()
            if room >= max(1, hand.ahead // 2):
                now = self._clock()
                claimed = await self._ledger.claim(account, hand.holder, now, room)
                await self._know([due.broadcast for due in claimed])
                hand.count += len(claimed)
                for due in claimed:
                    hand.due.put_nowait(due)
            if not claimed and not hand.count:
                return
            hand.moved.clear()
            while hand.count > hand.ahead // 2 and not hand.stopped:
                await hand.moved.wait()
                hand.moved.clear()
            if not claimed and hand.count:
                await hand.moved.wait()
            hand.ahead = paced(hand.ahead, loop.time() - started, bool(claimed))

    async def _know(self, ids: Collection[str]) -> None:
        """The words of broadcasts; they can't change once one is being sent."""
        unknown = tuple(set(ids) - self._told.keys())
        if not unknown:
            return
        if len(self._told) > WINDOW:
            self._told.clear()
        for broadcast in await self._ledger.texts(unknown):
            self._told[broadcast.id] = Told(broadcast, self._speak)

    async def _known(self, id: str) -> Told:
        """A broadcast's words, asked for again where they were forgotten meanwhile."""
        if id not in self._told:
            await self._know((id,))
        return self._told[id]

    async def _lane(self, account: Account, hand: Hand) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = await hand.due.get()
            if hand.stopped or loop.time() >= hand.until:
                hand.stopped = True
                hand.outcomes.append(_again(due, self._clock(), due.attempts))
                hand.moved.set()
                continue
            hand.saying += 1
            try:
                outcome = await self._say(due)
            except Stopped:
                await self._stopped(account, hand, due)
                outcome = _again(due, self._clock() + timedelta(seconds=REST), due.attempts)
            except Exception:
                log.exception("delivery failed")
                outcome = Outcome(due=due, state=State.FAILED, reason="fault")
            finally:
                hand.saying -= 1
            hand.outcomes.append(outcome)
            if len(hand.outcomes) >= BATCH or (hand.due.empty() and not hand.saying):
                hand.full.set()
            await self._judge(due.broadcast, outcome)

    async def _say(self, due: Due) -> Outcome:
        """Say one; what became of it by the tables of the platforms' errors."""
        told = await self._known(due.broadcast)
        urgent = told.broadcast.urgent
        channel = self._channels[due.chat.channel]
        now = self._clock()
        window = channel.window(due.contact, now, urgent=urgent)
        if window is Window.SHUT:
            return Outcome(due=due, state=State.SHUT, reason="window")
        try:
            message, how = await self._send(channel, told, due)
        except Blocked:
            return Outcome(due=due, state=State.GONE)
        except Shut:
            return Outcome(due=due, state=State.SHUT, reason="window")
        except Refused:
            return Outcome(due=due, state=State.FAILED, reason="refused")
        except TooFast as error:
            return _again(due, now + timedelta(seconds=error.wait), due.attempts)
        except Unreachable as error:
            if isinstance(error, Unsure) and not (urgent or window is Window.FREE):
                return Outcome(due=due, state=State.UNKNOWN, reason="unsure")
            return self._later(due, error)
        return Outcome(due=due, state=State.SENT, message=message, reason=how)

    def _later(self, due: Due, error: ChannelError) -> Outcome:
        attempts = due.attempts + 1
        wait = wait_after(error, attempts)
        if wait is None or attempts >= ATTEMPTS:
            return Outcome(due=due, state=State.FAILED, reason="unreachable", attempts=attempts)
        return _again(due, self._clock() + wait, attempts)

    async def _send(self, channel: Channel, told: Told, due: Due) -> tuple[str | None, str]:
        """The message's id, and of a correction what became of the wrong message."""
        corrects = told.broadcast.corrects
        if channel.pulled:
            await self._post(due.chat, told.reply)
            return None, ANEW if corrects else ""
        message = await channel.send(due.chat, told.speech, haste=told.broadcast.haste)
        if not corrects:
            return message, ""
        return message, await self._mended(channel, due.chat, due.mends)

    async def _mended(self, channel: Channel, chat: Chat, wrong: str | None) -> str:
        """The wrong message says that it was wrong, or is taken back; else the correction alone has to do."""
        if wrong and isinstance(channel, Mending):
            with suppress(ChannelError):
                await channel.edit(chat, wrong, self._speak(WITHDRAWN))
                return EDITED
            with suppress(ChannelError):
                await channel.delete(chat, wrong)
                return DELETED
        return ANEW

    async def _judge(self, broadcast: str, outcome: Outcome) -> None:
        """Stop a broadcast that goes wrong too often."""
        if outcome.state is State.QUEUED:
            return
        results, wrong = self._results[broadcast], outcome.state in ERRORS
        results.append(wrong)
        if wrong and sum(results) > self._halt_at * WINDOW:
            results.clear()
            log.error("broadcast halted", extra={"broadcast": broadcast})
            await self._ledger.halt(broadcast)

    async def _stopped(self, account: Account, hand: Hand, due: Due) -> None:
        """The account can say nothing: leave it alone, and have an officer look."""
        hand.stopped = True
        hand.moved.set()
        self._resting[account] = asyncio.get_running_loop().time() + REST
        log.error("account stopped", extra={"channel": account[0]})
        await self._ledger.halt(due.broadcast)

    async def _noting(self, hand: Hand) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(NOTE):
                    await hand.full.wait()
            hand.full.clear()
            await self._note(hand)

    async def _note(self, hand: Hand) -> None:
        """Note what became of those that are done; what can't be noted is noted the next time."""
        outcomes, hand.outcomes = hand.outcomes, []
        if not outcomes:
            return
        try:
            await self._ledger.settle(hand.holder, outcomes, self._clock())
        except Exception:
            log.exception("outcomes not noted")
            hand.outcomes = [*outcomes, *hand.outcomes]
            return
        hand.count -= len(outcomes)
        hand.moved.set()

    async def _keeping(self, account: Account, hand: Hand) -> None:
        while True:
            await asyncio.sleep(KEEP)
            try:
                if not await self._keep(account, hand):
                    log.warning("lease lost", extra={"channel": account[0]})
                    hand.stopped = True
                    hand.moved.set()
            except Exception:
                log.exception("lease not renewed")

    async def _keep(self, account: Account, hand: Hand) -> bool:
        """Take or keep the lease; counted from before it was asked for, so never longer than it is."""
        asked = asyncio.get_running_loop().time()
        if not await self._leases.take(*account, hand.holder, LEASE):
            return False
        hand.until = asked + LEASE.total_seconds()
        return True


def paced(ahead: int, seconds: float, claimed: bool) -> int:
    """How many to have in hand, by how long the last ones took."""
    if claimed and seconds < HURRIED:
        return min(MOST, ahead * 2)
    return max(LEAST, ahead // 2) if seconds > CALM else ahead


def _again(due: Due, at: datetime, attempts: int) -> Outcome:
    return Outcome(due=due, state=State.QUEUED, again=at, attempts=attempts)
