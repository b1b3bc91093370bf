"""Telegram's way in by webhook: only Telegram comes in, nothing is lost, order is kept."""

import asyncio
import json
import logging
import socket
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from handlers.errors import Unreachable
from handlers.message import Kind, Reply
from tests.channels.telegram_desk import SECRET, Desk, open_desk, open_webhook
from tests.fakes.telegram import TelegramServer, open_telegram_server

HEADER = "X-Telegram-Bot-Api-Secret-Token"
UPDATE = (
    b'{"update_id":1,"message":{"chat":{"id":7,"type":"private"},"date":1,"text":"ch\xc3\xa0o"}}'
)


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramServer]:
    async with open_telegram_server() as server:
        yield server


@pytest.fixture
async def desk(telegram: TelegramServer) -> AsyncIterator[Desk]:
    async with open_desk(telegram) as desk:
        yield desk


@pytest.fixture
async def address(desk: Desk) -> AsyncIterator[str]:
    async with open_webhook(desk) as address:
        yield address


@pytest.fixture
async def hooked(telegram: TelegramServer, desk: Desk, address: str) -> TelegramServer:
    """The fake, with our webhook set."""
    await desk.channel.bot.set_webhook(address, secret_token=SECRET)
    telegram.calls.clear()
    return telegram


async def post(
    address: str,
    body: bytes = UPDATE,
    *,
    secrets: tuple[str, ...] = (SECRET,),
    kind: str = "application/json",
) -> tuple[int, bytes]:
    headers = [(HEADER, secret) for secret in secrets] + [("Content-Type", kind)]
    async with (
        aiohttp.ClientSession() as session,
        session.post(address, data=body, headers=headers) as response,
    ):
        return response.status, await response.read()


async def test_telegram_comes_in(address: str, desk: Desk) -> None:
    status, _ = await post(address)

    assert status == 200
    assert [message.text for message in desk.received] == ["chào"]


@pytest.mark.parametrize(
    "secrets",
    [
        (),
        ("",),
        ("wrong",),
        (SECRET[:-1],),
        (SECRET + "x",),
        (SECRET.upper(),),
        (SECRET, SECRET),  # twice: somebody in between plays with headers
        (SECRET, "wrong"),
        ("mật-khẩu",),
    ],
)
async def test_nobody_else_comes_in(address: str, desk: Desk, secrets: tuple[str, ...]) -> None:
    status, body = await post(address, secrets=secrets)

    assert (status, body) == (401, b"")
    assert desk.received == []


async def test_of_a_stranger_not_even_the_body_is_read(address: str) -> None:
    host, port = address.removeprefix("http://").partition("/")[0].split(":")
    reader, writer = await asyncio.open_connection(host, int(port))

    writer.write(b"POST /webhook/telegram HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n")
    answer = await reader.readline()  # though nothing of the body was ever sent

    assert b" 401 " in answer
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded"])
async def test_another_kind_of_body_is_refused(address: str, desk: Desk, kind: str) -> None:
    status, _ = await post(address, kind=kind)

    assert status == 415
    assert desk.received == []


async def test_a_body_that_is_too_large_is_refused(desk: Desk) -> None:
    async with open_webhook(desk, limit=1000) as address:
        told, _ = await post(address, b" " * 1001)
        untold = await post_in_chunks(address, [b" " * 600, b" " * 600])
        fits, _ = await post(address, UPDATE + b" " * (1000 - len(UPDATE)))

    assert (told, untold, fits) == (413, 413, 200)


