"""What runs beside the rest: listeners and background tasks, each stopped with its owner."""

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any

from aiohttp import web

from bot.channels.patience import Patience
from bot.config import ConfigError, address
from scheduler.sender import Sender

log = logging.getLogger(__name__)

KEPT = 75.0  # seconds that a connection waits for its next request
GRACE = 10.0  # seconds that requests in flight have when the service stops


@asynccontextmanager
async def listening(app: web.Application, listen: str, seconds: float) -> AsyncIterator[None]:
    """Serves while it is open; on leaving, requests in flight are finished.

    `seconds`: how long a request's head, and then its body, may take.
    """
    patience = Patience(seconds)
    app.middlewares.append(patience.middleware())
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=GRACE, keepalive_timeout=KEPT)
    await runner.setup()
    try:
        await _start(runner, listen)
        async with background(patience.end_silent(runner), "silent"):
            yield
    finally:
        await runner.cleanup()


async def _start(runner: web.AppRunner, listen: str) -> None:
    host, port = address(listen)
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError:
        raise ConfigError([f"không nghe được ở {listen}: địa chỉ sai hoặc đang bị chiếm"]) from None


@asynccontextmanager
async def background(work: Coroutine[Any, Any, None], name: str) -> AsyncIterator[None]:
    """Runs beside the rest; one that dies is logged, and stopped with the rest."""

    async def guarded() -> None:
        try:
            await work
        except Exception:
            log.exception("task died", extra={"task": name})

    task = asyncio.create_task(guarded(), name=name)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        work.close()  # one that was stopped before its first step is never awaited else


async def finish(sender: Sender, seconds: float) -> None:
    """Say what is in flight; what takes longer stays in the ledger for the next start."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await sender.finish()
