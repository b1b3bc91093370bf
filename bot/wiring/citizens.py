"""Wires what citizens say about warnings: subscriptions, pledges, and what is kept of them."""

from collections.abc import Mapping

from bot.store import zalo_chats
from bot.store.database import Transaction
from bot.store.keyed import Keyed
from bot.store.pledges import Pledges
from bot.store.subscribers import Subscribers
from handlers.message import Chat, Flow
from handlers.pledge import Commit
from handlers.privacy import Privacy
from handlers.subscribe import Received, Subscribe, Unsubscribe
from knowledge.areas import Areas
from scheduler.sender import Clock


def citizens_flows(tx: Transaction, keyed: Keyed, areas: Areas) -> Mapping[str, Flow]:
    """The conversations of a message, by name, bound to its transaction."""
    subscribers, pledges = Subscribers(tx, keyed), Pledges(tx, keyed)
    return {
        "subscribe": Subscribe(subscribers, areas),
        "unsubscribe": Unsubscribe(subscribers),
        "received": Received(subscribers),
        "pledge": Commit(pledges, subscribers, areas),
        "privacy": Privacy(subscribers, pledges, areas),
    }


async def forget_citizen(tx: Transaction, keyed: Keyed, chat: Chat, clock: Clock) -> None:
    """All that subscriptions, pledges and the Zalo channel keep of a chat."""
    subscribers = Subscribers(tx, keyed)
    await subscribers.stop(chat, clock())
    await subscribers.unname(chat)
    await Pledges(tx, keyed).withdraw(chat)
    await zalo_chats.forget_chat(tx, keyed, chat)
