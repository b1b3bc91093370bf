"""SQLite by sqlite-utils, used straight on the event loop: 7 µs a read, where a thread hop is 74."""

import asyncio
import os
import re
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager, closing, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from sqlite_utils import Database as Tables

from bot.store.database import Busy, Conflict, DatabaseError, Row

PATIENCE = 5.0  # seconds that another process may hold the write lock
LOG = 16_000_000  # bytes of the log from which on it is brought into the file
MUCH = 4  # times as long: then nobody may write while the rest is brought in
FREED = 200  # pages given back at once
GLANCE = 0.005  # seconds between two tries for it
HELD = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
TAKEN = (sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)

DRIVER = (sqlite3.Error, UnicodeError, OverflowError, OSError)
PLACE = re.compile(r"\$(\d+)")

Flush = Callable[[Path], None]
T = TypeVar("T")


class SqliteTransaction:
    """A transaction on the one write connection; entering waits for its turn, leaving for the commit."""

    def __init__(self, database: "SqliteDatabase") -> None:
        self._database = database
        self._connection = database.writer
        self.durable = False

    async def run(self, sql: str, *values: Any) -> int:
        with translated:
            return max(self._connection.execute(_numbered(sql), values).rowcount, 0)

    async def one(self, sql: str, *values: Any) -> Row | None:
        with translated:
            row: Row | None = self._connection.execute(_numbered(sql), values).fetchone()
            return row

    async def all(self, sql: str, *values: Any) -> list[Row]:
        with translated:
            return self._connection.execute(_numbered(sql), values).fetchall()

    async def make_durable(self) -> None:
        self.durable = True

    async def __aenter__(self) -> "SqliteTransaction":
        await self._database.enter()
        return self

    async def __aexit__(self, kind: object, error: object, trace: object) -> None:
        await self._database.leave(failed=kind is not None, durable=self.durable)


class SqliteDatabase:
    """One writer under one lock, one reader beside it.

    Transactions that end in the same turn of the loop are committed together, each of them a savepoint
    until then: writing the log costs as much for one message as for thirty.
    """

    alone = True

    def __init__(
        self,
        writer: sqlite3.Connection,
        reader: sqlite3.Connection,
        *,
        file: Path,
        patience: float,
        flush: Flush,
        most: int,
    ) -> None:
        self.writer = writer
        self._reader = reader
        self._file = file
        self._log = Path(f"{file}-wal")
        self._patience = patience
        self._flush = flush
        self._most = most
        self._lock = asyncio.Lock()
        self._checkpoint = asyncio.Lock()  # one at a time; taken before the other
        self._tidying: asyncio.Task[None] | None = None
        self._group: asyncio.Future[None] | None = None  # done when what was begun is committed

    def transaction(self) -> SqliteTransaction:
        return SqliteTransaction(self)

    async def read(self, sql: str, *values: Any) -> list[Row]:
        with translated:
            return self._reader.execute(_numbered(sql), values).fetchall()

    async def wipe(self) -> None:
        """Deleted rows are zeros in the file (`secure_delete`); here the log that still holds them is emptied."""
        async with self._checkpoint, self._lock:
            self._commit_group()
            await asyncio.to_thread(_empty_log, self._file)

    def end(self) -> None:
        """Commit what has ended and waits for it; what has not is undone by closing."""
        if self._lock.locked():
            self._settle(DatabaseError("closed"))
        self._commit_group()

    async def enter(self) -> None:
        """Begin a transaction when the one before has ended."""
        await self._lock.acquire()
        try:
            if self._group is None:
                await _patiently(lambda: self.writer.execute("BEGIN IMMEDIATE"), self._patience)
                self._group = asyncio.get_running_loop().create_future()
            with translated:
                self.writer.execute("SAVEPOINT mine")
        except BaseException:  # a cancellation is not an Exception
            self._lock.release()
            raise

    async def leave(self, *, failed: bool, durable: bool) -> None:
        """End it: returns when it is committed, and on the disk if it is to be durable."""
        group = self._group
        try:
            self._end(failed)
        finally:
            asyncio.get_running_loop().call_soon(self._commit)
            self._lock.release()
        if failed or group is None:
            return
        await asyncio.shield(group)
        if durable:
            await self._flushed()

    def _end(self, failed: bool) -> None:
        if not self.writer.in_transaction:
            self._settle(
                DatabaseError("SQLITE_FULL")
            )  # a full disk has rolled back all of the group
            return
        if failed:
            self.writer.execute("ROLLBACK TO mine")
        with translated:
            self.writer.execute("RELEASE mine")

    def _commit(self) -> None:
        """Commit what has ended; whoever is inside now does it at their end."""
        if not self._lock.locked():
            self._commit_group()

    def _commit_group(self) -> None:
        if self._group is None:
            return
        try:
            with translated:
                self.writer.execute("COMMIT")
        except DatabaseError as error:
            if self.writer.in_transaction:
                self.writer.execute("ROLLBACK")
            self._settle(error)
        else:
            self._settle(None)
            self._tidy()

    def _tidy(self) -> None:
        """Bring a log grown long into the file, in a thread: at a commit it held the loop for up to 100 ms."""
        if self._tidying is None or self._tidying.done():
            with suppress(OSError):
                if self._log.stat().st_size > self._most:
                    self._tidying = asyncio.create_task(self._bring_in(), name="checkpoint")

    async def _bring_in(self) -> None:
        """While others write; the log starts anew once nothing of it is left. Where it never comes to that, because
        somebody writes without a pause, the writers wait a moment.
        """
        with suppress(DatabaseError, OSError):  # tried again at the next commit
            async with self._checkpoint:
                await asyncio.to_thread(_bring_in, self._file)
                await asyncio.to_thread(_bring_in, self._file)  # what was written meanwhile
                if self._log.stat().st_size > MUCH * self._most:
                    async with self._lock:
                        self._commit_group()
                        await asyncio.to_thread(_bring_in, self._file)

    async def calm(self) -> None:
        if self._tidying and not self._tidying.done():
            await asyncio.wait([self._tidying])

    async def rest(self) -> None:
        """Wait for what runs beside."""
        if self._tidying:
            await self._tidying

    def _settle(self, error: DatabaseError | None) -> None:
        """Tell all of the group what became of it; the next transaction begins another."""
        group, self._group = self._group, None
        if group is None:
            return
        if error is None:
            group.set_result(None)
        else:
            group.set_exception(error)
            group.exception()  # looked at, for whom it concerns may have failed before

    async def _flushed(self) -> None:
        """In WAL with NORMAL a commit outlives the process; once the log is flushed, the power too.

        Not by a checkpoint: it does nothing, and says so only in its row, while another process reads.
        `PRAGMA synchronous` can't be changed once a transaction has begun.
        """
        with translated:
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
    path: str, patience: float = PATIENCE, flush: Flush = to_disk, log: int = LOG
) -> AsyncIterator[SqliteDatabase]:
    """The database of a file, which is made where there is none (0600); DatabaseError where it can't be."""
    with translated:
        file = _make(Path(path))
    with ExitStack() as opened:
        writer = await _patiently(lambda: _connect(path), patience)
        opened.enter_context(closing(writer))
        reader = await _patiently(lambda: _connect(path, read_only=True), patience)
        opened.enter_context(closing(reader))
        database = SqliteDatabase(
            writer, reader, file=file, patience=patience, flush=flush, most=log
        )
        opened.callback(database.end)
        try:
            yield database
        finally:
            await database.rest()


