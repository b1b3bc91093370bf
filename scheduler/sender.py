"""Says what was decided: in each chat's order, from the ledger, until it was said or can't be."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from handlers.errors import Blocked, ChannelError, Unreachable
from handlers.message import Chat, Haste, Reply, Speech, Window
from scheduler.retry import wait_after

log = logging.getLogger(__name__)

CLAIM = timedelta(
    seconds=30
)  # how long a claimed reply is ours; a dead process's are free again after it
SWEEP = 5.0  # seconds between two looks at the ledger for replies that nobody is sending
FOREVER = timedelta(
    days=36_500
)  # a pulled channel's replies wait for the person's device, not for us
SETTLE = 0.02  # seconds between two looks at whether all has been said
BATCH = 200  # replies a sweep takes at most
INSISTING = 8  # more tries for a reply that is kept nowhere, and the longest wait before each
LONGEST_INSISTING = timedelta(seconds=3)

Clock = Callable[[], datetime]
Speak = Callable[[Reply], Speech]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A reply in the ledger: `seq` orders a chat's replies, `due` is when it may be said at the earliest."""

    id: str
    chat: Chat
    seq: int
    due: datetime
    reply: Reply
    attempts: int = 0


class Outbox(Protocol):
    """The ledger of replies not known to have been said; each call is a transaction of its own."""

    async def claim(self, now: datetime, until: datetime, limit: int) -> tuple[Outgoing, ...]:
        """Replies that are due and in nobody's hands, urgent ones first; ours until `until`."""

    async def take(self, chat: Chat, now: datetime, until: datetime) -> tuple[Outgoing, ...]:
        """The same for one chat."""

    async def sent(self, ids: Sequence[str]) -> None:
        """They were said: forget them."""

    async def later(self, id: str, at: datetime, attempts: int) -> None:
        """Not said; free to be claimed from `at` on."""

    async def drop(self, id: str) -> None:
        """It will never be said: forget it."""

    async def leave(self, chat: Chat) -> None:
        """The person shut the door: forget everything that waits for this chat."""


class Channel(Protocol):
    """One way to reach people. A pulled channel's replies are fetched by the person's own device."""

    @property
    def pulled(self) -> bool: ...

    async def send(self, chat: Chat, speech: Speech, *, haste: Haste = Haste.REPLY) -> str | None:
        """Say it, by haste; the platform's id of the message, None where it has none. Raises ChannelError.

        A pulled channel only wakes who listens.
        """

    def window(
        self, last_contact: datetime | None, now: datetime, *, urgent: bool = False
    ) -> Window:
        """Whether a person last heard of then may be sent a warning now; None: never heard of."""


@runtime_checkable
class Mending(Protocol):
    """A channel that can change or take back what it has sent; both raise ChannelError."""

    async def edit(self, chat: Chat, message: str, speech: Speech) -> None: ...

    async def delete(self, chat: Chat, message: str) -> None: ...


