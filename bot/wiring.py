"""The composition root: the only file that knows every concrete class."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from aiohttp import web

from bot.channels import Door
from bot.channels.telegram import (
    Rates,
    TelegramChannel,
    Webhook,
    open_telegram,
    poll,
    set_up,
    webhook_routes,
)
from bot.channels.telegram.door import PATH as WEBHOOK_PATH
from bot.channels.web import Trust, WebChannel, public_app
from bot.config import Config, ConfigError, Secrets, address
from bot.console.app import console_app
from bot.library import Library, Tell, opened
from bot.metrics import Metrics
from bot.office import office_of
from bot.service import Service
from bot.store import inbox, outbox, questions, talks
from bot.store.database import Database, Transaction, open_database
from bot.store.keyed import Keyed
from bot.store.outbox import DatabaseOutbox, Replies
from bot.store.questions import Questions
from handlers.compose import compose, privacy_parts
from handlers.fragments import Fragments
from handlers.lately import Lately
from handlers.limits import Allowance, Limits
from handlers.message import Chat, Reply, Speech, Value
from handlers.router import Router
from knowledge.faults import Fault
from scheduler import chores
from scheduler.clock import ticking
from scheduler.sender import Channel, Clock, Outgoing, Sender

log = logging.getLogger(__name__)

SPEECHES = 2000  # replies kept in words: the same answers are given again and again
GRACE = 10.0  # seconds that requests in flight have when the service stops


def utc_now() -> datetime:
    """The clock of everything that runs."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heart:
    """What every channel needs, wired: the service, the sender, and how a reply is put into words."""

    database: Database
    service: Service
    sender: Sender
    door: Door
    library: Library
    metrics: Metrics


@asynccontextmanager
async def beating(
    config: Config,
    secrets: Secrets,
    channels: Mapping[str, Channel],
    *,
    allowance: Allowance | None = None,
    clock: Clock = utc_now,
) -> AsyncIterator[Heart]:
    """Opens the store and wires the service over it; on leaving, what was posted is said first."""
    office = office_of(config)
    allowance = allowance or allowance_of(config)
    limits = Limits(allowance)
    keyed = Keyed(bytes.fromhex(secrets.pepper.reveal()))
    metrics = Metrics()
    lately = Lately()

    @lru_cache(maxsize=SPEECHES)
    def spoken(key: str, values: tuple[tuple[str, Value], ...], presses: tuple[str, ...]) -> Speech:
        reply = Reply(key=key, values=dict(values), presses=presses)
        return compose(reply, library.knowledge, office)

    def speak(reply: Reply) -> Speech:
        return spoken(reply.key, tuple(sorted(reply.values.items())), reply.presses)

    def router(questions: Questions) -> Router:
        return Router(
            answerer=library.answerer,
            questions=questions,
            limits=limits,
            allowance=allowance,
            lately=lately,
        )

    async with open_database(config.database_url) as database:
        folder, gate = config.knowledge_folder, config.knowledge.gate
        library = Library(
            state=await opened(database, folder, config.data_folder, gate=gate),
            database=database,
            folder=folder,
            data=config.data_folder,
            gate=gate,
        )
        library.on_swap(spoken.cache_clear)
        ledger = DatabaseOutbox(database)
        if database.alone:
            await ledger.release(clock())
        sender = Sender(outbox=ledger, channels=channels, speak=speak, clock=clock)
        service = Service(
            database=database,
            keyed=keyed,
            router=router,
            fragments=Fragments(timedelta(seconds=config.limits.quiet_seconds)),
            clock=clock,
            wake=sender.wake,
            metrics=metrics,
        )
        door = Door(receive=service.receive, post=sender.post, sent=sender.sent, speak=speak)
        following = library.follow(admins_told(config, database, sender, channels, clock))
        async with _background(sender.run(), "sender"), _background(following, "knowledge"):
            yield Heart(
                database=database,
                service=service,
                sender=sender,
                door=door,
                library=library,
                metrics=metrics,
            )
            await _finish(sender, config.limits.grace_seconds)


def admins_told(
    config: Config,
    database: Database,
    sender: Sender,
    channels: Mapping[str, Channel],
    clock: Clock,
) -> Tell:
    """Tells the admins' chats of faults: file, line and remedy."""

    async def tell(faults: Sequence[Fault]) -> None:
        now, first = clock(), faults[0]
        values: dict[str, Value] = {
            "count": len(faults),
            "file": first.path.name,
            "line": first.line,
            "fault": first.text,
        }
        async with database.transaction() as tx:
            for name in config.knowledge.admins:
                channel, _, id = name.partition(":")
                if channel not in channels:
                    continue
                await Replies(tx).add(
                    Chat(channel, getattr(channels[channel], "account", channel), id),
                    f"kb.{now.timestamp()}",
                    (Reply(key="kb.fault", values=values),),
                    now=now,
                    due=now,
                    claimed=now,
                )
        sender.wake(now)

    return tell


