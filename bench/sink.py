"""A Bot API that takes everything and does nothing, so that only the bot is measured.

python -m bench.sink PORT
"""

import asyncio
import json
import sys

from aiohttp import web

BOT = {"id": 4242, "is_bot": True, "first_name": "Bình An", "username": "binhan_bot"}
TEXT = "Không đốt pháo nổ. Đã uống rượu bia thì không lái xe. Việc khẩn gọi 113."
SAID = {  # what Telegram answers to sendMessage: the whole message (core.telegram.org/bots/api#message)
    "message_id": 1,
    "from": BOT,
    "chat": {
        "id": 1,
        "first_name": "Hoa",
        "last_name": "Nguyễn",
        "username": "hoa",
        "type": "private",
    },
    "date": 1_764_000_000,
    "text": TEXT,
    "entities": [{"offset": 68, "length": 3, "type": "phone_number"}],
    "reply_markup": {
        "inline_keyboard": [[{"text": "Đã nhận ✓", "callback_data": "s:received@ok"}]]
    },
}
ANSWERS = {
    "sendMessage": json.dumps({"ok": True, "result": SAID}, ensure_ascii=False).encode(),
    "getMe": json.dumps({"ok": True, "result": BOT}, ensure_ascii=False).encode(),
}
DONE = b'{"ok": true, "result": true}'


class Sink:
    """Counts the messages sent."""

    def __init__(self) -> None:
        self.sent = 0

    async def take(self, request: web.Request) -> web.Response:
        await request.read()
        method = request.path.rpartition("/")[2]
        if method == "sendMessage":
            self.sent += 1
        return web.Response(body=ANSWERS.get(method, DONE), content_type="application/json")

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
