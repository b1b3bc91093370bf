"""What becomes of what we say: errors, pace, and that no secret gets out."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator

import aiohttp
import pytest
from telegram import InputFile
from telegram.error import NetworkError, TelegramError, TimedOut

from bot.channels.telegram import LIBRARY_LOGGERS, Rates, open_telegram
from bot.channels.telegram.channel import account_of
from bot.channels.telegram.pace import Pace
from bot.channels.telegram.transport import Transport
from handlers.errors import (
    Blocked,
    ChannelError,
    Refused,
    Stopped,
    TooFast,
    Unreachable,
    Unsure,
)
from handlers.message import Button, Chat, Haste, Speech
from tests.channels.telegram_desk import Desk, open_desk, utc_now
from tests.fakes.telegram import TOKEN, TelegramServer, open_telegram_server

CHAT = Chat("telegram", "4242", "77001122")
SECRETS = (TOKEN, TOKEN.partition(":")[2], CHAT.id, "bí mật")
LONG = Speech("Phần một bí mật. " * 200 + "\n\n" + "Phần hai bí mật. " * 200)


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramServer]:
    async with open_telegram_server() as server:
        yield server


@pytest.fixture
async def desk(telegram: TelegramServer) -> AsyncIterator[Desk]:
    async with open_desk(telegram) as desk:
        yield desk


@pytest.fixture
def quiet() -> Iterator[None]:
    """The libraries silenced as the program silences them."""
    loggers = [logging.getLogger(name) for name in LIBRARY_LOGGERS]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    yield
    for logger in loggers:
        logger.setLevel(logging.NOTSET)


async def test_a_speech_arrives_as_it_is_to_be_read(telegram: TelegramServer, desk: Desk) -> None:
    speech = Speech("**Gọi 113** ngay", (Button("Đọc thêm", "m:x"),), ("113",))

    await desk.channel.send(CHAT, speech)

    (call,) = telegram.sent(int(CHAT.id))
    assert call.text == "Gọi 113 ngay"
    assert call.buttons == [{"text": "Đọc thêm", "callback_data": "m:x"}]
    assert call.fields["link_preview_options"] == {"is_disabled": True}


def bad(text: str) -> dict[str, object]:
    return {"how": "400", "description": f"Bad Request: {text}"}


async def test_what_was_sent_can_be_edited_and_taken_back(
    telegram: TelegramServer, desk: Desk
) -> None:
    said = await desk.channel.send(CHAT, Speech("sai"))
    assert said is not None

    await desk.channel.edit(CHAT, said, Speech("**đúng**"))
    await desk.channel.delete(CHAT, said)

    edit, delete = telegram.calls[-2:]
    assert (edit.method, str(edit.fields["message_id"]), edit.text) == (
        "editMessageText",
        said,
        "đúng",
    )
    assert (delete.method, str(delete.fields["message_id"])) == ("deleteMessage", said)


@pytest.mark.parametrize(
    ("failure", "error"),
    [
        ({"how": "403", "description": "Forbidden: bot was blocked by the user"}, Blocked),
        ({"how": "403", "description": "Forbidden: user is deactivated"}, Blocked),
        ({"how": "403", "description": "Forbidden: the group chat was deleted"}, Blocked),
        (bad("chat not found"), Blocked),
        (bad("private chat not found"), Blocked),
        (bad("message is not modified: bí mật"), None),
        (bad("query is too old and response timeout expired"), None),
        (bad("can't parse entities: bí mật"), Refused),
        ({"how": "429", "retry_after": 7}, TooFast),
        ({"how": "401"}, Stopped),
        ({"how": "404"}, Stopped),
        ({"how": "409"}, Unreachable),
        ({"how": "500"}, Unreachable),
        ({"how": "502"}, Unreachable),
        ({"how": "garbage"}, Unreachable),
        ({"how": "redirect"}, Unreachable),  # never followed: it would take the token elsewhere
        ({"how": "drop", "times": -1}, Unsure),  # it may have arrived,
    ],
)
async def test_each_error_tells_the_sender_what_to_do(
    telegram: TelegramServer,
    desk: Desk,
    failure: dict[str, object],
    error: type[ChannelError] | None,
) -> None:
    telegram.fail("sendMessage", **failure)  # type: ignore[arg-type]

    raised: Exception | None = None
    try:
        await desk.channel.send(CHAT, Speech("bí mật"))
    except ChannelError as caught:
        raised = caught

    assert type(raised) is (error or type(None))
    assert raised is None or (raised.__cause__ is None and raised.__context__ is None)
    assert not any(secret in repr(raised) for secret in SECRETS)


async def test_a_429_says_how_long(telegram: TelegramServer, desk: Desk) -> None:
    telegram.fail("sendMessage", "429", retry_after=7)

    with pytest.raises(TooFast) as caught:
        await desk.channel.send(CHAT, Speech("x"))

    assert caught.value.wait == 7


async def test_a_429_silences_the_whole_account(telegram: TelegramServer, desk: Desk) -> None:
    telegram.fail("sendMessage", "429", retry_after=30)
    with pytest.raises(TooFast):
        await desk.channel.send(CHAT, Speech("x"))

    other = asyncio.create_task(desk.channel.send(Chat("telegram", "4242", "5"), Speech("y")))
    await asyncio.wait([other], timeout=0.05)

    assert not other.done()
    assert len(telegram.calls) == 1
    other.cancel()


async def test_a_platform_that_is_away_is_unreachable() -> None:
    async with open_telegram(token=TOKEN, api_base="http://127.0.0.1:1", clock=utc_now) as channel:
        with pytest.raises(Unreachable):
            await channel.send(CHAT, Speech("x"))


async def test_a_group_that_moved_is_written_to_at_its_new_place(
    telegram: TelegramServer, desk: Desk
) -> None:
    telegram.migrated[-5] = -1005
    chat = Chat("telegram", "4242", "-5")

    await desk.channel.send(chat, Speech("một"))
    await desk.channel.send(chat, Speech("hai"))

    assert [call.text for call in telegram.sent(-1005)] == ["một", "hai"]
    assert len(telegram.calls) == 3  # the second one knew


async def test_what_was_said_of_a_split_speech_is_not_said_again(
    telegram: TelegramServer, desk: Desk
) -> None:
    telegram.fail("sendMessage", "500", skip=1)
    with pytest.raises(Unreachable):
        await desk.channel.send(CHAT, LONG)

    await desk.channel.send(CHAT, LONG)

    assert [call.text[:8] for call in telegram.sent()] == ["Phần một", "Phần hai"]


async def test_a_message_whose_answer_was_lost_is_said_again(
    telegram: TelegramServer, desk: Desk
) -> None:
    """At least once: whether it arrived can't be known, and twice is better than never."""
    telegram.fail("sendMessage", "lost")
    with pytest.raises(Unreachable):
        await desk.channel.send(CHAT, Speech("x"))

    await desk.channel.send(CHAT, Speech("x"))

    assert len(telegram.sent()) == 2


