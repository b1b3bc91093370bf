"""Officers as the chats know them: a chat is bound by a one-time code, and unbound when the officer leaves."""

from datetime import datetime

from bot.store.database import Row, Transaction
from bot.store.officers import FIELDS, State, officer_of
from bot.store.sessions import Door, Sessions
from handlers.message import Chat
from handlers.officer import Officer, Role
from knowledge.areas import Areas


class OfficerChats:
    """The port `Officers` of handlers.ports, and what the desk does with it."""

    def __init__(self, tx: Transaction, areas: Areas) -> None:
        self._tx = tx
        self._areas = areas

    async def of_chat(self, chat: Chat) -> Officer | None:
        row = await self._tx.one(
            f"SELECT {FIELDS} FROM officer_chat JOIN officer ON officer.id = officer_chat.officer"
            " WHERE channel = $1 AND account = $2 AND chat = $3 AND officer.state = $4",
            chat.channel,
            chat.account,
            chat.id,
            str(State.ACTIVE),
        )
        return officer_of(row) if row else None

    async def chats(self, officer: str) -> tuple[Chat, ...]:
        """Where an officer can be written to."""
        rows = await self._tx.all(
            "SELECT channel, account, chat FROM officer_chat WHERE officer = $1"
            " ORDER BY channel, account, chat",
            officer,
        )
        return tuple(_chat(row) for row in rows)

    async def covering(self, area: str) -> tuple[Officer, ...]:
        """The active officers who may speak for an area, those of the area itself first, then the province's."""
        if area not in self._areas:
            return ()
        found: list[Officer] = []
        for place in (area, *(above.id for above in self._areas.above(area) if above.id != area)):
            rows = await self._tx.all(
                f"SELECT {FIELDS} FROM officer WHERE area = $1 AND state = $2 AND role <> $3"
                " ORDER BY login",
                place,
                str(State.ACTIVE),
                str(Role.ADMIN),
            )
            found += [officer_of(row) for row in rows]
        return tuple(found)

    async def of_unit(self, unit: str) -> tuple[Chat, ...]:
        """The chats of a unit's active officers."""
        rows = await self._tx.all(
            "SELECT channel, account, chat FROM officer_chat"
            " JOIN officer ON officer.id = officer_chat.officer"
            " WHERE officer.area = $1 AND officer.state = $2 AND officer.role <> $3"
            " ORDER BY channel, account, chat",
            unit,
            str(State.ACTIVE),
            str(Role.ADMIN),
        )
        return tuple(_chat(row) for row in rows)

    async def bind(self, chat: Chat, code: str, at: datetime) -> Officer | None:
        """Bind a chat by a one-time code; None where the code is wrong, used or old."""
        sessions = Sessions(self._tx)
        invite = await sessions.invited(plain(code), Door.CHAT, at)
        if invite is None or not await sessions.use(invite):
            return None
        await self._tx.run(
            "INSERT INTO officer_chat (channel, account, chat, officer) VALUES ($1, $2, $3, $4)"
            " ON CONFLICT (channel, account, chat) DO UPDATE SET officer = excluded.officer",
            chat.channel,
            chat.account,
            chat.id,
            invite.officer.id,
        )
        return invite.officer

    async def unbind(self, officer: str) -> None:
        await self._tx.run("DELETE FROM officer_chat WHERE officer = $1", officer)


def plain(code: str) -> str:
    """A code as it was made, however it was typed: "k7fm-2xqa 9dtn" → "K7FM2XQA9DTN"."""
    return "".join(code.upper().replace("-", " ").split())


def _chat(row: Row) -> Chat:
    return Chat(row["channel"], row["account"], row["chat"])
