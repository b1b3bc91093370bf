"""One message, one transaction: seen before? → talk → router → replies saved; commit first, then speak."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from weakref import WeakValueDictionary

from bot.logs import incident
from bot.metrics import Metrics
from bot.store.database import Database, DatabaseError, Transaction
from bot.store.inbox import Inbox
from bot.store.keyed import Keyed
from bot.store.outbox import Replies
from bot.store.talks import Talks, seen_talk
from handlers.errors import Errand, Refusal
from handlers.fragments import Fragments
from handlers.message import Chat, Kind, Message, Reply, Talk, Turn
from handlers.router import Router
from scheduler.sender import CLAIM, FOREVER, Clock, Outgoing

log = logging.getLogger(__name__)

ERRANDS = 3  # a message may need so many; more is a flow that never gets on

MakeRouter = Callable[[Transaction], Router]
Forget = Callable[[Transaction, Chat], Awaitable[None]]
Touch = Callable[[Transaction, Chat, datetime], Awaitable[None]]


async def _nothing(tx: Transaction, chat: Chat) -> None:
    """Where nothing else is kept of a chat."""


class Service:
    """Receives messages of every channel.

    `pulled` names the channels whose replies are fetched, not sent; `windowed` begin the names of those on which
    it matters when a person was last heard of, for `touch`. `forgets` drops what else is kept of a chat.
    `clock` dates what is stored.
    `wipe` is told of a chat of which traces are to go, from the disk and from the chat itself.
    `at_hand` answers while nothing can be stored; None where that has to be waited for.
    """

    def __init__(
        self,
        *,
        database: Database,
        keyed: Keyed,
        router: MakeRouter,
        fragments: Fragments,
        clock: Clock,
        wake: Callable[[datetime], None],
        metrics: Metrics,
        forgets: Forget = _nothing,
        touch: Touch | None = None,
        pulled: frozenset[str] = frozenset({"web"}),
        windowed: str = "zalo",
        wipe: Callable[[Chat], None] = lambda chat: None,
        at_hand: Callable[[Message, Talk], Reply | None] = lambda message, talk: None,
    ) -> None:
        self._database = database
        self._keyed = keyed
        self._router = router
        self._fragments = fragments
        self._clock = clock
        self._wake = wake
        self._metrics = metrics
        self._pulled = pulled
        self._forgets = forgets
        self._touch = touch
        self._windowed = windowed
        self._wipe = wipe
        self._at_hand = at_hand
        self._locks: WeakValueDictionary[Chat, asyncio.Lock] = WeakValueDictionary()

    async def receive(self, message: Message) -> tuple[Outgoing, ...]:
        """The replies that are due now, committed, and claimed for the caller.

        A message seen before gives what of its replies nobody is known to be saying; a bug gives an apology.
        """
        lock = self._locks.setdefault(message.chat, asyncio.Lock())
        async with lock:
            try:
                return await self._after_errands(message)
            except Exception:
                number = secrets.token_hex(4)
                incident.set(number)
                log.exception("message failed", extra={"channel": message.chat.channel})
                self._metrics.count("binhan_failures_total", channel=message.chat.channel)
                try:
                    return await self._received(message, _apology(number))
                except DatabaseError:
                    return await self._unkept(message)

    async def _unkept(self, message: Message) -> tuple[Outgoing, ...]:
        """An answer that needs no store; DatabaseError where there is none, so that the message comes again."""
        talk = await seen_talk(self._database, self._keyed, message.chat)
        if (reply := self._at_hand(message, talk)) is None:
            raise DatabaseError("not stored")
        now = self._clock()
        seq = int(now.timestamp() * 1_000_000)
        return (Outgoing(id="", chat=message.chat, seq=seq, due=now, reply=reply),)

    async def _after_errands(self, message: Message) -> tuple[Outgoing, ...]:
        """Take the message in; what it needs to be fetched or derived first is, with no transaction open."""
        for _ in range(ERRANDS):
            try:
                return await self._received(message, self._turn)
            except Errand as errand:
                message = replace(message, brought=await errand.run())
        return await self._received(message, self._turn)

    async def forget(self, chat: Chat) -> None:
        """Forget what is remembered of a chat, and what still waits for it."""
        async with self._database.transaction() as tx:
            await self._leave(tx, chat)
            await self._forgets(tx, chat)

    async def _received(self, message: Message, turn_of: "TurnOf") -> tuple[Outgoing, ...]:
        now = self._clock()
        self._metrics.count(
            "binhan_messages_total", channel=message.chat.channel, kind=message.kind.value
        )
        async with self._database.transaction() as tx:
            replies = Replies(tx)
            cause = self._keyed(
                message.chat.channel, message.chat.account, message.chat.id, message.id
            )
            if not await Inbox(tx, self._keyed).first_seen(message):
                return await replies.of_cause(cause, now, now + CLAIM)
            if self._touch and message.chat.channel.startswith(self._windowed):
                await self._touch(tx, message.chat, now)
            talks = Talks(tx, self._keyed)
            talk = await talks.load(message.chat)
            if talk.held:
                message = await self._whole(message, replies, now)
            turn = await turn_of(message, talk, tx)
            if turn.durable:
                await tx.make_durable()
            if turn.forget:
                await self._leave(tx, message.chat)
            else:
                await talks.save(message.chat, turn.talk, message.at)
            due = now + self._fragments.quiet if turn.hold else now
            outgoing = await replies.add(
                message.chat,
                cause,
                turn.replies,
                now=now,
                due=due,
                claimed=self._claim(message, due, now),
            )
        if turn.wipe:
            self._wipe(message.chat)
        if turn.hold:
            self._fragments.keep(message)
            self._wake(due)
            return ()
        return outgoing

    async def _turn(self, message: Message, talk: Talk, tx: Transaction) -> Turn:
        try:
            return await self._router(tx)(message, talk)
        except Refusal as refusal:
            return Turn(replies=(Reply(key=refusal.key, values=refusal.values),), talk=talk)

    async def _whole(self, message: Message, replies: Replies, now: datetime) -> Message:
        """The message with the pieces sent just before, if their answer was not said yet."""
        if message.kind is not Kind.TEXT or message.text.startswith("/"):
            return message
        held = await replies.withdraw_held(message.chat, now)
        return self._fragments.joined(message) if held else message

    async def _leave(self, tx: Transaction, chat: Chat) -> None:
        await Talks(tx, self._keyed).forget(chat)
        await Replies(tx).leave(chat)

    def _claim(self, message: Message, due: datetime, now: datetime) -> datetime:
        if due > now:
            return due
        return now + (FOREVER if message.chat.channel in self._pulled else CLAIM)


TurnOf = Callable[[Message, Talk, Transaction], Awaitable[Turn]]


def _apology(number: str) -> TurnOf:
    async def turn(message: Message, talk: Talk, tx: Transaction) -> Turn:
        return Turn(replies=(Reply(key="fault.incident", values={"incident": number}),), talk=talk)

    return turn
