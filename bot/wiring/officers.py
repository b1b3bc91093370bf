"""Wires what officers say in chats: for now, whose phone it is."""

from collections.abc import Mapping

from bot.store.database import Transaction
from bot.store.officer_chats import OfficerChats
from handlers.limits import Quota
from handlers.link import NAME, LinkFlow
from handlers.message import Flow
from knowledge.areas import Areas


def officers_flows(tx: Transaction, areas: Areas, tries: Quota) -> Mapping[str, Flow]:
    """The officers' conversations of a message, by name."""
    return {NAME: LinkFlow(bind=OfficerChats(tx, areas).bind, tries=tries)}
