"""Saying things on Zalo: in parts, within limits, at the pace it allows; each failure told by what comes next."""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.channels.zalo_oa import Pace, window
from bot.channels.zalo_oa.faults import Expired, translate
from bot.channels.zalo_oa.media import Media
from handlers.errors import (
    Blocked,
    ChannelError,
    Refused,
    Shut,
    Stopped,
    TooFast,
    Unreachable,
    Unsure,
)
from handlers.message import Button, Chat, Haste, Speech, Window
from tests.channels.zalo_desk import ACCOUNT, PERSON, Desk, open_desk
from tests.fakes.zalo import GOVERNMENT, V2, V3, ZaloServer, open_zalo_server
from tests.fakes.zalo_rules import ERRORS

CHAT = Chat("zalo_oa", ACCOUNT, PERSON)
HELLO = Speech("chào")
LONG = Speech("Câu này dài vừa phải. " * 200)
NOW = datetime(2026, 11, 25, 16, 0, 20, tzinfo=UTC)  # 23:00:20 in Việt Nam


@pytest.fixture
async def zalo() -> AsyncIterator[ZaloServer]:
    async with open_zalo_server() as server:
        server.person(PERSON, last=server.now())
        yield server


@pytest.fixture
async def desk(zalo: ZaloServer) -> AsyncIterator[Desk]:
    async with open_desk(zalo) as desk:
        yield desk


async def test_what_is_said_arrives_and_has_an_id(zalo: ZaloServer, desk: Desk) -> None:
    id = await desk.channel.send(CHAT, HELLO)

    (said,) = zalo.got(PERSON)
    assert (said.text, said.id, said.price) == ("chào", id, "reply")
    assert desk.counts["reply"] == 1


async def test_a_long_speech_is_said_in_parts_that_end_with_sentences(
    zalo: ZaloServer, desk: Desk
) -> None:
    await desk.channel.send(CHAT, LONG)

    texts = [said.text for said in zalo.got(PERSON)]
    assert len(texts) == 3
    assert all(text.endswith(".") and len(text) <= 2000 for text in texts)
    assert " ".join(texts) == LONG.text.strip()


async def test_a_speech_that_failed_half_way_goes_on_with_the_part_that_failed(
    zalo: ZaloServer, desk: Desk
) -> None:
    zalo.fail(V3, "502", skip=1)
    with pytest.raises(Unreachable):
        await desk.channel.send(CHAT, LONG)

    await desk.channel.send(CHAT, LONG)

    assert " ".join(said.text for said in zalo.got(PERSON)) == LONG.text.strip()


async def test_a_government_oa_is_served_by_the_older_version_which_is_remembered(
    zalo: ZaloServer, desk: Desk
) -> None:
    zalo.oa_type = GOVERNMENT

    await desk.channel.send(CHAT, HELLO)
    await desk.channel.send(CHAT, HELLO)

    assert [(call.path, call.error) for call in zalo.calls] == [(V3, -235), (V2, 0), (V2, 0)]


async def test_an_oa_that_becomes_a_business_is_served_by_the_newer_version_again(
    zalo: ZaloServer, desk: Desk
) -> None:
    zalo.oa_type = GOVERNMENT
    await desk.channel.send(CHAT, HELLO)
    zalo.oa_type = 2

    await desk.channel.send(CHAT, HELLO)

    assert [call.path for call in zalo.calls] == [V3, V2, V2, V3]
    assert len(zalo.got(PERSON)) == 2


async def test_no_other_error_leads_to_the_older_version(zalo: ZaloServer, desk: Desk) -> None:
    zalo.fail(V3, "-224")

    with pytest.raises(Stopped):
        await desk.channel.send(CHAT, HELLO)

    assert [call.path for call in zalo.calls] == [V3]


async def test_a_dead_token_is_replaced_once_and_the_call_made_again(
    zalo: ZaloServer, desk: Desk
) -> None:
    zalo.pass_time(hours=26)
    zalo.person(PERSON, last=zalo.now())

    await desk.channel.send(CHAT, HELLO)

    assert zalo.grant.rotations == 2
    assert len(zalo.got(PERSON)) == 1


async def test_a_token_that_is_refused_for_ever_is_no_loop(zalo: ZaloServer, desk: Desk) -> None:
    zalo.fail(V3, "-216", times=-1)
    zalo.pass_time(hours=1)

    with pytest.raises(Stopped):
        await desk.channel.send(CHAT, HELLO)

    assert len(zalo.calls) == 2
    assert zalo.grant.rotations == 2