async def post_in_chunks(address: str, chunks: list[bytes]) -> int:
    async def body() -> AsyncIterator[bytes]:
        for chunk in chunks:
            yield chunk

    headers = {HEADER: SECRET, "Content-Type": "application/json"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(address, data=body(), headers=headers) as response,
    ):
        return response.status


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe\x00",
        b"[]",
        b"nonsense",
        b"[" * 50_000,
        b'{"update_id":1}',
        b'{"update_id":' + b"9" * 5000 + b"}",
    ],
)
async def test_what_is_signed_but_unreadable_is_taken_and_counted(
    telegram: TelegramServer, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    reasons: list[str] = []
    async with open_desk(telegram, count=reasons.append) as desk, open_webhook(desk) as address:
        status, answer = await post(address, body)

    assert (status, answer) == (200, b"")
    assert len(reasons) == 1
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_a_single_plain_answer_goes_back_in_the_response(
    hooked: TelegramServer, desk: Desk
) -> None:
    hooked.say(7, "chào <b>")

    await hooked.wait_for(lambda: desk.said)
    (call,) = hooked.calls
    assert (call.method, call.hook, call.ok, call.text) == ("sendMessage", True, True, "chào <b>")
    assert desk.posted == []


def rule(*replies: Reply) -> Any:
    return lambda message: replies


ONE = Reply(key="một")


@pytest.mark.parametrize(
    "replies",
    [
        (ONE, Reply(key="hai")),  # two
        (Reply(key="khẩn", urgent=True),),  # must not get lost
        (Reply(key="dài", values={"text": "Câu dài. " * 600}),),  # two parts
    ],
)
async def test_everything_else_goes_by_the_api(
    hooked: TelegramServer, desk: Desk, replies: tuple[Reply, ...]
) -> None:
    desk.rule = rule(*replies)
    hooked.say(7, "x")

    await hooked.wait_for(lambda: desk.posted)
    await desk.finish()

    assert hooked.sent(7)
    assert not any(call.hook for call in hooked.calls)
    assert desk.said == []


async def test_an_edit_and_a_block_are_answered_by_the_api_alone(
    hooked: TelegramServer, desk: Desk
) -> None:
    edited = hooked.message(7, text="sửa", edit_date=1)
    hooked.push({"edited_message": edited})
    change = {"old_chat_member": {"status": "member"}, "new_chat_member": {"status": "kicked"}}
    hooked.push({"my_chat_member": hooked.message(8, **change)})

    await hooked.wait_for(lambda: len(desk.posted) == 2)
    assert {message.kind for message in desk.received} == {Kind.TEXT, Kind.LEAVE}
    assert not any(call.hook for call in hooked.calls)


async def test_a_press_is_acknowledged_in_the_response(hooked: TelegramServer, desk: Desk) -> None:
    hooked.press(7, "a:x")

    await hooked.wait_for(lambda: len(hooked.calls) == 2)

    methods = {call.method: call.hook for call in hooked.calls}
    assert methods == {"answerCallbackQuery": True, "sendMessage": False}
    assert desk.received[0].text == "a:x"


async def test_an_answer_overtakes_nothing_that_the_chat_still_waits_for(
    hooked: TelegramServer, desk: Desk
) -> None:
    hooked.fail("sendMessage", "500")
    desk.rule = rule(Reply(key="khẩn", urgent=True))
    hooked.say(7, "một")
    await hooked.wait_for(lambda: desk.failures)
    assert isinstance(desk.failures[0], Unreachable)

    desk.rule = rule(ONE)
    hooked.say(7, "hai")
    await hooked.wait_for(lambda: len(desk.posted) == 2)
    await desk.finish()

    assert not any(call.hook for call in hooked.calls)


async def test_what_has_to_wait_for_its_turn_does_not_wait_in_the_response(
    hooked: TelegramServer, desk: Desk
) -> None:
    desk.channel.pace.protest(0.05)

    hooked.say(7, "x")

    await hooked.wait_for(lambda: hooked.sent(7))
    assert hooked.hook_statuses == [200]
    assert not hooked.calls[0].hook


async def test_an_update_that_comes_twice_acts_once(address: str, desk: Desk) -> None:
    first = await post(address)
    second = await post(address)

    assert json.loads(first[1])["method"] == "sendMessage"
    assert second == (200, b"")
    assert len(desk.received) == 1


async def test_what_could_not_be_stored_is_brought_again(
    hooked: TelegramServer, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.down = 2

    hooked.say(7, "quan trọng")

    await hooked.wait_for(lambda: hooked.hook_statuses == [503, 503, 200])
    assert [message.text for message in desk.received] == ["quan trọng"]
    assert {record.getMessage() for record in caplog.records} == {"update not taken in"}


async def test_a_chat_keeps_its_order_and_waits_for_no_other(
    hooked: TelegramServer, desk: Desk
) -> None:
    desk.hold["7"] = asyncio.Event()
    for number in range(3):
        hooked.say(7, f"{number}")
    hooked.say(8, "x")

    await hooked.wait_for(lambda: hooked.sent(8))
    assert hooked.sent(7) == []
    desk.hold["7"].set()
    await hooked.wait_for(lambda: len(hooked.sent(7)) == 3)

    assert [call.text for call in hooked.sent(7)] == ["0", "1", "2"]


async def test_an_answer_whose_connection_is_gone_goes_by_the_api(
    telegram: TelegramServer, desk: Desk, address: str
) -> None:
    desk.hold["7"] = asyncio.Event()
    host, port = address.removeprefix("http://").partition("/")[0].split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    head = f"POST /webhook/telegram HTTP/1.1\r\nHost: x\r\n{HEADER}: {SECRET}\r\n"
    kind = f"Content-Type: application/json\r\nContent-Length: {len(UPDATE)}\r\n\r\n"
    writer.write(head.encode() + kind.encode() + UPDATE)
    await asyncio.sleep(0.02)

    sock: socket.socket = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    writer.transport.abort()
    await asyncio.sleep(0.02)
    desk.hold["7"].set()

    await telegram.wait_for(lambda: telegram.sent(7))
    assert desk.said == []


async def test_an_empty_secret_is_no_secret(desk: Desk) -> None:
    with pytest.raises(ValueError, match="secret"):
        async with open_webhook(desk, secret=""):
            pass


async def test_no_log_of_a_failing_webhook_holds_what_was_said(
    address: str, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="bot")
    desk.down = 1
    await post(address, UPDATE.replace(b"ch\xc3\xa0o", b"tuyet mat"))

    assert caplog.records
    for record in caplog.records:
        assert "tuyet mat" not in f"{record.getMessage()} {record.__dict__}"
