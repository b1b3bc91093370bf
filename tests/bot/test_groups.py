"""A group takes warnings only where one of its admins says so."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.config import Secret, Secrets, Telegram
from bot.store.database import open_database
from bot.wiring import running
from tests.dialogs.people import PATIENCE, PEPPER, WEBHOOK_SECRET, config_for
from tests.fakes.telegram import TelegramServer, open_telegram_server

GROUP, ADMIN, OTHER = -100, 55, 56


async def hear(telegram: TelegramServer, words: str) -> dict[str, str]:
    """Wait until the group heard words; the buttons it was shown with them."""
    await telegram.wait_for(
        lambda: any(words in call.text for call in telegram.sent(GROUP)), PATIENCE
    )
    call = next(call for call in reversed(telegram.sent(GROUP)) if words in call.text)
    return {button["text"]: button["callback_data"] for button in call.buttons}


@pytest.mark.parametrize("mode", ["webhook", "polling"])
async def test_only_an_admin_takes_warnings_for_a_group(tmp_path: Path, mode: str) -> None:
    async with open_telegram_server() as telegram:
        telegram.admins.add(ADMIN)
        config = replace(
            config_for(tmp_path),
            telegram=Telegram(enabled=True, mode=mode, api_base=telegram.base, per_second=1000),
        )
        secrets = Secrets(
            pepper=Secret(PEPPER),
            telegram_token=Secret(telegram.token),
            telegram_webhook_secret=Secret(WEBHOOK_SECRET),
        )
        async with running(config, secrets):
            await telegram.wait_for(lambda: any(c.method == "getMe" for c in telegram.calls))

            telegram.say(GROUP, "/canhbao suoi guong", **{"from": telegram._person(OTHER)})
            await hear(telegram, "chỉ quản trị viên")
            telegram.say(GROUP, "/canhbao suoi guong", **{"from": telegram._person(ADMIN)})
            every = (await hear(telegram, "Bạn muốn nhận cảnh báo"))["Nhận tất cả (nên chọn)"]
            telegram.press(GROUP, every, by=ADMIN)
            yes = (await hear(telegram, "chỉ giữ nơi gửi"))["Đồng ý nhận"]
            telegram.press(GROUP, yes, by=ADMIN)
            await hear(telegram, "Bạn sẽ nhận cảnh báo của xã Suối Gương")

        async with open_database(config.database_url) as database:
            rows = await database.read("SELECT chat, party, topics FROM subscriber")
        assert [dict(row) for row in rows] == [{"chat": "-100", "party": 1, "topics": "all"}]