class Sender:
    """Says what waits: in the order of each chat, chats never waiting for each other, until it was said or can't be.

    `speak` puts a reply into words at the moment of sending, so that a correction of the knowledge still arrives.
    `shown` is told of each message that is kept nowhere, by the platform's id, so that it can be taken back.
    """

    def __init__(
        self,
        *,
        outbox: Outbox,
        channels: Mapping[str, Channel],
        speak: Speak,
        clock: Clock,
        shown: Callable[[Chat, str], None] = lambda chat, id: None,
    ) -> None:
        self._outbox = outbox
        self._channels = channels
        self._speak = speak
        self._clock = clock
        self._shown = shown
        self._lanes: dict[Chat, asyncio.Queue[Outgoing]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._due: asyncio.Event = asyncio.Event()
        self._next: datetime | None = None
        self._sweeping = False

    def post(self, outgoing: Sequence[Outgoing]) -> None:
        """Say these, claimed by the caller, in the background and in the order of their chat."""
        for each in outgoing:
            lane = self._lanes.get(each.chat)
            if lane is None:
                lane = self._lanes[each.chat] = asyncio.Queue()
                task = asyncio.create_task(self._drain(each.chat, lane), name="lane")
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            lane.put_nowait(each)

    async def sent(self, outgoing: Sequence[Outgoing]) -> None:
        """The caller has said these itself."""
        if outgoing:
            await self._outbox.sent([each.id for each in outgoing])

    def wake(self, at: datetime) -> None:
        """Something will be due at `at`: look at the ledger then."""
        if self._next is None or at < self._next:
            self._next = at
            self._due.set()

    async def run(self) -> None:
        """Looks at the ledger now, whenever something falls due, and every few seconds; for ever."""
        while True:
            self._sweeping, self._next = True, None
            try:
                await self._sweep()
            except Exception:
                log.exception("sweep failed")
            self._sweeping = False
            await self._pause()

    async def finish(self) -> None:
        """Wait until all that was posted has been said or put back."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def settle(self) -> None:
        """Wait until nothing is due any more and all has been said: for a talk that ends with its input."""
        while self._next is not None or self._sweeping or self._tasks:
            await self.finish()
            await asyncio.sleep(SETTLE)

    async def _sweep(self) -> None:
        now = self._clock()
        while claimed := await self._outbox.claim(now, now + CLAIM, BATCH):
            self.post(claimed)
            if len(claimed) < BATCH:
                return
            await self.finish()

    async def _pause(self) -> None:
        """Until the next thing is due, at most SWEEP; a new, earlier one cuts it short."""
        while True:
            wait = SWEEP
            if self._next is not None:
                wait = min(wait, (self._next - self._clock()).total_seconds())
            if wait <= 0:
                return
            self._due.clear()
            try:
                async with asyncio.timeout(wait):  # `wait_for` of 3.11 may lose a cancellation
                    await self._due.wait()
            except TimeoutError:
                return

    async def _drain(self, chat: Chat, lane: asyncio.Queue[Outgoing]) -> None:
        """Say a chat's replies one after the other; after a failure the rest goes back in order."""
        try:
            while not lane.empty():
                each = lane.get_nowait()
                wait = await self._say(each)
                if each.reply.fleeting:
                    await self._insist(each, wait)
                elif wait is not None:
                    await self._put_back(each, lane, wait)
        except Exception:
            log.exception("lane failed")
        finally:
            del self._lanes[chat]

    async def _say(self, each: Outgoing) -> timedelta | None:
        """Say one; how long to wait where it must be tried again."""
        channel = self._channels.get(each.chat.channel)
        try:
            if channel is None:  # not open yet, or closed for now: the reply waits
                raise Unreachable
            said = await channel.send(each.chat, self._speak(each.reply), haste=each.reply.haste)
            if said and each.reply.fleeting:
                self._shown(each.chat, said)
        except Blocked:
            log.info("chat left", extra={"channel": each.chat.channel})
            await self._outbox.leave(each.chat)
        except ChannelError as error:
            wait = wait_after(error, each.attempts + 1)
            kind = type(error).__name__
            log.warning("not said", extra={"kind": kind, "attempts": each.attempts + 1})
            if wait is not None:
                return wait
            await self._outbox.drop(each.id)
        else:
            await self._note(each, pulled=channel.pulled)
        return None

    async def _note(self, each: Outgoing, *, pulled: bool) -> None:
        """It was said: what can't be noted (a full disk) does not keep the chat's next reply from being said."""
        try:
            if pulled:
                await self._outbox.later(each.id, self._clock() + FOREVER, each.attempts)
            else:
                await self._outbox.sent([each.id])
        except Exception:
            log.exception("said, and not noted")

    async def _insist(self, each: Outgoing, wait: timedelta | None) -> None:
        """Try what no ledger holds a few times more, here and now; then it is lost, and what follows says so."""
        for _ in range(INSISTING):
            if wait is None:
                return
            await asyncio.sleep(min(wait, LONGEST_INSISTING).total_seconds())
            wait = await self._say(each)

    async def _put_back(
        self, each: Outgoing, lane: asyncio.Queue[Outgoing], wait: timedelta
    ) -> None:
        again = self._clock() + wait
        await self._outbox.later(each.id, again, each.attempts + 1)
        while not lane.empty():
            behind = lane.get_nowait()
            await self._outbox.later(behind.id, again, behind.attempts)
        self.wake(again)
