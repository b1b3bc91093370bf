"""Wires what the clock sends: the herald, its ledger, and what is done each second."""

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from secrets import token_hex

from bot.config import Config
from bot.store.deliveries import DatabaseLedger
from bot.store.leases import DatabaseLeases, release
from bot.store.outbox import Replies
from bot.store.register import DatabaseRegister
from bot.store.seasons import Seasons
from bot.store.watch import DatabaseWatch
from bot.wiring.announcing import officers_of
from bot.wiring.heart import Heart
from bot.wiring.tasks import background
from handlers.message import Chat, Reply
from knowledge.areas import Areas
from scheduler.approvals import Approvals
from scheduler.campaign import Choices, Season
from scheduler.clock import ROUND, Work
from scheduler.herald import LEASE, Herald
from scheduler.progress import Progress
from scheduler.rounds import Rounds
from scheduler.sender import FOREVER, Channel, Clock

log = logging.getLogger(__name__)

Jobs = Mapping[str, tuple[timedelta, Work]]


@asynccontextmanager
async def heralding(
    config: Config,
    heart: Heart,
    channels: Mapping[str, Channel],
    clock: Clock,
) -> AsyncIterator[Jobs]:
    """Speaks the warnings while it is open; gives what the clock has to do, and how often."""
    ledger = DatabaseLedger(heart.database)
    if heart.database.alone:
        await release(heart.database)

    async def post(chat: Chat, reply: Reply) -> None:
        """A warning that the person's own device fetches."""
        now = clock()
        async with heart.database.transaction() as tx:
            cause = f"warning.{reply.presses[0]}"
            await Replies(tx).add(chat, cause, (reply,), now=now, due=now, claimed=now + FOREVER)
        await channels[chat.channel].send(chat, heart.door.speak(reply))

    register = DatabaseRegister(heart.database)

    async def choices(campaign: str) -> Choices:
        async with heart.database.transaction() as tx:
            return await Seasons(tx).of(campaign)

    season = Season(
        campaign=heart.season.read,
        choices=choices,
        areas=lambda: heart.library.knowledge.areas,
        launches=register,
    )

    async def plan(now: datetime) -> None:
        if config.warnings.campaign:
            await season(now)

    herald = Herald(
        ledger=ledger,
        leases=DatabaseLeases(heart.database),
        channels=channels,
        speak=heart.door.speak,
        post=post,
        clock=clock,
        halt_at=config.warnings.halt_percent / 100,
    )
    rounds = Rounds(
        register=register,
        ledger=ledger,
        areas=lambda: heart.library.knowledge.areas,
        open_channels=lambda: tuple(channels),
        wake=herald.wake,
        plan=plan,
    )
    async with background(herald.run(), "herald"):
        yield {
            "rounds": (ROUND, lambda: rounds(clock())),
            "watch": (ROUND, watching(config, heart, channels, clock)),
        }


def watching(config: Config, heart: Heart, channels: Mapping[str, Channel], clock: Clock) -> Work:
    """Asks officers to approve, and shows them how their broadcasts go."""
    leases, holder = DatabaseLeases(heart.database), token_hex(8)

    def areas() -> Areas:
        return heart.library.knowledge.areas

    watch = DatabaseWatch(
        database=heart.database,
        officers=lambda tx: officers_of(tx, areas()),
        areas=areas,
        channels=channels,
        wake=heart.sender.wake,
    )
    approvals = Approvals(
        desk=watch,
        knowledge=lambda: heart.library.knowledge,
        wait=timedelta(minutes=config.warnings.ask_next_minutes),
        wait_urgent=timedelta(minutes=config.warnings.ask_next_urgent_minutes),
    )
    progress = Progress(
        followers=watch,
        tally=heart.watched,
        knowledge=lambda: heart.library.knowledge,
        channels=channels,
        speak=heart.door.speak,
        mine=lambda: leases.take("progress", "", holder, 2 * LEASE),
    )

    async def work() -> None:
        for task in (approvals, progress):
            try:
                await task(clock())
            except Exception:
                log.exception("watch failed")

    return work
