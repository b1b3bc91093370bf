"""Wires what the clock sends: the herald, its ledger, and what is done each second."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime

from bot.store.deliveries import DatabaseLedger
from bot.store.leases import DatabaseLeases
from bot.store.outbox import Replies
from bot.store.register import DatabaseRegister
from bot.wiring.heart import Heart
from bot.wiring.tasks import background
from handlers.message import Chat, Reply
from scheduler.herald import Herald
from scheduler.rounds import Rounds
from scheduler.sender import FOREVER, Channel, Clock


@asynccontextmanager
async def heralding(
    heart: Heart, channels: Mapping[str, Channel], clock: Clock
) -> AsyncIterator[Rounds]:
    """Speaks the warnings while it is open; gives what the clock has to do each second."""
    ledger = DatabaseLedger(heart.database)

    async def post(chat: Chat, reply: Reply) -> None:
        """A warning that the person's own device fetches."""
        now = clock()
        async with heart.database.transaction() as tx:
            cause = f"warning.{reply.presses[0]}"
            await Replies(tx).add(chat, cause, (reply,), now=now, due=now, claimed=now + FOREVER)
        await channels[chat.channel].send(chat, heart.door.speak(reply))

    async def plan(now: datetime) -> None:
        """The campaign's part moves in here."""

    herald = Herald(
        ledger=ledger,
        leases=DatabaseLeases(heart.database),
        channels=channels,
        speak=heart.door.speak,
        post=post,
        clock=clock,
    )
    rounds = Rounds(
        register=DatabaseRegister(heart.database),
        ledger=ledger,
        areas=lambda: heart.library.knowledge.areas,
        open_channels=lambda: tuple(channels),
        wake=herald.wake,
        plan=plan,
    )
    async with background(herald.run(), "herald"):
        yield rounds
