"""Zalo's way in: only Zalo comes in, 200 within two seconds whatever happens behind, nothing acts twice."""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from random import Random
from typing import Any

import aiohttp
import pytest

from bot.channels.zalo_oa import Account, Signing
from bot.channels.zalo_oa.intake import Intake
from handlers.message import Chat, Kind
from tests.channels.zalo_desk import ACCOUNT, PERSON, Desk, no_time, open_desk, open_webhook
from tests.fakes.zalo import APP_ID, APP_SECRET, OA_SECRET, ZaloServer, open_zalo_server
from tests.fakes.zalo_hook import raw

SIGNATURE = "X-ZEvent-Signature"


@pytest.fixture
async def zalo() -> AsyncIterator[ZaloServer]:
    async with open_zalo_server() as server:
        yield server


@pytest.fixture
async def desk(zalo: ZaloServer) -> AsyncIterator[Desk]:
    async with open_desk(zalo) as desk:
        yield desk


@pytest.fixture
async def address(desk: Desk) -> AsyncIterator[str]:
    async with open_webhook(desk) as address:
        yield address


def event(zalo: ZaloServer, text: str = "chào", id: str = "m1", **more: Any) -> bytes:
    return raw(zalo.event("user_send_text", PERSON, {"text": text, "msg_id": id}) | more)


async def test_the_consoles_empty_probe_is_answered_and_nothing_else_unsigned(
    address: str, desk: Desk
) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.post(address, data=b"{}") as probe,
        session.post(address) as empty,
    ):
        assert (probe.status, empty.status) == (200, 401)

    assert desk.received == []


async def test_zalo_comes_in_and_is_answered(zalo: ZaloServer, desk: Desk, address: str) -> None:
    zalo.say(PERSON, "chào")

    await zalo.wait_for(lambda: zalo.got(PERSON))
    await zalo.hook.settle()
    assert zalo.got(PERSON)[0].text == "chào"
    assert desk.received[0].chat == Chat("zalo_oa", ACCOUNT, PERSON)
    assert zalo.hook.statuses == [200]
    assert zalo.bearers == 0


@pytest.mark.parametrize("secret", [OA_SECRET, APP_SECRET])
@pytest.mark.parametrize("stamp", ["body", "header"])
async def test_either_secret_and_either_timestamp_may_sign_and_is_counted(
    zalo: ZaloServer, desk: Desk, address: str, secret: str, stamp: str
) -> None:
    zalo.hook.secret, zalo.hook.stamp = secret, stamp

    assert await zalo.hook.post(event(zalo)) == 200

    name = "oa" if secret == OA_SECRET else "app"
    assert desk.counts[f"{name}/{stamp}"] == 1


@pytest.mark.parametrize(
    "mac",
    ["", "mac=", "mac=" + "0" * 64, "0" * 64, "mật-khẩu", "mac=" + "0" * 63],
)
async def test_nobody_else_comes_in(zalo: ZaloServer, desk: Desk, address: str, mac: str) -> None:
    status = await zalo.hook.post(event(zalo), **{SIGNATURE: mac})

    assert status == 401
    assert desk.received == []


