"""The whole service: a person takes warnings, an approved broadcast goes out, the person presses that it arrived."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bot.config import Config, Secret, Secrets, Telegram
from bot.store.broadcasts import Broadcasts
from bot.store.database import open_database
from bot.wiring import running
from handlers.broadcast import Broadcast, Stage
from tests.dialogs.people import (
    PATIENCE,
    PEPPER,
    WEBHOOK_SECRET,
    Telegrammer,
    config_for,
    on_web,
)
from tests.fakes.telegram import TelegramServer, open_telegram_server

APPROVED = Broadcast(
    id="b1",
    author="hoa",
    approver="nam",
    text="Chiều nay thu pháo ở nhà văn hoá.",
    areas=("suoi-guong",),
    stage=Stage.APPROVED,
    urgent=True,  # so that it goes at any hour a test is run
)


async def approve(config: Config, broadcast: Broadcast = APPROVED) -> None:
    async with open_database(config.database_url) as database, database.transaction() as tx:
        await Broadcasts(tx).add(replace(broadcast, made=datetime.now(UTC)))


async def rows(config: Config, sql: str) -> list[dict[str, object]]:
    async with open_database(config.database_url) as database:
        return [dict(row) for row in await database.read(sql)]


def on_telegram(config: Config, telegram: TelegramServer) -> tuple[Config, Secrets]:
    config = replace(
        config,
        telegram=Telegram(enabled=True, mode="webhook", api_base=telegram.base, per_second=1000),
    )
    return config, Secrets(
        pepper=Secret(PEPPER),
        telegram_token=Secret(telegram.token),
        telegram_webhook_secret=Secret(WEBHOOK_SECRET),
    )


async def test_a_warning_reaches_whoever_asked_for_it(tmp_path: Path) -> None:
    async with open_telegram_server() as telegram:
        config, secrets = on_telegram(config_for(tmp_path), telegram)
        async with running(config, secrets):
            await telegram.wait_for(lambda: telegram.webhook, PATIENCE)
            person = Telegrammer(telegram, config.database_url)
            await person.say("/start cb-suoi-guong")
            await person.press("s:subscribe@every")
            await person.press("s:subscribe@yes")

            await approve(config)
            await telegram.wait_for(
                lambda: any("thu pháo" in call.text for call in telegram.sent(7)), PATIENCE
            )
            heard = await person.press("s:received@ok.b1")
            person.close()
        assert "Cảm ơn" in heard.text
        assert await rows(config, "SELECT chat, state, seen FROM delivery") == [
            {"chat": "7", "state": "sent", "seen": 1}
        ]


async def test_a_warning_waits_in_the_web_chat(tmp_path: Path) -> None:
    config = config_for(tmp_path)
    async with on_web(config) as person:
        await person.say("/canhbao suoi guong")
        await person.press("s:subscribe@every")
        await person.press("s:subscribe@yes")

        await approve(config)
        event = await asyncio.wait_for(person._event(), PATIENCE)  # type: ignore[attr-defined]

    assert "thu pháo" in event["text"]
