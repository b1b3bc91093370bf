"""Telegram's way in by asking, and the set-up at the start: nothing is lost, nothing acts twice."""

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.channels.telegram import Webhook, poll, set_up
from bot.channels.telegram.polling import back_off
from tests.channels.telegram_desk import SECRET, Desk, open_desk
from tests.fakes.telegram import TelegramServer, open_telegram_server


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramServer]:
    async with open_telegram_server() as server:
        yield server


@pytest.fixture
async def desk(telegram: TelegramServer) -> AsyncIterator[Desk]:
    async with open_desk(telegram) as desk:
        yield desk


@dataclass(slots=True)
class Naps:
    """Stands for `asyncio.sleep`: notes how long, and hardly sleeps."""

    taken: list[float] = field(default_factory=list)

    async def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)
        await asyncio.sleep(0.001)


@asynccontextmanager
async def polling(desk: Desk, **more: Any) -> AsyncIterator[asyncio.Task[None]]:
    options: dict[str, Any] = {"patience": 0.02, "sleep": Naps()}
    task = asyncio.create_task(poll(desk.channel, desk.door, **options | more))
    try:
        yield task
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def offsets(telegram: TelegramServer) -> list[int]:
    return [call.fields.get("offset", 0) for call in telegram.calls if call.method == "getUpdates"]


def heard(desk: Desk, chat: str) -> list[str]:
    return [message.text for message in desk.received if message.chat.id == chat]


async def test_what_waited_is_answered_and_let_go_of(telegram: TelegramServer, desk: Desk) -> None:
    telegram.say(7, "trước khi chạy")

    async with polling(desk):
        await telegram.wait_for(lambda: telegram.sent(7))
        last = telegram.say(7, "sau đó")
        await telegram.wait_for(lambda: offsets(telegram)[-1] == last + 1)

    assert heard(desk, "7") == ["trước khi chạy", "sau đó"]
    assert not telegram.updates


async def test_a_webhook_is_dropped_first_and_what_waits_behind_it_is_kept(
    telegram: TelegramServer, desk: Desk
) -> None:
    await desk.channel.bot.set_webhook("http://127.0.0.1:1/", secret_token=SECRET)
    telegram.say(7, "chờ")

    async with polling(desk):
        await telegram.wait_for(lambda: telegram.sent(7))

    assert telegram.webhook is None


async def test_only_the_updates_that_are_read_are_asked_for(
    telegram: TelegramServer, desk: Desk
) -> None:
    async with polling(desk):
        await telegram.wait_for(lambda: offsets(telegram))

    (call,) = (call for call in telegram.calls if call.method == "getUpdates")
    wanted = ["message", "edited_message", "callback_query", "my_chat_member"]
    assert call.fields["allowed_updates"] == wanted
    assert call.fields["timeout"] == 50


async def test_a_press_is_acknowledged(telegram: TelegramServer, desk: Desk) -> None:
    telegram.press(7, "a:x")

    async with polling(desk):
        await telegram.wait_for(
            lambda: (
                {call.method for call in telegram.calls} >= {"answerCallbackQuery", "sendMessage"}
            )
        )


async def test_chats_wait_for_no_other_and_each_keeps_its_order(
    telegram: TelegramServer, desk: Desk
) -> None:
    desk.hold["7"] = asyncio.Event()
    stuck = telegram.say(7, "một")
    telegram.say(7, "hai")

    async with polling(desk):
        await telegram.wait_for(lambda: offsets(telegram))
        telegram.say(8, "khi chat 7 còn kẹt")
        await telegram.wait_for(lambda: telegram.sent(8))
        held_at = max(offsets(telegram))
        desk.hold["7"].set()
        await telegram.wait_for(lambda: not telegram.updates)

    assert held_at <= stuck  # Telegram would forget it else
    assert heard(desk, "7") == ["một", "hai"]
    assert heard(desk, "8") == ["khi chat 7 còn kẹt"]  # once, though it was brought again


