"""What the clock does: forgets what is older than the privacy page says, and counts what waits."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from bot.store import inbox, outbox, questions, talks, zalo_chats
from bot.store.database import Database, Transaction
from bot.store.deliveries import unname_old
from bot.wiring.heart import Heart
from scheduler import chores


async def tidy(database: Database, now: datetime) -> None:
    """Forget what is older than the privacy page says."""

    def within(work: Callable[[Transaction, datetime], Awaitable[int]]) -> chores.Forget:
        async def forget(before: datetime) -> int:
            async with database.transaction() as tx:
                return await work(tx, before)

        return forget

    await chores.tidy(
        now,
        {
            "inbox": (chores.SEEN, within(inbox.forget)),
            "talks": (chores.TALKS, within(talks.forget_idle)),
            "zalo chats": (chores.TALKS, within(zalo_chats.forget)),
            "questions": (chores.QUESTIONS, within(questions.forget)),
            "recipients": (chores.RECIPIENTS, lambda before: unname_old(database, before)),
            "warnings": (chores.UNOPENED, within(outbox.forget_warnings)),
            "replies": (chores.FETCHED, within(outbox.forget_fetched)),
        },
    )


async def gauges(heart: Heart) -> Mapping[str, float]:
    rows = await heart.database.read("SELECT COUNT(*) AS n FROM outgoing")
    return {
        "binhan_replies_waiting": float(rows[0]["n"]),
        "binhan_articles": float(len(heart.library.knowledge.articles)),
    }
