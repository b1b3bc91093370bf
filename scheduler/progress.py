"""Shows officers how a broadcast goes: one message in the chat, that changes where the channel can change it."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from handlers.broadcast import Broadcast, Stage
from handlers.control import stands
from handlers.delivery import State, Tally
from handlers.errors import ChannelError
from handlers.message import Chat, Reply, Value
from knowledge.load import Knowledge
from scheduler.sender import Channel, Mending, Speak

log = logging.getLogger(__name__)

EVERY = timedelta(seconds=3)  # between two changes of the message
STEPS = 10  # of the bar
LATELY = timedelta(minutes=5)  # how long after its end the last word may still be said


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The message that an officer's chat was shown last: its id, and what it said."""

    chat: Chat
    message: str | None = None
    words: str = ""


class Followers(Protocol):
    """Who follows which broadcast; each call is a transaction of its own."""

    async def running(self, since: datetime) -> tuple[Broadcast, ...]:
        """What is going out, has stopped, or has ended since."""

    async def of(self, broadcast: Broadcast) -> tuple[Shown, ...]:
        """The chats of its author and approver, with what they were shown."""

    async def note(self, broadcast: str, shown: Shown) -> None: ...


@dataclass(slots=True, kw_only=True)
class Progress:
    """Asked each second; one machine at a time, by `mine`."""

    followers: Followers
    tally: Callable[[Broadcast], Awaitable[Tally]]
    knowledge: Callable[[], Knowledge]
    channels: Mapping[str, Channel]
    speak: Speak
    mine: Callable[[], Awaitable[bool]]
    _next: datetime | None = None

    async def __call__(self, now: datetime) -> None:
        if self._next and now < self._next:
            return
        self._next = now + EVERY
        running = await self.followers.running(now - LATELY)
        if not running or not await self.mine():
            return
        for broadcast in running:
            followers = await self.followers.of(broadcast)
            if followers:
                reply = progress(broadcast, await self.tally(broadcast), self.knowledge())
                for shown in followers:
                    await self._show(broadcast, shown, reply)

    async def _show(self, broadcast: Broadcast, shown: Shown, reply: Reply) -> None:
        """Change the message, or say it anew where that can't be: then only when the stage is another."""
        channel = self.channels.get(shown.chat.channel)
        speech = self.speak(reply)
        mark = speech.text if isinstance(channel, Mending) else str(broadcast.stage)
        if channel is None or mark == shown.words:
            return
        message = shown.message
        try:
            if message and isinstance(channel, Mending):
                await channel.edit(shown.chat, message, speech)
            else:
                message = await channel.send(shown.chat, speech)
        except ChannelError as error:
            log.warning("progress not shown", extra={"kind": type(error).__name__})
            return
        await self.followers.note(broadcast.id, Shown(chat=shown.chat, message=message, words=mark))


def progress(broadcast: Broadcast, tally: Tally, knowledge: Knowledge) -> Reply:
    """Where it stands: a bar, the counts, and the buttons of its stage."""
    share = (
        tally.settled / tally.audience if tally.audience else float(broadcast.stage is Stage.DONE)
    )
    reply = stands(broadcast, knowledge, key="announce.progress")
    values: dict[str, Value] = {
        **reply.values,
        "bar": bar(share),
        "percent": int(share * 100),
        "audience": tally.audience,
        "sent": tally[State.SENT],
        "gone": tally[State.GONE],
        "shut": tally[State.SHUT],
        "spared": tally[State.SPARED],
        "failed": tally[State.FAILED] + tally[State.UNKNOWN],
        "seen": tally.seen,
    }
    return Reply(key="announce.progress", values=values, presses=reply.presses)


def bar(share: float) -> str:
    """0.42 → "▓▓▓▓░░░░░░"."""
    full = int(share * STEPS)
    return "▓" * full + "░" * (STEPS - full)
