"""The real program against a fake Bot API: the same conversation, and kill -9 between update and reply."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.process.program import Api, Bot, fake_api, telegram_bot, wait_until


@pytest.fixture
def api() -> Iterator[Api]:
    with fake_api() as api:
        yield api


@pytest.fixture(params=["webhook", "polling"])
def bot(request: pytest.FixtureRequest, api: Api, tmp_path: Path) -> Iterator[Bot]:
    bot = telegram_bot(
        tmp_path, api.base, request.param, quiet_seconds=0.2, questions_per_second=1000
    )
    yield bot
    bot.close()


def test_the_conversation_is_held_by_the_real_program(bot: Bot, api: Api) -> None:
    bot.start()

    for said, heard in (
        ("đốt pháo nổ phạt bao nhiêu", "20–40 triệu"),
        ("xe máy 0,3 mg/l", "6–8 triệu"),
        ("còn ô tô thì sao?", "18–20 triệu"),
        ("cuu voi nha em dang chay", "GỌI NGAY 114"),
        ("giá vàng hôm nay bao nhiêu", "không đoán"),
    ):
        api.tell("say", chat=7, text=said)
        api.hears(7, heard)

    assert bot.stop() == 0


def test_a_reply_that_was_not_said_before_a_kill_is_said_once_after_it(bot: Bot, api: Api) -> None:
    bot.start()
    api.tell("say", chat=7, text="/khancap")
    api.hears(7, "cấp cứu")
    api.tell("fail", method="sendMessage", how="slow", times=1)

    api.tell("say", chat=8, text="cuu voi nha em dang chay")  # urgent: never in the response
    wait_until(lambda: api.was_called(8))
    bot.kill()
    bot.start()

    api.hears(8, "GỌI NGAY 114")
    api.tell("say", chat=8, text="/trogiup")
    api.hears(8, "/quyenriengtu")
    assert sum("GỌI NGAY 114" in text for text in api.texts(8)) == 1


def test_an_update_that_came_while_the_program_was_down_is_answered_once(
    bot: Bot, api: Api
) -> None:
    bot.start()
    api.tell("say", chat=7, text="/khancap")
    api.hears(7, "cấp cứu")
    bot.kill()

    api.tell("say", chat=7, text="đốt pháo nổ phạt bao nhiêu")
    bot.start()

    api.hears(7, "20–40 triệu")
    api.tell("say", chat=7, text="/trogiup")
    api.hears(7, "/quyenriengtu")
    assert sum("20–40 triệu" in text for text in api.texts(7)) == 1


def test_no_log_line_holds_what_people_wrote(bot: Bot, api: Api) -> None:
    bot.start()
    api.tell("say", chat=987654321, text="giá vàng MARKER9 hôm nay bao nhiêu")
    api.hears(987654321, "không đoán")
    api.tell("fail", method="sendMessage", how="500", times=2)
    api.tell("say", chat=987654321, text="/khancap")
    api.hears(987654321, "cấp cứu")
    bot.stop()

    log = bot.log.read_text("utf-8")

    assert '"event"' in log
    for secret in ("MARKER9", "987654321", "TÊN-RIÊNG", "ten_rieng", "fake-token", "a-secret-of"):
        assert secret not in log
