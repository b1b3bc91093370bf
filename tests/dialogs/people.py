"""People on each channel: the real service behind them, only the platform is a fake, over HTTP."""

import asyncio
import itertools
import json
import sqlite3
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp

from bot.channels.terminal import CHAT, TerminalChannel
from bot.config import (
    Config,
    Console,
    Data,
    DatabaseConfig,
    LimitsConfig,
    Secret,
    Secrets,
    Server,
    Telegram,
    ZaloApp,
    ZaloOa,
)
from bot.wiring import beating, running
from handlers.limits import Allowance
from handlers.message import Kind, Message, Speech
from tests.dialogs.script import Heard, Speaker
from tests.fakes.telegram import TelegramServer, open_telegram_server
from tests.fakes.zalo import APP_ID, APP_SECRET, OA_SECRET, ZaloServer, open_zalo_server
from tests.ports import free_port

TODAY = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
PATIENCE = 10.0  # seconds until an answer that has not come is a failure
QUIET = 0.25  # seconds that a piece of a sentence waits, in tests
WEBHOOK_SECRET = "a-secret-of-tests-only"  # noqa: S105
PEPPER = "5a" * 32


def plain(text: str) -> str:
    return text.replace("**", "")


class Person:
    """Says things on the terminal, in this process."""

    def __init__(self, heart: Any, late: asyncio.Queue[Speech]) -> None:
        self._heart = heart
        self._late = late
        self._numbers = itertools.count()

    async def say(self, text: str) -> Heard:
        return await self._receive(text, Kind.TEXT, wait=True)

    async def begin(self, text: str) -> None:
        await self._receive(text, Kind.TEXT, wait=False)

    async def press(self, button: str) -> Heard:
        return await self._receive(button, Kind.PRESS, wait=True)

    async def _receive(self, text: str, kind: Kind, *, wait: bool) -> Heard:
        message = Message(chat=CHAT, id=str(next(self._numbers)), at=TODAY, kind=kind, text=text)
        outgoing = await self._heart.door.receive(message)
        speeches = [self._heart.door.speak(each.reply) for each in outgoing]
        await self._heart.door.sent(outgoing)
        if wait and not speeches:
            speeches = [await asyncio.wait_for(self._late.get(), PATIENCE)]
        return heard(speeches)


def heard(speeches: list[Speech]) -> Heard:
    text = "\n".join(plain(speech.text) for speech in speeches)
    buttons = {b.label: b.press or b.url or "" for speech in speeches for b in speech.buttons}
    return Heard(text, buttons)


class Surfer:
    """Says things on the web chat, by its HTTP interface, as the page's script does."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url
        self._seen = 0

    async def say(self, text: str) -> Heard:
        return await self._post(wait=True, text=text)

    async def begin(self, text: str) -> None:
        await self._post(wait=False, text=text)

    async def press(self, button: str) -> Heard:
        return await self._post(wait=True, press=button)

    async def _post(self, *, wait: bool, **said: str) -> Heard:
        body = {"id": str(uuid.uuid4()), "seen": self._seen, **said}
        headers = {"Origin": self._url}
        async with self._session.post(
            f"{self._url}/api/chat", json=body, headers=headers
        ) as response:
            assert response.status == 200, response.status
            replies = (await response.json())["replies"]
        if wait and not replies:
            replies = [await asyncio.wait_for(self._event(), PATIENCE)]
        self._seen = max([self._seen, *(reply["seq"] for reply in replies)])
        text = "\n".join(plain(reply["text"]) for reply in replies)
        buttons = {b["label"]: b["press"] or b["url"] for r in replies for b in r["buttons"]}
        return Heard(text, buttons)

    async def _event(self) -> dict[str, Any]:
        params = {"after": str(self._seen)}
        async with self._session.get(f"{self._url}/api/chat/events", params=params) as stream:
            async for line in stream.content:
                if line.startswith(b"data:"):
                    return dict(json.loads(line[5:]))
        raise AssertionError("the stream ended without a reply")


class Telegrammer:
    """Says things on Telegram: the fake Bot API brings the updates and takes the answers."""

    def __init__(self, telegram: TelegramServer, database: str, chat: int = 7) -> None:
        self._telegram = telegram
        self._ledger = sqlite3.connect(database.removeprefix("sqlite:///"))
        self._chat = chat

    async def say(self, text: str) -> Heard:
        return await self._answer(lambda: self._telegram.say(self._chat, text))

    async def begin(self, text: str) -> None:
        self._telegram.say(self._chat, text)

    async def press(self, button: str) -> Heard:
        return await self._answer(lambda: self._telegram.press(self._chat, button))

    async def _answer(self, act: Any) -> Heard:
        before = len(self._telegram.sent(self._chat))
        act()
        await self._telegram.wait_for(
            lambda: len(self._telegram.sent(self._chat)) > before and self._all_said(), PATIENCE
        )
        calls = self._telegram.sent(self._chat)[before:]
        buttons = {
            b["text"]: b.get("callback_data") or b.get("url", "") for c in calls for b in c.buttons
        }
        return Heard("\n".join(call.text for call in calls), buttons)

    def _all_said(self) -> bool:
        """Whether the ledger owes nothing more: an answer may be of several messages."""
        return self._ledger.execute("SELECT COUNT(*) FROM outgoing").fetchone() == (0,)

    def close(self) -> None:
        self._ledger.close()


class Zaloer:
    """Says things on Zalo: the fake brings signed events and takes the messages.

    Where five buttons are too few, looks at the others too.
    """

    def __init__(self, zalo: ZaloServer, person: str = "8400000000000000007") -> None:
        self._zalo = zalo
        self._person = person

    async def say(self, text: str) -> Heard:
        return await self._answer(lambda: self._zalo.say(self._person, text))

    async def begin(self, text: str) -> None:
        self._zalo.say(self._person, text)

    async def press(self, button: str) -> Heard:
        return await self._answer(lambda: self._zalo.press(self._person, button))

    async def _answer(self, act: Any) -> Heard:
        got = self._zalo.got(self._person)
        before = len(got)
        act()
        await self._zalo.wait_for(lambda: len(got) > before, PATIENCE)
        buttons = {title: press for said in got[before:] for title, press in said.presses.items()}
        heard = Heard("\n".join(said.text for said in got[before:]), buttons)
        if further := next((p for p in buttons.values() if p.startswith("#n:")), None):
            return replace(heard, buttons=buttons | (await self.press(further)).buttons)
        return heard


def config_for(folder: Path, url: str | None = None) -> Config:
    """A configuration whose addresses are free and whose limits don't slow a test down."""
    port, console = free_port(), free_port()
    return Config(
        server=Server(listen=f"127.0.0.1:{port}"),
        console=Console(listen=f"127.0.0.1:{console}"),
        data=Data(path="data"),
        database=DatabaseConfig(url=url or f"sqlite:///{folder}/binhan.db"),
        limits=replace(
            LimitsConfig(),
            quiet_seconds=QUIET,
            questions_per_second=1000,
            questions_per_minute=1000,
        ),
        folder=folder,
    )


