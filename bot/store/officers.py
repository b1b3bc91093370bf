"""Officers' accounts: who they are, and what their browsers made for them (public halves and sealed boxes only)."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.store.database import Database, Row, Transaction
from handlers.officer import Officer, Role


class State(StrEnum):
    INVITED = "invited"
    ACTIVE = "active"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An officer with the state of the account; `has_keys` once the browser has made them."""

    officer: Officer
    state: State
    made: int
    has_keys: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What stands in for a password and a private key: salt and hash of the proof, the public key, two wraps."""

    salt: bytes
    auth: str
    x_pub: bytes
    wrap_pw: bytes
    wrap_rec: bytes
    rec_auth: str


FIELDS = "officer.id, officer.login, officer.name, officer.role, officer.area"
ALL = (
    f"SELECT {FIELDS}, officer.state, officer.made, officer_key.officer AS keyed"
    " FROM officer LEFT JOIN officer_key ON officer_key.officer = officer.id"
)


class Officers:
    """The accounts inside a transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def add(self, *, login: str, name: str, role: Role, area: str, at: datetime) -> Officer:
        """A new account, still without keys; Conflict where the login is taken."""
        officer = Officer(id=secrets.token_hex(16), login=login, name=name, role=role, area=area)
        await self._tx.run(
            "INSERT INTO officer (id, login, name, role, area, state, made)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7)",
            officer.id,
            login,
            name,
            str(role),
            area,
            str(State.INVITED),
            int(at.timestamp()),
        )
        return officer

    async def by_login(self, login: str) -> Account | None:
        return _account(await self._tx.one(f"{ALL} WHERE officer.login = $1", login))

    async def by_id(self, id: str) -> Account | None:
        return _account(await self._tx.one(f"{ALL} WHERE officer.id = $1", id))

    async def set_state(self, id: str, state: State) -> None:
        await self._tx.run("UPDATE officer SET state = $1 WHERE id = $2", str(state), id)

    async def keys(self, id: str) -> Keys | None:
        row = await self._tx.one("SELECT * FROM officer_key WHERE officer = $1", id)
        return _keys(row) if row else None

    async def set_keys(self, id: str, keys: Keys, at: datetime) -> None:
        await self._tx.run("DELETE FROM officer_key WHERE officer = $1", id)
        await self._tx.run(
            "INSERT INTO officer_key"
            " (officer, salt, auth, x_pub, wrap_pw, wrap_rec, rec_auth, made)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            id,
            keys.salt,
            keys.auth,
            keys.x_pub,
            keys.wrap_pw,
            keys.wrap_rec,
            keys.rec_auth,
            int(at.timestamp()),
        )

    async def set_password(self, id: str, *, salt: bytes, auth: str, wrap: bytes) -> None:
        """Another password around the same key."""
        sql = "UPDATE officer_key SET salt = $2, auth = $3, wrap_pw = $4 WHERE officer = $1"
        await self._tx.run(sql, id, salt, auth, wrap)

    async def drop_keys(self, id: str) -> None:
        """Take from an officer every way in: keys, codes, sessions, invitations, chats."""
        for table in (
            "officer_key",
            "totp",
            "session",
            "invite",
            "officer_chat",
            "unit_member_key",
        ):
            await self._tx.run(f"DELETE FROM {table} WHERE officer = $1", id)

    async def totp(self, id: str) -> Row | None:
        return await self._tx.one("SELECT sealed, used FROM totp WHERE officer = $1", id)

    async def set_totp(self, id: str, sealed: bytes, used: int) -> None:
        await self._tx.run(
            "INSERT INTO totp (officer, sealed, used) VALUES ($1, $2, $3)"
            " ON CONFLICT (officer) DO UPDATE SET sealed = excluded.sealed, used = excluded.used",
            id,
            sealed,
            used,
        )

    async def use_step(self, id: str, step: int) -> bool:
        """Take a time step's code; False where it, or a later one, was taken before."""
        sql = "UPDATE totp SET used = $2 WHERE officer = $1 AND used < $2"
        return await self._tx.run(sql, id, step) == 1


async def accounts(database: Database) -> list[Account]:
    """All accounts, by area and login."""
    rows = await database.read(f"{ALL} ORDER BY officer.area, officer.login")
    return [account for row in rows if (account := _account(row))]


def officer_of(row: Row) -> Officer:
    """The officer of a row with FIELDS."""
    return Officer(
        id=row["id"],
        login=row["login"],
        name=row["name"],
        role=Role(row["role"]),
        area=row["area"],
    )


def _account(row: Row | None) -> Account | None:
    if row is None:
        return None
    return Account(
        officer=officer_of(row),
        state=State(row["state"]),
        made=int(row["made"]),
        has_keys=row["keyed"] is not None,
    )


def _keys(row: Row) -> Keys:
    return Keys(
        salt=bytes(row["salt"]),
        auth=row["auth"],
        x_pub=bytes(row["x_pub"]),
        wrap_pw=bytes(row["wrap_pw"]),
        wrap_rec=bytes(row["wrap_rec"]),
        rec_auth=row["rec_auth"],
    )
