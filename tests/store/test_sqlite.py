"""What SQLite does when the disk, the file or another process is in the way."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from bot.store.database import Busy, Conflict, DatabaseError, Transaction, open_database
from bot.store.sqlite import open_sqlite, to_disk

MAKE = "CREATE TABLE note (id TEXT PRIMARY KEY, words TEXT NOT NULL)"
PUT = "INSERT INTO note (id, words) VALUES ($1, $2)"


class Flushed:
    """Flushes like the real thing, and remembers what."""

    def __init__(self) -> None:
        self.files: list[Path] = []

    def __call__(self, file: Path) -> None:
        to_disk(file)
        self.files.append(file)


async def test_a_durable_commit_reaches_the_disk_while_another_process_reads(
    tmp_path: Path,
) -> None:
    path, flushed = tmp_path / "x.db", Flushed()
    async with open_sqlite(str(path), flush=flushed) as database:
        async with database.transaction() as tx:
            await tx.run(MAKE)
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN")
        other.execute("SELECT * FROM note").fetchall()

        async with database.transaction() as tx:
            await tx.make_durable()
            await tx.run(PUT, "1", "bền")
        other.close()

    assert flushed.files == [tmp_path / "x.db-wal"]


async def test_an_ordinary_commit_and_a_failed_one_are_not_flushed(tmp_path: Path) -> None:
    flushed = Flushed()
    async with open_sqlite(str(tmp_path / "x.db"), flush=flushed) as database:
        async with database.transaction() as tx:
            await tx.run(MAKE)
        with pytest.raises(Conflict):
            async with database.transaction() as tx:
                await put_twice(tx)

    assert flushed.files == []


async def test_a_flush_that_fails_is_told(tmp_path: Path) -> None:
    def broken(file: Path) -> None:
        raise OSError(5, "the disk is gone", str(file))

    async with open_sqlite(str(tmp_path / "x.db"), flush=broken) as database:
        with pytest.raises(DatabaseError) as caught:
            async with database.transaction() as tx:
                await tx.make_durable()

    assert "x.db" not in str(caught.value)


async def test_a_full_disk_is_an_error_of_ours_and_the_next_transaction_begins(
    tmp_path: Path,
) -> None:
    async with open_sqlite(str(tmp_path / "x.db")) as database:
        async with database.transaction() as tx:
            await tx.run(MAKE)
            await tx.run("PRAGMA max_page_count = 20")

        with pytest.raises(DatabaseError, match="SQLITE_FULL"):
            async with database.transaction() as tx:
                await tx.run(PUT, "1", "x" * 1_000_000)
        async with database.transaction() as tx:
            await tx.run(PUT, "2", "ngắn")

        assert [row["id"] for row in await database.read("SELECT id FROM note")] == ["2"]


async def test_a_full_disk_is_told_to_all_whom_it_undid(tmp_path: Path) -> None:
    async with open_sqlite(str(tmp_path / "x.db")) as database:
        async with database.transaction() as tx:
            await tx.run(MAKE)
            await tx.run("PRAGMA max_page_count = 20")

        async def put(id: str, words: str) -> None:
            async with database.transaction() as tx:
                await tx.run(PUT, id, words)

        ends = await asyncio.gather(
            put("1", "trước"), put("2", "x" * 1_000_000), put("3", "sau"), return_exceptions=True
        )

        assert [type(end) for end in ends] == [DatabaseError, DatabaseError, type(None)]
        assert [row["id"] for row in await database.read("SELECT id FROM note")] == ["3"]


async def test_a_database_closed_at_once_has_kept_what_ended(tmp_path: Path) -> None:
    async def failing() -> None:
        async with database.transaction():
            raise RuntimeError

    async with open_sqlite(str(tmp_path / "x.db")) as database:
        async with database.transaction() as tx:
            await tx.run(MAKE)
        with pytest.raises(RuntimeError):
            await failing()
    await asyncio.sleep(0)  # the commit that was due for it must not meet a closed file

    async with open_sqlite(str(tmp_path / "x.db")) as database:
        assert await database.read("SELECT id FROM note") == []


async def test_a_file_that_may_not_be_written_is_told_at_once(tmp_path: Path) -> None:
    async with open_sqlite(str(tmp_path / "x.db")) as database:
        async with database.transaction() as tx:
            await tx.run("PRAGMA query_only = ON")

        async with asyncio.timeout(2):  # less than the patience for a lock
            with pytest.raises(DatabaseError, match="SQLITE_READONLY"):
                async with database.transaction() as tx:
                    await tx.run(MAKE)


async def test_a_file_that_is_no_database_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"no database " * 100)

    for path in (tmp_path / "x.db", tmp_path / "x.db/deeper.db"):
        with pytest.raises(DatabaseError) as caught:
            async with open_database(f"sqlite:///{path}"):
                pass
        assert "x.db" not in str(caught.value)


async def test_a_file_that_another_process_is_making_is_waited_for(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "x.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")

    with pytest.raises(Busy):
        async with open_sqlite(str(tmp_path / "x.db"), patience=0.02):
            pass
    opening = asyncio.create_task(opened(tmp_path / "x.db"))
    await asyncio.sleep(0)
    other.close()

    assert await opening


async def test_many_may_open_a_new_file_at_once(tmp_path: Path) -> None:
    assert all(await asyncio.gather(*(opened(tmp_path / "x.db") for _ in range(8))))


async def test_the_reader_cannot_write(tmp_path: Path) -> None:
    async with open_sqlite(str(tmp_path / "x.db")) as database:
        with pytest.raises(DatabaseError, match="SQLITE_READONLY"):
            await database.read(MAKE)


async def test_what_is_deleted_is_wiped(tmp_path: Path) -> None:
    async with open_sqlite(str(tmp_path / "x.db")) as database, database.transaction() as tx:
        pragmas = [await tx.one(f"PRAGMA {name}") for name in ("secure_delete", "auto_vacuum")]

    assert pragmas == [{"secure_delete": 1}, {"auto_vacuum": 2}]


@pytest.mark.parametrize(
    ("most", "short"),
    [
        (100_000, True),
        (10**9, False),  # nobody brings it in: so it is we who do
    ],
)
async def test_the_log_is_brought_into_the_file_while_it_is_written(
    tmp_path: Path, most: int, short: bool
) -> None:
    file = tmp_path / "x.db"
    async with open_sqlite(str(file), log=most) as database:
        async with database.transaction() as tx:
            await tx.run(MAKE)
        for number in range(300):
            async with database.transaction() as tx:
                await tx.run(PUT, str(number), "x" * 4000)
            await database.calm()
        longest = file.with_name("x.db-wal").stat().st_size

    async with open_sqlite(str(file)) as database:
        (row,) = await database.read("SELECT COUNT(*) AS n FROM note")
    assert row["n"] == 300
    assert (longest < 5 * 100_000) == short


async def opened(path: Path) -> bool:
    async with open_database(f"sqlite:///{path}") as database:
        return bool(await database.read("SELECT name FROM migration"))


async def put_twice(tx: Transaction) -> None:
    await tx.make_durable()
    await tx.run(PUT, "1", "a")
    await tx.run(PUT, "1", "b")
