"""Which broadcasts stand where, for the clock; and what the clock has done once for all machines."""

from collections.abc import Sequence
from datetime import datetime

from bot.store.broadcasts import COLUMNS, Broadcasts, broadcast_of
from bot.store.database import Database, Transaction
from bot.store.deliveries import cancel_rest, finished
from handlers.broadcast import Broadcast

OF_STAGE = f"SELECT {COLUMNS} FROM broadcast WHERE stage = $1 ORDER BY urgent DESC, approved, id"  # noqa: S608


class DatabaseRegister:
    """The port of scheduler.rounds."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def waiting(self) -> tuple[Broadcast, ...]:
        return await self._of_stage("approved")

    async def sending(self) -> tuple[Broadcast, ...]:
        return await self._of_stage("sending")

    async def begin(self, id: str, now: datetime) -> bool:
        async with self._database.transaction() as tx:
            sql = "UPDATE broadcast SET stage = 'sending', started = $2 WHERE id = $1 AND stage = 'approved'"
            return await tx.run(sql, id, int(now.timestamp())) > 0

    async def end(self, id: str, now: datetime) -> bool:
        async with self._database.transaction() as tx:
            if not await finished(tx, id):
                return False
            sql = "UPDATE broadcast SET stage = 'done', ended = $2 WHERE id = $1 AND stage = 'sending'"
            return await tx.run(sql, id, int(now.timestamp())) > 0

    async def clear_cancelled(self) -> None:
        rows = await self._database.read(
            "SELECT id FROM broadcast b WHERE stage = 'cancelled' AND EXISTS"
            " (SELECT 1 FROM delivery d WHERE d.broadcast = b.id AND d.state = 'queued')"
        )
        for row in rows:
            await cancel_rest(self._database, row["id"])

    async def launch(self, name: str, broadcasts: Sequence[Broadcast], now: datetime) -> bool:
        """The port Launches of scheduler.campaign."""
        async with self._database.transaction() as tx:
            if not await first_time(tx, name, now):
                return False
            for broadcast in broadcasts:
                await Broadcasts(tx).add(broadcast)
            await tx.make_durable()
        return True

    async def _of_stage(self, stage: str) -> tuple[Broadcast, ...]:
        rows = await self._database.read(OF_STAGE, stage)
        return tuple(broadcast_of(row) for row in rows)


async def first_time(tx: Transaction, name: str, now: datetime) -> bool:
    """Whether nobody has done this yet; two at once: one waits, and is told no."""
    row = await tx.one(
        "INSERT INTO tick (name, at) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING name",
        name,
        int(now.timestamp()),
    )
    return row is not None
