"""PostgreSQL by asyncpg: for several machines, or where one must not be a single point of failure."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any

import asyncpg

from bot.store.database import Busy, Conflict, DatabaseError, Row, Transaction

CONNECTIONS = 10
DRIVER = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    ValueError,
)


class PostgresTransaction:
    """A transaction on one connection of the pool."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def run(self, sql: str, *values: Any) -> int:
        with translated():
            status: str = await self._connection.execute(sql, *values)
        count = status.rpartition(" ")[2]
        return int(count) if count.isdecimal() else 0

    async def one(self, sql: str, *values: Any) -> Row | None:
        with translated():
            row: Row | None = await self._connection.fetchrow(sql, *values)
            return row

    async def all(self, sql: str, *values: Any) -> list[Row]:
        with translated():
            return list(await self._connection.fetch(sql, *values))

    async def make_durable(self) -> None:
        await self.run("SET LOCAL synchronous_commit = on")


class PostgresDatabase:
    """A pool of connections."""

    alone = False

    def __init__(self, pool: Any) -> None:
        self._pool = pool

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        with translated():
            connection = await self._pool.acquire()
        try:
            begun = connection.transaction()
            with translated():
                await begun.start()
            try:
                yield PostgresTransaction(connection)
            except BaseException:
                with suppress(*DRIVER):  # the connection is gone, and with it what was begun
                    await begun.rollback()
                raise
            with translated():
                await begun.commit()
        finally:
            with suppress(*DRIVER):  # the pool gives up a connection that can't be reset
                await self._pool.release(connection)

    async def read(self, sql: str, *values: Any) -> list[Row]:
        with translated():
            return list(await self._pool.fetch(sql, *values))

    async def calm(self) -> None:
        """The server sees to that."""

    async def wipe(self) -> None:
        """Dead rows are taken out of the drafts; its log keeps what it wrote until it is recycled."""
        async with self._pool.acquire() as connection:
            with translated():
                await connection.execute("VACUUM draft, draft_piece, outgoing, tip_key")


@asynccontextmanager
async def open_postgres(url: str) -> AsyncIterator[PostgresDatabase]:
    """The database of a URL; DatabaseError where it can't be reached."""
    with translated():
        pool = await asyncpg.create_pool(url, min_size=1, max_size=CONNECTIONS)
    try:
        yield PostgresDatabase(pool)
    finally:
        await pool.close()


@asynccontextmanager
async def snapshot_of(url: str) -> AsyncIterator[Callable[[str], AsyncIterator[Row]]]:
    """The rows of each table, all of one instant, whatever is written meanwhile; DatabaseError."""
    with translated():
        connection = await asyncpg.connect(url)

    async def rows_of(table: str) -> AsyncIterator[Row]:
        with translated():
            async for row in connection.cursor(f"SELECT * FROM {table}"):
                yield dict(row)

    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            yield rows_of
    finally:
        await connection.close()


@contextmanager
def translated() -> Iterator[None]:
    """Our errors for the driver's, without its words."""
    try:
        yield
    except asyncpg.UniqueViolationError:
        raise Conflict from None
    except (
        asyncpg.SerializationError,
        asyncpg.DeadlockDetectedError,
        asyncpg.LockNotAvailableError,
    ):
        raise Busy from None
    except DRIVER as error:
        raise DatabaseError(type(error).__name__) from None
