"""Who is on duty, by area and hour."""

from collections.abc import Sequence
from datetime import UTC, datetime

from bot.store.database import Row, Transaction
from handlers.roster import Shift


class Roster:
    """The shifts inside a transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def add(self, shift: Shift) -> None:
        await self._tx.run(
            "INSERT INTO duty_shift (id, area, officer, place, starts, ends)"
            " VALUES ($1, $2, $3, $4, $5, $6)",
            shift.id,
            shift.area,
            shift.officer,
            shift.place,
            int(shift.starts.timestamp()),
            int(shift.ends.timestamp()),
        )

    async def remove(self, id: str) -> Shift | None:
        """Take a shift away; what it was, None where it is gone already."""
        row = await self._tx.one("DELETE FROM duty_shift WHERE id = $1 RETURNING *", id)
        return _shift(row) if row else None

    async def ahead(self, areas: Sequence[str], now: datetime) -> tuple[Shift, ...]:
        """The shifts of these areas that have not ended, in order."""
        rows = await self._tx.all(
            "SELECT * FROM duty_shift WHERE ends > $1 ORDER BY starts, place, id",
            int(now.timestamp()),
        )
        return tuple(_shift(row) for row in rows if row["area"] in areas)


def _shift(row: Row) -> Shift:
    return Shift(
        id=row["id"],
        area=row["area"],
        officer=row["officer"],
        place=int(row["place"]),
        starts=datetime.fromtimestamp(row["starts"], UTC),
        ends=datetime.fromtimestamp(row["ends"], UTC),
    )
