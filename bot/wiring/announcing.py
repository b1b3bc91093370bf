"""Wires what officers do with warnings in the chat."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.config import Config
from bot.store.audit import Audit
from bot.store.broadcasts import Broadcasts
from bot.store.database import Transaction
from bot.store.officer_chats import OfficerChats
from bot.wiring.ways import ways_of
from handlers.announce import Announce
from handlers.control import FLOW
from handlers.message import Flow
from handlers.neighbours import Ahead
from handlers.officer import Officer
from handlers.ports import Officers, Reach, Reaching
from handlers.reach import Forecast, forecast
from knowledge.areas import Areas
from knowledge.load import Knowledge
from scheduler.sender import Channel


def officers_of(tx: Transaction, areas: Areas) -> Officers:
    """The officers as the chats know them."""
    return OfficerChats(tx, areas)


def warnings_flows(
    tx: Transaction,
    knowledge: Knowledge,
    channels: Mapping[str, Channel],
    config: Config,
    chain: Audit,
    ahead: Ahead,
    reaching: Reaching,
) -> Mapping[str, Flow]:
    """The conversation of /phat and /duyet, bound to a message's transaction."""

    def forecaster(reach: Sequence[Reach], at: datetime, urgent: bool) -> Sequence[Forecast]:
        return forecast(reach, ways_of(channels, config, urgent), at)

    async def audit(officer: Officer, action: str, object: str, at: datetime) -> None:
        await chain(tx, at, officer.id, action, object)

    flow = Announce(
        broadcasts=Broadcasts(tx),
        officers=officers_of(tx, knowledge.areas),
        knowledge=knowledge,
        reach=reaching,
        forecast=forecaster,
        new_id=lambda: secrets.token_hex(8),
        audit=audit,
        ahead=ahead,
    )
    return {FLOW: flow}
