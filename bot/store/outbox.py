"""The ledger of replies not yet known to have been said; a row is deleted as soon as it was."""

import asyncio
import json
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from bot.store.database import Database, Row, Transaction
from handlers.message import Chat, Reply
from scheduler.sender import Outgoing

COLUMNS = "id, channel, account, chat, seq, key, vals, presses, urgent, due, attempts"
ALL = 2**31 - 1  # rows: no limit

_encode = json.JSONEncoder(ensure_ascii=False).encode

# A reply's place is the time in microseconds, or behind the last one where the clock went back.
INSERT = """
INSERT INTO outgoing (id, channel, account, chat, seq, cause, key, vals, presses, urgent, due, claimed, attempts)
SELECT $1, $2, $3, $4, CASE WHEN last < CAST($5 AS BIGINT) THEN CAST($5 AS BIGINT) ELSE last + 1 END,
    $6, $7, $8, $9, CAST($10 AS BIGINT), CAST($11 AS BIGINT), CAST($12 AS BIGINT), 0
FROM (
    SELECT COALESCE(MAX(seq), 0) AS last FROM outgoing WHERE channel = $2 AND account = $3 AND chat = $4
) AS ahead RETURNING seq"""

# A chat is claimed by its first unsaid reply: on PostgreSQL whoever locks that row has the chat, and
# others skip it; locks on the rows alone would give two machines the two halves of one chat.
CLAIM_CHATS = f"""
WITH head AS (
    SELECT h.channel, h.account, h.chat, (
        SELECT MAX(u.urgent) FROM outgoing u
        WHERE u.channel = h.channel AND u.account = h.account AND u.chat = h.chat
    ) AS haste
    FROM outgoing h
    WHERE h.claimed <= $2 AND h.due <= $2 {{which}} AND NOT EXISTS (
        SELECT 1 FROM outgoing e
        WHERE e.channel = h.channel AND e.account = h.account AND e.chat = h.chat AND e.seq < h.seq
    )
    ORDER BY haste DESC, h.channel, h.account, h.chat LIMIT $3 {{lock}}
)
UPDATE outgoing SET claimed = $1 WHERE claimed <= $2 AND id IN (
    SELECT o.id FROM head JOIN outgoing o
    ON o.channel = head.channel AND o.account = head.account AND o.chat = head.chat
    WHERE o.claimed <= $2 AND o.due <= $2 AND NOT EXISTS (
        SELECT 1 FROM outgoing e
        WHERE e.channel = o.channel AND e.account = o.account AND e.chat = o.chat AND e.seq < o.seq
        AND (e.claimed > $2 OR e.due > $2)
    )
    ORDER BY head.haste DESC, o.channel, o.account, o.chat, o.seq LIMIT $3
) RETURNING {COLUMNS}"""
ONE_CHAT = "AND h.channel = $4 AND h.account = $5 AND h.chat = $6"


class Replies:
    """The ledger inside a transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def add(
        self,
        chat: Chat,
        cause: str,
        replies: Sequence[Reply],
        *,
        now: datetime,
        due: datetime,
        claimed: datetime,
    ) -> tuple[Outgoing, ...]:
        """Store what is to be said, in this order, and in the hands of the caller until `claimed`.

        A fleeting reply is given back in its place and not stored.
        """
        outgoing: list[Outgoing] = []
        seq = 0
        for reply in replies:
            id, seq = secrets.token_hex(16), max(int(now.timestamp() * 1_000_000), seq + 1)
            each = Outgoing(id=id, chat=chat, seq=seq, due=due, reply=reply)
            if not reply.fleeting:
                seq = await self._insert(each, cause, claimed)
            outgoing.append(replace(each, seq=seq))
        return tuple(outgoing)

    async def of_cause(self, cause: str, now: datetime, until: datetime) -> tuple[Outgoing, ...]:
        """What is still unsaid of a message's replies and in nobody's hands; ours until `until`.

        Nothing where the chat is still owed something from before: the sender says it all in order.
        """
        rows = await self._tx.all(
            "UPDATE outgoing SET claimed = $1 WHERE cause = $2 AND claimed <= $3 AND due <= $3"
            " AND NOT EXISTS (SELECT 1 FROM outgoing e WHERE e.channel = outgoing.channel"
            " AND e.account = outgoing.account AND e.chat = outgoing.chat AND e.seq < outgoing.seq"
            " AND (e.cause <> $2 OR e.claimed > $3 OR e.due > $3))"
            f" RETURNING {COLUMNS}",
            millis(until),
            cause,
            millis(now),
        )
        return _ordered(rows)

    async def withdraw_held(self, chat: Chat, now: datetime) -> int:
        """Take back what is not due yet and nobody claimed: the person goes on writing."""
        return await self._tx.run(
            "DELETE FROM outgoing WHERE channel = $1 AND account = $2 AND chat = $3"
            " AND due > $4 AND claimed <= due AND attempts = 0",
            chat.channel,
            chat.account,
            chat.id,
            millis(now),
        )

    async def waiting(self, chat: Chat, after: int, now: datetime) -> tuple[Outgoing, ...]:
        """A pulled chat's replies behind the last one it has shown."""
        rows = await self._tx.all(
            f"SELECT {COLUMNS} FROM outgoing WHERE channel = $1 AND account = $2 AND chat = $3"
            " AND seq > $4 AND due <= $5",
            chat.channel,
            chat.account,
            chat.id,
            after,
            millis(now),
        )
        return _ordered(rows)

    async def fetched(self, chat: Chat, up_to: int) -> int:
        """A pulled chat has shown its replies up to this one."""
        return await self._tx.run(
            "DELETE FROM outgoing WHERE channel = $1 AND account = $2 AND chat = $3 AND seq <= $4",
            chat.channel,
            chat.account,
            chat.id,
            up_to,
        )

    async def leave(self, chat: Chat) -> int:
        """Forget everything that waits for a chat."""
        return await self.fetched(chat, 2**62)

    async def _insert(self, each: Outgoing, cause: str, claimed: datetime) -> int:
        """Store a reply behind all that the chat is still owed; its place."""
        reply = each.reply
        row = await self._tx.one(
            INSERT,
            each.id,
            each.chat.channel,
            each.chat.account,
            each.chat.id,
            each.seq,
            cause,
            reply.key,
            _encode(dict(reply.values)),
            _encode(reply.presses),
            int(reply.urgent),
            millis(each.due),
            millis(claimed),
        )
        return int(row["seq"]) if row else each.seq


