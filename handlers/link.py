"""/lienket CODE: binds a chat to an officer by a one-time code from the desk."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime

from handlers.flows import say
from handlers.limits import Quota
from handlers.message import Chat, Message, Talk, Turn
from handlers.officer import Officer

NAME = "link"

Bind = Callable[[Chat, str, datetime], Awaitable[Officer | None]]
"""Binds a chat by a code; the officer, or None where the code is wrong, used or old."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkFlow:
    """One step; `tries` slows guessing."""

    bind: Bind
    tries: Quota

    async def __call__(self, message: Message, talk: Talk) -> Turn:
        talk = replace(talk, flow=None, step=None)
        if message.group:
            return say("link.group", talk)
        code = message.text.partition(" ")[2].strip()
        if not code:
            return say("link.how", talk, chat=f"{message.chat.channel}:{message.chat.id}")
        if not self.tries.take(message.chat, message.at):
            return say("link.too_often", talk)
        officer = await self.bind(message.chat, code, message.at)
        return say("link.done", talk, name=officer.name) if officer else say("link.wrong", talk)