def allowance_of(config: Config) -> Allowance:
    return Allowance(
        per_second=config.limits.questions_per_second,
        per_minute=config.limits.questions_per_minute,
        characters=config.limits.question_characters,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """What was started, and where people reach it."""

    public_url: str
    console_url: str
    channels: tuple[str, ...]
    articles: int


@asynccontextmanager
async def running(
    config: Config, secrets: Secrets, *, clock: Clock = utc_now
) -> AsyncIterator[Running]:
    """Everything, in start order; leaving it stops in reverse: doors first, the database last."""
    webchat = WebChannel()
    channels: dict[str, Channel] = {"web": webchat}
    async with AsyncExitStack() as stack:
        heart = await stack.enter_async_context(beating(config, secrets, channels, clock=clock))
        telegram = await _telegram(config, secrets, heart, clock, stack)
        if telegram:
            channels["telegram"] = telegram
        stack.push_async_callback(_finish, heart.sender, config.limits.grace_seconds)
        await stack.enter_async_context(ticking(lambda: _tidy(heart.database, clock())))
        public = _public(config, secrets, heart, webchat, telegram, clock)
        await stack.enter_async_context(_listening(public, config.server.listen))
        console = console_app(heart.metrics, lambda: _gauges(heart))
        await stack.enter_async_context(_listening(console, config.console.listen))
        if telegram:
            await _announce(config, secrets, telegram, heart, stack)
        yield Running(
            public_url=config.public_url,
            console_url=config.console.public_url or f"http://{config.console.listen}",
            channels=tuple(channels),
            articles=len(heart.library.knowledge.articles),
        )


async def _telegram(
    config: Config, secrets: Secrets, heart: Heart, clock: Clock, stack: AsyncExitStack
) -> TelegramChannel | None:
    """The Telegram channel, where it is enabled; it calls nobody yet."""
    if not config.telegram.enabled:
        return None

    def count(reason: object) -> None:
        heart.metrics.count("binhan_unreadable_total", channel="telegram", reason=str(reason))

    opened = open_telegram(
        token=secrets.telegram_token.reveal(),
        clock=clock,
        api_base=config.telegram.api_base,
        public_url=config.public_url,
        count=count,
        rates=rates_of(config),
    )
    return await stack.enter_async_context(opened)


def rates_of(config: Config) -> Rates:
    """How fast the Telegram bot may speak: what is configured, a tenth of it at once."""
    speed = config.telegram.per_second
    return Rates(account=speed, account_burst=max(3.0, speed / 10))


async def _announce(
    config: Config,
    secrets: Secrets,
    telegram: TelegramChannel,
    heart: Heart,
    stack: AsyncExitStack,
) -> None:
    """Tell Telegram who we are and where updates go, in the background: it may be out of reach."""
    by_webhook = config.telegram.mode == "webhook"
    secret = secrets.telegram_webhook_secret.reveal()
    webhook = Webhook(f"{config.public_url}{WEBHOOK_PATH}", secret) if by_webhook else None
    commands = tuple(heart.library.knowledge.texts.table("command").items())
    told = set_up(telegram, commands=commands, webhook=webhook)
    await stack.enter_async_context(_background(told, "telegram set-up"))
    if not by_webhook:
        await stack.enter_async_context(_background(poll(telegram, heart.door), "telegram poll"))


def _public(
    config: Config,
    secrets: Secrets,
    heart: Heart,
    webchat: WebChannel,
    telegram: TelegramChannel | None,
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
    if telegram and config.telegram.mode == "webhook":
        secret = secrets.telegram_webhook_secret.reveal()
        limit = config.limits.body_bytes
        app.add_routes(webhook_routes(telegram, heart.door, secret=secret, limit=limit))
    return app


@asynccontextmanager
async def _listening(app: web.Application, listen: str) -> AsyncIterator[None]:
    """Serves while it is open; on leaving, requests in flight are finished."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=GRACE)
    await runner.setup()
    try:
        host, port = address(listen)
        await web.TCPSite(runner, host, port).start()
        yield
    except OSError:
        raise ConfigError([f"không nghe được ở {listen}: địa chỉ sai hoặc đang bị chiếm"]) from None
    finally:
        await runner.cleanup()


@asynccontextmanager
async def _background(work: Coroutine[Any, Any, None], name: str) -> AsyncIterator[None]:
    """Runs beside the rest; one that dies is logged, and stopped with the rest."""

    async def guarded() -> None:
        try:
            await work
        except Exception:
            log.exception("task died", extra={"task": name})

    task = asyncio.create_task(guarded(), name=name)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _finish(sender: Sender, seconds: float) -> None:
    """Say what is in flight; what takes longer stays in the ledger for the next start."""
    with suppress(TimeoutError):
        await asyncio.wait_for(sender.finish(), seconds)


async def _tidy(database: Database, now: datetime) -> None:
    """Forget what is older than the privacy page says."""

    def within(work: Callable[[Transaction, datetime], Awaitable[int]]) -> chores.Forget:
        async def forget(before: datetime) -> int:
            async with database.transaction() as tx:
                return await work(tx, before)

        return forget

    await chores.tidy(
        now,
        {
            "inbox": (chores.SEEN, within(inbox.forget)),
            "talks": (chores.TALKS, within(talks.forget_idle)),
            "questions": (chores.QUESTIONS, within(questions.forget)),
            "replies": (chores.FETCHED, within(outbox.forget_fetched)),
        },
    )


async def _gauges(heart: Heart) -> Mapping[str, float]:
    rows = await heart.database.read("SELECT COUNT(*) AS n FROM outgoing")
    return {
        "binhan_replies_waiting": float(rows[0]["n"]),
        "binhan_articles": float(len(heart.library.knowledge.articles)),
    }
