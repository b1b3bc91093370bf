"""Questions that found no answer, masked and without their chat; and counts of what people thought of answers."""

import secrets
from datetime import date, datetime

from bot.store.database import Row, Transaction


class Questions:
    """The port of handlers.ports."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def unanswered(self, masked: str, day: date, article: str = "") -> None:
        await self._tx.run(
            "INSERT INTO unanswered (id, masked, day, article) VALUES ($1, $2, $3, $4)",
            secrets.token_hex(16),
            masked,
            day.isoformat(),
            article,
        )

    async def settled(self, masked: str) -> int:
        """Forget a question that an admin has dealt with; how often it stood there."""
        return await self._tx.run("DELETE FROM unanswered WHERE masked = $1", masked)

    async def judged(self, article: str, helpful: bool, day: date) -> None:
        await self._tx.run(
            "INSERT INTO judged (article, day, helpful, count) VALUES ($1, $2, $3, 1)"
            " ON CONFLICT (article, day, helpful) DO UPDATE SET count = judged.count + 1",
            article,
            day.isoformat(),
            int(helpful),
        )

    async def unanswered_since(self, day: date) -> list[Row]:
        sql = "SELECT masked, day, article FROM unanswered WHERE day >= $1 ORDER BY day, id"
        return await self._tx.all(sql, day.isoformat())

    async def judgements(self) -> list[Row]:
        sql = "SELECT article, day, helpful, count FROM judged ORDER BY article, day, helpful"
        return await self._tx.all(sql)


async def forget(tx: Transaction, before: datetime) -> int:
    """Forget unanswered questions of days before an instant's; how many there were."""
    return await tx.run("DELETE FROM unanswered WHERE day < $1", before.date().isoformat())
