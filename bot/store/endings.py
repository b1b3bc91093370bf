"""What was ended stays ended: the marks that a restored database is held against."""

from collections.abc import Iterable, Sequence

from bot.store.database import Row, Transaction
from bot.store.keyed import Keyed
from handlers.broadcast import Stage
from handlers.delivery import State

ENDINGS = ("tombstone", "stop")  # kept apart from the copies, and newer than they are


async def remember(tx: Transaction, table: str, rows: Iterable[Row]) -> set[str]:
    """Add what was ended after the copy was made; its marks."""
    if table not in ENDINGS:
        raise ValueError(table)
    marks = set()
    for row in rows:
        names = ", ".join(name for name in row if name.isidentifier())
        places = ", ".join(f"${place}" for place in range(1, len(row) + 1))
        sql = f"INSERT INTO {table} ({names}) VALUES ({places}) ON CONFLICT (mark) DO NOTHING"
        await tx.run(sql, *row.values())
        marks.add(row["mark"])
    return marks


async def stop(tx: Transaction, keyed: Keyed, marks: Iterable[str]) -> int:
    """Take out the subscribers who said stop since; how many."""
    gone, count = frozenset(marks), 0
    for row in await tx.all("SELECT id, channel, account, chat FROM subscriber"):
        if keyed(row["channel"], row["account"], row["chat"]) in gone:
            await tx.run("DELETE FROM subscription WHERE subscriber = $1", row["id"])
            await tx.run("DELETE FROM subscriber WHERE id = $1", row["id"])
            await _unsubscribe(tx, (row["channel"], row["account"], row["chat"]))
            count += 1
    return count


async def pause(tx: Transaction) -> tuple[int, int]:
    """Let nothing go out by itself: warnings that were approved need it again, running ones are paused,
    deliveries of which nobody knows what became are unknown. How many warnings, how many deliveries.
    """
    unknown = await tx.run(
        "UPDATE delivery SET state = $1 WHERE state IN ($2, $3) AND broadcast IN"
        " (SELECT id FROM broadcast WHERE stage IN ($4, $5, $6))",
        State.UNKNOWN.value,
        State.QUEUED.value,
        State.CLAIMED.value,
        *(stage.value for stage in (Stage.SENDING, Stage.PAUSED, Stage.HALTED)),
    )
    paused = await tx.run(
        "UPDATE broadcast SET stage = $1 WHERE stage = $2", Stage.PAUSED.value, Stage.SENDING.value
    )
    void = await tx.run(
        "UPDATE broadcast SET stage = $1, approver = NULL, approved = NULL WHERE stage = $2",
        Stage.SUBMITTED.value,
        Stage.APPROVED.value,
    )
    return paused + void, unknown


async def _unsubscribe(tx: Transaction, chat: Sequence[str]) -> None:
    await tx.run(
        "UPDATE delivery SET state = $1 WHERE channel = $2 AND account = $3 AND chat = $4"
        " AND state IN ($5, $6)",
        State.UNSUBSCRIBED.value,
        *chat,
        State.QUEUED.value,
        State.CLAIMED.value,
    )
