"""A commune's own season: which of a campaign's warnings it leaves out, or says in its own words."""

from collections.abc import Mapping
from datetime import datetime

from bot.store.database import Transaction
from handlers.season import Choice


class Seasons:
    """Communes' choices inside a transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def put(
        self, campaign: str, warning: str, area: str, choice: Choice, officer: str, at: datetime
    ) -> None:
        """The newest choice counts; one that changes nothing is forgotten."""
        if choice == Choice():
            sql = "DELETE FROM season_choice WHERE campaign = $1 AND warning = $2 AND area = $3"
            await self._tx.run(sql, campaign, warning, area)
            return
        await self._tx.run(
            "INSERT INTO season_choice (campaign, warning, area, off, text, sms, officer, at)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (campaign, warning, area)"
            " DO UPDATE SET off = excluded.off, text = excluded.text, sms = excluded.sms,"
            " officer = excluded.officer, at = excluded.at",
            campaign,
            warning,
            area,
            int(choice.off),
            choice.text,
            choice.sms,
            officer,
            int(at.timestamp()),
        )

    async def of(self, campaign: str) -> Mapping[tuple[str, str], Choice]:
        """(warning, area) → choice, of those that differ from the campaign."""
        rows = await self._tx.all(
            "SELECT warning, area, off, text, sms FROM season_choice WHERE campaign = $1", campaign
        )
        return {
            (row["warning"], row["area"]): Choice(
                off=bool(row["off"]), text=row["text"], sms=row["sms"]
            )
            for row in rows
        }
