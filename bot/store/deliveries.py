"""The ledger of warnings in the database: expanded in steps, claimed in haste's order, settled in batches."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

from bot.store.audience import BREATH, add_step, areas_of
from bot.store.broadcasts import COLUMNS, broadcast_of
from bot.store.database import Database, Row, Transaction
from bot.store.leases import holds
from bot.store.outbox import millis
from bot.store.subscribers import remove
from handlers.broadcast import Broadcast
from handlers.delivery import Count, State, Tally
from handlers.message import Chat
from scheduler.ledger import Account, Due, Outcome

STEP = 2000  # recipients added in one transaction: 1,000,000 in one froze the loop for 6.7 s (DESIGN §2)
LEAST = 50
STILL = 0.006  # seconds that a step should hold the loop, where the database is in our own process
COUNTED = 5000  # rows counted at once
CHANGED = 500  # rows changed at once
ROWS = 50  # outcomes in one statement

# materialized: PostgreSQL may run a subquery with a lock in it more than once, and claim too much
CLAIM = """
WITH head AS MATERIALIZED (
    SELECT chat FROM delivery WHERE broadcast = $1 AND channel = $2 AND account = $3
    AND state = 'queued' AND due <= $4 ORDER BY turn LIMIT $6 {lock}
)
UPDATE delivery SET state = 'claimed', claim = $5, at = $4
WHERE broadcast = $1 AND channel = $2 AND account = $3 AND state = 'queued'
AND chat IN (SELECT chat FROM head) RETURNING channel, account, chat, attempts, mends, turn, (
    SELECT u.contact FROM subscriber u WHERE u.channel = delivery.channel
    AND u.account = delivery.account AND u.chat = delivery.chat
) AS contact"""
WAITING = """
SELECT b.id, b.urgent FROM broadcast b WHERE b.stage = 'sending' AND EXISTS (
    SELECT 1 FROM delivery d WHERE d.broadcast = b.id AND d.channel = $1 AND d.account = $2
    AND d.state = 'queued' AND d.due <= $3
) ORDER BY b.urgent DESC, b.started, b.id"""
# a sender that was thought dead may still come with what really happened
SETTLE = """
WITH o (broadcast, channel, account, chat, state, message, reason, due, attempts) AS (VALUES {rows})
UPDATE delivery SET state = o.state, message = COALESCE(o.message, delivery.message), reason = o.reason,
due = CAST(o.due AS BIGINT), attempts = CAST(o.attempts AS INTEGER), at = $2,
turn = delivery.turn + CASE WHEN o.state = 'queued' THEN 1000 ELSE 0 END
FROM o WHERE delivery.broadcast = o.broadcast AND delivery.channel = o.channel
AND delivery.account = o.account AND delivery.chat = o.chat
AND delivery.claim = $1 AND delivery.state IN ('claimed', 'unknown')"""


READ = "channel = 'zalo_oa' AND account = $1"


class DatabaseLedger:
    """The port of scheduler.ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._stride = STEP // 4 if database.alone else STEP
        self._claim = CLAIM.format(lock="" if database.alone else "FOR UPDATE SKIP LOCKED")

    async def expand(
        self,
        broadcast: Broadcast,
        communes: Sequence[str],
        open_channels: Sequence[str],
        now: datetime,
    ) -> bool:
        await self._database.calm()
        async with self._database.transaction() as tx:
            row = await tx.one(
                "UPDATE broadcast SET expanded = expanded WHERE id = $1 AND expanded = 0"
                " AND stage = 'sending' RETURNING place, last",
                broadcast.id,
            )
            if row is None:
                return False
            place, last = int(row["place"]), int(row["last"])
            if place >= len(communes):
                await tx.run("UPDATE broadcast SET expanded = 1 WHERE id = $1", broadcast.id)
                return False
            upto = await self._upto(tx, broadcast, communes[place], last)
            if upto is None:
                sql = "UPDATE broadcast SET place = $2, last = -1 WHERE id = $1"
                await tx.run(sql, broadcast.id, place + 1)
                return True
            began = time.perf_counter()
            await add_step(tx, broadcast, communes[place], (last, upto), open_channels, now)
            if self._database.alone:
                self._stride = stride(self._stride, time.perf_counter() - began)
            await tx.run("UPDATE broadcast SET last = $2 WHERE id = $1", broadcast.id, upto)
        return True

    async def _upto(
        self, tx: Transaction, broadcast: Broadcast, area: str, last: int
    ) -> int | None:
        """The last place of a step; None where the commune has no more."""
        if broadcast.corrects:
            row = await tx.one(
                "SELECT MAX(rank) AS upto FROM (SELECT rank FROM delivery WHERE broadcast = $1"
                " AND area = $2 AND rank > $3 ORDER BY rank LIMIT $4) step",
                broadcast.corrects,
                area,
                last,
                self._stride,
            )
        else:
            row = await tx.one(
                "SELECT MAX(subscriber) AS upto FROM (SELECT subscriber FROM subscription"
                " WHERE area = $1 AND subscriber > $2 ORDER BY subscriber LIMIT $3) step",
                area,
                last,
                self._stride,
            )
        return int(row["upto"]) if row and row["upto"] is not None else None

    async def pending(self) -> tuple[Account, ...]:
        rows = await self._database.read(
            "SELECT DISTINCT r.channel, r.account FROM broadcast b JOIN recipient_account r"
            " ON r.broadcast = b.id WHERE b.stage = 'sending' AND (EXISTS (SELECT 1 FROM delivery d"
            " WHERE d.broadcast = b.id AND d.channel = r.channel AND d.account = r.account"
            " AND d.state = 'queued') OR EXISTS (SELECT 1 FROM delivery d WHERE d.broadcast = b.id"
            " AND d.channel = r.channel AND d.account = r.account AND d.state = 'claimed'))"
        )
        return tuple((row["channel"], row["account"]) for row in rows)

    async def claim(
        self, account: Account, holder: str, now: datetime, limit: int
    ) -> tuple[Due, ...]:
        found: list[tuple[int, Due]] = []
        async with self._database.transaction() as tx:
            if not await holds(tx, self._database, *account, holder):
                return ()
            waiting = await tx.all(WAITING, *account, millis(now))
            hasty = [row["id"] for row in waiting if row["urgent"] == waiting[0]["urgent"]]
            share = max(1, -(-limit // len(hasty))) if hasty else 0
            for id in hasty[:limit]:
                rows = await tx.all(self._claim, id, *account, millis(now), holder, share)
                found += [(int(row["turn"]), _due(id, row)) for row in rows]
        return tuple(due for _, due in sorted(found, key=lambda each: each[0]))

    async def settle(self, holder: str, outcomes: Sequence[Outcome], now: datetime) -> None:
        async with self._database.transaction() as tx:
            for start in range(0, len(outcomes), ROWS):
                await _settle(tx, holder, outcomes[start : start + ROWS], now)
            await remove(tx, [o.due.chat for o in outcomes if o.state is State.GONE])

    async def recover(self, account: Account, holder: str, free: bool, now: datetime) -> int:
        """`claim` stays: the one thought dead may still tell what happened."""
        async with self._database.transaction() as tx:
            return await tx.run(
                "UPDATE delivery SET state = CASE WHEN $5 = 1 OR (SELECT b.urgent FROM broadcast b"
                " WHERE b.id = delivery.broadcast) = 1 THEN 'queued' ELSE 'unknown' END,"
                " reason = 'crash', attempts = attempts + 1, at = $4"
                " WHERE channel = $1 AND account = $2 AND state = 'claimed' AND claim <> $3"
                " AND broadcast IN (SELECT id FROM broadcast WHERE stage IN"
                " ('sending', 'paused', 'halted', 'cancelled'))",
                *account,
                holder,
                millis(now),
                int(free),
            )

    async def halt(self, broadcast: str) -> None:
        async with self._database.transaction() as tx:
            sql = "UPDATE broadcast SET stage = 'halted' WHERE id = $1 AND stage = 'sending'"
            await tx.run(sql, broadcast)

    async def texts(self, broadcasts: Sequence[str]) -> tuple[Broadcast, ...]:
        found = []
        for id in broadcasts:
            sql = f"SELECT {COLUMNS} FROM broadcast WHERE id = $1"  # noqa: S608 (our own names)
            found += await self._database.read(sql, id)
        return tuple(broadcast_of(row) for row in found)


def stride(before: int, seconds: float) -> int:
    """How many recipients the next step takes, by how long the last one held the loop."""
    fitting = int(before * min(1.5, STILL / max(seconds, 1e-6)))
    return max(LEAST, min(STEP, fitting))


async def finished(tx: Transaction, id: str) -> bool:
    """Whether every recipient's delivery has come to an end."""
    row = await tx.one(
        "SELECT expanded FROM broadcast b WHERE b.id = $1"
        " AND NOT EXISTS (SELECT 1 FROM delivery WHERE broadcast = b.id AND state = 'queued')"
        " AND NOT EXISTS (SELECT 1 FROM delivery WHERE broadcast = b.id AND state = 'claimed')",
        id,
    )
    return row is not None and row["expanded"] == 1


async def read_on_zalo(tx: Transaction, account: str, messages: Sequence[str]) -> int:
    """These messages were read; how many of them were warnings. By its own index: see 0401."""
    if not messages:
        return 0
    marks = ", ".join(f"${place}" for place in range(2, len(messages) + 2))
    sql = f"UPDATE delivery SET seen = 1 WHERE {READ} AND message IN ({marks})"  # noqa: S608 (placeholders)
    return await tx.run(sql, account, *messages)


async def cancel_rest(database: Database, id: str) -> None:
    """What still waits of a cancelled broadcast, in steps."""
    while True:
        async with database.transaction() as tx:
            count = await tx.run(
                "UPDATE delivery SET state = 'cancelled' WHERE broadcast = $1 AND state = 'queued'"
                " AND turn <= (SELECT MAX(turn) FROM (SELECT turn FROM delivery WHERE broadcast = $1"
                " AND state = 'queued' ORDER BY turn LIMIT $2) step)",
                id,
                CHANGED,
            )
        if not count:
            return
        await asyncio.sleep(BREATH)


async def unname_old(database: Database, before: datetime) -> int:
    """Of broadcasts that ended before an instant the counts stay, whose they were does not; how many rows."""
    total = 0
    sql = "SELECT id FROM broadcast WHERE named = 1 AND ended < $1"
    for row in await database.read(sql, int(before.timestamp())):
        while count := await _unname_step(database, row["id"]):
            total += count
            await asyncio.sleep(BREATH)
    return total


async def _unname_step(database: Database, id: str) -> int:
    async with database.transaction() as tx:
        count = await tx.run(
            "UPDATE delivery SET chat = '~' || area || '.' || CAST(rank AS TEXT), message = NULL"
            " WHERE broadcast = $1 AND (area, rank) IN (SELECT area, rank FROM delivery"
            " WHERE broadcast = $1 AND chat NOT LIKE '~%' LIMIT $2)",
            id,
            CHANGED,
        )
        if not count:
            await tx.run("UPDATE broadcast SET named = 0 WHERE id = $1", id)
    return count


async def tally(database: Database, id: str) -> Tally:
    """What became of each recipient, counted in steps; it adds up to the audience."""
    counted: Counter[tuple[str, str, str, str]] = Counter()
    seen = 0
    for area in await areas_of(database, id):
        last = -1
        while rows := await _counted(database, id, area, last):
            for row in rows:
                counted[area, row["channel"], row["state"], row["reason"]] += int(row["n"])
                seen += int(row["seen"])
            last = max(int(row["last"]) for row in rows)
            await asyncio.sleep(BREATH)
    counts = (
        Count(area=a, channel=c, state=State(state), reason=reason, count=n)
        for (a, c, state, reason), n in sorted(counted.items())
    )
    return Tally(tuple(counts), seen)


async def _counted(database: Database, id: str, area: str, last: int) -> list[Row]:
    return await database.read(
        "SELECT channel, state, reason, COUNT(*) AS n, SUM(seen) AS seen, MAX(rank) AS last"
        " FROM (SELECT channel, state, reason, seen, rank FROM delivery"
        " WHERE broadcast = $1 AND area = $2 AND rank > $3 ORDER BY rank LIMIT $4) step"
        " GROUP BY channel, state, reason",
        id,
        area,
        last,
        COUNTED,
    )


async def _settle(tx: Transaction, holder: str, outcomes: Sequence[Outcome], now: datetime) -> None:
    values: list[object] = [holder, millis(now)]
    rows = []
    for outcome in outcomes:
        chat, first = outcome.due.chat, len(values) + 1
        values += [
            outcome.due.broadcast, chat.channel, chat.account, chat.id, str(outcome.state),
            outcome.message, outcome.reason, str(millis(outcome.again) if outcome.again else 0),
            str(max(outcome.attempts, outcome.due.attempts)),
        ]  # fmt: skip
        marks = ", ".join(f"CAST(${n} AS TEXT)" for n in range(first, len(values) + 1))
        rows.append(f"({marks})")
    await tx.run(SETTLE.format(rows=", ".join(rows)), *values)


def _due(broadcast: str, row: Row) -> Due:
    contact = row["contact"]
    return Due(
        broadcast=broadcast,
        chat=Chat(row["channel"], row["account"], row["chat"]),
        attempts=int(row["attempts"]),
        contact=None if contact is None else datetime.fromtimestamp(int(contact), UTC),
        mends=row["mends"],
    )
