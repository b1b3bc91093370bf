"""The composition root: the only folder that knows every concrete class; a file a subject."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from bot.channels.web import WebChannel
from bot.config import Config, Secrets
from bot.console.demo import Demo
from bot.store.audit import Audit
from bot.wiring.desk import bells_of, demo_of, desk_of
from bot.wiring.heart import Heart, beating, utc_now
from bot.wiring.public import public_of
from bot.wiring.tasks import background, finish, listening
from bot.wiring.telegram import announce, rates_of, telegram_of
from bot.wiring.tidy import tidy
from bot.wiring.tips import Keeper
from bot.wiring.warnings import heralding
from bot.wiring.zalo import zalo_of
from scheduler.clock import MINUTE, TIDY, Work, ticking
from scheduler.sender import Channel, Clock

__all__ = ["Heart", "Running", "beating", "rates_of", "running", "utc_now"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """What was started, and where people reach it."""

    public_url: str
    console_url: str
    channels: tuple[str, ...]
    articles: int
    demo: Demo | None = None


@asynccontextmanager
async def running(
    config: Config, secrets: Secrets, *, clock: Clock = utc_now
) -> AsyncIterator[Running]:
    """Everything, in start order; leaving it stops in reverse: doors first, the database last."""
    webchat = WebChannel()
    channels: dict[str, Channel] = {"web": webchat}
    async with AsyncExitStack() as stack:
        heart = await stack.enter_async_context(beating(config, secrets, channels, clock=clock))
        telegram = await telegram_of(config, secrets, heart, clock, stack)
        if telegram:
            channels["telegram"] = telegram
        zalo = zalo_of(config, secrets, heart, clock, stack)
        if zalo:
            channels["zalo_oa"] = zalo.channel
            await zalo.begin(heart.database)
        stack.push_async_callback(finish, heart.sender, config.limits.grace_seconds)
        if zalo:
            stack.push_async_callback(zalo.hall.intake.finish, config.limits.grace_seconds)
        warnings = await stack.enter_async_context(heralding(config, heart, channels, clock))

        keeper = Keeper(
            heart.database, heart.desk.files, Audit(secrets.key("audit_key")), heart.wiper.soon
        )

        async def tidied() -> None:
            await tidy(heart.database, clock())
            await keeper.tidy(clock())
            if zalo:
                await zalo.tick(clock())

        jobs: dict[str, tuple[timedelta, Work]] = {
            "tidy": (TIDY, tidied),
            **warnings,
            "tips": (MINUTE, lambda: keeper.minute(clock())),
        }
        await stack.enter_async_context(ticking(jobs))
        public = public_of(config, secrets, heart, webchat, telegram, zalo, clock)
        await stack.enter_async_context(
            listening(public, config.server.listen, config.limits.request_seconds)
        )
        bells = bells_of(config, heart, channels, clock)
        await stack.enter_async_context(background(bells.run(), "bells"))
        demo = await demo_of(config, secrets, heart, clock)
        console = desk_of(config, secrets, heart, clock, demo, channels, telegram)
        await stack.enter_async_context(
            listening(console, config.console.listen, config.limits.request_seconds)
        )
        if telegram:
            await announce(config, secrets, telegram, heart, stack)
        yield Running(
            public_url=config.public_url,
            console_url=config.console_url,
            channels=tuple(channels),
            articles=len(heart.library.knowledge.articles),
            demo=demo,
        )
