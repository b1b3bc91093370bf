"""What the OA channel remembers of a chat, under a mark: who is writing there, and the last word on following."""

from dataclasses import dataclass
from datetime import UTC, datetime

from bot.store.database import Database, Transaction
from bot.store.keyed import Keyed
from handlers.message import Chat


@dataclass(frozen=True, slots=True)
class Heard:
    """When a webhook was last called, and by which secret and timestamp the event was signed."""

    at: datetime
    variant: str


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

    async def heard(self, account: str, variant: str, at: datetime) -> None:
        """The account's webhook was called, by an event that was signed so."""
        async with self._database.transaction() as tx:
            await tx.run(
                "INSERT INTO zalo_heard (account, variant, at) VALUES ($1, $2, $3)"
                " ON CONFLICT (account) DO UPDATE SET at = excluded.at, variant = excluded.variant",
                account,
                variant,
                int(at.timestamp()),
            )

    async def last_heard(self, account: str) -> Heard | None:
        """When and how the account's webhook was last called."""
        sql = "SELECT at, variant FROM zalo_heard WHERE account = $1"
        rows = await self._database.read(sql, account)
        if not rows:
            return None
        return Heard(datetime.fromtimestamp(rows[0]["at"], UTC), rows[0]["variant"])

    def _mark(self, chat: Chat) -> str:
        return self._keyed(chat.channel, chat.account, chat.id)


async def forget_chat(tx: Transaction, keyed: Keyed, chat: Chat) -> None:
    """Forget what is remembered of a chat."""
    mark = keyed(chat.channel, chat.account, chat.id)
    await tx.run("DELETE FROM zalo_chat WHERE chat = $1", mark)


async def forget(tx: Transaction, before: datetime) -> int:
    """Forget the marks of chats where nothing happened since an instant; how many."""
    seconds = int(before.timestamp())
    sql = "DELETE FROM zalo_chat WHERE quiet < $1 AND member < $2"
    return await tx.run(sql, seconds, seconds * 1000)
