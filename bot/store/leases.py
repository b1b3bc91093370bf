"""Which machine speaks warnings for an account: by the database's clock, because machines' clocks differ."""

from datetime import timedelta

from bot.store.database import Database, Transaction

SQLITE_CLOCK = "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"
POSTGRES_CLOCK = "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"

TAKE = """
INSERT INTO lease (channel, account, holder, until) VALUES ($1, $2, $3, {clock} + $4)
ON CONFLICT (channel, account) DO UPDATE SET holder = excluded.holder, until = excluded.until
WHERE lease.holder = excluded.holder OR lease.until < {clock} RETURNING holder"""
HELD = "SELECT 1 AS held FROM lease WHERE channel = $1 AND account = $2 AND holder = $3 AND until > {clock}"


def clock_of(database: Database) -> str:
    """The database's clock in milliseconds, as SQL."""
    return SQLITE_CLOCK if database.alone else POSTGRES_CLOCK


class DatabaseLeases:
    """The port of scheduler.ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._take = TAKE.format(clock=clock_of(database))

    async def take(self, channel: str, account: str, holder: str, length: timedelta) -> bool:
        millis = int(length.total_seconds() * 1000)
        async with self._database.transaction() as tx:
            row = await tx.one(self._take, channel, account, holder, millis)
        return row is not None

    async def drop(self, channel: str, account: str, holder: str) -> None:
        async with self._database.transaction() as tx:
            sql = "DELETE FROM lease WHERE channel = $1 AND account = $2 AND holder = $3"
            await tx.run(sql, channel, account, holder)


async def release(database: Database) -> None:
    """Free what a process that is gone had leased; only where no other process can be at work."""
    async with database.transaction() as tx:
        await tx.run("DELETE FROM lease")


async def holds(
    tx: Transaction, database: Database, channel: str, account: str, holder: str
) -> bool:
    """Whether an account is this holder's, by the database's clock, within its transaction."""
    sql = HELD.format(clock=clock_of(database))
    return await tx.one(sql, channel, account, holder) is not None
