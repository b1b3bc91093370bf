"""Tips as officers work on them. Words are sealed; in clear stand the state, the days, the unit and the holder."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.store import notices
from bot.store.database import Row, Transaction


class State(StrEnum):
    NEW = "new"
    READING = "reading"
    VERIFYING = "verifying"
    HANDED_OVER = "handed_over"
    CLOSED = "closed"


class Outcome(StrEnum):
    """How a tip ended, in the words of the counters."""

    HANDLED = "handled"
    PREVENTED = "prevented"
    FINED = "fined"
    CRIMINAL = "criminal"
    TRANSFERRED = "transferred"
    UNFOUNDED = "unfounded"
    SPAM = "spam"


# how long a closed tip is kept before it is shredded
KEPT = {Outcome.SPAM: timedelta(days=30), Outcome.UNFOUNDED: timedelta(days=90)}
KEPT_ELSE = timedelta(days=365)
SHOWN = 500  # tips of one list
LISTED = "'tip', 'part', 'option', 'follow', 'card'"  # opened for title, search, flags and clocks
WRITTEN = ("note", "reply", "card")  # what an officer's browser may add
REASON = "referral"  # what it adds when it refers a tip
ANSWERED = ((1, "0-1"), (3, "2-3"), (7, "4-7"))  # days until the first answer, by the upper bound
LATER = "8+"

VISIBLE = "k.unit = $1 AND (k.dormant = 0 OR t.escalated = 1)"
MINE = (
    "SELECT DISTINCT t.id, t.unit, t.state, t.outcome, t.urgent, t.day, t.read_day, t.closed_day,"
    " t.expires, t.held, t.pub, k.dormant, h.officer AS holder, o.name AS holder_name"
    " FROM tip t JOIN tip_key k ON k.tip = t.id LEFT JOIN tip_holder h ON h.tip = t.id"
    f" LEFT JOIN officer o ON o.id = h.officer WHERE {VISIBLE}"
)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A message that an officer's browser has sealed; `for_tipster`: the same to the receipt's key."""

    kind: str
    seq: int
    body: bytes
    for_tipster: bytes | None = None


