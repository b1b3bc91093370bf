"""What PostgreSQL does when its connections are cut."""

import asyncio

import pytest

from bot.store.database import Database, DatabaseError, open_database
from bot.store.postgres import CONNECTIONS
from tests.ports import free_port

PID = "SELECT pg_backend_pid() AS pid"
CUT = "SELECT pg_terminate_backend($1, 5000)"  # waits until it is gone


async def cut_inside(database: Database, error: Exception | None = None) -> None:
    async with database.transaction() as tx:
        row = await tx.one(PID)
        assert row
        await database.read(CUT, row["pid"])
        if error:
            raise error
        await tx.one(PID)


async def test_a_cut_connection_is_an_error_of_ours(fresh_postgres: str) -> None:
    async with open_database(fresh_postgres) as database:
        with pytest.raises(DatabaseError):
            await cut_inside(database)

        assert await database.read(PID)


async def test_a_cut_connection_does_not_hide_what_went_wrong_before(fresh_postgres: str) -> None:
    async with open_database(fresh_postgres) as database:
        with pytest.raises(KeyError, match="ours"):
            await cut_inside(database, KeyError("ours"))

        assert await database.read(PID)


async def test_a_cancelled_query_gives_its_connection_back(fresh_postgres: str) -> None:
    inside = asyncio.Semaphore(0)

    async def endless() -> None:
        async with database.transaction() as tx:
            await tx.one(PID)
            inside.release()
            await tx.one("SELECT pg_sleep(60)")

    async with open_database(fresh_postgres) as database:
        tasks = [asyncio.create_task(endless()) for _ in range(CONNECTIONS + 2)]
        for _ in range(CONNECTIONS):
            await inside.acquire()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

        async with asyncio.timeout(5):
            assert await database.read(PID)


async def test_a_server_that_is_not_there_is_an_error_of_ours() -> None:
    for url in (f"postgresql://127.0.0.1:{free_port()}/x", "mysql://127.0.0.1/x"):
        with pytest.raises(DatabaseError):
            async with open_database(url):
                pass
