"""How long a door waits for a request's head, and then for its body: what trickles in holds nothing for ever."""

import asyncio
from collections.abc import Callable
from typing import TypeVar
from weakref import WeakSet

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

H = TypeVar("H", bound=Callable[..., object])


def lasting(seconds: float) -> Callable[[H], H]:
    """A handler whose bodies may take so long."""

    def mark(handler: H) -> H:
        handler.lasting = seconds  # type: ignore[attr-defined]
        return handler

    return mark


class Patience:
    """The patience of one door."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._heard: WeakSet[asyncio.Transport] = WeakSet()

    def middleware(self) -> Middleware:
        """The innermost one: HTTPRequestTimeout where a body is not there in time."""

        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            if request.transport is not None:
                self._heard.add(request.transport)
            if request.content.is_eof():
                return await handler(request)
            over = TimeoutError()
            seconds = getattr(request.match_info.handler, "lasting", self._seconds)
            loop = asyncio.get_running_loop()
            end = loop.call_later(seconds, _end, request, over)
            try:
                return await handler(request)
            except TimeoutError as error:
                if error is not over:
                    raise
                raise web.HTTPRequestTimeout from None
            finally:
                end.cancel()

        return guard

    async def end_silent(self, runner: web.AppRunner) -> None:
        """Ends connections on which nothing whole was asked for between one and two patiences; for ever."""
        before: set[asyncio.Transport] = set()
        while True:
            connections = runner.server.connections if runner.server else ()
            opened = {each.transport for each in connections if each.transport}
            silent = opened - set(self._heard)
            for transport in silent & before:
                transport.close()
            before = silent
            await asyncio.sleep(self._seconds)


def _end(request: web.Request, over: TimeoutError) -> None:
    """Whoever reads the body is told that it takes too long."""
    if not request.content.is_eof():
        request.content.set_exception(over)
