"""The contract that both engines keep: transactions with three verbs, SQL with `$1` placeholders."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Protocol

Row = Mapping[str, Any]
SQLITE = "sqlite:///"


class DatabaseError(Exception):
    """The database refused or failed; the driver's words are left out, because they quote rows."""


class Busy(DatabaseError):
    """Another process holds what we need; the whole transaction may be tried again."""


class Conflict(DatabaseError):
    """A row with this key is there already."""


class TooNew(DatabaseError):
    """The database was made by a newer version of this program."""


class Transaction(Protocol):
    """What happens together or not at all; values are bound to `$1`, `$2` …"""

    async def run(self, sql: str, *values: Any) -> int:
        """The number of rows touched."""

    async def one(self, sql: str, *values: Any) -> Row | None: ...

    async def all(self, sql: str, *values: Any) -> list[Row]: ...

    async def make_durable(self) -> None:
        """The commit will be on the disk before it returns."""


class Database(Protocol):
    """An opened, migrated database."""

    @property
    def alone(self) -> bool:
        """Whether no other process can be using it: what a dead process claimed is free at start."""

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """Commits on leaving, rolls back on anything raised inside, a cancellation too."""

    async def read(self, sql: str, *values: Any) -> list[Row]:
        """Rows read beside the writers: for figures and pages."""

    async def calm(self) -> None:
        """Wait until what was written lately is put away: for who writes very much, and before whom others go."""

    async def wipe(self) -> None:
        """What was deleted is gone from the files too, as far as the engine can see to that."""


@asynccontextmanager
async def open_database(url: str) -> AsyncIterator[Database]:
    """A database by its URL: "sqlite:///path" or "postgresql://…"; migrated to this program's version."""
    from bot.store.migrate import migrate
    from bot.store.postgres import open_postgres
    from bot.store.sqlite import open_sqlite

    opened = open_sqlite(url.removeprefix(SQLITE)) if url.startswith(SQLITE) else open_postgres(url)
    async with opened as database:
        await migrate(database)
        yield database