async def test_what_could_not_be_stored_is_fetched_again_in_order(
    telegram: TelegramServer, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    naps = Naps()
    desk.down = 2
    for text in ("một", "hai", "ba"):
        telegram.say(7, text)

    async with polling(desk, sleep=naps):
        await telegram.wait_for(lambda: not telegram.updates)

    assert heard(desk, "7") == ["một", "hai", "ba"]
    assert naps.taken == [1, 2]
    assert {record.getMessage() for record in caplog.records} == {"update not taken in"}


async def test_a_stop_finishes_what_is_in_hand(telegram: TelegramServer, desk: Desk) -> None:
    desk.hold["7"] = asyncio.Event()
    telegram.say(7, "một")

    async with polling(desk, patience=5) as task:
        await telegram.wait_for(lambda: offsets(telegram))
        await asyncio.sleep(0.02)
        task.cancel()
        desk.hold["7"].set()

    assert heard(desk, "7") == ["một"]


async def test_what_was_not_let_go_of_comes_again_after_a_start_and_acts_once(
    telegram: TelegramServer, desk: Desk
) -> None:
    telegram.say(7, "một")
    telegram.fail("getUpdates", "slow", skip=1)  # the new offset does not get through
    async with polling(desk):
        await telegram.wait_for(lambda: len(offsets(telegram)) == 2)
    assert telegram.updates

    async with polling(desk):
        await telegram.wait_for(lambda: not telegram.updates)

    assert heard(desk, "7") == ["một"]


@pytest.mark.parametrize(
    ("how", "event"),
    [
        ("409", "another process asks for this bot's updates"),
        ("401", "telegram does not accept the token"),
        ("500", "no updates"),
        ("drop", "no updates"),
        ("garbage", "no updates"),
    ],
)
async def test_errors_are_waited_out(
    telegram: TelegramServer, desk: Desk, how: str, event: str, caplog: pytest.LogCaptureFixture
) -> None:
    naps = Naps()
    # what can't be decoded is asked for once more, by itself
    telegram.fail("getUpdates", how, times=6 if how == "garbage" else 3)
    telegram.say(7, "x")

    async with polling(desk, sleep=naps):
        await telegram.wait_for(lambda: telegram.sent(7))

    assert naps.taken[:3] == [1, 2, 4]
    assert caplog.records[0].getMessage() == event


async def test_a_429_is_waited_out_as_told(telegram: TelegramServer, desk: Desk) -> None:
    naps = Naps()
    telegram.fail("getUpdates", "429", retry_after=17)
    telegram.say(7, "x")

    async with polling(desk, sleep=naps):
        await telegram.wait_for(lambda: telegram.sent(7))

    assert naps.taken == [17]


async def test_an_update_that_can_not_be_decoded_is_the_only_one_lost(
    telegram: TelegramServer, desk: Desk
) -> None:
    bad = telegram.push({"message": {"text": "x"}})
    telegram.say(7, "sau")
    nested = b"[" * 50_000 + b"]" * 50_000
    body = b'{"ok":true,"result":[{"update_id":%d,"message":%s}]}' % (bad, nested)
    telegram.raw_updates = body
    telegram.raw_single = body

    async with polling(desk):
        await telegram.wait_for(lambda: telegram.sent(7))

    assert heard(desk, "7") == ["sau"]


async def test_an_update_without_a_number_makes_no_storm(
    telegram: TelegramServer, desk: Desk
) -> None:
    naps = Naps()
    telegram.raw_updates = b'{"ok":true,"result":[{"x":1},5,null,{"update_id":true}]}'

    async with polling(desk, sleep=naps):
        await telegram.wait_for(lambda: len(offsets(telegram)) == 2)

    assert naps.taken == [1]


def test_waits_double_up_to_a_minute() -> None:
    assert [back_off(failures) for failures in (1, 2, 3, 6, 7, 8, 1000)] == [
        1,
        2,
        4,
        32,
        60,
        60,
        60,
    ]


# set-up


COMMANDS = [("start", "Bắt đầu"), ("khancap", "Khẩn cấp")]


async def test_telegram_is_told_who_we_are(telegram: TelegramServer, desk: Desk) -> None:
    desk.channel.username = None
    webhook = Webhook("https://binhan.vn/webhook/telegram", SECRET)
    telegram.retry_seconds = 10

    await set_up(desk.channel, commands=COMMANDS, webhook=webhook, description="Máy trả lời")

    assert desk.channel.username == telegram.username
    called = {call.method: call.fields for call in telegram.calls}
    assert list(called) == ["getMe", "setWebhook", "setMyCommands", "setMyDescription"]
    assert called["setMyCommands"]["commands"][1] == {
        "command": "khancap",
        "description": "Khẩn cấp",
    }
    assert called["setWebhook"]["secret_token"] == SECRET
    assert called["setWebhook"]["max_connections"] == 40
    assert "drop_pending_updates" not in called["setWebhook"]


@pytest.mark.parametrize("how", ["missing", "400"])
async def test_what_an_older_server_lacks_is_logged_and_left(
    telegram: TelegramServer, desk: Desk, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.fail("setMyCommands", how, times=-1)

    await set_up(desk.channel, commands=COMMANDS, short_description="Máy", sleep=Naps())

    assert [record.getMessage() for record in caplog.records] == ["telegram refused a set-up call"]
    assert telegram.calls[-1].method == "setMyShortDescription"


@pytest.mark.parametrize("how", ["500", "429", "401"])
async def test_the_set_up_goes_on_when_telegram_is_back(
    telegram: TelegramServer, desk: Desk, how: str
) -> None:
    naps = Naps()
    desk.channel.username = None
    telegram.fail("getMe", how, times=2, retry_after=9)

    await set_up(desk.channel, commands=COMMANDS, sleep=naps)

    assert naps.taken == ([9, 9] if how == "429" else [1, 2])
    assert desk.channel.username == telegram.username


async def test_with_telegram_away_everything_opens_and_waits() -> None:
    naps = Naps()
    async with open_telegram_server() as telegram:
        pass  # it has gone, its port is free
    async with open_desk(telegram) as desk:
        desk.channel.username = None
        setting_up = asyncio.create_task(set_up(desk.channel, sleep=naps))
        async with polling(desk, sleep=naps):
            await telegram.wait_for(lambda: len(naps.taken) >= 4)

        setting_up.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await setting_up


# the fake as a process of its own


async def test_the_fake_can_be_steered_from_outside(telegram: TelegramServer, desk: Desk) -> None:
    session = desk.channel._transport  # any client will do
    async with polling(desk):
        for verb, body in (("say", {"chat": 7, "text": "a"}), ("press", {"chat": 7, "data": "b"})):
            await session.call(f"{telegram.base}/control/{verb}", body)
        await telegram.wait_for(lambda: len(telegram.sent(7)) == 2)

    _, seen = await session.do_request(f"{telegram.base}/control/calls?since=0", "GET")
    assert [call["shown"] for call in json.loads(seen) if "shown" in call] == ["a", "b"]


async def test_the_polls_logs_hold_nothing_of_what_was_said(
    telegram: TelegramServer, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="bot")
    desk.down = 1
    telegram.say(7001, "tuyệt mật")

    async with polling(desk):
        await telegram.wait_for(lambda: telegram.sent(7001))

    assert caplog.records
    for record in caplog.records:
        line = f"{record.getMessage()} {record.__dict__}"
        assert not any(secret in line for secret in ("tuyệt mật", "7001", telegram.token))
