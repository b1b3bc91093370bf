"""Telegram's way in by asking: lets go of an update only when it is committed."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from telegram.error import TelegramError

from bot.channels import Door
from bot.channels.fields import decode
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.faults import is_alarm
from bot.channels.telegram.normalise import UPDATES, Event, update_id
from bot.channels.telegram.transport import Flooded, wait_of
from handlers.message import Chat

log = logging.getLogger(__name__)

LONG_POLL = 50  # seconds that Telegram holds an empty answer back; its own limit
BATCH = 100
PATIENCE = 1.0  # seconds after which we ask for more although a chat is not done yet
LEAVING = 10.0  # seconds that a stop waits for updates that are being taken in
LONGEST_WAIT = 60.0
FIRST_ID = re.compile(rb'"update_id"\s*:\s*(\d{1,18})')

Sleep = Callable[[float], Awaitable[None]]


class Unanswered(Exception):
    """Telegram gave no updates; the status it answered with, 0 for none at all."""

    def __init__(self, status: int, wait: float | None = None) -> None:
        super().__init__(status)
        self.status = status
        self.wait = wait


async def poll(
    channel: TelegramChannel,
    door: Door,
    *,
    long_poll: int = LONG_POLL,
    patience: float = PATIENCE,
    sleep: Sleep = asyncio.sleep,
) -> None:
    """Takes in updates until it is cancelled; it then finishes those in hand, the rest come again.

    A chat's updates are taken in one after the other, chats never wait for each other. The offset,
    by which Telegram forgets, follows the oldest update that is not committed. Errors are waited
    out, 1 to 60 seconds.
    """
    intake = Intake(channel, door)
    try:
        await _drop_webhook(channel, sleep)
        failures = 0
        while True:
            try:
                hold = 0 if intake.busy else long_poll
                updates = await _updates(channel, intake.offset, hold, BATCH)
            except Unanswered as error:
                failures += 1
                _report(error, channel)
                await sleep(error.wait or back_off(failures))
                continue
            before = intake.offset
            intake.take(updates)
            await intake.settled(patience)
            # what can't even be numbered can't be let go of: Telegram brings it again at once
            stuck = bool(updates) and not intake.busy and intake.offset == before
            failures = failures + 1 if intake.failed or stuck else 0
            if failures:
                await sleep(back_off(failures))
    finally:
        await intake.leave(LEAVING)


def back_off(failures: int) -> float:
    """Seconds to wait after so many failures on end: 1, 2, 4 … 60."""
    return min(2.0 ** min(failures - 1, 10), LONGEST_WAIT)


@dataclass(slots=True)
class Intake:
    """What was fetched and not let go of: updates in hand, or committed before an older one."""

    channel: TelegramChannel
    door: Door
    offset: int = 0
    failed: bool = False
    _open: set[int] = field(default_factory=set)  # not committed; what failed stays here
    _known: set[int] = field(default_factory=set)  # in hand, or committed, and not let go of
    _last: int = -1
    _lanes: dict[Chat, list[Event]] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def busy(self) -> bool:
        """Whether an update isn't committed: Telegram then answers at once, with it again."""
        return bool(self._open)

    def take(self, updates: Sequence[object]) -> None:
        """Hand the updates to their chats; one that says nothing is done with."""
        self.failed = False
        for update in updates:
            id = update_id(update)
            if id is None or id < self.offset or id in self._known:
                continue
            self._known.add(id)
            self._last = max(self._last, id)
            event = self.channel.read(update)
            if event.press:
                self.channel.acknowledge(event.press)
            if event.message:
                self._open.add(id)
                self._queue(event.message.chat, event)

    async def settled(self, patience: float) -> None:
        """Wait for those in hand, at most `patience` seconds; then move the offset on."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=patience)
        self.offset = min(self._open, default=max(self._last + 1, self.offset))
        self._known = {id for id in self._known if id >= self.offset}

    async def leave(self, patience: float) -> None:
        """Let those in hand be finished; end those that take longer: they are brought again."""
        if not self._tasks:
            return
        _, late = await asyncio.wait(self._tasks, timeout=patience)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late)

    def _queue(self, chat: Chat, event: Event) -> None:
        if chat in self._lanes:
            self._lanes[chat].append(event)
            return
        self._lanes[chat] = [event]
        task = asyncio.create_task(self._drain(chat), name="intake")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _drain(self, chat: Chat) -> None:
        """Take in a chat's updates in order; if one fails, it and the rest are fetched again."""
        lane = self._lanes[chat]
        try:
            while lane:
                await self._receive(lane[0])
                lane.pop(0)
        except Exception:
            self.failed = True
            self._known -= {event.update for event in lane if event.update is not None}
            log.exception("update not taken in", extra={"channel": chat.channel})
        finally:
            del self._lanes[chat]

    async def _receive(self, event: Event) -> None:
        if event.update is None:
            return
        message = await self.channel.vouched(event)
        if message is None:
            return
        outgoing = await self.door.receive(message)
        self._open.discard(event.update)
        if outgoing:
            self.channel.expect(message.chat, len(outgoing))
            self.door.post(outgoing)


async def _drop_webhook(channel: TelegramChannel, sleep: Sleep) -> None:
    """A webhook must go before Telegram can be asked; what waits behind it must not."""
    failures = 0
    while True:
        try:
            await channel.bot.delete_webhook(drop_pending_updates=False)
        except Exception as error:
            if is_alarm(error):
                log.error("telegram does not accept the token", extra={"account": channel.account})
            failures += 1
            log.warning("webhook not dropped", extra={"kind": type(error).__name__})
            await sleep(error.wait if isinstance(error, Flooded) else back_off(failures))
        else:
            return


async def _updates(channel: TelegramChannel, offset: int, hold: int, limit: int) -> list[object]:
    """The updates from `offset` on; Unanswered if there is no answer to be had.

    A batch that can't be decoded is asked for one by one, so that only the culprit is lost.
    """
    body = await _fetch(channel, offset, hold, limit)
    answer = decode(body)
    result = answer.get("result") if isinstance(answer, dict) else None
    if isinstance(result, list):
        return result
    if limit > 1:
        return await _updates(channel, offset, 0, 1)
    found = FIRST_ID.search(body)
    if found is None:
        raise Unanswered(200)
    log.error("update can't be decoded", extra={"channel": "telegram"})
    return [{"update_id": int(found[1])}]


async def _fetch(channel: TelegramChannel, offset: int, hold: int, limit: int) -> bytes:
    fields = {"timeout": hold, "limit": limit, "allowed_updates": list(UPDATES)}
    if offset:
        fields["offset"] = offset
    try:
        status, body = await channel.fetch("getUpdates", fields, hold)
    except TelegramError:
        status, body = 0, b""
    if status != 200:
        raise Unanswered(status, wait_of(body) if status == 429 else None)
    return body


def _report(error: Unanswered, channel: TelegramChannel) -> None:
    match error.status:
        case 409:
            log.error(
                "another process asks for this bot's updates", extra={"account": channel.account}
            )
        case 401 | 404:
            log.error("telegram does not accept the token", extra={"account": channel.account})
        case status:
            log.warning("no updates", extra={"status": status})
