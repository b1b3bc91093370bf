"""Updates of any shape at the real program, by webhook and by polling: it lives, answers, and logs nothing of them."""

import asyncio
import itertools
import json
import random
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from tests.fakes.telegram import TOKEN
from tests.process.program import SECRET, Bot

MARK = "DAU-VET-LA"  # in every text that comes in
QUESTION, ANSWER = "đốt pháo nổ phạt bao nhiêu", "20–40 triệu"
FEW, ALL = 300, 100_000
AT_ONCE = 32
JUNK: tuple[Any, ...] = (
    *(None, True, -1, 0, 2**70, 1.5, 1e308, float("nan"), "", "\0", "\ud800" + MARK, "/start\0"),
    *(MARK * 1000, "🧨" * 5000, [], {}, [[[[]]]], {"id": {"id": []}}, [MARK] * 50, {MARK: MARK}),
)
BROKEN = (b"", b"{", b"\xff\xfe" + MARK.encode(), b"[" * 50_000, b'{"update_id": 1e999}', b"null")


class Api:
    """A Bot API that gives updates out, takes every call, and notes when the question was answered."""

    def __init__(self) -> None:
        self.updates: Iterator[list[object]] = iter(())
        self.answered = asyncio.Event()

    async def call(self, request: web.Request) -> web.StreamResponse:
        method = request.path.rpartition("/")[2]
        fields = await request.post() if request.content_type != "application/json" else {}
        known = dict(fields) or (json.loads(await request.read() or b"{}"))
        if method == "getUpdates":
            return web.json_response(
                {"ok": True, "result": next(self.updates, None) or await rest()}
            )
        if method == "sendMessage" and ANSWER in str(known.get("text")):
            self.answered.set()
        person = {
            "id": int(TOKEN.partition(":")[0]),
            "is_bot": True,
            "first_name": "x",
            "username": "x_bot",
        }
        sent = {"message_id": 1, "date": 1, "chat": {"id": 7, "type": "private"}}
        return web.json_response({"ok": True, "result": person | sent})


@pytest.fixture
async def api() -> AsyncIterator[tuple[Api, str]]:
    api, app = Api(), web.Application(client_max_size=10**8)
    app.router.add_route("*", "/{tail:.*}", api.call)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield api, f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


COUNTS = [FEW, pytest.param(ALL, marks=pytest.mark.soak)]


@pytest.mark.parametrize("count", COUNTS)
async def test_by_webhook(count: int, api: tuple[Api, str], tmp_path: Path) -> None:
    fake, base = api
    bot = started(tmp_path, base, "webhook")
    await asyncio.to_thread(bot.start)
    try:
        async with aiohttp.ClientSession() as session:
            bodies = iter([*BROKEN, *(body(update) for update in hostile(count))])
            gone = await asyncio.gather(*(post(session, bot, bodies) for _ in range(AT_ONCE)))
            last = body(question(10**9))
            answer = (await post(session, bot, iter([last])))[0][1]
            if ANSWER not in answer:
                await asyncio.wait_for(fake.answered.wait(), 30)
    finally:
        code = await asyncio.to_thread(bot.stop)

    assert {status for each in gone for status, _ in each} == {200}
    assert code == 0
    nothing_told(bot)


@pytest.mark.parametrize("count", COUNTS)
async def test_by_polling(count: int, api: tuple[Api, str], tmp_path: Path) -> None:
    fake, base = api
    fake.updates = itertools.chain(batches(hostile(count)), [[question(10**9)]])
    bot = started(tmp_path, base, "polling")
    await asyncio.to_thread(bot.start)
    try:
        await asyncio.wait_for(fake.answered.wait(), 30 + count / 50)
    finally:
        code = await asyncio.to_thread(bot.stop)

    assert code == 0
    nothing_told(bot)


def hostile(count: int) -> Iterator[object]:
    """Updates that were whole once: parts of them replaced by anything, taken away, put into each other."""
    chance = random.Random(count)  # noqa: S311 - the same ones each time
    for number in range(1, count + 1):
        update: Any = chance.choice((message, press, member, unknown))(number)
        for _ in range(chance.randrange(4)):
            spoil(update, chance)
        yield update if chance.random() > 0.02 else chance.choice(JUNK)


def message(number: int) -> dict[str, Any]:
    chat = {"id": number % 500 + 100, "type": "private", "first_name": MARK}
    said = {"message_id": number, "date": 1, "chat": chat, "from": chat | {"is_bot": False}}
    entities = [{"type": "mention", "offset": 0, "length": 5}]
    return {
        "update_id": number,
        "message": said | {"text": MARK, "entities": entities, "photo": []},
    }


def press(number: int) -> dict[str, Any]:
    under = message(number)["message"]
    return {
        "update_id": number,
        "callback_query": {"id": "1", "data": f"a:{MARK}", "message": under},
    }


def member(number: int) -> dict[str, Any]:
    chat = message(number)["message"]["chat"]
    old, new = {"status": "member"}, {"status": "kicked"}
    return {
        "update_id": number,
        "my_chat_member": {"chat": chat, "old_chat_member": old, "new_chat_member": new},
    }


def unknown(number: int) -> dict[str, Any]:
    return {"update_id": number, MARK: message(number)["message"], "edited_message": {"text": MARK}}


def question(number: int) -> dict[str, Any]:
    chat = {"id": 7, "type": "private"}
    said = {"message_id": 1, "date": 1, "chat": chat, "from": {"id": 7, "is_bot": False}}
    return {"update_id": number, "message": said | {"text": QUESTION}}


def spoil(update: Any, chance: random.Random) -> None:
    """Change one place somewhere inside."""
    place = update
    while isinstance(place, dict) and place:
        key = chance.choice(list(place))
        if isinstance(place[key], dict) and place[key] and chance.random() < 0.7:
            place = place[key]
        elif chance.random() < 0.3:
            del place[key]
            return
        else:
            place[key] = chance.choice((*JUNK, update.get("message"))) if place is not update else 1
            return


def batches(updates: Iterator[object]) -> Iterator[list[object]]:
    while batch := list(itertools.islice(updates, 100)):
        yield batch


def body(update: object) -> bytes:
    try:
        return json.dumps(update).encode()
    except ValueError:  # put into itself
        return b"{}"


def started(folder: Path, base: str, mode: str) -> Bot:
    table = f'[telegram]\nenabled = true\nmode = "{mode}"\napi_base = "{base}"\nper_second = 100000'
    secrets = {"BINHAN_TELEGRAM_TOKEN": TOKEN, "BINHAN_TELEGRAM_WEBHOOK_SECRET": SECRET}
    return Bot(folder, table, secrets, quiet_seconds=0.2, questions_per_second=1000)


async def post(
    session: aiohttp.ClientSession, bot: Bot, bodies: Iterator[bytes]
) -> list[tuple[int, str]]:
    url, headers = (
        f"http://127.0.0.1:{bot.port}/webhook/telegram",
        {
            "X-Telegram-Bot-Api-Secret-Token": SECRET,
            "Content-Type": "application/json",
        },
    )
    got = []
    for each in bodies:
        async with session.post(url, data=each, headers=headers) as response:
            got.append((response.status, (await response.text())[:2000]))
    return got


async def rest() -> list[object]:
    await asyncio.sleep(0.2)
    return []


def nothing_told(bot: Bot) -> None:
    """No traceback, no error, no word of what came in."""
    log = bot.log.read_text("utf-8", "replace")
    assert MARK not in log
    assert "Traceback" not in log
    assert [line for line in log.splitlines() if '"level": "error"' in line] == []
