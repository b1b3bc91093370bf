"""Units' keys by epoch: the public half, and the private one sealed to each member and to the escrow key."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from bot.store.database import Database, Row, Transaction
from bot.store.officers import Account, Officers, State
from handlers.officer import Role

YEAR = timedelta(days=365)  # an epoch's life
FEWEST = 2  # key-holders that a unit needs: one falls ill, one forgets


@dataclass(frozen=True, slots=True, kw_only=True)
class Epoch:
    """A unit's key of a time; `sealed` for the officer who asks (None: not yet shared with this officer)."""

    epoch: int
    pub: bytes
    retired: bool
    sealed: bytes | None
    in_escrow: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An officer of a unit, and how many of its keys the officer holds."""

    id: str
    login: str
    name: str
    pub: bytes
    held: int


class Units:
    """Units and their keys inside a transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def ensure(self, id: str, name: str, parent: str | None) -> None:
        """A unit is an area that has officers."""
        await self._tx.run(
            "INSERT INTO unit (id, name, parent, active) VALUES ($1, $2, $3, 1)"
            " ON CONFLICT (id) DO UPDATE SET name = excluded.name, parent = excluded.parent",
            id,
            name,
            parent,
        )

    async def epochs(self, unit: str, officer: str, today: date) -> list[Epoch]:
        """All epochs of a unit as an officer sees them, oldest first."""
        rows = await self._tx.all(
            "SELECT k.epoch, k.pub, k.retire_after, m.sealed_priv,"
            " (SELECT COUNT(*) FROM unit_escrow_key e JOIN escrow ON escrow.pub = e.escrow"
            "  WHERE e.unit = k.unit AND e.epoch = k.epoch) AS kept"
            " FROM unit_key k LEFT JOIN unit_member_key m"
            " ON m.unit = k.unit AND m.epoch = k.epoch AND m.officer = $2"
            " WHERE k.unit = $1 ORDER BY k.epoch",
            unit,
            officer,
        )
        return [_epoch(row, today) for row in rows]

    async def members(self, unit: str) -> list[Member]:
        """The active officers of a unit who have made their keys."""
        rows = await self._tx.all(
            "SELECT o.id, o.login, o.name, k.x_pub,"
            " (SELECT COUNT(*) FROM unit_member_key m WHERE m.unit = o.area AND m.officer = o.id) AS held"
            " FROM officer o JOIN officer_key k ON k.officer = o.id"
            " WHERE o.area = $1 AND o.state = $2 AND o.role <> $3 ORDER BY o.login",
            unit,
            str(State.ACTIVE),
            str(Role.ADMIN),
        )
        return [_member(row) for row in rows]

    async def begin_epoch(
        self, unit: str, pub: bytes, sealed: Mapping[str, bytes], today: date
    ) -> int:
        """The next epoch, sealed to its members; its number. Earlier ones are retired from today."""
        row = await self._tx.one("SELECT MAX(epoch) AS last FROM unit_key WHERE unit = $1", unit)
        epoch = int(row["last"] or 0) + 1 if row else 1
        await self.retire(unit, today)
        await self._tx.run(
            "INSERT INTO unit_key (unit, epoch, pub, made, retire_after) VALUES ($1, $2, $3, $4, $5)",
            unit,
            epoch,
            pub,
            today.isoformat(),
            (today + YEAR).isoformat(),
        )
        for officer, key in sealed.items():
            await self.share(unit, epoch, officer, key)
        return epoch

    async def retire(self, unit: str, today: date) -> None:
        """End the unit's epochs: the next member who comes in makes a new one; until then tips take the last."""
        sql = "UPDATE unit_key SET retire_after = $2 WHERE unit = $1 AND retire_after > $2"
        await self._tx.run(sql, unit, today.isoformat())

    async def share(self, unit: str, epoch: int, officer: str, sealed: bytes) -> None:
        """A unit's private key, sealed to one more member by a colleague's browser."""
        await self._tx.run(
            "INSERT INTO unit_member_key (unit, epoch, officer, sealed_priv) VALUES ($1, $2, $3, $4)"
            " ON CONFLICT (unit, epoch, officer) DO UPDATE SET sealed_priv = excluded.sealed_priv",
            unit,
            epoch,
            officer,
            sealed,
        )

    async def escrow(self) -> bytes | None:
        """The province's escrow key; None before the ceremony."""
        row = await self._tx.one("SELECT pub FROM escrow")
        return bytes(row["pub"]) if row else None

    async def set_escrow(self, pub: bytes, at: int) -> None:
        """Another escrow key in the place of the last; officers' browsers re-seal to it."""
        await self._tx.run("DELETE FROM escrow")
        await self._tx.run("INSERT INTO escrow (pub, made) VALUES ($1, $2)", pub, at)

    async def keep_in_escrow(self, unit: str, epoch: int, escrow: bytes, sealed: bytes) -> None:
        await self._tx.run(
            "INSERT INTO unit_escrow_key (unit, epoch, escrow, sealed_priv) VALUES ($1, $2, $3, $4)"
            " ON CONFLICT (unit, epoch, escrow) DO UPDATE SET sealed_priv = excluded.sealed_priv",
            unit,
            epoch,
            escrow,
            sealed,
        )

    async def in_escrow(self, unit: str, escrow: bytes) -> list[Row]:
        """The unit's private keys as they lie in escrow: epoch, pub, sealed_priv."""
        return await self._tx.all(
            "SELECT e.epoch, k.pub, e.sealed_priv FROM unit_escrow_key e"
            " JOIN unit_key k ON k.unit = e.unit AND k.epoch = e.epoch"
            " WHERE e.unit = $1 AND e.escrow = $2 ORDER BY e.epoch",
            unit,
            escrow,
        )

    async def reachable(self) -> list[Row]:
        """The units that tips can be sealed to: id, name, newest epoch and its public key."""
        return await self._tx.all(
            "SELECT u.id, u.name, k.epoch, k.pub FROM unit u JOIN unit_key k ON k.unit = u.id"
            " WHERE u.active = 1 AND k.epoch ="
            " (SELECT MAX(epoch) FROM unit_key n WHERE n.unit = u.id) ORDER BY u.name"
        )


