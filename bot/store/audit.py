"""What officers did, as a chain: each row's mark covers the row and the mark before it.

Without the audit key nobody can write a mark; so a row that is changed, removed or moved shows. The head's
proof covers the length, so that the last rows can't be cut off unseen.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from hmac import compare_digest

from bot.store.database import Database, Row, Transaction

HOUR = 3600  # times are kept by the hour: to the second they would tell when a tip came in
NOBODY = "binhan"  # who acts when the program does by itself, or an administrator at the machine


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One act; `object` is an identifier or a login, never a text."""

    n: int
    at: datetime
    officer: str
    action: str
    object: str
    mark: str


@dataclass(frozen=True, slots=True)
class Break:
    """Where the chain is broken: at row `n`, and `why` (a key of the texts)."""

    n: int
    why: str


class Audit:
    """Writes the chain; `key` is the audit key of the secrets."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    async def __call__(
        self, tx: Transaction, at: datetime, officer: str, action: str, object: str = ""
    ) -> None:
        """Add what an officer did, inside the transaction that does it."""
        row = await tx.one("UPDATE audit_head SET n = n + 1 WHERE one = 1 RETURNING n, mark")
        if row is None:
            raise LookupError("audit_head")
        n, hour = int(row["n"]), int(at.timestamp()) // HOUR * HOUR
        mark = self._mark(row["mark"], n, hour, officer, action, object)
        await tx.run(
            "INSERT INTO audit (n, at, officer, action, object, mark) VALUES ($1, $2, $3, $4, $5, $6)",
            n,
            hour,
            officer,
            action,
            object,
            mark,
        )
        await tx.run(
            "UPDATE audit_head SET mark = $1, proof = $2 WHERE one = 1", mark, self._proof(n, mark)
        )

    def verify(self, rows: Iterable[Row], head: Row) -> Break | None:
        """Where the chain breaks first; None where it holds."""
        before, n = "", 0
        for row in rows:
            n += 1
            if row["n"] != n:
                return Break(n, "audit.missing")
            mark = self._mark(before, n, row["at"], row["officer"], row["action"], row["object"])
            if not compare_digest(mark, row["mark"]):
                return Break(n, "audit.changed")
            before = mark
        if (head["n"], head["mark"]) != (n, before):
            return Break(n + 1, "audit.cut")
        if n and not compare_digest(head["proof"], self._proof(n, before)):
            return Break(n, "audit.head")
        return None

    def _mark(self, before: str, n: int, at: int, officer: str, action: str, object: str) -> str:
        return self._keyed(before, str(n), str(at), officer, action, object)

    def _proof(self, n: int, mark: str) -> str:
        return self._keyed("head", str(n), mark)

    def _keyed(self, *parts: str) -> str:
        whole = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
        return blake2b(whole, digest_size=32, key=self._key).hexdigest()


def entry(row: Row) -> Entry:
    return Entry(
        n=int(row["n"]),
        at=datetime.fromtimestamp(row["at"], UTC),
        officer=row["officer"],
        action=row["action"],
        object=row["object"],
        mark=row["mark"],
    )


async def chain(database: Database) -> tuple[list[Row], Row]:
    """All rows in order, and the head."""
    rows = await database.read("SELECT * FROM audit ORDER BY n")
    head = await database.read("SELECT n, mark, proof FROM audit_head WHERE one = 1")
    return rows, head[0] if head else {"n": 0, "mark": "", "proof": ""}


async def latest(database: Database, before: int, count: int) -> list[Entry]:
    """The newest entries below a number, newest first."""
    sql = "SELECT * FROM audit WHERE n < $1 ORDER BY n DESC LIMIT $2"
    return [entry(row) for row in await database.read(sql, before, count)]
