"""Which messages were seen: a redelivered one acts once."""

from datetime import datetime

from bot.store.database import Transaction
from bot.store.keyed import Keyed
from handlers.message import Message


class Inbox:
    """Marks only: no text, no chat."""

    def __init__(self, tx: Transaction, keyed: Keyed) -> None:
        self._tx = tx
        self._keyed = keyed

    async def first_seen(self, message: Message) -> bool:
        """Whether this is the first time; two at once: the second waits, and is told no."""
        chat = message.chat
        row = await self._tx.one(
            "INSERT INTO inbox (key, at) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING key",
            self._keyed(chat.channel, chat.account, chat.id, message.id),
            int(message.at.timestamp()),
        )
        return row is not None


async def forget(tx: Transaction, before: datetime) -> int:
    """Forget the marks of messages older than an instant; how many there were."""
    return await tx.run("DELETE FROM inbox WHERE at < $1", int(before.timestamp()))
