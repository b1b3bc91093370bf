"""The clock that ticks: APScheduler, in memory; the database decides what a tick may do."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

TIDY_MINUTES = 30


@asynccontextmanager
async def ticking(tidy: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Ticks while it is open; a tick missed while the machine slept is run once, late."""
    scheduler = AsyncIOScheduler(timezone="UTC")
    scheduler.add_job(
        tidy,
        IntervalTrigger(minutes=TIDY_MINUTES, timezone="UTC"),
        id="tidy",
        coalesce=True,
        max_instances=1,
        misfire_grace_time=None,
    )
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=False)
