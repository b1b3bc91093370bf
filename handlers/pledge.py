"""The commitment against fireworks, explosives and drunk driving: agreed by one tap, taken back by another."""

from dataclasses import dataclass, replace

from handlers.ask import local_day
from handlers.message import Kind as MessageKind
from handlers.message import Message, Reply, Talk, Turn, Value
from handlers.places import all_communes, commune_in
from handlers.ports import Kind, Pledge, Pledges, Subscribers
from handlers.presses import coming_back, step, step_of
from knowledge.areas import Area, Areas

FLOW = "pledge"


@dataclass(frozen=True, slots=True)
class Commit:
    """The conversation of /camket. A subscriber's commune is known; others say where they live."""

    pledges: Pledges
    subscribers: Subscribers
    areas: Areas

    async def __call__(self, message: Message, talk: Talk) -> Turn:
        if message.group:
            return _end(talk, Reply(key="pledge.private"))
        press = message.kind is MessageKind.PRESS
        verb, argument = step_of(message.text, FLOW) if press else ("", "")
        match verb:
            case "in":
                return self._text(argument, talk)
            case "house" | "one":
                kind = Kind.HOUSEHOLD if verb == "house" else Kind.PERSON
                return await self._agreed(kind, message, talk)
            case "back":
                await self.pledges.withdraw(message.chat)
                return replace(_end(talk, Reply(key="pledge.withdrawn")), durable=True)
            case "where":
                return _ask(talk, Reply(key="pledge.where", presses=(step(FLOW, "list"),)))
            case "list":
                return _ask(talk, all_communes(self.areas, FLOW))
        return await self._words(message, talk, press=press)

    async def _words(self, message: Message, talk: Talk, *, press: bool) -> Turn:
        words = message.text.partition(" ")[2] if message.text.startswith("/") else message.text
        named = message.text.startswith("/") or (talk.flow == FLOW and talk.step)
        if press or not words or not named or await self.pledges.get(message.chat):
            return await self._opened(message, talk)
        found = commune_in(words, self.areas, FLOW)
        if isinstance(found, Area):
            return self._text(found.id, talk)
        return _ask(talk, found)

    async def _opened(self, message: Message, talk: Talk) -> Turn:
        if agreed := await self.pledges.get(message.chat):
            values: dict[str, Value] = {
                "day": f"{agreed.day:%d/%m/%Y}",
                "place": self.areas[agreed.area].name if agreed.area in self.areas else "",
            }
            presses = (step(FLOW, "back"),)
            return _end(talk, Reply(key="pledge.agreed_before", values=values, presses=presses))
        subscriber = await self.subscribers.get(message.chat)
        if subscriber and len(subscriber.areas) == 1 and subscriber.areas[0] in self.areas:
            return self._text(subscriber.areas[0], talk)
        return _ask(talk, Reply(key="pledge.where", presses=(step(FLOW, "list"),)))

    def _text(self, area: str, talk: Talk) -> Turn:
        """The commitment in plain words, and the two ways to agree to it."""
        commune = self.areas.commune(area) if area in self.areas else None
        if commune is None:
            return _ask(talk, Reply(key="pledge.where", presses=(step(FLOW, "list"),)))
        reply = Reply(
            key="pledge.text",
            values={"place": commune.name},
            presses=(step(FLOW, "house"), step(FLOW, "one"), step(FLOW, "where")),
        )
        return _ask(talk, reply, {"area": commune.id})

    async def _agreed(self, kind: Kind, message: Message, talk: Talk) -> Turn:
        area = str(talk.data.get("area", "")) if talk.flow == FLOW else ""
        if area not in self.areas:
            return _ask(talk, Reply(key="pledge.where", presses=(step(FLOW, "list"),)))
        pledge = Pledge(area=area, kind=kind, day=local_day(message.at))
        await self.pledges.put(message.chat, pledge)
        reply = Reply(
            key=f"pledge.agreed.{kind}",
            values={"place": self.areas[area].name},
            presses=(step(FLOW, "back"),),
        )
        return replace(_end(talk, reply), durable=True)


def _ask(talk: Talk, reply: Reply, data: dict[str, Value] | None = None) -> Turn:
    offered = coming_back(reply.presses)
    talk = replace(talk, flow=FLOW, step="where", data=data or {}, offered=offered)
    return Turn(replies=(reply,), talk=talk)


def _end(talk: Talk, reply: Reply) -> Turn:
    offered = coming_back(reply.presses) or talk.offered
    talk = replace(talk, flow=None, step=None, data={}, offered=offered)
    return Turn(replies=(reply,), talk=talk)
