"""One bot of Telegram: speaks at the pace it may, and remembers what it still owes."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from functools import lru_cache, partial
from typing import Any

import aiohttp
from telegram import Bot

from bot.channels.halfway import Halfway
from bot.channels.telegram.faults import is_alarm, new_chat, translate
from bot.channels.telegram.normalise import ANONYMOUS_ADMIN, Event, Reader, Reason
from bot.channels.telegram.pace import Pace, Rates
from bot.channels.telegram.render import addressed, render, tail
from bot.channels.telegram.transport import READ, Transport
from handlers.errors import Blocked, Refused, TooFast, Unreachable
from handlers.message import Attachment, Chat, Haste, Message, Speech, Window
from scheduler.sender import Clock

log = logging.getLogger(__name__)

REMEMBERED = 10_000  # chats and speeches of which a process remembers what it still owes them
RENDERED = 2000  # speeches kept as parts: the same answers are given again and again
ADMINS = ("creator", "administrator")
TOGETHER = 100  # messages deleted by one call
PAID: Mapping[str, Any] = {"allow_paid_broadcast": True}
LEAVING = 2.0  # seconds that a stop waits for button presses to be acknowledged

# their messages hold the token, whole updates and texts: nothing of theirs may be printed
LIBRARY_LOGGERS = ("telegram", "httpx", "httpcore", "aiohttp.access", "aiohttp.client")


class TelegramChannel:
    """Says things in the name of one bot; `username` is None until Telegram told us our name.

    `clock` dates what comes in; `count` is told why an update said nothing to us. `paid`: what is said
    above Telegram's free pace is paid for (https://core.telegram.org/bots/api#sendmessage, allow_paid_broadcast);
    answers too, or they would be refused in the middle of a fast warning.
    """

    pulled = False

    def __init__(
        self,
        *,
        bot: Bot,
        transport: Transport,
        pace: Pace,
        public_url: str,
        clock: Clock,
        count: Callable[[Reason], None],
        paid: bool = False,
    ) -> None:
        self.account = account_of(bot.token)
        self.username: str | None = None
        self.bot = bot
        self.clock = clock
        self.pace = pace
        self._transport = transport
        self._say_url = f"{bot.base_url}/sendMessage"
        self._parts = partial(render, public_url=public_url)
        self._tails = lru_cache(RENDERED)(self._encoded)
        self._count = count
        self._extra = PAID if paid else {}
        self._halfway = Halfway()
        self._owed: OrderedDict[Chat, int] = OrderedDict()
        self._moved: OrderedDict[str, str] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()

    async def send(self, chat: Chat, speech: Speech, *, haste: Haste = Haste.REPLY) -> str | None:
        """Say it, part by part; the id of the last part. Raises ChannelError.

        What was said of a speech that failed half way is remembered, as long as this process lives:
        the next try goes on with the part that failed.
        """
        if chat not in self._owed:
            self.expect(chat, 1)
        try:
            said = await self._send(chat, speech, haste)
        except Blocked:
            self._owed.pop(chat, None)
            raise
        except Refused:
            self._settle(chat)
            raise
        self._settle(chat)
        return said

    async def edit(self, chat: Chat, message: str, speech: Speech) -> None:
        """Put other words into a message of ours; raises ChannelError."""
        part = self._parts(speech)[-1]
        await self.pace.turn(chat, haste=Haste.URGENT)
        call = self.bot.edit_message_text(
            part["text"], self.address(chat), int(message), api_kwargs=dict(part)
        )
        self._raise(await _failure(call))

    async def delete(self, chat: Chat, message: str) -> None:
        """Take a message of ours back, of the last 48 hours; raises ChannelError."""
        await self.pace.turn(chat, haste=Haste.URGENT)
        self._raise(await _failure(self.bot.delete_message(self.address(chat), int(message))))

    def window(
        self, last_contact: datetime | None, now: datetime, *, urgent: bool = False
    ) -> Window:
        """Whoever started the bot may be written to until they block it."""
        return Window.FREE

    async def take_back(self, chat: Chat, messages: Sequence[str]) -> int:
        """Delete messages of a private chat, on both sides; how many Telegram would not.

        https://core.telegram.org/bots/api#deletemessages: at most 100 at once, of the last 48 hours.
        """
        left = 0
        for start in range(0, len(messages), TOGETHER):
            ids = [int(id) for id in messages[start : start + TOGETHER]]
            call = self.bot.delete_messages(self.address(chat), ids)
            if await _failure(call) is not None:
                left += await self._one_by_one(chat, ids)
        return left

    async def _one_by_one(self, chat: Chat, ids: Sequence[int]) -> int:
        failures = [await _failure(self.bot.delete_message(self.address(chat), id)) for id in ids]
        return sum(failure is not None for failure in failures)

    async def download(self, attachment: Attachment, write: Callable[[bytes], None]) -> None:
        """Hand over a file piece by piece; OSError where it can't be had. Nothing tells where it lay."""
        try:
            file = await self.bot.get_file(attachment.reference)
            url = file.file_path or ""
        except Exception:
            url = ""
        if not url:
            raise OSError("the file can't be had")
        await self._transport.stream(url, write)

    def render(self, speech: Speech) -> list[bytes]:
        """The parts of a speech, as `sendMessage` takes them, all but the chat; what is fleeting is kept nowhere."""
        return self._encoded(speech) if speech.fleeting else self._tails(speech)

    def read(self, update: object) -> Event:
        """The event of an update; counts one that says nothing, follows a group that moved."""
        event = Reader(account=self.account, username=self.username)(update, self.clock())
        if event.moved:
            self._moved[event.moved[0]] = event.moved[1]
            _trim(self._moved)
        if event.reason:
            self._count(event.reason)
        return event

    async def vouched(self, event: Event) -> Message | None:
        """The event's message, marked if an admin of the group wrote it; asked of Telegram where it matters."""
        if event.message is None or event.author is None:
            return event.message
        admin = event.author == ANONYMOUS_ADMIN
        if not admin:
            chat = self.address(event.message.chat)
            try:
                member = await self.bot.get_chat_member(chat, event.author)
            except Exception as error:
                log.warning("admin not asked for", extra={"kind": type(error).__name__})
            else:
                admin = member.status in ADMINS
        return replace(event.message, admin=admin)

    def address(self, chat: Chat) -> int:
        """The chat's id for Telegram: the new one of a group that has moved."""
        return int(self._moved.get(chat.id, chat.id))

    def expect(self, chat: Chat, count: int) -> None:
        """So many speeches for this chat are on their way to `send`."""
        self._owed[chat] = self._owed.get(chat, 0) + count
        _trim(self._owed)

    def owes(self, chat: Chat) -> bool:
        """Whether something for this chat has been asked for and not been said."""
        return chat in self._owed

    def acknowledge(self, press: str) -> None:
        """Tell Telegram, in the background and at best, that a button press arrived."""
        task = asyncio.create_task(self._acknowledge(press), name="acknowledge")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def fetch(self, method: str, fields: Mapping[str, Any], wait: float) -> tuple[int, bytes]:
        """A call whose answer may take `wait` seconds: its status, and the answer undecoded."""
        url = f"{self.bot.base_url}/{method}"
        return await self._transport.call(url, fields, read_timeout=wait + READ)

    async def finish(self) -> None:
        """Wait a moment for what runs in the background, then end it."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=LEAVING)
            for task in late:
                task.cancel()

    async def _send(self, chat: Chat, speech: Speech, haste: Haste) -> str | None:
        parts, said = self.render(speech), None
        if not parts:
            log.warning("nothing to say", extra={"channel": chat.channel})
        for place in range(self._halfway.place(chat, speech, self.clock()), len(parts)):
            try:
                await self.pace.turn(chat, haste=haste)
                said = await self._say(chat, parts[place])
            except (Unreachable, TooFast):
                self._halfway.failed(chat, speech, place, self.clock())
                raise
        return said

    def _encoded(self, speech: Speech) -> list[bytes]:
        parts = self._parts(speech)
        if speech.fleeting:  # it can't be passed on
            parts = [part | {"protect_content": True} for part in parts]
        return [tail(part) for part in parts]

    async def _say(self, chat: Chat, part: bytes) -> str | None:
        """Say one part, to a moved group at its new place; its id. ChannelErrors are chained to nothing."""
        said = await self._call(chat, part)
        if isinstance(said, Exception) and (moved := new_chat(said)):
            self._moved[chat.id] = moved
            _trim(self._moved)
            said = await self._call(chat, part)
        if isinstance(said, str):
            return said
        self._raise(said)
        return None

    def _raise(self, error: Exception | None) -> None:
        """What a failed call means to the sender, if anything."""
        if error is None:
            return
        if is_alarm(error):
            log.error("telegram does not accept the token", extra={"account": self.account})
        failure = translate(error)
        if isinstance(failure, TooFast):
            self.pace.protest(failure.wait)
        if failure is not None:
            raise failure

    async def _call(self, chat: Chat, part: bytes) -> str | Exception:
        """One message's id; or what was raised, of Telegram or over an unreadable answer."""
        body = addressed(self.address(chat), part, **self._extra)
        try:
            return await self._transport.say(self._say_url, body)
        except Exception as error:
            return error

    async def _acknowledge(self, press: str) -> None:
        try:
            await self.bot.answer_callback_query(press)
        except Exception as error:
            log.info("press not acknowledged", extra={"kind": type(error).__name__})

    def _settle(self, chat: Chat) -> None:
        left = self._owed.get(chat, 0) - 1
        if left > 0:
            self._owed[chat] = left
        else:
            self._owed.pop(chat, None)


