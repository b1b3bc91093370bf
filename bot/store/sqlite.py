"""SQLite by sqlite-utils, used straight on the event loop: 7 µs a read, where a thread hop is 74."""

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlite_utils import Database as Tables

from bot.store.database import Busy, Conflict, DatabaseError, Row, Transaction

PATIENCE = 5.0  # seconds that another process may hold the write lock
GLANCE = 0.005  # seconds between two tries for it
HELD = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
TAKEN = (sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)

Flush = Callable[[Path], None]
T = TypeVar("T")


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
        self,
        writer: sqlite3.Connection,
        reader: sqlite3.Connection,
        *,
        log: Path,
        patience: float,
        flush: Flush,
    ) -> None:
        self._writer = writer
        self._reader = reader
        self._log = log
        self._patience = patience
        self._flush = flush
        self._lock = asyncio.Lock()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        async with self._lock:
            await self._begin()
            transaction = SqliteTransaction(self._writer)
            try:
                yield transaction
                with translated():
                    self._writer.execute("COMMIT")
            except BaseException:  # a cancellation is not an Exception
                self._roll_back()
                raise
        if transaction.durable:
            await self._flushed()

    async def read(self, sql: str, *values: Any) -> list[Row]:
        with translated():
            return self._reader.execute(sql, _bound(values)).fetchall()

    async def _begin(self) -> None:
        await _patiently(lambda: self._writer.execute("BEGIN IMMEDIATE"), self._patience)

    def _roll_back(self) -> None:
        """A full disk has rolled back by itself, and a second time would hide the first error."""
        if self._writer.in_transaction:
            self._writer.execute("ROLLBACK")

    async def _flushed(self) -> None:
        """In WAL with NORMAL a commit outlives the process; once the log is flushed, the power too.

        Not by a checkpoint: it does nothing, and says so only in its row, while another process reads.
        `PRAGMA synchronous` can't be changed once a transaction has begun.
        """
        with translated():
            await asyncio.to_thread(self._flush, self._log)


def to_disk(file: Path) -> None:
    """What was written to a file is on the disk when this returns."""
    handle = os.open(file, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@asynccontextmanager
async def open_sqlite(
    path: str, patience: float = PATIENCE, flush: Flush = to_disk
) -> AsyncIterator[SqliteDatabase]:
    """The database of a file, which is made where there is none (0600); DatabaseError where it can't be."""
    with translated():
        log = _make(Path(path))
    with ExitStack() as opened:
        writer = await _patiently(lambda: _connect(path), patience)
        opened.enter_context(closing(writer))
        reader = await _patiently(lambda: _connect(path, read_only=True), patience)
        opened.enter_context(closing(reader))
        yield SqliteDatabase(writer, reader, log=log, patience=patience, flush=flush)


async def _patiently(act: Callable[[], T], patience: float) -> T:
    """Do it; another process's lock is waited for without holding up the loop, then Busy."""
    loop = asyncio.get_running_loop()
    end = loop.time() + patience
    while True:
        try:
            with translated():
                return act()
        except Busy:
            if loop.time() > end:
                raise
        await asyncio.sleep(GLANCE)


def _make(file: Path) -> Path:
    """Make the file where there is none; where its log will be, wherever the process goes."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    return Path(f"{file.resolve()}-wal")


def _connect(path: str, *, read_only: bool = False) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, timeout=0, cached_statements=256)
    connection.row_factory = _row
    try:
        tables = Tables(connection)
        for pragma in (
            "auto_vacuum = INCREMENTAL",  # before the first page; FULL moves pages at every commit
            "journal_mode = WAL",
            "synchronous = NORMAL",
            "secure_delete = ON",
            "foreign_keys = ON",
            "wal_autocheckpoint = 4000",
            f"query_only = {'ON' if read_only else 'OFF'}",
        ):
            tables.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
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
    except (sqlite3.Error, UnicodeError, OverflowError, OSError) as error:
        raise _ours(error) from None


def _ours(error: Exception) -> DatabaseError:
    code = getattr(error, "sqlite_errorcode", 0)
    if code in TAKEN:
        return Conflict()
    if code & 0xFF in HELD:  # the rest says why: recovering, snapshot …
        return Busy()
    return DatabaseError(getattr(error, "sqlite_errorname", type(error).__name__))
