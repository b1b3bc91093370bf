"""Wires Zalo's Official Accounts: one channel, one webhook route, tokens of each account."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import aiohttp

from bot.channels.zalo_oa import (
    Account,
    Api,
    App,
    Hall,
    OAuth,
    Pace,
    Signing,
    Tokens,
    ZaloChannel,
    verifier_of,
)
from bot.channels.zalo_oa.normalise import CHANNEL, Reason
from bot.channels.zalo_oa.watch import watch
from bot.config import Config, Secrets, ZaloApp, ZaloOa
from bot.metrics import Metrics
from bot.store.database import Database
from bot.store.deliveries import read_on_zalo
from bot.store.keyed import Keyed
from bot.store.subscribers import touch
from bot.store.zalo_chats import ZaloChats
from bot.store.zalo_tokens import DatabaseTokens, release_claims
from bot.wiring.admins import TellAdmins
from bot.wiring.heart import Heart
from handlers.errors import ChannelError, Stopped
from handlers.message import Chat, Reply
from scheduler.sender import Clock

log = logging.getLogger(__name__)

AGAIN = timedelta(hours=12)  # between two alarms of the same kind
CONNECTIONS = 64  # to Zalo, of all accounts together


@dataclass(frozen=True, slots=True, kw_only=True)
class Zalo:
    """What was opened for the enabled accounts."""

    channel: ZaloChannel
    hall: Hall
    chats: ZaloChats
    tokens: Mapping[str, Tokens]
    tell_admins: TellAdmins
    told: dict[tuple[str, str], datetime] = field(default_factory=dict)

    async def begin(self, database: Database) -> None:
        """Where no other process can be at work, what a dead one was refreshing is free."""
        if database.alone:
            await release_claims(database)

    async def tick(self, now: datetime) -> None:
        """By the clock: no refresh token grows old for want of talk, no webhook is off unnoticed."""
        for name, account in self.channel.accounts.items():
            try:
                await self.tokens[name].keep_young()
                heard = await self.chats.last_heard(name)
                if await watch(account.api, heard.at if heard else None):
                    await self._alarm("zalo.deaf", name, now)
            except Stopped:
                await self._alarm("zalo.stopped", name, now)
            except ChannelError as error:
                kind = type(error).__name__
                log.warning("zalo account not looked after", extra={"account": name, "kind": kind})

    async def _alarm(self, key: str, account: str, now: datetime) -> None:
        """Tell the admins, twice a day at most."""
        last = self.told.get((key, account))
        if last is None or now - last >= AGAIN:
            self.told[key, account] = now
            await self.tell_admins(key, Reply(key=key, values={"account": account}))


def zalo_of(
    config: Config, secrets: Secrets, heart: Heart, clock: Clock, stack: AsyncExitStack
) -> Zalo | None:
    """The Zalo channel, where an account is enabled; it calls nobody yet.

    Waits for nothing: the sender is already looking at the ledger, and must find the channel there.
    """
    enabled = [oa for oa in config.zalo_oa if oa.enabled]
    if not enabled:
        return None
    session = open_session()
    stack.push_async_callback(session.close)
    tokens: dict[str, Tokens] = {}
    accounts: dict[str, Account] = {}
    for oa in enabled:
        mine = tokens_of(oa, secrets, heart.database, session, clock)
        stack.push_async_callback(mine.finish)
        tokens[oa.account] = mine
        accounts[oa.account] = account_of(oa, config, heart, mine, session, clock)
    share_floods(accounts, secrets)
    chats = ZaloChats(heart.database, Keyed(bytes.fromhex(secrets.pepper.reveal())))
    return Zalo(
        channel=ZaloChannel(accounts),
        hall=hall_of(config, secrets, heart, accounts, chats, clock),
        chats=chats,
        tokens=tokens,
        tell_admins=heart.tell_admins,
    )


def open_session() -> aiohttp.ClientSession:
    """The connections to Zalo."""
    connector = aiohttp.TCPConnector(limit=CONNECTIONS)
    return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())


def tokens_of(
    oa: ZaloOa, secrets: Secrets, database: Database, session: aiohttp.ClientSession, clock: Clock
) -> Tokens:
    """An account's tokens."""
    app = secrets.zalo_oa[oa.account]
    return Tokens(
        account=oa.account,
        store=DatabaseTokens(database, secrets.key("zalo_key")),
        oauth=OAuth(session=session, base=oa.oauth_base, app=app_of(app, secrets)),
        clock=clock,
        first=app.refresh_token,
    )


def app_of(app: ZaloApp, secrets: Secrets) -> App:
    """The app as OAuth needs it."""
    verifier = verifier_of(secrets.key("zalo_key"), app.app_id)
    return App(id=app.app_id, secret=app.secret, verifier=verifier)


def account_of(
    oa: ZaloOa,
    config: Config,
    heart: Heart,
    tokens: Tokens,
    session: aiohttp.ClientSession,
    clock: Clock,
) -> Account:
    """One account, counting in the metrics what it could not read and what it paid with."""
    metrics = heart.metrics
    return Account(
        api=api_of(oa, tokens, session, clock),
        clock=clock,
        public_url=config.public_url,
        oa_id=oa.oa_id,
        more=heart.library.knowledge.texts("press.n"),
        template=oa.template,
        count=lambda reason: _unreadable(metrics, reason),
        paid=lambda quota: metrics.count("binhan_zalo_sent_total", account=oa.account, quota=quota),
    )


def api_of(oa: ZaloOa, tokens: Tokens, session: aiohttp.ClientSession, clock: Clock) -> Api:
    pace = Pace(asyncio.get_running_loop().time)
    base = oa.api_base.rstrip("/")
    return Api(
        account=oa.account, base=base, session=session, tokens=tokens, pace=pace, clock=clock
    )


def share_floods(accounts: Mapping[str, Account], secrets: Secrets) -> None:
    """Where Zalo says that the app is too fast, all accounts of that app fall silent."""

    def flooded(app_id: str) -> Callable[[float], None]:
        def silence(wait: float) -> None:
            for name, account in accounts.items():
                if secrets.zalo_oa[name].app_id == app_id:
                    account.api.pace.protest(wait)

        return silence

    for name, account in accounts.items():
        account.api.flooded = flooded(secrets.zalo_oa[name].app_id)


def hall_of(
    config: Config,
    secrets: Secrets,
    heart: Heart,
    accounts: Mapping[str, Account],
    chats: ZaloChats,
    clock: Clock,
) -> Hall:
    metrics = heart.metrics

    async def seen(account: str, ids: tuple[str, ...]) -> None:
        async with heart.database.transaction() as tx:
            await read_on_zalo(tx, account, ids)

    async def touched(chat: Chat) -> None:
        async with heart.database.transaction() as tx:
            await touch(tx, chat, clock())

    return Hall(
        accounts=accounts,
        signings={name: signing_of(secrets.zalo_oa[name]) for name in accounts},
        door=heart.door,
        chats=chats,
        clock=clock,
        danger=lambda text: heart.library.answerer.in_danger(text) is not None,
        seen=seen,
        touched=touched,
        count=lambda variant: metrics.count("binhan_zalo_signatures_total", variant=variant),
        limit=config.limits.body_bytes,
    )


def signing_of(app: ZaloApp) -> Signing:
    """Either secret may sign: which one does is doubtful."""
    return Signing(
        app_id=app.app_id,
        secrets={"oa": app.webhook_secret.reveal(), "app": app.secret.reveal()},
    )


def _unreadable(metrics: Metrics, reason: Reason) -> None:
    metrics.count("binhan_unreadable_total", channel=CHANNEL, reason=str(reason))
