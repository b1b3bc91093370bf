"""A Bot API that takes everything and does nothing, so that only the bot is measured.

python -m bench.sink PORT
"""

import asyncio
import json
import sys

from aiohttp import web

ANSWER = json.dumps(
    {
        "ok": True,
        "result": {
            "message_id": 1,
            "date": 1,
            "chat": {"id": 1, "type": "private"},
            "text": "x",
            "id": 4242,
            "is_bot": True,
            "first_name": "x",
            "username": "x_bot",
        },
    }
).encode()


class Sink:
    """Counts the messages sent."""

    def __init__(self) -> None:
        self.sent = 0

    async def take(self, request: web.Request) -> web.Response:
        await request.read()
        if request.path.endswith("/sendMessage"):
            self.sent += 1
        return web.Response(body=ANSWER, content_type="application/json")

    async def count(self, request: web.Request) -> web.Response:
        return web.Response(text=str(self.sent))


async def main(port: int) -> None:
    sink = Sink()
    app = web.Application()
    app.router.add_get("/count", sink.count)
    app.router.add_route("*", "/{tail:.*}", sink.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