@pytest.mark.parametrize(
    ("how", "error"),
    [("502", Unreachable), ("drop", Unsure), ("garbage", Unsure), ("lost", Unsure)],
)
async def test_a_call_whose_answer_is_lost_may_have_arrived(
    zalo: ZaloServer, desk: Desk, how: str, error: type[ChannelError]
) -> None:
    zalo.fail(V3, how)

    with pytest.raises(ChannelError) as caught:
        await desk.channel.send(CHAT, HELLO)

    assert type(caught.value) is error
    assert caught.value.__cause__ is None


async def test_zalo_that_can_not_be_reached_took_nothing(desk: Desk) -> None:
    desk.account.api.base = "http://127.0.0.1:9"

    with pytest.raises(Unreachable) as caught:
        await desk.channel.send(CHAT, HELLO)

    assert not isinstance(caught.value, Unsure)


async def test_an_account_that_is_gone_from_the_configuration_says_nothing(desk: Desk) -> None:
    with pytest.raises(Refused):
        await desk.channel.send(Chat("zalo_oa", "xa-cu", PERSON), HELLO)


async def test_no_failure_logs_who_or_what(
    zalo: ZaloServer, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="bot")
    for code in ("-201", "-224", "-248", "502", "drop", "-32"):
        zalo.fail(V3, code)
        with pytest.raises(ChannelError):
            await desk.channel.send(CHAT, Speech("tuyet mat"))

    assert len(caplog.records) >= 3
    for record in caplog.records:
        line = f"{record.getMessage()} {record.__dict__}"
        assert not any(secret in line for secret in ("tuyet mat", PERSON, zalo.grant.access))


# the whole table of the OA API → what the sender does next
NEXT: dict[type[ChannelError], set[int]] = {
    TooFast: {-32, -214, -218, -234},
    Blocked: {-213, -217, -227, -244},
    Shut: {-230, -232, -305, -311},
    Unreachable: {-200},
    Stopped: {
        *(-204, -205, -209, -211, -212, -216, -219, -220, -221, -223, -224),
        *(-235, -237, -238, -240, -241, -242, -248, -320, -321),
    },
    Refused: {-100, -201, -202, -210, -233, -249, -403},
}


@pytest.mark.parametrize("code", [code for code in ERRORS if code])
def test_each_error_of_the_table_says_what_the_sender_does_next(code: int) -> None:
    (expected,) = (error for error, codes in NEXT.items() if code in codes)

    found = translate(code, NOW, lambda: 0.5)
    assert type(found) is (Expired if code == -100 else expected)


def test_a_code_that_nobody_knows_is_not_tried_again() -> None:
    assert type(translate(-99_999, NOW, lambda: 0.5)) is Refused


def test_too_fast_waits_for_the_next_minute_and_night_for_the_morning() -> None:
    fast, night = (translate(code, NOW, lambda: 0.0) for code in (-32, -234))

    assert isinstance(fast, TooFast)
    assert isinstance(night, TooFast)
    assert fast.wait == 40
    assert night.wait == timedelta(hours=7, minutes=4, seconds=40).total_seconds()


async def test_the_limit_of_the_app_silences_it_and_that_of_the_oa_the_oa(
    zalo: ZaloServer, desk: Desk
) -> None:
    waits: list[float] = []
    desk.account.api.flooded = waits.append
    zalo.fail(V3, "-32", message="Your application reached limit call api")
    zalo.fail(V3, "-32", message="Your OA reached limit call api")

    for _ in range(2):
        with pytest.raises(TooFast):
            await desk.channel.send(CHAT, HELLO)

    assert len(waits) == 1


async def test_the_pace_follows_what_zalo_says_of_the_minute() -> None:
    clock = [0.0]
    timers: list[float] = []
    pace = Pace(lambda: clock[0], 100, lambda wait, _: timers.append(wait))
    pace.learn(2000)

    await asyncio.gather(*(pace.turn(haste=Haste.REPLY) for _ in range(5)))  # what was saved up
    late = asyncio.create_task(pace.turn(haste=Haste.REPLY))
    await asyncio.sleep(0)

    assert timers == [pytest.approx(60 / (0.95 * 2000), rel=0.01)]
    late.cancel()


async def test_the_headers_of_an_answer_are_read(zalo: ZaloServer, desk: Desk) -> None:
    zalo.per_minute = 2000

    await desk.channel.send(CHAT, HELLO)

    assert desk.account.api.limit == 2000


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (None, Window.SHUT),  # followed, and never said a word
        (0, Window.FREE),
        (48, Window.FREE),
        (48.01, Window.PAID),
        (168, Window.PAID),
        (168.01, Window.SHUT),
        (-1, Window.FREE),  # their clock is ahead of ours
    ],
)
def test_a_window_is_free_then_paid_then_shut(hours: float | None, expected: Window) -> None:
    last = None if hours is None else NOW - timedelta(hours=hours)

    assert window(last, NOW) is expected


