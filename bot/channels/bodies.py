"""Reads a webhook's body within limits of size and time."""

import asyncio

from aiohttp import web


async def read_body(request: web.Request, limit: int, seconds: float) -> bytes | web.Response:
    """The body; a refusal if it is too large or too slow."""
    if (request.content_length or 0) > limit:
        return refuse(413)
    if request.content.is_eof():  # it came with the headers, as a message's does
        whole = request.content.read_nowait()
        return whole if len(whole) <= limit else refuse(413)
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.content.iter_any():
                size += len(chunk)
                if size > limit:
                    return refuse(413)
                chunks.append(chunk)
    except TimeoutError:
        return refuse(408)
    return b"".join(chunks)


def refuse(status: int) -> web.Response:
    """A refusal that ends the connection: what else it holds is not read."""
    response = web.Response(status=status)
    response.force_close()
    return response
