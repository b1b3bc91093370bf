"""SQLite by sqlite-utils, used straight on the event loop: 7 µs a read, where a thread hop is 74."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from sqlite_utils import Database as Tables

from bot.store.database import Busy, Conflict, DatabaseError, Row, Transaction

PATIENCE = 5.0  # seconds that another process may hold the write lock
GLANCE = 0.005  # seconds between two tries for it


class SqliteTransaction:
    """A transaction on the one write connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.durable = False

    async def run(self, sql: str, *values: Any) -> int:
        with translated():
            return max(self._connection.execute(sql, _bound(values)).rowcount, 0)

    async def one(self, sql: str, *values: Any) -> Row | None:
        with translated():
            row: Row | None = self._connection.execute(sql, _bound(values)).fetchone()
            return row

    async def all(self, sql: str, *values: Any) -> list[Row]:
        with translated():
            return self._connection.execute(sql, _bound(values)).fetchall()

    async def make_durable(self) -> None:
        self.durable = True


class SqliteDatabase:
    """One writer under one lock, one reader beside it."""

    alone = True

    def __init__(
        self, writer: sqlite3.Connection, reader: sqlite3.Connection, patience: float
    ) -> None:
        self._writer = writer
        self._reader = reader
        self._patience = patience
        self._lock = asyncio.Lock()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        async with self._lock:
            await self._begin()
            transaction = SqliteTransaction(self._writer)
            try:
                yield transaction
            except BaseException:  # a cancellation is not an Exception
                self._writer.execute("ROLLBACK")
                raise
            with translated():
                self._commit(durable=transaction.durable)

    async def read(self, sql: str, *values: Any) -> list[Row]:
        with translated():
            return self._reader.execute(sql, _bound(values)).fetchall()

    async def _begin(self) -> None:
        """Take the write lock; another process's is waited for without holding up the loop."""
        loop = asyncio.get_running_loop()
        end = loop.time() + self._patience
        while True:
            try:
                self._writer.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError:
                if loop.time() > end:
                    raise Busy from None
            await asyncio.sleep(GLANCE)

    def _commit(self, *, durable: bool) -> None:
        """In WAL with NORMAL a commit outlives the process but not the power; FULL outlives both."""
        if not durable:
            self._writer.execute("COMMIT")
            return
        try:
            self._writer.execute("COMMIT")
        finally:
            self._flush()

    def _flush(self) -> None:
        self._writer.execute("PRAGMA wal_checkpoint(FULL)")


@asynccontextmanager
async def open_sqlite(path: str, patience: float = PATIENCE) -> AsyncIterator[SqliteDatabase]:
    """The database of a file, which is made where there is none (0600)."""
    _make(Path(path))
    writer, reader = _connect(path), _connect(path, read_only=True)
    try:
        yield SqliteDatabase(writer, reader, patience)
    finally:
        reader.close()
        writer.close()


def _make(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)


def _connect(path: str, *, read_only: bool = False) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, timeout=0, cached_statements=256)
    connection.row_factory = _row
    tables = Tables(connection)
    for pragma in (
        "auto_vacuum = INCREMENTAL",  # FULL moves pages at every commit; deleted ones are zeroed anyway
        "journal_mode = WAL",
        "synchronous = NORMAL",
        "secure_delete = ON",
        "foreign_keys = ON",
        "wal_autocheckpoint = 4000",
        f"query_only = {'ON' if read_only else 'OFF'}",
    ):
        tables.execute(f"PRAGMA {pragma}")
    return connection


def _row(cursor: sqlite3.Cursor, values: tuple[Any, ...]) -> Row:
    return {column[0]: value for column, value in zip(cursor.description, values, strict=True)}


def _bound(values: tuple[Any, ...]) -> dict[str, Any]:
    return {str(place): value for place, value in enumerate(values, 1)}


@contextmanager
def translated() -> Iterator[None]:
    """Our errors for the driver's, without its words."""
    try:
        yield
    except sqlite3.IntegrityError:
        raise Conflict from None
    except sqlite3.Error as error:
        raise DatabaseError(type(error).__name__) from None