@pytest.mark.parametrize(
    ("days", "expected"),
    [(6, Window.PAID), (8, Window.TEMPLATE), (365, Window.TEMPLATE), (366, Window.SHUT)],
)
def test_a_template_opens_a_window_for_a_year(days: int, expected: Window) -> None:
    assert window(NOW - timedelta(days=days), NOW, template=True) is expected


async def test_a_template_is_for_danger_alone(zalo: ZaloServer) -> None:
    late = NOW - timedelta(days=8)
    async with open_desk(zalo, template="t1") as desk:
        assert desk.channel.window(late, NOW, urgent=True) is Window.TEMPLATE
        assert desk.channel.window(late, NOW) is Window.SHUT


async def test_the_fake_closes_its_windows_where_we_do(zalo: ZaloServer, desk: Desk) -> None:
    """Free, paid out of the package, and at last nothing: what is foretold is what happens."""
    for hours, price in ((47, "reply"), (2, "sub_quota"), (118, "sub_quota")):
        zalo.pass_time(hours=hours)
        await desk.channel.send(CHAT, HELLO)
        assert zalo.got(PERSON)[-1].price == price

    zalo.pass_time(hours=2)
    with pytest.raises(Shut):
        await desk.channel.send(CHAT, HELLO)


async def test_buttons_stand_under_the_last_part(zalo: ZaloServer, desk: Desk) -> None:
    await desk.channel.send(CHAT, Speech(LONG.text, (Button("Một", "a:x"),)))

    assert [bool(said.buttons) for said in zalo.got(PERSON)] == [False, False, True]


PICTURE = Media("ban-do.png", b"\x89PNG bytes")
PAPER = Media("to-roi.pdf", b"%PDF bytes")


async def test_a_picture_is_uploaded_once_for_all_who_get_it(zalo: ZaloServer, desk: Desk) -> None:
    other = Chat("zalo_oa", ACCOUNT, "8400000000000000008")
    zalo.person(other.id, last=zalo.now())

    for chat in (CHAT, other):
        await desk.account.show(chat, PICTURE, "**Bản đồ** chốt", Haste.ORDINARY)

    assert [call.path for call in zalo.calls if "upload" in call.path] == ["/v2.0/oa/upload/image"]
    assert zalo.got(other.id)[0].text == "Bản đồ chốt"
    assert zalo.got(PERSON)[0].message["attachment"]["payload"]["template_type"] == "media"


async def test_a_papers_words_go_before_it(zalo: ZaloServer, desk: Desk) -> None:
    await desk.account.show(CHAT, PAPER, "Tờ rơi của xã", Haste.ORDINARY)

    words, paper = zalo.got(PERSON)
    assert words.text == "Tờ rơi của xã"
    assert paper.message["attachment"]["type"] == "file"


async def test_what_zalo_forgot_is_uploaded_again_once(zalo: ZaloServer, desk: Desk) -> None:
    await desk.account.show(CHAT, PICTURE, "", Haste.ORDINARY)
    zalo.forget_assets()

    await desk.account.show(CHAT, PICTURE, "", Haste.ORDINARY)

    assert len(zalo.got(PERSON)) == 2
    zalo.fail(V3, "-100", times=-1)
    with pytest.raises(Expired):
        await desk.account.show(CHAT, PICTURE, "", Haste.ORDINARY)


async def test_an_upload_is_renewed_before_zalo_forgets_it(zalo: ZaloServer, desk: Desk) -> None:
    await desk.account.show(CHAT, PICTURE, "", Haste.ORDINARY)
    zalo.pass_time(hours=6 * 24)
    zalo.person(PERSON, last=zalo.now())

    await desk.account.show(CHAT, PICTURE, "", Haste.ORDINARY)

    assert sum("upload" in call.path and call.error == 0 for call in zalo.calls) == 2


@pytest.mark.parametrize(
    "media", [Media("x.exe", b"x"), Media("x.png", b"x" * 1_048_577), Media("x.pdf", b"")]
)
async def test_what_zalo_would_not_take_is_not_uploaded(
    zalo: ZaloServer, desk: Desk, media: Media
) -> None:
    with pytest.raises(Refused):
        await desk.account.show(CHAT, media, "", Haste.ORDINARY)

    assert zalo.calls == []