async def test_a_speech_that_was_said_can_be_said_again(
    telegram: TelegramServer, desk: Desk
) -> None:
    await desk.channel.send(CHAT, LONG)
    await desk.channel.send(CHAT, LONG)

    assert len(telegram.sent()) == 4


async def test_a_chat_is_owed_what_failed_until_it_is_said(
    telegram: TelegramServer, desk: Desk
) -> None:
    telegram.fail("sendMessage", "500")
    with pytest.raises(Unreachable):
        await desk.channel.send(CHAT, Speech("x"))
    owed = desk.channel.owes(CHAT)

    await desk.channel.send(CHAT, Speech("x"))

    assert (owed, desk.channel.owes(CHAT)) == (True, False)


@pytest.mark.parametrize("how", ["403", "400", "429", "401", "500", "garbage", "drop", "redirect"])
@pytest.mark.usefixtures("quiet")
async def test_no_log_of_a_failing_call_holds_a_secret(
    telegram: TelegramServer, desk: Desk, caplog: pytest.LogCaptureFixture, how: str
) -> None:
    caplog.set_level(logging.DEBUG)
    telegram.fail("sendMessage", how, times=-1, description="Bad Request: bí mật")
    telegram.fail("answerCallbackQuery", how)

    with pytest.raises(ChannelError):
        await desk.channel.send(CHAT, Speech("bí mật"))
    desk.channel.acknowledge("99")
    await desk.channel.finish()

    assert caplog.records  # negative control: something was logged
    for record in caplog.records:
        line = f"{record.getMessage()} {record.__dict__}"
        assert not any(secret in line for secret in SECRETS)


