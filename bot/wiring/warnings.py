"""Wires what the clock sends: the herald, its ledger, and what is done each second."""

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime

from bot.config import Config
from bot.store.deliveries import DatabaseLedger
from bot.store.leases import DatabaseLeases, release
from bot.store.outbox import Replies
from bot.store.register import DatabaseRegister
from bot.wiring.heart import Heart
from bot.wiring.tasks import background
from handlers.message import Chat, Reply
from knowledge.campaign import Campaign, load_campaign
from knowledge.faults import KnowledgeError
from knowledge.load import SHIPPED
from scheduler.campaign import Choices, Season
from scheduler.herald import Herald
from scheduler.rounds import Rounds
from scheduler.sender import FOREVER, Channel, Clock

log = logging.getLogger(__name__)


class CampaignFile:
    """The season's campaign as it stands in its file; a faulty change is told, and the last good one stays."""

    def __init__(self, config: Config) -> None:
        own = config.knowledge_folder / "campaigns" / "tet.toml"
        self._path = own if own.exists() else SHIPPED / "campaigns" / "tet.toml"
        self._good = load_campaign(self._path)
        self._changed = self._path.stat().st_mtime_ns

    def read(self) -> Campaign:
        """Looked at each time: asking for a file's time costs microseconds."""
        try:
            changed = self._path.stat().st_mtime_ns
        except OSError:
            return self._good
        if changed != self._changed:
            self._changed = changed
            try:
                self._good = load_campaign(self._path)
            except KnowledgeError as error:
                log.error("campaign faulty", extra={"count": len(error.faults)})
        return self._good


async def choices(campaign: str) -> Choices:
    """What communes do otherwise than the campaign."""
    return {}


@asynccontextmanager
async def heralding(
    config: Config, heart: Heart, channels: Mapping[str, Channel], clock: Clock
) -> AsyncIterator[Rounds]:
    """Speaks the warnings while it is open; gives what the clock has to do each second."""
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
    season = Season(
        campaign=CampaignFile(config).read,
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
        yield rounds
