"""`make run ZALO=fake`: the demo service with an Official Account on the fake, and a page to write to it.

On this machine only. The service goes by the fake's clock, so that windows can be seen closing.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import click
from aiohttp import web

from bot.channels.zalo_oa import Pair
from bot.commands.serve import demo_config, until_stopped
from bot.config import Config, Secret, Secrets, ZaloApp, ZaloOa, read_config, read_secrets
from bot.logs import set_up_logs
from bot.store.database import open_database
from bot.store.zalo_tokens import DatabaseTokens
from tests.fakes.zalo import APP_ID, APP_SECRET, OA_SECRET, ZaloServer, open_zalo_server

ACCOUNT = "tinh-mau"
PORT = 8082
PAGE = Path(__file__).with_name("zalo_chat.html")


def page(app: web.Application) -> None:
    """The chat page at "/"."""

    async def show(request: web.Request) -> web.FileResponse:
        return web.FileResponse(PAGE)

    app.router.add_get("/", show)


async def demo(port: int) -> None:
    """Runs until Ctrl-C."""
    async with open_zalo_server(port, page, echoes=True, per_minute=100) as zalo:
        config = with_oa(demo_config(read_config(None)), zalo)
        secrets = replace(read_secrets(config), zalo_oa={ACCOUNT: app_of()})
        await log_in(config, secrets, zalo)
        click.echo(f"  Zalo giả:    {zalo.base}/")
        async with announced(config, zalo):
            await until_stopped(config, secrets, clock=lambda: clock_of(zalo))


def with_oa(config: Config, zalo: ZaloServer) -> Config:
    oa = ZaloOa(area=ACCOUNT, enabled=True, api_base=zalo.base, oauth_base=zalo.base)
    return replace(config, zalo_oa=(oa,))


def app_of() -> ZaloApp:
    return ZaloApp(app_id=APP_ID, secret=Secret(APP_SECRET), webhook_secret=Secret(OA_SECRET))


def clock_of(zalo: ZaloServer) -> datetime:
    return datetime.fromtimestamp(zalo.now(), UTC)


async def log_in(config: Config, secrets: Secrets, zalo: ZaloServer) -> None:
    """The fake's tokens die with it: a new pair at each start."""
    access, refresh = zalo.grant.explore(zalo.now())
    pair = Pair(access=Secret(access), refresh=Secret(refresh), got=clock_of(zalo))
    async with open_database(config.database_url) as database:
        await DatabaseTokens(database, secrets.key("zalo_key")).put(ACCOUNT, pair)


@asynccontextmanager
async def announced(config: Config, zalo: ZaloServer) -> AsyncIterator[None]:
    """The webhook is set as soon as the service listens."""

    async def set_hook() -> None:
        while not zalo.hook.on:
            with suppress(aiohttp.ClientError):
                await zalo.hook.set(f"{config.public_url}/webhook/zalo-oa/{ACCOUNT}")
            await asyncio.sleep(0.2)

    task = asyncio.create_task(set_hook(), name="hook")
    try:
        yield
    finally:
        task.cancel()


if __name__ == "__main__":
    set_up_logs()
    asyncio.run(demo(int(os.environ.get("ZALO_PORT", PORT))))