async def _patiently(act: Callable[[], T], patience: float) -> T:
    """Do it; another process's lock is waited for without holding up the loop, then Busy."""
    loop = asyncio.get_running_loop()
    end = loop.time() + patience
    while True:
        try:
            with translated:
                return act()
        except Busy:
            if loop.time() > end:
                raise
        await asyncio.sleep(GLANCE)


def _make(file: Path) -> Path:
    """Make the file where there is none; where it is, wherever the process goes."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    return file.resolve()


def _empty_log(file: Path) -> None:
    """Bring the log into the file and cut it to nothing; free pages go back, as far as that is quick."""
    with translated, closing(_connect(str(file))) as connection:
        connection.execute(f"PRAGMA incremental_vacuum({FREED})").fetchall()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()


def _bring_in(file: Path) -> None:
    """Bring what is committed from the log into the file, beside readers and writers."""
    with translated, closing(_connect(str(file))) as connection:
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()


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
            "wal_autocheckpoint = 0",  # see `_tidy`
            "journal_size_limit = 0",  # a log that starts anew is short again, so that its size tells how much is in it
            f"query_only = {'ON' if read_only else 'OFF'}",
        ):
            tables.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


def _row(cursor: sqlite3.Cursor, values: tuple[Any, ...]) -> Row:
    return {column[0]: value for column, value in zip(cursor.description, values, strict=True)}


@lru_cache(maxsize=512)
def _numbered(sql: str) -> str:
    """`$1` as sqlite3 takes it where the values are in order."""
    return PLACE.sub(r"?\1", sql)


class Translated:
    """Our errors for the driver's, without its words; one object for all, for it is entered at each statement."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, DRIVER):
            raise _ours(error) from None


translated = Translated()


def _ours(error: Exception) -> DatabaseError:
    code = getattr(error, "sqlite_errorcode", 0)
    if code in TAKEN:
        return Conflict()
    if code & 0xFF in HELD:  # the rest says why: recovering, snapshot …
        return Busy()
    return DatabaseError(getattr(error, "sqlite_errorname", type(error).__name__))
