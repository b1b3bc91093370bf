"""Households told by word of mouth, as hamlet heads reported them."""

from datetime import UTC, datetime

from bot.store.database import Transaction
from handlers.report import Told


class HamletsTold:
    """What hamlets reported of a warning, inside a transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def put(self, broadcast: str, told: Told, officer: str) -> None:
        """The newest word counts."""
        await self._tx.run(
            "INSERT INTO hamlet_told (broadcast, hamlet, households, officer, at)"
            " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (broadcast, hamlet) DO UPDATE SET"
            " households = excluded.households, officer = excluded.officer, at = excluded.at",
            broadcast,
            told.hamlet,
            told.households,
            officer,
            int(told.at.timestamp()),
        )

    async def of(self, broadcast: str) -> tuple[Told, ...]:
        rows = await self._tx.all(
            "SELECT hamlet, households, at FROM hamlet_told WHERE broadcast = $1 ORDER BY hamlet",
            broadcast,
        )
        return tuple(
            Told(
                hamlet=row["hamlet"],
                households=int(row["households"]),
                at=datetime.fromtimestamp(row["at"], UTC),
            )
            for row in rows
        )
