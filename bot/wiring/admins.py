"""Tells the admins, in the chats that the configuration names, what only they can mend."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from bot.config import Config
from bot.library import Tell
from bot.store.database import Database
from bot.store.outbox import Replies
from handlers.message import Chat, Reply, Value
from knowledge.faults import Fault
from scheduler.sender import Channel, Clock, Sender

TellAdmins = Callable[[str, Reply], Awaitable[None]]
"""What it is about, and what is said."""


def admins_of(
    config: Config,
    database: Database,
    sender: Sender,
    channels: Mapping[str, Channel],
    clock: Clock,
) -> TellAdmins:
    """Tells the admins' chats something; those on channels that are not open are left out."""

    async def tell(cause: str, reply: Reply) -> None:
        now = clock()
        async with database.transaction() as tx:
            for name in config.knowledge.admins:
                channel, _, id = name.partition(":")
                if channel not in channels:
                    continue
                chat = Chat(channel, getattr(channels[channel], "account", channel), id)
                cause_now = f"{cause}.{now.timestamp()}"
                await Replies(tx).add(chat, cause_now, (reply,), now=now, due=now, claimed=now)
        sender.wake(now)

    return tell


def faults_told(tell: TellAdmins) -> Tell:
    """Tells the admins of faults: file, line and remedy."""

    async def told(faults: Sequence[Fault]) -> None:
        first = faults[0]
        values: dict[str, Value] = {
            "count": len(faults),
            "file": first.path.name,
            "line": first.line,
            "fault": first.text,
        }
        await tell("kb", Reply(key="kb.fault", values=values))

    return told
