"""The clock of tips: what nobody reads is remembered, then escalated; what is old is shredded."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import blake2b

from bot.store.audit import NOBODY, Audit
from bot.store.database import Row, Transaction
from bot.store.notices import put
from handlers.ask import local_day

REMIND = timedelta(days=1)  # unread for so long: the unit is rung again
ESCALATE = timedelta(days=3)  # … the province may open it too
WARN = timedelta(
    days=14
)  # before the end, a unit is told; and how long a word of the tipster's keeps a tip
# every table that says something of a tip; its keys first, for without them the rest is noise
OF_A_TIP = (
    "tip_key",
    "tip_reply_key",
    "tip_message",
    "tip_file",
    "tip_notice",
    "tip_hold",
    "tip_holder",
    "tip_referral",
)


async def remind(tx: Transaction, at: datetime) -> int:
    """Ring the units of tips that nobody has read since yesterday, once; how many."""
    since = (local_day(at) - REMIND).isoformat()
    rows = await tx.all(
        "UPDATE tip SET reminded = 1 WHERE read_day = '' AND reminded = 0 AND state <> 'closed'"
        " AND day_unread <= $1 RETURNING id, unit",
        since,
    )
    for row in rows:
        await put(tx, row["id"], row["unit"], at, urgent=False)
    return len(rows)


async def escalate(tx: Transaction, audit: Audit, at: datetime) -> int:
    """Let the unit above open what nobody has read for three days, or for an hour where it could not wait."""
    since = (local_day(at) - ESCALATE).isoformat()
    rows = await tx.all(
        "UPDATE tip SET escalated = 1 WHERE read_day = '' AND escalated = 0"
        " AND EXISTS (SELECT 1 FROM tip_key k WHERE k.tip = tip.id AND k.dormant = 1)"
        " AND (day_unread <= $1 OR EXISTS (SELECT 1 FROM tip_notice n WHERE n.tip = tip.id"
        " AND n.unit <> tip.unit AND n.urgent = 1 AND n.due <= $2)) RETURNING id, unit, urgent",
        since,
        int(at.timestamp()),
    )
    for row in rows:
        await audit(tx, at, NOBODY, "tip_escalate", row["id"])
        await _ring_above(tx, row, at)
    return len(rows)


async def ending(tx: Transaction, unit: str, today: date) -> list[Row]:
    """A unit's tips that will be shredded within two weeks, the next first: id and day."""
    return await tx.all(
        "SELECT id, expires FROM tip WHERE unit = $1 AND held = 0 AND expires <> ''"
        " AND expires <= $2 ORDER BY expires",
        unit,
        (today + WARN).isoformat(),
    )


async def expire(tx: Transaction, audit: Audit, at: datetime) -> tuple[str, ...]:
    """Shred what is over: closed, not held, and not written to lately; the files to be removed."""
    today = local_day(at)
    rows = await tx.all(
        "SELECT id FROM tip WHERE held = 0 AND expires <> '' AND expires < $1"
        " AND NOT (read_day = '' AND day_unread > $2)",
        today.isoformat(),
        (today - WARN).isoformat(),
    )
    names: list[str] = []
    for row in rows:
        names += await shred(tx, row["id"], today, "expired")
        await audit(tx, at, NOBODY, "tip_shred", row["id"])
    return tuple(names)


async def shred(tx: Transaction, tip: str, day: date, reason: str) -> tuple[str, ...]:
    """Take a tip's keys and everything else of it away; the files to be removed after the commit.

    A mark of it stays, so that a restored backup does not bring it back.
    """
    files = await tx.all("SELECT name FROM tip_file WHERE tip = $1", tip)
    for table in OF_A_TIP:
        await tx.run(f"DELETE FROM {table} WHERE tip = $1", tip)  # noqa: S608  (names of ours)
    await tx.run("DELETE FROM tip WHERE id = $1", tip)
    await tx.run(
        "INSERT INTO tombstone (mark, day, reason) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        tombstone(tip),
        day.isoformat(),
        reason,
    )
    return tuple(row["name"] for row in files)


@dataclass(frozen=True, slots=True)
class Buried:
    """How many tips were shredded again, and the names of their sealed files, to be removed."""

    tips: int
    files: tuple[str, ...]


async def stay_dead(tx: Transaction) -> Buried:
    """After a restore: shred again what was shredded before."""
    dead = {row["mark"]: row for row in await tx.all("SELECT mark, day, reason FROM tombstone")}
    tips = 0
    names: list[str] = []
    for row in await tx.all("SELECT id FROM tip"):
        if found := dead.get(tombstone(row["id"])):
            day = date.fromisoformat(found["day"])
            names += await shred(tx, row["id"], day, found["reason"])
            tips += 1
    return Buried(tips, tuple(names))


async def files_in_use(tx: Transaction) -> frozenset[str]:
    """The names of all files that a tip or a draft holds."""
    rows = await tx.all(
        "SELECT name FROM tip_file UNION SELECT name FROM draft_piece WHERE name <> ''"
    )
    return frozenset(row["name"] for row in rows)


def tombstone(tip: str) -> str:
    """The mark under which a shredded tip is remembered; it does not lead back to the tip."""
    return blake2b(tip.encode(), digest_size=16, person=b"tombstone").hexdigest()


async def _ring_above(tx: Transaction, row: Row, at: datetime) -> None:
    above = await tx.one("SELECT parent FROM unit WHERE id = $1", row["unit"])
    if above and above["parent"]:
        await put(tx, row["id"], above["parent"], at, urgent=bool(row["urgent"]))