async def leave(tx: Transaction, account: Account, state: State, today: date) -> None:
    """An officer leaves, or begins anew: every way in is gone, and the unit's next key is not for the old one."""
    await Officers(tx).drop_keys(account.officer.id)
    await Officers(tx).set_state(account.officer.id, state)
    await Units(tx).retire(account.officer.area, today)


async def lonely(database: Database) -> list[tuple[str, int]]:
    """Units with fewer than two holders of the newest key, and how many they have."""
    rows = await database.read(
        "SELECT k.unit, COUNT(m.officer) AS n FROM unit_key k LEFT JOIN unit_member_key m"
        " ON m.unit = k.unit AND m.epoch = k.epoch"
        " WHERE k.epoch = (SELECT MAX(epoch) FROM unit_key n WHERE n.unit = k.unit)"
        " GROUP BY k.unit ORDER BY k.unit"
    )
    return [(row["unit"], int(row["n"])) for row in rows if row["n"] < FEWEST]


async def outside_escrow(database: Database) -> list[str]:
    """Units of which a key is not in escrow."""
    rows = await database.read(
        "SELECT DISTINCT k.unit FROM unit_key k WHERE NOT EXISTS (SELECT 1 FROM unit_escrow_key e"
        " JOIN escrow ON escrow.pub = e.escrow WHERE e.unit = k.unit AND e.epoch = k.epoch)"
        " ORDER BY k.unit"
    )
    return [row["unit"] for row in rows]


def _epoch(row: Row, today: date) -> Epoch:
    sealed = row["sealed_priv"]
    return Epoch(
        epoch=int(row["epoch"]),
        pub=bytes(row["pub"]),
        retired=row["retire_after"] <= today.isoformat(),
        sealed=bytes(sealed) if sealed is not None else None,
        in_escrow=row["kept"] > 0,
    )


def _member(row: Row) -> Member:
    return Member(
        id=row["id"],
        login=row["login"],
        name=row["name"],
        pub=bytes(row["x_pub"]),
        held=int(row["held"]),
    )
