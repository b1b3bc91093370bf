"""A desk behind a channel's door: notes what comes in, answers by a rule, sends by the channel."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

from aiohttp import web

from bot.channels import Door
from handlers.errors import ChannelError
from handlers.message import Button, Chat, Message, Reply, Speech
from scheduler.sender import Outgoing

Rule = Callable[[Message], Sequence[Reply]]


class Says(Protocol):
    async def send(self, chat: Chat, speech: Speech) -> str | None: ...


def echo(message: Message) -> Sequence[Reply]:
    """One reply of one part that says the words back."""
    return (Reply(key="echo", values={"text": message.text or message.kind.value}),)


def speak(reply: Reply) -> Speech:
    """The words of a reply; `echo` says its text, with the buttons of its presses."""
    buttons = tuple(Button(press, press) for press in reply.presses)
    return Speech(str(reply.values.get("text", reply.key)), buttons)


@dataclass(slots=True, kw_only=True)
class Behind:
    """What a Door leads to. `hold` keeps a chat's messages back; `down` of them fail.

    `said`: in the answer of a webhook; `posted`: by the channel, of which `failures` could not be said.
    """

    rule: Rule = echo
    received: list[Message] = field(default_factory=list)
    said: list[Outgoing] = field(default_factory=list)
    posted: list[Outgoing] = field(default_factory=list)
    failures: list[ChannelError] = field(default_factory=list)
    hold: dict[str, asyncio.Event] = field(default_factory=dict)
    down: int = 0
    _known: set[tuple[Chat, str]] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def says(self) -> Says:
        """The channel by which it answers."""
        raise NotImplementedError

    @property
    def door(self) -> Door:
        return Door(receive=self.receive, post=self.post, sent=self.sent, speak=speak)

    async def receive(self, message: Message) -> tuple[Outgoing, ...]:
        if message.chat.id in self.hold:
            await self.hold[message.chat.id].wait()
        if self.down:
            self.down -= 1
            raise RuntimeError("the database is away: câu hỏi bí mật")
        if (message.chat, message.id) in self._known:
            return ()
        self._known.add((message.chat, message.id))
        self.received.append(message)
        return tuple(
            Outgoing(
                id=f"{message.id}-{seq}", chat=message.chat, seq=seq, due=message.at, reply=reply
            )
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
                await self.says.send(each.chat, speak(each.reply))
            except ChannelError as error:
                self.failures.append(error)


@asynccontextmanager
async def served(routes: Iterable[web.AbstractRouteDef]) -> AsyncIterator[str]:
    """These routes on 127.0.0.1: their address."""
    app = web.Application()
    app.add_routes(routes)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
