"""Units with officers' keys, as the console makes them: the sample province and two of its communes."""

from bot import sealing
from bot.sealing import Keys
from bot.store.database import Database, Transaction, open_database

PROVINCE, COMMUNE, OTHER = "tinh-mau", "suoi-guong", "cho-mo"
DAY = "2026-11-01"


async def found(tx: Transaction, *units: str) -> dict[str, Keys]:
    """Found units, each with a key of its first epoch; their keys, private halves too."""
    keys = {unit: sealing.fresh_keys() for unit in units}
    for unit, pair in keys.items():
        parent = None if unit == PROVINCE else PROVINCE
        sql = "INSERT INTO unit (id, name, parent, active) VALUES ($1, $1, $2, 1)"
        await tx.run(sql, unit, parent)
        await tx.run(
            "INSERT INTO unit_key (unit, epoch, pub, made, retire_after) VALUES ($1, 1, $2, $3, $3)",
            unit,
            pair.pub,
            DAY,
        )
    return keys


async def found_in(url: str, *units: str) -> dict[str, Keys]:
    """The same in a database by its address, which is made where there is none."""
    async with open_database(url) as database, database.transaction() as tx:
        return await found(tx, *(units or (PROVINCE, COMMUNE, OTHER)))


async def opened(database: Database, tip: str, unit: str, keys: Keys) -> list[dict[str, object]]:
    """What an officer's browser reads of a tip: its envelopes, opened, in order."""
    row = (await database.read("SELECT * FROM tip WHERE id = $1", tip))[0]
    sealed = await database.read(
        "SELECT sealed FROM tip_key WHERE tip = $1 AND unit = $2", tip, unit
    )
    pair = Keys(row["pub"], sealing.unseal_key(keys, sealed[0]["sealed"]))
    messages = await database.read("SELECT * FROM tip_message WHERE tip = $1 ORDER BY seq", tip)
    files = await database.read("SELECT * FROM tip_file WHERE tip = $1 ORDER BY seq", tip)
    inside = [
        sealing.unseal(pair, m["body"], tip=tip, kind=m["kind"], seq=m["seq"]) for m in messages
    ]
    inside += [sealing.unseal(pair, f["meta"], tip=tip, kind="file", seq=f["seq"]) for f in files]
    return sorted(inside, key=lambda each: int(each["seq"]))