class DatabaseOutbox:
    """The port of scheduler.sender: each call a transaction of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._said: list[str] = []
        self._forgetting: asyncio.Task[None] | None = None

    async def claim(self, now: datetime, until: datetime, limit: int) -> tuple[Outgoing, ...]:
        """Never a chat's later reply while an earlier one is unsaid and not given with it."""
        if self._said:  # a full disk kept it from being forgotten, and the chat waits behind it
            await self.sent(())
        return await self._claimed("", now, until, limit)

    async def take(self, chat: Chat, now: datetime, until: datetime) -> tuple[Outgoing, ...]:
        return await self._claimed(ONE_CHAT, now, until, ALL, chat.channel, chat.account, chat.id)

    async def _claimed(
        self, which: str, now: datetime, until: datetime, limit: int, *chat: str
    ) -> tuple[Outgoing, ...]:
        lock = "" if self._database.alone else "FOR UPDATE OF h SKIP LOCKED"
        sql = CLAIM_CHATS.format(which=which, lock=lock)
        async with self._database.transaction() as tx:
            rows = await tx.all(sql, millis(until), millis(now), limit, *chat)
        return _ordered(rows)

    async def sent(self, ids: Sequence[str]) -> None:
        """Many chats' replies said at about the same time are forgotten in one transaction."""
        self._said.extend(ids)
        if self._forgetting is None or self._forgetting.done():
            self._forgetting = asyncio.create_task(self._forget_said(), name="forget said")
        await asyncio.shield(self._forgetting)

    async def _forget_said(self) -> None:
        while self._said:
            ids, self._said = self._said, []
            try:
                async with self._database.transaction() as tx:
                    for id in ids:
                        await tx.run("DELETE FROM outgoing WHERE id = $1", id)
            except BaseException:  # a cancellation is not an Exception
                self._said = ids + self._said  # said all the same: the next one forgets it
                raise

    async def later(self, id: str, at: datetime, attempts: int) -> None:
        async with self._database.transaction() as tx:
            sql = "UPDATE outgoing SET claimed = $1, attempts = $2 WHERE id = $3"
            await tx.run(sql, millis(at), attempts, id)

    async def drop(self, id: str) -> None:
        await self.sent([id])

    async def leave(self, chat: Chat) -> None:
        async with self._database.transaction() as tx:
            await Replies(tx).leave(chat)

    async def release(self, now: datetime) -> None:
        """Free what a process that is gone had claimed; only where no other process can be at work."""
        async with self._database.transaction() as tx:
            sql = "UPDATE outgoing SET claimed = 0 WHERE due <= $1 AND channel <> 'web'"
            await tx.run(sql, millis(now))


async def forget_fetched(tx: Transaction, before: datetime) -> int:
    """Forget the web chats' replies that nobody came back for since an instant; how many. Warnings wait."""
    return await tx.run(
        "DELETE FROM outgoing WHERE due < $1 AND channel = 'web' AND key NOT LIKE 'warning.%'",
        millis(before),
    )


async def forget_warnings(tx: Transaction, before: datetime) -> int:
    """Forget the warnings that nobody has opened the web chat for since an instant; how many."""
    return await tx.run(
        "DELETE FROM outgoing WHERE due < $1 AND channel = 'web' AND key LIKE 'warning.%'",
        millis(before),
    )


def millis(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _ordered(rows: Sequence[Row]) -> tuple[Outgoing, ...]:
    """Chats that are told something urgent first; each chat's own replies as they were decided."""
    outgoing = [_outgoing(row) for row in rows]
    urgent = {each.chat for each in outgoing if each.reply.urgent}
    return tuple(sorted(outgoing, key=lambda o: (o.chat not in urgent, str(o.chat), o.seq)))


def _outgoing(row: Row) -> Outgoing:
    reply = Reply(
        key=row["key"],
        values=json.loads(row["vals"]),
        presses=tuple(json.loads(row["presses"])),
        urgent=bool(row["urgent"]),
    )
    return Outgoing(
        id=row["id"],
        chat=Chat(row["channel"], row["account"], row["chat"]),
        seq=row["seq"],
        due=datetime.fromtimestamp(row["due"] / 1000, UTC),
        reply=reply,
        attempts=row["attempts"],
    )
