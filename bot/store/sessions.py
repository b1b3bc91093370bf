"""Who is logged in, and one-time doors; only marks of their tokens are kept."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import blake2b

from bot.store.database import Row, Transaction
from bot.store.officers import FIELDS, State, officer_of
from handlers.officer import Officer

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=8)
TOUCH = timedelta(minutes=1)  # how exactly "last seen" is kept: a write a minute, not one a request


class Door(StrEnum):
    """What a one-time code opens."""

    INVITE = "invite"
    RECOVER = "recover"
    CHAT = "chat"


LIFE = {
    Door.INVITE: timedelta(hours=72),
    Door.RECOVER: timedelta(minutes=10),
    Door.CHAT: timedelta(minutes=10),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Invite:
    officer: Officer
    sealed: bytes
    mark: str


class Sessions:
    """Sessions and one-time doors inside a transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def open(self, officer: Officer, now: datetime) -> str:
        """A new session's token: it is told once, and only its mark is kept."""
        token = secrets.token_urlsafe(32)
        await self._tx.run(
            "INSERT INTO session (mark, officer, made, seen) VALUES ($1, $2, $3, $3)",
            mark_of(token),
            officer.id,
            int(now.timestamp()),
        )
        return token

    async def officer(self, token: str, now: datetime, *, touch: bool = True) -> Officer | None:
        """Whose session it is; None where it ended: 30 minutes idle, 8 hours in all, account closed."""
        row = await self._tx.one(
            f"SELECT {FIELDS}, session.seen FROM session JOIN officer ON officer.id = session.officer"
            " WHERE session.mark = $1 AND session.seen > $2 AND session.made > $3 AND officer.state = $4",
            mark_of(token),
            _before(now, IDLE),
            _before(now, LONGEST),
            str(State.ACTIVE),
        )
        if row is None:
            return None
        if touch and row["seen"] < _before(now, TOUCH):
            await self._tx.run(
                "UPDATE session SET seen = $1 WHERE mark = $2", int(now.timestamp()), mark_of(token)
            )
        return officer_of(row)

    async def close(self, token: str) -> None:
        await self._tx.run("DELETE FROM session WHERE mark = $1", mark_of(token))

    async def close_all(self, officer: str) -> None:
        await self._tx.run("DELETE FROM session WHERE officer = $1", officer)

    async def invite(self, officer: str, door: Door, now: datetime, *, code: str = "") -> str:
        """A one-time code (`code` where it has to be typed); an earlier one for the same door dies."""
        code = code or secrets.token_urlsafe(24)
        await self._tx.run(
            "DELETE FROM invite WHERE officer = $1 AND kind = $2", officer, str(door)
        )
        await self._tx.run(
            "INSERT INTO invite (mark, officer, kind, sealed, until) VALUES ($1, $2, $3, $4, $5)",
            mark_of(code),
            officer,
            str(door),
            b"",
            int((now + LIFE[door]).timestamp()),
        )
        return code

    async def invited(self, code: str, door: Door, now: datetime) -> Invite | None:
        """Who a code is for; None where it is unknown, used or too old."""
        row = await self._tx.one(
            f"SELECT {FIELDS}, invite.sealed FROM invite JOIN officer ON officer.id = invite.officer"
            " WHERE invite.mark = $1 AND invite.kind = $2 AND invite.until > $3"
            " AND officer.state <> $4",
            mark_of(code),
            str(door),
            int(now.timestamp()),
            str(State.DISABLED),
        )
        return _invite(row, mark_of(code)) if row else None

    async def keep(self, invite: Invite, sealed: bytes) -> None:
        await self._tx.run("UPDATE invite SET sealed = $1 WHERE mark = $2", sealed, invite.mark)

    async def use(self, invite: Invite) -> bool:
        """Use a code up; False where somebody else did at the same moment."""
        return await self._tx.run("DELETE FROM invite WHERE mark = $1", invite.mark) == 1


async def forget(tx: Transaction, before: datetime) -> int:
    """Forget sessions made, and codes that ran out, before an instant."""
    ended = await tx.run("DELETE FROM session WHERE made < $1", int(before.timestamp()))
    return ended + await tx.run("DELETE FROM invite WHERE until < $1", int(before.timestamp()))


def mark_of(token: str) -> str:
    """The mark of a token: who reads the database can't make a cookie of it."""
    return blake2b(token.encode("utf-8", "replace"), digest_size=32).hexdigest()


def _invite(row: Row, mark: str) -> Invite:
    return Invite(officer=officer_of(row), sealed=bytes(row["sealed"]), mark=mark)


def _before(now: datetime, span: timedelta) -> int:
    return int((now - span).timestamp())