async def test_a_signature_holds_for_its_bytes_alone(
    zalo: ZaloServer, desk: Desk, address: str
) -> None:
    """The same event written with other spaces is another: what is hashed is what came."""
    body = event(zalo)
    respaced = json.dumps(json.loads(body), ensure_ascii=False).encode()
    signed = zalo.hook.sign(body)

    assert await zalo.hook.post(respaced, **signed) == 401
    assert await zalo.hook.post(body, **signed) == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe\x00",
        b"[]",
        b"nonsense",
        b"[" * 50_000,
        b"null",
        b'{"event_name":1,"timestamp":"1"}',
        b'{"timestamp":' + b"9" * 5000 + b"}",
    ],
)
async def test_what_is_unreadable_never_makes_a_traceback(
    zalo: ZaloServer, desk: Desk, address: str, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    status = await zalo.hook.post(body)

    assert status in (200, 401)
    assert desk.received == []
    assert [r for r in caplog.records if r.levelno >= logging.ERROR or r.exc_info] == []


async def hammer(zalo: ZaloServer, count: int) -> set[int]:
    """So many signed bodies of any shape, one after the other; the statuses that came."""
    random = Random(4)  # noqa: S311  (the same ones each time)
    statuses = set()
    for number in range(count):
        body = bytearray(event(zalo, "chào 🎆 anh", f"m{number}"))
        for _ in range(random.randrange(6)):
            body[random.randrange(len(body))] = random.choice(b'{}[]",:\\09x\x00\xff\xed')
        statuses.add(await zalo.hook.post(bytes(body[: random.randrange(len(body) + 99)])))
    return statuses


async def test_signed_bodies_of_any_shape_do_no_harm(
    zalo: ZaloServer, desk: Desk, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    """200, or 401 where even the timestamp that is signed can't be read."""
    assert await hammer(zalo, 200) <= {200, 401}

    assert [r for r in caplog.records if r.levelno >= logging.ERROR or r.exc_info] == []
    assert all(len(message.text) < 100 for message in desk.received)


@pytest.mark.soak
async def test_a_hundred_thousand_signed_bodies_do_no_harm(
    zalo: ZaloServer, desk: Desk, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert await hammer(zalo, 100_000) <= {200, 401}

    assert [r for r in caplog.records if r.levelno >= logging.ERROR or r.exc_info] == []


async def test_an_unknown_event_is_taken_and_counted(
    zalo: ZaloServer, desk: Desk, address: str
) -> None:
    body = raw({"event_name": "user_joins_the_future", "timestamp": zalo.stamp()})

    assert await zalo.hook.post(body) == 200
    assert desk.counts["kind"] == 1


async def test_a_body_that_is_too_large_is_refused(zalo: ZaloServer, desk: Desk) -> None:
    async with open_webhook(desk, limit=1000):
        large = await zalo.hook.post(event(zalo, "x" * 1000))
        small = await zalo.hook.post(event(zalo))

    assert (large, small) == (413, 200)


async def test_an_account_that_is_not_ours_is_not_found(
    zalo: ZaloServer, desk: Desk, address: str
) -> None:
    zalo.hook.url = address.replace(ACCOUNT, "xa-khac")

    assert await zalo.hook.post(event(zalo)) == 404


async def test_one_app_may_serve_several_oas_by_one_address(zalo: ZaloServer, desk: Desk) -> None:
    """The console has one webhook an app: the event names whose it is."""
    other = Account(api=replace(desk.account.api, account="xa"), clock=desk.now, oa_id="43")
    accounts = {ACCOUNT: desk.account, "xa": other}
    signing = Signing(app_id=APP_ID, secrets={"oa": OA_SECRET})
    signings = {name: signing for name in accounts}
    async with open_webhook(desk, accounts=accounts, signings=signings):
        await zalo.hook.post(event(zalo, recipient={"id": "43"}))
        await zalo.hook.post(event(zalo, id="m2", recipient={"id": "44"}))

    assert [message.chat.account for message in desk.received] == ["xa"]
    assert desk.counts["other_oa"] == 1


async def test_an_event_that_comes_twice_acts_once(
    zalo: ZaloServer, desk: Desk, address: str
) -> None:
    zalo.say(PERSON, "chào", times=3)
    await zalo.hook.settle()

    assert zalo.hook.statuses == [200] * 3
    assert len(desk.received) == 1


async def test_a_recorded_event_played_again_days_later_says_nothing(
    zalo: ZaloServer, desk: Desk, address: str
) -> None:
    body = event(zalo)
    zalo.pass_time(hours=25)

    assert await zalo.hook.post(body) == 200
    assert desk.received == []
    assert desk.counts["old"] == 1


async def test_letters_taken_apart_are_put_together(
    zalo: ZaloServer, desk: Desk, address: str
) -> None:
    zalo.say(PERSON, "Công an tỉnh thông báo", nfd=True)
    await zalo.hook.settle()

    assert desk.received[0].text == "Công an tỉnh thông báo"


async def test_zalo_has_its_200_in_time_though_the_database_hangs(
    zalo: ZaloServer, desk: Desk, address: str
) -> None:
    desk.hold[PERSON] = asyncio.Event()
    begun = time.monotonic()

    zalo.say(PERSON, "chào")
    await zalo.hook.settle()

    assert zalo.hook.statuses == [200]
    assert time.monotonic() - begun < 2
    desk.hold[PERSON].set()
    await zalo.wait_for(lambda: zalo.got(PERSON))


async def test_what_could_not_be_kept_is_tried_again_in_order_and_zalo_asked_for_nothing(
    zalo: ZaloServer, desk: Desk, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    desk.down = 3
    for number in range(3):
        zalo.say(PERSON, f"câu {number}")

    await zalo.hook.settle()
    assert [message.text for message in desk.received] == ["câu 0", "câu 1", "câu 2"]
    assert zalo.hook.statuses == [200] * 3
    assert "bí mật" not in "".join(r.getMessage() for r in caplog.records)


async def test_a_chat_that_hangs_holds_up_no_other(
    zalo: ZaloServer, desk: Desk, address: str
) -> None:
    desk.hold[PERSON] = asyncio.Event()
    zalo.say(PERSON, "một")

    zalo.say("8400000000000000008", "hai")

    await zalo.wait_for(lambda: zalo.got("8400000000000000008"))
    desk.hold[PERSON].set()


async def test_more_than_may_be_held_is_not_acknowledged_and_zalo_brings_it_again(
    zalo: ZaloServer, desk: Desk
) -> None:
    desk.hold[PERSON] = asyncio.Event()
    async with open_webhook(desk, intake=Intake(limit=1, sleep=no_time)):
        zalo.say(PERSON, "một")
        await zalo.wait_for(lambda: zalo.hook.statuses)
        zalo.say("8400000000000000008", "hai")
        await zalo.wait_for(lambda: 503 in zalo.hook.statuses)
        desk.hold[PERSON].set()
        await zalo.wait_for(lambda: len(desk.received) == 2)

    assert zalo.hook.on


async def test_a_webhook_that_is_down_is_switched_off_by_zalo(zalo: ZaloServer, desk: Desk) -> None:
    """The fake keeps the clock of the real one: it is what our 200 guards against."""
    zalo.hook.scale = 1e-5  # of an hour and a half
    async with open_webhook(desk) as address:
        pass
    zalo.hook.url = address

    zalo.say(PERSON, "một")
    await zalo.hook.settle()

    assert zalo.hook.statuses == [0] * 6
    assert not zalo.hook.on


async def test_a_follow_opens_the_chat_and_an_unfollow_leaves_it(
    zalo: ZaloServer, desk: Desk, address: str
) -> None:
    zalo.follow(PERSON)
    zalo.pass_time(hours=1)
    zalo.unfollow(PERSON)
    await zalo.hook.settle()

    assert [message.kind for message in desk.received] == [Kind.JOIN, Kind.LEAVE]


async def test_an_unfollow_that_was_overtaken_by_a_follow_ends_nothing(
    zalo: ZaloServer, desk: Desk, address: str
) -> None:
    late = zalo.membership_event("unfollow", PERSON)
    zalo.pass_time(hours=0.1)
    zalo.follow(PERSON)
    await zalo.hook.settle()

    assert await zalo.hook.post(raw(late), retry=1) == 200

    assert [message.kind for message in desk.received] == [Kind.JOIN]


async def test_while_a_person_of_the_office_writes_the_assistant_is_silent(
    zalo: ZaloServer, desk: Desk, address: str
) -> None:
    zalo.human(PERSON, "Chào bà, tôi là cán bộ trực.")
    await zalo.hook.settle()

    for text in ("vâng, tôi hỏi chút", "nhà tôi đang cháy", "/trogiup", "#f:help"):
        zalo.say(PERSON, text)
    zalo.say("8400000000000000008", "người khác")
    await zalo.hook.settle()
    assert {message.text for message in desk.received} == {
        "nhà tôi đang cháy",  # danger is answered whoever writes
        "/trogiup",  # who asks for the assistant by its name gets it
        "#f:help",
        "người khác",
    }

    assert desk.touched == [
        Chat("zalo_oa", ACCOUNT, PERSON)
    ]  # it keeps their window open all the same

    zalo.pass_time(hours=1.01)
    zalo.say(PERSON, "còn ai ở đó không")
    await zalo.hook.settle()
    assert desk.received[-1].text == "còn ai ở đó không"


async def test_our_own_echo_is_no_takeover(zalo: ZaloServer, desk: Desk, address: str) -> None:
    zalo.echoes = True
    zalo.say(PERSON, "một")
    await zalo.wait_for(lambda: zalo.got(PERSON))
    await zalo.hook.settle()

    zalo.say(PERSON, "hai")
    await zalo.hook.settle()

    assert [message.text for message in desk.received] == ["một", "hai"]
    assert desk.counts["echo"] >= 1


async def test_what_people_have_read_is_told(zalo: ZaloServer, desk: Desk, address: str) -> None:
    zalo.say(PERSON, "một")
    await zalo.wait_for(lambda: zalo.got(PERSON))

    zalo.see(PERSON)
    await zalo.hook.settle()

    assert desk.seen == [zalo.got(PERSON)[0].id]


async def test_no_log_of_the_door_holds_what_was_said_or_who(
    zalo: ZaloServer, desk: Desk, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="bot")
    desk.down = 2
    await zalo.hook.post(event(zalo, "tuyet mat"))
    await zalo.hook.post(event(zalo, "tuyet mat"), **{SIGNATURE: "mac=0"})
    await zalo.hook.settle()

    assert caplog.records
    for record in caplog.records:
        line = f"{record.getMessage()} {record.__dict__}"
        assert "tuyet mat" not in line
        assert PERSON not in line
