"""Published states of the knowledge: every machine answers from the one that is live."""

from dataclasses import dataclass
from datetime import UTC, datetime

from bot.store.database import Database, Row, Transaction

KEPT = 10  # snapshots to go back to
LIVE = "knowledge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What was published: `files` a zip of the folder, `learned` as knowledge.learned packs it."""

    number: int
    at: datetime
    reader: str
    note: str
    digest: str
    files: bytes = b""
    learned: bytes = b""


class Snapshots:
    """The published states inside a transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def add(
        self, *, at: datetime, reader: str, note: str, digest: str, files: bytes, learned: bytes
    ) -> int:
        """Store a state, and put it live; its number. The oldest beyond the last ten are dropped."""
        row = await self._tx.one("SELECT MAX(number) AS last FROM snapshot")
        number = int(row["last"] or 0) + 1 if row else 1
        await self._tx.run(
            "INSERT INTO snapshot (number, at, reader, note, digest, files, learned)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7)",
            number,
            int(at.timestamp()),
            reader,
            note,
            digest,
            files,
            learned,
        )
        await self._tx.run("DELETE FROM snapshot WHERE number <= $1", number - KEPT)
        await self.put_live(number, at)
        return number

    async def put_live(self, number: int, at: datetime) -> None:
        """Make a stored state the one that all machines answer from."""
        await self._tx.run(
            "INSERT INTO live (name, number, at) VALUES ($1, $2, $3)"
            " ON CONFLICT (name) DO UPDATE SET number = excluded.number, at = excluded.at",
            LIVE,
            number,
            int(at.timestamp()),
        )


async def live_number(database: Database) -> int | None:
    """The number of the state that is live; None before anything was published."""
    rows = await database.read("SELECT number FROM live WHERE name = $1", LIVE)
    return int(rows[0]["number"]) if rows else None


async def snapshots(database: Database) -> list[Snapshot]:
    """All that are kept, newest first, without their contents."""
    rows = await database.read(
        "SELECT number, at, reader, note, digest FROM snapshot ORDER BY number DESC"
    )
    return [_snapshot(row) for row in rows]


async def snapshot(database: Database, number: int) -> Snapshot | None:
    """One with its contents."""
    rows = await database.read("SELECT * FROM snapshot WHERE number = $1", number)
    return _snapshot(rows[0]) if rows else None


def _snapshot(row: Row) -> Snapshot:
    return Snapshot(
        number=int(row["number"]),
        at=datetime.fromtimestamp(row["at"], UTC),
        reader=row["reader"],
        note=row["note"],
        digest=row["digest"],
        files=bytes(row.get("files", b"")),
        learned=bytes(row.get("learned", b"")),
    )
