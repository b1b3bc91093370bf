"""Bells for officers: that there is something, and for which unit; never what, and never from whom."""

from datetime import datetime, timedelta

from bot import sealing
from bot.store.database import Row, Transaction

PATIENCE = timedelta(
    hours=1
)  # the unit's, with what happens within a day; then the province is rung


async def ring(tx: Transaction, tip: str, unit: str, at: datetime, *, urgent: bool) -> None:
    """Ring a unit now; what is urgent rings the unit above it too, if nobody has read it in an hour."""
    await put(tx, tip, unit, at, urgent=urgent)
    row = await tx.one("SELECT parent FROM unit WHERE id = $1", unit)
    if urgent and row and row["parent"]:
        await put(tx, tip, row["parent"], at + PATIENCE, urgent=True)


async def put(tx: Transaction, tip: str, unit: str, due: datetime, *, urgent: bool) -> None:
    await tx.run(
        "INSERT INTO tip_notice (id, tip, unit, urgent, due) VALUES ($1, $2, $3, $4, $5)",
        sealing.fresh_id(),
        tip,
        unit,
        int(urgent),
        int(due.timestamp()),
    )


async def due(tx: Transaction, at: datetime) -> list[Row]:
    """The units that are to be rung at an instant, and whether something urgent is among it."""
    return await tx.all(
        "SELECT unit, MAX(urgent) AS urgent FROM tip_notice WHERE due <= $1 GROUP BY unit ORDER BY unit",
        int(at.timestamp()),
    )


async def rung(tx: Transaction, unit: str, at: datetime) -> bool:
    """A unit is being rung; False where another process is doing it."""
    sql = "DELETE FROM tip_notice WHERE unit = $1 AND due <= $2"
    return await tx.run(sql, unit, int(at.timestamp())) > 0


async def quiet(tx: Transaction, tip: str) -> None:
    """Somebody has read it: what was still to ring of it does not."""
    await tx.run("DELETE FROM tip_notice WHERE tip = $1", tip)