@asynccontextmanager
async def on_terminal(config: Config) -> AsyncIterator[Speaker]:
    late: asyncio.Queue[Speech] = asyncio.Queue()
    channel = TerminalChannel(late.put_nowait)
    allowance = Allowance(per_second=1000, per_minute=1000)
    secrets = Secrets(pepper=Secret(PEPPER))
    async with beating(config, secrets, {"terminal": channel}, allowance=allowance) as heart:
        yield Person(heart, late)


@asynccontextmanager
async def on_web(config: Config) -> AsyncIterator[Speaker]:
    secrets = Secrets(pepper=Secret(PEPPER))
    async with (
        running(config, secrets) as started,
        aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session,
    ):
        async with session.get(started.public_url) as page:
            assert page.status == 200
        yield Surfer(session, started.public_url)


@asynccontextmanager
async def on_telegram(config: Config, mode: str) -> AsyncIterator[Speaker]:
    async with open_telegram_server() as telegram:
        config = replace(config, telegram=Telegram(enabled=True, mode=mode, api_base=telegram.base))
        secrets = Secrets(
            pepper=Secret(PEPPER),
            telegram_token=Secret(telegram.token),
            telegram_webhook_secret=Secret(WEBHOOK_SECRET),
        )
        async with running(config, secrets):
            await telegram.wait_for(
                lambda: any(c.method == "getMe" for c in telegram.calls), PATIENCE
            )
            person = Telegrammer(telegram, config.database_url)
            yield person
            person.close()


@asynccontextmanager
async def on_webhook(config: Config) -> AsyncIterator[Speaker]:
    async with on_telegram(config, "webhook") as person:
        yield person


@asynccontextmanager
async def on_polling(config: Config) -> AsyncIterator[Speaker]:
    async with on_telegram(config, "polling") as person:
        yield person


@asynccontextmanager
async def on_zalo(config: Config) -> AsyncIterator[Speaker]:
    async with open_zalo_server() as zalo:
        oa = ZaloOa(name="tinh", enabled=True, api_base=zalo.base, oauth_base=zalo.base)
        secrets = Secrets(pepper=Secret(PEPPER), zalo_oa={"tinh": zalo_app(zalo)})
        async with running(replace(config, zalo_oa=(oa,)), secrets) as started:
            assert await zalo.hook.set(f"{started.public_url}/webhook/zalo-oa/tinh") == 200
            yield Zaloer(zalo)


def zalo_app(zalo: ZaloServer) -> ZaloApp:
    """The fake's app, with a first refresh token of its API Explorer."""
    _, refresh = zalo.grant.explore(zalo.now())
    return ZaloApp(
        app_id=APP_ID,
        secret=Secret(APP_SECRET),
        webhook_secret=Secret(OA_SECRET),
        refresh_token=Secret(refresh),
    )


CHANNELS = {
    "terminal": on_terminal,
    "web": on_web,
    "telegram by webhook": on_webhook,
    "telegram by polling": on_polling,
    "zalo": on_zalo,
}
