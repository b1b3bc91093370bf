"""A database as rows, as it stood at one instant: the same from both engines and into both."""

import re
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager, closing
from typing import Any

from bot.store.database import SQLITE, Row, Transaction
from bot.store.migrate import FOLDER, scripts
from bot.store.postgres import snapshot_of
from bot.store.sqlite import translated

CREATED = re.compile(r"CREATE TABLE (\w+)")
STEP = 2000  # rows in memory at a time

# what a copy leaves out: it ends by itself, was said or undone since, or must not outlive its day
PASSING = {
    "lease": "who speaks for an account now",
    "session": "nobody is logged in to a restored desk",
    "invite": "one-time doors",
    "outgoing": "replies of that minute, most likely said since",
    "talk": "what a chat was about; whoever had it forgotten stays forgotten",
    "draft": "a tip that was not sent",
    "draft_piece": "the same",
}
APART = ("tip_key",)  # without these rows no tip can be opened: kept for a week, no longer

Rows = Callable[[str], AsyncIterator[Row]]


def tables() -> tuple[str, ...]:
    """The tables that a copy holds, those that are referred to before those that refer to them."""
    made = scripts(FOLDER)
    names = [name for file in sorted(made) for each in made[file] for name in CREATED.findall(each)]
    return tuple(name for name in names if name not in PASSING)


@asynccontextmanager
async def copied(url: str) -> AsyncIterator[Rows]:
    """The rows of each table at one instant; nobody who writes is held up. DatabaseError."""
    if not url.startswith(SQLITE):
        async with snapshot_of(url) as rows:
            yield rows
        return
    with translated, closing(_reading(url.removeprefix(SQLITE))) as connection:

        async def rows_of(table: str) -> AsyncIterator[Row]:
            for row in connection.execute(f"SELECT * FROM {table}"):
                yield dict(row)

        yield rows_of


async def steps(rows: AsyncIterator[Row]) -> AsyncIterator[list[Row]]:
    """Rows in lists of at most STEP."""
    step: list[Row] = []
    async for row in rows:
        step.append(row)
        if len(step) == STEP:
            yield step
            step = []
    if step:
        yield step


async def fill(tx: Transaction, table: str, rows: Iterable[Mapping[str, Any]]) -> int:
    """Put rows into a table that this program knows; how many."""
    if table not in tables():
        raise ValueError(table)
    count = 0
    for row in rows:
        names = ", ".join(name for name in row if name.isidentifier())
        places = ", ".join(f"${place}" for place in range(1, len(row) + 1))
        await tx.run(f"INSERT INTO {table} ({names}) VALUES ({places})", *row.values())
        count += 1
    return count


async def clear(tx: Transaction) -> None:
    """Make room for a copy: what a migration put in goes."""
    for table in reversed(tables()):
        await tx.run(f"DELETE FROM {table}")


async def in_use(tx: Transaction) -> str | None:
    """A table with rows that nobody may overwrite; None where the database is as good as new."""
    for table in ("officer", "tip", "subscriber", "broadcast", "pledge", "inbox"):
        if await tx.one(f"SELECT 1 AS one FROM {table} LIMIT 1"):
            return table
    return None


def _reading(path: str) -> sqlite3.Connection:
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.execute("BEGIN")
    return connection