class Cases:
    """The tips that one unit may see, inside a transaction; any other does not exist for it."""

    def __init__(self, tx: Transaction, unit: str) -> None:
        self.tx = tx
        self._unit = unit

    async def list(self, *, closed: bool) -> list[Row]:
        """Open tips, or closed ones; urgent and new first."""
        wanted = "=" if closed else "<>"
        return await self.tx.all(
            f"{MINE} AND t.state {wanted} 'closed'"
            f" ORDER BY t.urgent DESC, t.day DESC, t.id LIMIT {SHOWN}",
            self._unit,
        )

    async def get(self, tip: str) -> Row | None:
        """One tip; None where it is another unit's, still dormant, or not there."""
        return await self.tx.one(f"{MINE} AND t.id = $2", self._unit, tip)

    async def keys(self, tip: str) -> Sequence[Row]:
        """The tip's key as sealed to this unit."""
        sql = "SELECT epoch, sealed FROM tip_key WHERE unit = $1 AND tip = $2 ORDER BY epoch"
        return await self.tx.all(sql, self._unit, tip)

    async def messages(self, tip: str, *, listed: bool) -> Sequence[Row]:
        """The sealed messages in order; only what the list opens where `listed`."""
        some = f" AND kind IN ({LISTED})" if listed else ""
        sql = (
            f"SELECT kind, seq, day, body FROM tip_message WHERE tip = $1{some} ORDER BY seq, kind"
        )
        return await self.tx.all(sql, tip)

    async def files(self, tip: str) -> Sequence[Row]:
        sql = "SELECT id, seq, name, size, meta FROM tip_file WHERE tip = $1 ORDER BY seq"
        return await self.tx.all(sql, tip)

    async def reply_keys(self, tip: str) -> Sequence[Row]:
        return await self.tx.all("SELECT pub FROM tip_reply_key WHERE tip = $1", tip)

    async def referrals(self, tip: str) -> Sequence[Row]:
        sql = "SELECT from_unit, to_unit, day FROM tip_referral WHERE tip = $1 ORDER BY day, id"
        return await self.tx.all(sql, tip)

    async def read(self, tip: str, today: date) -> None:
        """Somebody of the unit has opened it: what is new is being read, and its bells fall silent."""
        await self.tx.run(
            "UPDATE tip SET read_day = $2, state = CASE WHEN state = 'new' THEN 'reading' ELSE state END"
            " WHERE id = $1 AND read_day = ''",
            tip,
            today.isoformat(),
        )
        await notices.quiet(self.tx, tip)

    async def move(self, tip: str, state: State) -> None:
        """Another state; opening a closed tip again takes away the outcome and the day of its end."""
        await self.tx.run(
            "UPDATE tip SET state = $2, outcome = '', closed_day = '', expires = '' WHERE id = $1",
            tip,
            str(state),
        )

    async def close(self, tip: str, outcome: Outcome, today: date) -> None:
        """Close it: from now on it is kept only so long."""
        await self.tx.run(
            "UPDATE tip SET state = 'closed', outcome = $2, closed_day = $3, expires = $4,"
            " read_day = CASE WHEN read_day = '' THEN $3 ELSE read_day END WHERE id = $1",
            tip,
            str(outcome),
            today.isoformat(),
            (today + KEPT.get(outcome, KEPT_ELSE)).isoformat(),
        )

    async def count(self, key: str, day: date, by: int = 1) -> None:
        """Count something without content, in the week of a day."""
        await self.tx.run(
            "INSERT INTO tally (unit, week, key, n) VALUES ($1, $2, $3, $4)"
            " ON CONFLICT (unit, week, key) DO UPDATE SET n = tally.n + $4",
            self._unit,
            week_of(day),
            key,
            by,
        )

    async def hold(self, tip: str, officer: str, today: date) -> None:
        """An officer takes a tip, or is handed it; nobody: ''."""
        await self.tx.run("DELETE FROM tip_holder WHERE tip = $1", tip)
        if officer:
            sql = "INSERT INTO tip_holder (tip, officer, day) VALUES ($1, $2, $3)"
            await self.tx.run(sql, tip, officer, today.isoformat())

    async def hand_over(self, one: str, other: str, today: date) -> int:
        """All open tips of an officer to a colleague at the change of shift; how many."""
        return await self.tx.run(
            "UPDATE tip_holder SET officer = $2, day = $3 WHERE officer = $1"
            " AND tip IN (SELECT id FROM tip WHERE state <> 'closed')",
            one,
            other,
            today.isoformat(),
        )

    async def write(self, tip: str, message: Sealed, today: date) -> None:
        """Add a sealed message; Conflict where a colleague took its place a moment before."""
        first = message.kind == "reply" and not await self._answered(tip)
        await self.tx.run(
            "INSERT INTO tip_message (id, tip, kind, seq, day, body, for_tipster)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7)",
            secrets.token_hex(16),
            tip,
            message.kind,
            message.seq,
            today.isoformat(),
            message.body,
            message.for_tipster,
        )
        if first:
            await self.count(f"answered:{await self._waited(tip, today)}", today)

    async def refer(self, tip: str, unit: str, epoch: int, sealed: bytes, today: date) -> None:
        """Give the tip's key, re-sealed by an officer's browser, to another unit, which works on it from now on."""
        await self.tx.run("DELETE FROM tip_key WHERE tip = $1 AND unit = $2", tip, unit)
        await self.tx.run(
            "INSERT INTO tip_key (tip, unit, epoch, sealed, dormant) VALUES ($1, $2, $3, $4, 0)",
            tip,
            unit,
            epoch,
            sealed,
        )
        await self.tx.run(
            "INSERT INTO tip_referral (id, tip, from_unit, to_unit, day) VALUES ($1, $2, $3, $4, $5)",
            secrets.token_hex(16),
            tip,
            self._unit,
            unit,
            today.isoformat(),
        )
        await self.tx.run(
            "UPDATE tip SET unit = $2, state = 'handed_over', read_day = '', day_unread = $3,"
            " reminded = 0 WHERE id = $1",
            tip,
            unit,
            today.isoformat(),
        )
        await self.hold(tip, "", today)

    async def wants_hold(self, tip: str, officer: str, wanted: bool, today: date) -> bool:
        """One officer's wish that the tip be kept, or no longer; whether two now agree, and it was done."""
        await self.tx.run(
            "INSERT INTO tip_hold (tip, officer, wanted, day) VALUES ($1, $2, $3, $4)"
            " ON CONFLICT (tip, officer) DO UPDATE SET wanted = excluded.wanted, day = excluded.day",
            tip,
            officer,
            int(wanted),
            today.isoformat(),
        )
        sql = "SELECT COUNT(*) AS n FROM tip_hold WHERE tip = $1 AND wanted = $2"
        agreed = await self.tx.one(sql, tip, int(wanted))
        if agreed is None or agreed["n"] < 2:
            return False
        await self.tx.run("UPDATE tip SET held = $2 WHERE id = $1", tip, int(wanted))
        await self.tx.run("DELETE FROM tip_hold WHERE tip = $1", tip)
        return True

    async def _answered(self, tip: str) -> bool:
        sql = "SELECT 1 AS one FROM tip_message WHERE tip = $1 AND kind = 'reply' LIMIT 1"
        return await self.tx.one(sql, tip) is not None

    async def _waited(self, tip: str, today: date) -> str:
        """How many days its sender waited, as the statistics group them."""
        row = await self.tx.one("SELECT day FROM tip WHERE id = $1", tip)
        days = (today - date.fromisoformat(row["day"])).days if row else 0
        return next((name for most, name in ANSWERED if days <= most), LATER)


def week_of(day: date) -> str:
    """The ISO week: "2027-W05"."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


async def stamp(tx: Transaction, unit: str) -> str:
    """Changes whenever something of a unit's list does: what its open pages wait for."""
    tips = await tx.one(
        "SELECT COUNT(*) AS n, SUM(CASE WHEN t.read_day = '' THEN 1 ELSE 0 END) AS unread,"
        " SUM(CASE WHEN t.state = 'closed' THEN 1 ELSE 0 END) AS closed,"
        f" COUNT(h.officer) AS held, MAX(h.officer) AS last FROM tip t JOIN tip_key k ON k.tip = t.id"
        f" LEFT JOIN tip_holder h ON h.tip = t.id WHERE {VISIBLE}",
        unit,
    )
    told = await tx.one(
        "SELECT COUNT(*) AS n FROM tip_message m JOIN tip_key k ON k.tip = m.tip WHERE k.unit = $1",
        unit,
    )
    return " ".join(str(value) for row in (tips, told) if row for value in dict(row).values())
