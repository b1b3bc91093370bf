"""What the OA channel remembers of a chat, under a mark: who is writing there, and the last word on following."""

from datetime import datetime

from bot.store.database import Database, Transaction
from bot.store.keyed import Keyed
from handlers.message import Chat


class ZaloChats:
    """Each call is a transaction of its own."""

    def __init__(self, database: Database, keyed: Keyed) -> None:
        self._database = database
        self._keyed = keyed

    async def hush(self, chat: Chat, until: datetime) -> None:
        """A person of the office is writing to this chat: the assistant is silent until then."""
        async with self._database.transaction() as tx:
            await tx.run(
                "INSERT INTO zalo_chat (chat, quiet, member) VALUES ($1, $2, 0)"
                " ON CONFLICT (chat) DO UPDATE SET quiet = excluded.quiet",
                self._mark(chat),
                int(until.timestamp()),
            )

    async def hushed(self, chat: Chat, now: datetime) -> bool:
        rows = await self._database.read(
            "SELECT chat FROM zalo_chat WHERE chat = $1 AND quiet > $2",
            self._mark(chat),
            int(now.timestamp()),
        )
        return bool(rows)

    async def newest(self, chat: Chat, at: datetime) -> bool:
        """Whether a follow or unfollow is the latest one of this chat; notes it then."""
        async with self._database.transaction() as tx:
            row = await tx.one(
                "INSERT INTO zalo_chat (chat, quiet, member) VALUES ($1, 0, $2)"
                " ON CONFLICT (chat) DO UPDATE SET member = excluded.member"
                " WHERE zalo_chat.member <= excluded.member RETURNING chat",
                self._mark(chat),
                int(at.timestamp() * 1000),
            )
        return row is not None

    async def heard(self, account: str, at: datetime) -> None:
        """The account's webhook was called."""
        async with self._database.transaction() as tx:
            await tx.run(
                "INSERT INTO zalo_heard (account, at) VALUES ($1, $2)"
                " ON CONFLICT (account) DO UPDATE SET at = excluded.at",
                account,
                int(at.timestamp()),
            )

    async def last_heard(self, account: str) -> int | None:
        """When the account's webhook was last called, Unix seconds."""
        rows = await self._database.read("SELECT at FROM zalo_heard WHERE account = $1", account)
        return int(rows[0]["at"]) if rows else None

    def _mark(self, chat: Chat) -> str:
        return self._keyed(chat.channel, chat.account, chat.id)


async def forget(tx: Transaction, before: datetime) -> int:
    """Forget the marks of chats where nothing happened since an instant; how many."""
    seconds = int(before.timestamp())
    sql = "DELETE FROM zalo_chat WHERE quiet < $1 AND member < $2"
    return await tx.run(sql, seconds, seconds * 1000)
