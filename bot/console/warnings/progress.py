"""GET /canh-bao/{id}/dien-bien: how far a warning has come, as server-sent events, until it is over."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.console.guard import protect, quiet
from bot.console.warnings.room import ROOM, looked_at
from handlers.broadcast import OVER, Broadcast
from handlers.delivery import Tally
from handlers.report import REPORTED, share

TICK = 1.0  # seconds between two looks at the ledger
LONGEST = 600.0  # of one stream; the browser comes back by itself
MOST = 60  # streams of all officers


@dataclass(slots=True)
class Streams:
    open: int = 0


STREAMS: web.AppKey[Streams] = web.AppKey("streams", Streams)


@quiet
async def follow(request: web.Request) -> web.StreamResponse:
    streams = request.app[STREAMS]
    found = await _read(request)
    if streams.open >= MOST:
        raise web.HTTPTooManyRequests
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    response.headers["X-Accel-Buffering"] = "no"
    protect(request, response)
    await response.prepare(request)
    streams.open += 1
    try:
        await _stream(request, response, found)
    except ConnectionError:
        pass
    finally:
        streams.open -= 1
    return response


async def _stream(
    request: web.Request, response: web.StreamResponse, found: tuple[Broadcast, Tally]
) -> None:
    loop = asyncio.get_running_loop()
    end, before = loop.time() + LONGEST, ""
    while loop.time() < end:
        now = json.dumps(told(*found))
        if now != before:
            await response.write(f"data: {now}\n\n".encode())
            before = now
        if found[0].stage in OVER:
            return
        await asyncio.sleep(TICK)
        found = await _read(request)


async def _read(request: web.Request) -> tuple[Broadcast, Tally]:
    found = await looked_at(request)
    return found, await request.app[ROOM].watched(found)


def told(broadcast: Broadcast, tally: Tally) -> dict[str, Any]:
    """What the page's script shows."""
    return {
        "stage": broadcast.stage,
        "states": {state: tally[state] for state in REPORTED},
        "audience": tally.audience,
        "settled": tally.settled,
        "percent": share(tally.settled, tally.audience),
        "seen": tally.seen,
    }


ROUTES = (web.get("/canh-bao/{id:[0-9a-z-]+}/dien-bien", follow, allow_head=False),)
