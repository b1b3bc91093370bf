"""/quyenriengtu: what is kept, what of it is this chat's, and the way to have it deleted."""

from dataclasses import dataclass, replace

from handlers import flows
from handlers.message import Message, Talk, Turn, Value
from handlers.places import named
from handlers.ports import Pledges, Subscribers
from handlers.presses import coming_back
from knowledge.areas import Areas

DELETE = "xoa"  # behind the command: delete at once


@dataclass(frozen=True, slots=True)
class Privacy:
    """Shows and deletes; a group's belongs to its admins."""

    subscribers: Subscribers
    pledges: Pledges
    areas: Areas

    async def __call__(self, message: Message, talk: Talk) -> Turn:
        if message.text.partition(" ")[2].strip():
            return await self._deleted(message)
        reply = replace(flows.REPLIES["privacy"], values=await self._ours(message))
        offered = coming_back(reply.presses)
        return Turn(
            replies=(reply,), talk=replace(talk, flow=None, step=None, data={}, offered=offered)
        )

    async def _ours(self, message: Message) -> dict[str, Value]:
        """What is kept of this very chat, besides its last subject; for `compose` to put into words."""
        subscriber = await self.subscribers.get(message.chat)
        pledge = await self.pledges.get(message.chat)
        ours: dict[str, Value] = {}
        if subscriber:
            ours["places"] = named(self.areas, subscriber.areas)
        if pledge:
            ours |= {"day": f"{pledge.day:%d/%m/%Y}", "place": named(self.areas, (pledge.area,))}
        return ours

    async def _deleted(self, message: Message) -> Turn:
        await self.subscribers.stop(message.chat, message.at)
        await self.subscribers.unname(message.chat)
        await self.pledges.withdraw(message.chat)
        return replace(flows.forget(message), durable=True)
