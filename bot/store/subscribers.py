"""Who takes warnings: the chat, the communes, the topics; and who said stop, so that no restore brings them back."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from bot.store.database import Transaction
from bot.store.keyed import Keyed
from handlers.delivery import State
from handlers.message import Chat
from handlers.ports import Subscriber

ID_BITS = 62


class Subscribers:
    """The port of handlers.ports."""

    def __init__(self, tx: Transaction, keyed: Keyed) -> None:
        self._tx = tx
        self._keyed = keyed

    async def get(self, chat: Chat) -> Subscriber | None:
        sql = "SELECT id, topics, party FROM subscriber WHERE channel = $1 AND account = $2 AND chat = $3"
        row = await self._tx.one(sql, chat.channel, chat.account, chat.id)
        if row is None:
            return None
        areas = await self._tx.all(
            "SELECT area FROM subscription WHERE subscriber = $1 ORDER BY area", row["id"]
        )
        return Subscriber(
            chat=chat,
            areas=tuple(each["area"] for each in areas),
            topics=tuple(row["topics"].split()),
            party=bool(row["party"]),
        )

    async def put(self, subscriber: Subscriber, at: datetime) -> None:
        chat, now = subscriber.chat, int(at.timestamp())
        row = await self._tx.one(
            "INSERT INTO subscriber (id, channel, account, chat, topics, party, since, contact)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $7) ON CONFLICT (channel, account, chat)"
            " DO UPDATE SET topics = excluded.topics, party = excluded.party,"
            " contact = excluded.contact RETURNING id",
            secrets.randbits(ID_BITS),
            chat.channel,
            chat.account,
            chat.id,
            " ".join(subscriber.topics),
            int(subscriber.party),
            now,
        )
        id = row["id"] if row else 0
        await self._tx.run("DELETE FROM subscription WHERE subscriber = $1", id)
        for area in dict.fromkeys(subscriber.areas):
            sql = "INSERT INTO subscription (area, subscriber) VALUES ($1, $2)"
            await self._tx.run(sql, area, id)
        await self._tx.run("DELETE FROM stop WHERE mark = $1", self._mark(chat))

    async def stop(self, chat: Chat, at: datetime) -> bool:
        """Also takes back what already waits for this chat."""
        place = (chat.channel, chat.account, chat.id)
        row = await self._tx.one(
            "DELETE FROM subscriber WHERE channel = $1 AND account = $2 AND chat = $3 RETURNING id",
            *place,
        )
        if row is not None:
            await self._tx.run("DELETE FROM subscription WHERE subscriber = $1", row["id"])
            await self._tx.run(
                "INSERT INTO stop (mark, at) VALUES ($1, $2)"
                " ON CONFLICT (mark) DO UPDATE SET at = excluded.at",
                self._mark(chat),
                int(at.timestamp()),
            )
        withdrawn = await self._tx.run(
            "UPDATE delivery SET state = $4 WHERE channel = $1 AND account = $2 AND chat = $3"
            " AND state = 'queued' AND broadcast IN"
            " (SELECT id FROM broadcast WHERE stage IN ('sending', 'paused', 'halted'))",
            *place,
            str(State.UNSUBSCRIBED),
        )
        return row is not None or withdrawn > 0

    async def seen(self, broadcast: str, chat: Chat) -> None:
        await self._tx.run(
            "UPDATE delivery SET seen = 1 WHERE channel = $1 AND account = $2 AND chat = $3 AND broadcast = $4",
            chat.channel,
            chat.account,
            chat.id,
            broadcast,
        )

    async def unname(self, chat: Chat) -> None:
        """Reports keep their counts; whose the rows were, they no longer say."""
        rows = await self._tx.all(
            "SELECT d.broadcast FROM broadcast b JOIN delivery d ON d.broadcast = b.id"
            " AND d.channel = $1 AND d.account = $2 AND d.chat = $3",
            chat.channel,
            chat.account,
            chat.id,
        )
        for row in rows:
            await self._tx.run(
                "UPDATE delivery SET chat = $4, message = NULL"
                " WHERE channel = $1 AND account = $2 AND chat = $3 AND broadcast = $5",
                chat.channel,
                chat.account,
                chat.id,
                f"~{secrets.token_hex(8)}",
                row["broadcast"],
            )

    def _mark(self, chat: Chat) -> str:
        return self._keyed(chat.channel, chat.account, chat.id)


async def touch(tx: Transaction, chat: Chat, at: datetime) -> None:
    """A subscriber was heard of: a platform's window is open again."""
    await tx.run(
        "UPDATE subscriber SET contact = $4 WHERE channel = $1 AND account = $2 AND chat = $3 AND contact < $4",
        chat.channel,
        chat.account,
        chat.id,
        int(at.timestamp()),
    )


async def remove(tx: Transaction, chats: Sequence[Chat]) -> None:
    """Subscribers whom a platform calls gone; what still waits for them anywhere is gone too."""
    for chat in chats:
        await tx.run(
            "UPDATE delivery SET state = 'gone' WHERE channel = $1 AND account = $2 AND chat = $3"
            " AND state = 'queued' AND broadcast IN"
            " (SELECT id FROM broadcast WHERE stage IN ('sending', 'paused', 'halted'))",
            chat.channel,
            chat.account,
            chat.id,
        )
        row = await tx.one(
            "DELETE FROM subscriber WHERE channel = $1 AND account = $2 AND chat = $3 RETURNING id",
            chat.channel,
            chat.account,
            chat.id,
        )
        if row is not None:
            await tx.run("DELETE FROM subscription WHERE subscriber = $1", row["id"])
