"""The clock that ticks: APScheduler, in memory; the database decides what a tick may do."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

TIDY = timedelta(minutes=30)
MINUTE = timedelta(minutes=1)
ROUND = timedelta(seconds=1)

Work = Callable[[], Awaitable[None]]


@asynccontextmanager
async def ticking(jobs: Mapping[str, tuple[timedelta, Work]]) -> AsyncIterator[None]:
    """Runs each job so often while it is open, never twice at once; a tick missed while the machine slept is
    run once, late.
    """
    scheduler = AsyncIOScheduler(timezone="UTC")
    for name, (every, work) in jobs.items():
        scheduler.add_job(
            _awaited(work),
            IntervalTrigger(seconds=int(every.total_seconds()), timezone="UTC"),
            id=name,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=False)


def _awaited(work: Work) -> Work:
    """APScheduler awaits only what was made by `async def`: a lambda's coroutine it would drop."""

    async def run() -> None:
        await work()

    return run