async def test_the_libraries_would_tell_if_they_were_not_silenced(
    telegram: TelegramServer, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    await desk.channel.edit(CHAT, "1", Speech("bí mật"))

    assert "bí mật" in caplog.text


async def failure_of(call: Callable[[], object]) -> TelegramError:
    with pytest.raises(TelegramError) as caught:
        await call()  # type: ignore[misc]
    return caught.value


@pytest.mark.parametrize(
    "address",
    [
        f"http://127.0.0.1:1/bot{TOKEN}/getMe",
        f"http://[/bot{TOKEN}/getMe",
        f"nonsense://bot{TOKEN}",
        f"http://127.0.0.1:99999/bot{TOKEN}/getMe",
    ],
)
async def test_no_error_of_the_transport_holds_the_token(address: str) -> None:
    async with Transport() as transport:
        error = await failure_of(lambda: transport.do_request(address, "POST"))

    assert isinstance(error, NetworkError)
    assert TOKEN not in repr(error)
    assert error.__cause__ is None
    assert error.__context__ is None


async def test_aiohttp_itself_would_tell_the_token() -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.NonHttpUrlClientError) as caught:
            await session.get(f"nonsense:{TOKEN}")

    assert TOKEN.partition(":")[2] in repr(caught.value)


async def test_a_slow_answer_times_out(telegram: TelegramServer) -> None:
    telegram.fail("getMe", "slow")
    address = f"{telegram.base}/bot{TOKEN}/getMe"

    async with Transport() as transport:
        error = await failure_of(
            lambda: transport.do_request(address, "POST", read_timeout=0.02, connect_timeout=0.02)
        )

    assert isinstance(error, TimedOut)


async def test_a_closed_transport_says_so() -> None:
    error = await failure_of(lambda: Transport().do_request("http://127.0.0.1/", "GET"))

    assert isinstance(error, NetworkError)


async def test_a_session_that_was_given_stays_open(telegram: TelegramServer) -> None:
    async with aiohttp.ClientSession() as session:
        async with Transport(session=session):
            pass

        assert not session.closed


async def test_a_file_goes_as_a_form(telegram: TelegramServer, desk: Desk) -> None:
    telegram.fail("sendDocument", "500")

    with pytest.raises(NetworkError):
        await desk.channel.bot.send_document(5, InputFile(b"%PDF", filename="a.pdf"))

    assert telegram.calls[-1].fields["chat_id"] == "5"
    assert telegram.calls[-1].fields["document"].filename == "a.pdf"


@pytest.mark.parametrize("token", ["", "x", "4242", "abc:def", "²:x"])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(ValueError, match="token"):
        account_of(token)


async def test_a_chat_that_has_had_enough_waits_alone() -> None:
    pace = Pace(Rates(account=1000, account_burst=100, chat_burst=2), clock=lambda: 0.0)
    for _ in range(2):
        await pace.turn(CHAT, haste=Haste.REPLY)

    with pytest.raises(TooFast) as caught:
        await pace.turn(CHAT, haste=Haste.REPLY)
    await pace.turn(CHAT, haste=Haste.EMERGENCY)

    assert caught.value.wait == 1
    assert not pace.try_now(CHAT)
    assert pace.try_now(Chat("telegram", "4242", "-8"))