@asynccontextmanager
async def open_telegram(
    *,
    token: str,
    clock: Clock,
    api_base: str = "https://api.telegram.org",
    public_url: str = "",
    count: Callable[[Reason], None] = lambda reason: None,
    rates: Rates | None = None,
    paid: bool = False,
    proxy: str | None = None,
    session: aiohttp.ClientSession | None = None,
) -> AsyncIterator[TelegramChannel]:
    """A channel for the bot of `token`; calls nobody yet, so it opens whether Telegram can be
    reached or not.

    `session` is used where given and stays the caller's; `proxy` is an http://
    address. Raises ValueError for what can't be a token.
    """
    account_of(token)
    transport = Transport(session=session, proxy=proxy)
    base = api_base.rstrip("/")
    bot = Bot(
        token,
        base_url=f"{base}/bot",
        base_file_url=f"{base}/file/bot",
        request=transport,
        get_updates_request=transport,
    )
    loop = asyncio.get_running_loop()
    pace = Pace(rates or Rates(), loop.time)
    await transport.initialize()
    channel = TelegramChannel(
        bot=bot,
        transport=transport,
        pace=pace,
        public_url=public_url,
        clock=clock,
        count=count,
        paid=paid,
    )
    try:
        yield channel
    finally:
        await channel.finish()
        await transport.shutdown()


def account_of(token: str) -> str:
    """The bot's number, before the colon of its token; ValueError where there is none."""
    number, colon, _ = token.partition(":")
    if not (colon and number.isascii() and number.isdecimal()):
        raise ValueError("a Telegram token is a number, a colon and letters")
    return number


async def _failure(call: Awaitable[object]) -> Exception | None:
    """What a call raised."""
    try:
        await call
    except Exception as error:
        return error
    return None


def _trim(memory: OrderedDict[Any, Any]) -> None:
    while len(memory) > REMEMBERED:
        memory.popitem(last=False)
