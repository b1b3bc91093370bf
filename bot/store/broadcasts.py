"""What officers wrote, and where it stands."""

from collections.abc import Sequence
from datetime import UTC, datetime

from bot.store.database import Database, Row, Transaction
from handlers.broadcast import Broadcast, Stage
from handlers.ports import Reach

HOUR = 3600  # seconds
TIMES = ("at", "made", "submitted", "approved", "started", "ended")
FIELDS = (
    "id", "author", "title", "topic", "areas", "channels", "text", "sms", "urgent", "at", "moment",
    "stage", "approver", "glass", "corrects", "source", "unmet", "made", "submitted", "approved",
    "started", "ended",
)  # fmt: skip
COLUMNS = ", ".join(FIELDS)
INSERT = f"INSERT INTO broadcast ({COLUMNS}) VALUES ({', '.join(f'${n}' for n, _ in enumerate(FIELDS, 1))})"  # noqa: S608
UPDATE = (
    "UPDATE broadcast SET "  # noqa: S608 (our own names)
    + ", ".join(f"{name} = ${n}" for n, name in enumerate(FIELDS, 1) if name != "id")
    + " WHERE id = $1"
)
REACH = """
SELECT u.channel, u.account, u.contact / 3600 AS hour, COUNT(*) AS n FROM subscriber u
WHERE EXISTS (SELECT 1 FROM subscription s WHERE s.subscriber = u.id AND s.area IN ({areas}))
AND ($1 = 'all' OR u.topics = 'all' OR (' ' || u.topics || ' ') LIKE ('% ' || $1 || ' %'))
AND ($2 = '' OR $2 LIKE ('% ' || u.channel || ' %')) {unmet}
GROUP BY u.channel, u.account, u.contact / 3600 ORDER BY 1, 2, 3"""
UNMET = """AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.broadcast = $3 AND d.channel = u.channel
AND d.account = u.account AND d.chat = u.chat AND d.state = 'sent')"""
CORRECTED = """
SELECT d.channel, d.account, CAST($2 AS BIGINT) AS hour, COUNT(*) AS n FROM delivery d
WHERE d.broadcast = $1 AND d.state IN ('sent', 'unknown') GROUP BY d.channel, d.account ORDER BY 1, 2"""


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

    async def of_stage(self, *stages: Stage, limit: int = 50) -> tuple[Broadcast, ...]:
        names = ", ".join(f"'{stage.value}'" for stage in stages)
        rows = await self._tx.all(
            f"SELECT {COLUMNS} FROM broadcast WHERE stage IN ({names})"  # noqa: S608 (our own names)
            f" ORDER BY made DESC, id LIMIT {int(limit)}"
        )
        return tuple(broadcast_of(row) for row in rows)

    async def reach(self, broadcast: Broadcast, communes: Sequence[str]) -> tuple[Reach, ...]:
        if broadcast.corrects:
            now = int((broadcast.made or datetime.now(UTC)).timestamp()) // HOUR
            rows = await self._tx.all(CORRECTED, broadcast.corrects, now)
            return tuple(_reach(row) for row in rows)
        if not communes:
            return ()
        values = [broadcast.topic, spaced(broadcast.channels)]
        if broadcast.unmet:
            values.append(broadcast.unmet)
        first = len(values) + 1
        places = ", ".join(f"${first + n}" for n, _ in enumerate(communes))
        sql = REACH.format(areas=places, unmet=UNMET if broadcast.unmet else "")
        return tuple(_reach(row) for row in await self._tx.all(sql, *values, *communes))


async def read_broadcast(database: Database, id: str) -> Broadcast | None:
    """A broadcast as it stands, held for nobody: for who only looks."""
    sql = f"SELECT {COLUMNS} FROM broadcast WHERE id = $1"  # noqa: S608 (our own names)
    rows = await database.read(sql, id)
    return broadcast_of(rows[0]) if rows else None


def spaced(words: Sequence[str]) -> str:
    """Words to be found between spaces; "" for none."""
    return f" {' '.join(words)} " if words else ""


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
            "stage": Stage(row["stage"]),
        }
    )


def _values(broadcast: Broadcast) -> list[object]:
    row = {name: getattr(broadcast, name) for name in FIELDS}
    row |= {name: int(at.timestamp()) if (at := row[name]) else None for name in TIMES}
    row |= {"areas": " ".join(broadcast.areas), "channels": " ".join(broadcast.channels)}
    row |= {"urgent": int(broadcast.urgent), "glass": int(broadcast.glass)}
    return [str(value) if isinstance(value, Stage) else value for value in row.values()]


def _instant(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _reach(row: Row) -> Reach:
    heard = datetime.fromtimestamp(int(row["hour"]) * HOUR, UTC)
    return Reach(channel=row["channel"], account=row["account"], heard=heard, count=int(row["n"]))
