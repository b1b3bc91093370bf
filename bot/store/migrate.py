"""Brings a database to this program's version: the same ordered .sql files on both engines."""

import logging
from pathlib import Path

from bot.store.database import Database, TooNew

log = logging.getLogger(__name__)

FOLDER = Path(__file__).parent / "migrations"
LOCK = 0x62696E68616E  # "binhan": one process migrates, the others wait
SQLITE_ONLY = " WITHOUT ROWID"  # no row numbers, which would tell the order of arrival


async def migrate(database: Database, folder: Path = FOLDER) -> None:
    """Apply what is missing, all in one transaction; TooNew where the database knows more than we do."""
    files = scripts(folder)
    async with database.transaction() as tx:
        if not database.alone:
            await tx.one("SELECT pg_advisory_xact_lock($1)", LOCK)
        await tx.run("CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY)")
        done = {row["name"] for row in await tx.all("SELECT name FROM migration")}
        if done - set(files):
            raise TooNew
        for name in sorted(set(files) - done):
            for statement in files[name]:
                await tx.run(statement if database.alone else statement.replace(SQLITE_ONLY, ""))
            await tx.run("INSERT INTO migration (name) VALUES ($1)", name)
            log.info("migrated", extra={"migration": name})


def scripts(folder: Path) -> dict[str, tuple[str, ...]]:
    """The statements of each file, by its name without the ending."""
    return {path.stem: _statements(path.read_text("utf-8")) for path in folder.glob("*.sql")}


def _statements(script: str) -> tuple[str, ...]:
    lines = [line for line in script.splitlines() if not line.lstrip().startswith("--")]
    return tuple(part for part in "\n".join(lines).split(";") if part.strip())
