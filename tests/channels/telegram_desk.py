"""A desk behind Telegram's door."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.channels.telegram import Rates, TelegramChannel, open_telegram, webhook_routes
from tests.channels.desk import Behind, Says, served
from tests.fakes.telegram import TOKEN, TelegramServer

SECRET = "a-secret_that-only-Telegram-knows"  # noqa: S105  (of a test)
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
FAST = Rates(account=1e6, account_burst=1e4, chat=1e6, group=1e6, chat_burst=1e4)


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True, kw_only=True)
class Desk(Behind):
    channel: TelegramChannel

    @property
    def says(self) -> Says:
        return self.channel


@asynccontextmanager
async def open_desk(telegram: TelegramServer, **more: Any) -> AsyncIterator[Desk]:
    """A channel to the fake, with a desk behind it; keyword arguments go to `open_telegram`."""
    options: dict[str, Any] = {"clock": utc_now, "rates": FAST, "public_url": "https://binhan.vn"}
    async with open_telegram(token=TOKEN, api_base=telegram.base, **options | more) as channel:
        channel.username = telegram.username
        desk = Desk(channel=channel)
        try:
            yield desk
        finally:
            await desk.finish()


@asynccontextmanager
async def open_webhook(desk: Desk, **more: Any) -> AsyncIterator[str]:
    """The desk's webhook on 127.0.0.1: its address."""
    routes = webhook_routes(desk.channel, desk.door, **{"secret": SECRET, **more})
    async with served(routes) as url:
        yield f"{url}/webhook/telegram"
