"""Tips for a station: units with keys, and tips sealed to them, as bot and browser seal them."""

from dataclasses import dataclass

from bot.console.samples import Sample, put_tip, unit_with_keys
from bot.sealing import Keys
from bot.store.database import open_database
from bot.store.units import Units
from handlers.ask import local_day
from tests.console.station import Station
from tests.shipped import KNOWLEDGE


@dataclass(frozen=True)
class Told:
    """A tip that lies at the desk: its id, and the pair of the receipt that its sender kept."""

    id: str
    receipt: Keys


async def give_keys(station: Station, *units: str) -> dict[str, Keys]:
    """Keys for units, sealed to their officers."""
    areas, keys = KNOWLEDGE.areas, {}
    async with (
        open_database(station.config.database_url) as database,
        database.transaction() as tx,
    ):
        for unit in units:
            parent = None if unit == areas.province.id else areas.province.id
            await Units(tx).ensure(unit, areas[unit].name, parent)
            members = {m.id: m.pub for m in await Units(tx).members(unit)}
            keys[unit] = await unit_with_keys(tx, unit, members, local_day(station.clock()))
    return keys


async def tell(
    station: Station, keys: dict[str, Keys], *words: str, ago: int = 0, **more: object
) -> Told:
    """A tip for the first of the units; the others wait with a dormant envelope."""
    sample = Sample(
        ago=ago,
        words=words,
        matter=str(more.pop("kind", "other")),
        urgent=bool(more.pop("urgent", False)),
        more=more,
    )
    pubs = {unit: pair.pub for unit, pair in keys.items()}
    async with (
        open_database(station.config.database_url) as database,
        database.transaction() as tx,
    ):
        id, receipt = await put_tip(tx, sample, pubs, local_day(station.clock()))
    return Told(id, receipt)
