"""What officers wrote, and where it stands."""

from datetime import UTC, datetime

from bot.store.database import Database, Row, Transaction
from handlers.broadcast import Broadcast, Stage

TIMES = ("at", "made", "submitted", "approved", "started", "ended")
FIELDS = (
    "id", "author", "title", "topic", "areas", "channels", "text", "sms", "urgent", "at", "moment",
    "stage", "approver", "glass", "corrects", "source", "unmet", "made", "submitted", "approved",
    "started", "ended", "chosen",
)  # fmt: skip
COLUMNS = ", ".join(FIELDS)
INSERT = f"INSERT INTO broadcast ({COLUMNS}) VALUES ({', '.join(f'${n}' for n, _ in enumerate(FIELDS, 1))})"  # noqa: S608
LOOK = f"SELECT {COLUMNS} FROM broadcast WHERE id = $1"  # noqa: S608 (our own names)
UPDATE = (
    "UPDATE broadcast SET "  # noqa: S608 (our own names)
    + ", ".join(f"{name} = ${n}" for n, name in enumerate(FIELDS, 1) if name != "id")
    + " WHERE id = $1"
)


class Broadcasts:
    """The port of handlers.ports."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def add(self, broadcast: Broadcast) -> None:
        await self._tx.run(INSERT, *_values(broadcast))

    async def get(self, id: str) -> Broadcast | None:
        """The update changes nothing, but holds the row until the transaction ends."""
        sql = f"UPDATE broadcast SET stage = stage WHERE id = $1 RETURNING {COLUMNS}"  # noqa: S608 (our own names)
        row = await self._tx.one(sql, id)
        return broadcast_of(row) if row else None

    async def save(self, broadcast: Broadcast) -> None:
        await self._tx.run(UPDATE, *_values(broadcast))

    async def look(self, id: str) -> Broadcast | None:
        row = await self._tx.one(LOOK, id)
        return broadcast_of(row) if row else None

    async def of_stage(self, *stages: Stage, limit: int = 50) -> tuple[Broadcast, ...]:
        names = ", ".join(f"'{stage.value}'" for stage in stages)
        rows = await self._tx.all(
            f"SELECT {COLUMNS} FROM broadcast WHERE stage IN ({names})"  # noqa: S608 (our own names)
            f" ORDER BY made DESC, id LIMIT {int(limit)}"
        )
        return tuple(broadcast_of(row) for row in rows)


async def read_broadcast(database: Database, id: str) -> Broadcast | None:
    """A broadcast as it stands, held for nobody: for who only looks."""
    rows = await database.read(LOOK, id)
    return broadcast_of(rows[0]) if rows else None


def broadcast_of(row: Row) -> Broadcast:
    """The broadcast of a row with FIELDS."""
    values = {name: row[name] for name in FIELDS}
    values |= {name: _instant(row[name]) for name in TIMES}
    return Broadcast(
        **values
        | {
            "areas": tuple(row["areas"].split()),
            "channels": tuple(row["channels"].split()),
            "urgent": bool(row["urgent"]),
            "glass": bool(row["glass"]),
            "chosen": bool(row["chosen"]),
            "stage": Stage(row["stage"]),
        }
    )


def _values(broadcast: Broadcast) -> list[object]:
    row = {name: getattr(broadcast, name) for name in FIELDS}
    row |= {name: int(at.timestamp()) if (at := row[name]) else None for name in TIMES}
    row |= {"areas": " ".join(broadcast.areas), "channels": " ".join(broadcast.channels)}
    row |= {name: int(row[name]) for name in ("urgent", "glass", "chosen")}
    return [str(value) if isinstance(value, Stage) else value for value in row.values()]


def _instant(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
