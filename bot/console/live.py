"""Tells an open inbox that something has changed, and nothing more: the page then asks for the list again."""

import asyncio
from contextlib import suppress

from aiohttp import web

from bot.console.desk import DESK, OFFICER
from bot.console.guard import needs, protect, quiet
from bot.console.units import READERS
from bot.store.cases import stamp

LOOK = 2.0  # seconds between two looks
BEAT = 15.0
LONGEST = 600.0  # seconds; the browser comes back by itself
CLOSING: web.AppKey[asyncio.Event] = web.AppKey("closing", asyncio.Event)


@needs(*READERS)
@quiet
async def stream(request: web.Request) -> web.StreamResponse:
    """GET /api/tin/luong: server-sent events, until the session or the browser has enough."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    response.headers["X-Accel-Buffering"] = "no"
    protect(request, response)
    await response.prepare(request)
    with suppress(ConnectionError):  # the browser went away
        await _tell(request, response)
    return response


async def _tell(request: web.Request, response: web.StreamResponse) -> None:
    await response.write(b"retry: 3000\n\n")
    loop = asyncio.get_running_loop()
    end, beat, seen = loop.time() + LONGEST, loop.time() + BEAT, await _look(request)
    closing = request.app[CLOSING]
    while loop.time() < end and not closing.is_set() and request.transport is not None:
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK):
                await closing.wait()
        now = await _look(request)
        if now is None:
            break
        if now != seen:
            await response.write(b"data: changed\n\n")
            seen = now
        elif loop.time() > beat:
            await response.write(b": \n\n")
            beat = loop.time() + BEAT


async def _look(request: web.Request) -> str | None:
    """The stamp of the officer's unit; None once the session has ended: a removed officer hears no more."""
    desk = request.app[DESK]
    token = request.cookies.get(desk.cookie, "")
    if await desk.officer_of(token, touch=False) is None:
        return None
    async with desk.database.transaction() as tx:
        return await stamp(tx, request[OFFICER].area)


async def end(app: web.Application) -> None:
    """The service stops: open streams end now, not after its grace."""
    app[CLOSING].set()


ROUTES = (web.get("/api/tin/luong", stream, allow_head=False),)
