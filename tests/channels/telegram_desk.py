"""A desk behind Telegram's door: notes what comes in, answers by a rule, sends by the channel."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from bot.channels import Door
from bot.channels.telegram import Rates, TelegramChannel, open_telegram, webhook_routes
from handlers.errors import ChannelError
from handlers.message import Button, Chat, Message, Reply, Speech
from scheduler.sender import Outgoing
from tests.fakes.telegram import TOKEN, TelegramServer

SECRET = "a-secret_that-only-Telegram-knows"  # noqa: S105  (of a test)
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
FAST = Rates(account=1e6, account_burst=1e4, chat=1e6, group=1e6, chat_burst=1e4)

Rule = Callable[[Message], Sequence[Reply]]


def utc_now() -> datetime:
    return datetime.now(UTC)


def echo(message: Message) -> Sequence[Reply]:
    """One reply of one part that says the words back."""
    return (Reply(key="echo", values={"text": message.text or message.kind.value}),)


def speak(reply: Reply) -> Speech:
    """The words of a reply; `echo` says its text, with the buttons of its presses."""
    buttons = tuple(Button(press, press) for press in reply.presses)
    return Speech(str(reply.values.get("text", reply.key)), buttons)


@dataclass(slots=True)
class Desk:
    """What a Door leads to. `hold` keeps a chat's messages back; `down` of them fail."""

    channel: TelegramChannel
    rule: Rule = echo
    received: list[Message] = field(default_factory=list)
    said: list[Outgoing] = field(default_factory=list)
    posted: list[Outgoing] = field(default_factory=list)
    failures: list[ChannelError] = field(default_factory=list)
    hold: dict[str, asyncio.Event] = field(default_factory=dict)
    down: int = 0
    _seen: set[tuple[Chat, str]] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def door(self) -> Door:
        return Door(receive=self.receive, post=self.post, sent=self.sent, speak=speak)

    async def receive(self, message: Message) -> tuple[Outgoing, ...]:
        if message.chat.id in self.hold:
            await self.hold[message.chat.id].wait()
        if self.down:
            self.down -= 1
            raise RuntimeError("the database is away: câu hỏi bí mật")
        if (message.chat, message.id) in self._seen:
            return ()
        self._seen.add((message.chat, message.id))
        self.received.append(message)
        return tuple(
            Outgoing(id=f"{message.id}-{seq}", chat=message.chat, seq=seq, due=NOW, reply=reply)
            for seq, reply in enumerate(self.rule(message))
        )

    def post(self, outgoing: Sequence[Outgoing]) -> None:
        self.posted.extend(outgoing)
        task = asyncio.create_task(self._say(tuple(outgoing)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def sent(self, outgoing: Sequence[Outgoing]) -> None:
        self.said.extend(outgoing)

    async def finish(self) -> None:
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def _say(self, outgoing: Sequence[Outgoing]) -> None:
        for each in outgoing:
            try:
                await self.channel.send(each.chat, speak(each.reply))
            except ChannelError as error:
                self.failures.append(error)


@asynccontextmanager
async def open_desk(telegram: TelegramServer, **more: Any) -> AsyncIterator[Desk]:
    """A channel to the fake, with a desk behind it; keyword arguments go to `open_telegram`."""
    options: dict[str, Any] = {"clock": utc_now, "rates": FAST, "public_url": "https://binhan.vn"}
    async with open_telegram(token=TOKEN, api_base=telegram.base, **options | more) as channel:
        channel.username = telegram.username
        desk = Desk(channel)
        try:
            yield desk
        finally:
            await desk.finish()


@asynccontextmanager
async def open_webhook(desk: Desk, **more: Any) -> AsyncIterator[str]:
    """The desk's webhook on 127.0.0.1: its address."""
    app = web.Application()
    app.add_routes(webhook_routes(desk.channel, desk.door, **{"secret": SECRET, **more}))
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/webhook/telegram"
    finally:
        await runner.cleanup()
