"""Wires the public address: the web chat, and the webhooks of the channels that have one."""

import asyncio
from datetime import timedelta

from aiohttp import web

from bot.channels.telegram import TelegramChannel, webhook_routes
from bot.channels.web import Trust, WebChannel, public_app
from bot.channels.web.app import page_context, templates
from bot.channels.web.guard import Addresses
from bot.channels.web.tip import TipPages
from bot.channels.web.tip_plain import PlainPages
from bot.config import Config, Secrets
from bot.office import office_of
from bot.store.outbox import Replies
from bot.wiring.heart import Heart
from bot.wiring.zalo import Zalo
from handlers.compose import privacy_parts
from handlers.limits import Quota
from handlers.message import Chat
from scheduler.sender import Clock, Outgoing

UPLOADS = 20  # files of tips taken in at once
UPLOADS_AN_HOUR = 1000  # … from all; those that no tip holds are gone within the hour


def public_of(
    config: Config,
    secrets: Secrets,
    heart: Heart,
    webchat: WebChannel,
    telegram: TelegramChannel | None,
    zalo: Zalo | None,
    clock: Clock,
) -> web.Application:
    """The public application: the web chat, and the webhooks of the channels that have one."""
    database = heart.database
    office = office_of(config)

    async def waiting(chat: Chat, after: int) -> tuple[Outgoing, ...]:
        async with database.transaction() as tx:
            return await Replies(tx).waiting(chat, after, clock())

    async def fetched(chat: Chat, up_to: int) -> None:
        async with database.transaction() as tx:
            await Replies(tx).fetched(chat, up_to)

    async def ready() -> bool:
        return bool(await database.read("SELECT 1 AS one"))

    app = public_app(
        channel=webchat,
        door=heart.door,
        waiting=waiting,
        fetched=fetched,
        forget=heart.service.forget,
        ready=ready,
        texts=heart.library.knowledge.texts,
        trust=Trust(address=office.address or config.public_url, duty=office.duty),
        privacy=privacy_parts(heart.library.knowledge, office),
        hotlines=frozenset(heart.library.knowledge.hotlines),
        public_url=config.public_url,
        clock=clock,
        streams=config.limits.streams,
    )
    pages = tip_pages(config, heart, clock)
    app.add_routes([*pages.routes(), *PlainPages(pages).routes()])
    if telegram and config.telegram.mode == "webhook":
        secret = secrets.telegram_webhook_secret.reveal()
        limit = config.limits.body_bytes
        app.add_routes(webhook_routes(telegram, heart.door, secret=secret, limit=limit))
    if zalo:
        app.add_routes(zalo.hall.routes())
    return app


def tip_pages(config: Config, heart: Heart, clock: Clock) -> TipPages:
    """The tip page, over the same desk as the chats' flows."""
    desk, texts = heart.desk, heart.library.knowledge.texts
    return TipPages(
        database=heart.database,
        areas=lambda: heart.library.knowledge.areas,
        texts=texts,
        codes=desk.codes,
        keyed=desk.keyed,
        files=desk.files,
        sent=desk.sent,
        clock=clock,
        wipe=heart.wiper.soon,
        public_url=config.public_url,
        templates=templates(),
        context=page_context(texts),
        askers=Addresses(rate=0.2, burst=20),
        senders=Addresses(rate=0.5, burst=30),
        uploaders=Addresses(rate=0.02, burst=15),
        uploads=asyncio.Semaphore(UPLOADS),
        flood=Quota(UPLOADS_AN_HOUR, timedelta(hours=1)),
    )
