"""Taking a commune's warnings, by three taps; stopping at once."""

from dataclasses import dataclass, replace

from handlers.errors import Refusal
from handlers.message import Kind, Message, Reply, Talk, Turn, Value
from handlers.places import UNKNOWN, all_communes, commune_in, named
from handlers.ports import Subscriber, Subscribers
from handlers.presses import coming_back, step, step_of
from handlers.warning import RECEIVED
from knowledge.areas import Area, Areas
from knowledge.campaign import TOPICS

FLOW = "subscribe"
LINK = "cb-"  # a deep link's payload: "/start cb-suoi-guong", on Zalo "#cb-suoi-guong"
EVERY = "all"
MOST = 10  # communes of one chat
CHOOSABLE = tuple(topic for topic in TOPICS if topic != EVERY)
NO = frozenset({"thôi", "thoi", "huỷ", "hủy", "huy", "không", "khong"})


@dataclass(frozen=True, slots=True)
class Subscribe:
    """The conversation of /canhbao. In a group only its admins choose."""

    subscribers: Subscribers
    areas: Areas

    async def __call__(self, message: Message, talk: Talk) -> Turn:
        if not message.group:
            return await self._turn(message, talk)
        if not message.admin:
            return _end(talk, Reply(key="subscribe.admins"))
        turn = await self._turn(message, replace(talk, flow=FLOW))
        # a group's other talk is never taken for an answer to us: its admins go on by buttons
        return replace(turn, talk=replace(turn.talk, flow=None, step=None))

    async def _turn(self, message: Message, talk: Talk) -> Turn:
        verb, argument = step_of(message.text, FLOW) if message.kind is Kind.PRESS else ("", "")
        if not verb and talk.flow == FLOW and talk.step and message.text.lower() in NO:
            return _end(talk, Reply(key="subscribe.left"))
        match verb:
            case "in":
                return self._topics(argument, message, talk)
            case "t" | "n":
                return self._toggled(verb == "t", argument, message, talk)
            case "every":
                return self._consent((EVERY,), message, talk)
            case "go":
                return self._consent(tuple(str(talk.data.get("topics", "")).split()), message, talk)
            case "yes":
                return await self._done(message, talk)
            case "where":
                return self._where(message, talk)
            case "list":
                return _ask(talk, "where", all_communes(self.areas, FLOW))
        return await self._words(message, talk)

    async def _words(self, message: Message, talk: Talk) -> Turn:
        """A place that was typed, behind the command, in a link, or as the answer to where."""
        words = message.text
        asked = words.startswith(("/", "#"))
        if asked:
            words = words.partition(LINK)[2] or words.partition(" ")[2]
        if words in self.areas:
            return self._topics(words, message, talk)
        if not words or words.startswith("f:"):
            return await self._opened(message, talk)
        found = commune_in(words, self.areas, FLOW)
        if isinstance(found, Area):
            return self._topics(found.id, message, talk)
        if found.key == UNKNOWN and not (
            asked or talk.step
        ):  # "cho tôi nhận cảnh báo" names none yet
            return await self._opened(message, talk)
        return _ask(talk, "where", found)

    async def _opened(self, message: Message, talk: Talk) -> Turn:
        """Where do you live? Whoever takes warnings already is shown them first."""
        known = await self.subscribers.get(message.chat)
        if known is None:
            return self._where(message, talk)
        values: dict[str, Value] = {"places": named(self.areas, known.areas)}
        presses = (
            step(FLOW, "where"),
            step(FLOW, "in", known.areas[0]),
            step("unsubscribe", "all"),
        )
        return _ask(talk, "where", Reply(key="subscribe.known", values=values, presses=presses))

    def _where(self, message: Message, talk: Talk) -> Turn:
        key = "subscribe.where_sample" if self.areas.sample else "subscribe.where"
        key = "subscribe.where_group" if message.group else key
        return _ask(talk, "where", Reply(key=key, presses=(step(FLOW, "list"),)))

    def _topics(
        self, area: str, message: Message, talk: Talk, chosen: tuple[str, ...] = ()
    ) -> Turn:
        """Of which topics? Everything is one tap."""
        commune = self.areas.commune(area) if area in self.areas else None
        if commune is None:
            return self._where(message, talk)
        toggles = (step(FLOW, "n" if each in chosen else "t", each) for each in CHOOSABLE)
        go = (step(FLOW, "go"),) if chosen else ()
        reply = Reply(
            key="subscribe.topics",
            values={"place": commune.name},
            presses=(step(FLOW, "every"), *go, *toggles),
        )
        data: dict[str, Value] = {"area": commune.id, "topics": " ".join(chosen)}
        return _ask(talk, "topics", reply, data)

    def _toggled(self, add: bool, topic: str, message: Message, talk: Talk) -> Turn:
        before = str(talk.data.get("topics", "")).split()
        after = [*before, topic] if add else [each for each in before if each != topic]
        known = tuple(each for each in CHOOSABLE if each in after)
        return self._topics(str(talk.data.get("area", "")), message, talk, known)

    def _consent(self, topics: tuple[str, ...], message: Message, talk: Talk) -> Turn:
        """An example, and what is kept: then one tap."""
        area = str(talk.data.get("area", ""))
        if area not in self.areas or not topics:
            return self._where(message, talk)
        reply = Reply(
            key="subscribe.consent",
            values={"place": self.areas[area].name},
            presses=(step(FLOW, "yes"), step(FLOW, "where")),
        )
        return _ask(talk, "consent", reply, {"area": area, "topics": " ".join(topics)})

    async def _done(self, message: Message, talk: Talk) -> Turn:
        area, topics = str(talk.data.get("area", "")), str(talk.data.get("topics", "")).split()
        if area not in self.areas or not topics:
            return self._where(message, talk)
        known = await self.subscribers.get(message.chat)
        areas = tuple(sorted({*(known.areas if known else ()), area}))
        if len(areas) > MOST:
            raise Refusal("subscribe.most", most=MOST)
        subscriber = Subscriber(
            chat=message.chat, areas=areas, topics=tuple(topics), party=message.group
        )
        await self.subscribers.put(subscriber, message.at)
        commune = self.areas[area]
        values: dict[str, Value] = {
            "places": named(self.areas, areas),
            "phone": commune.duty or commune.hotline or "113",
        }
        presses = (step(FLOW, "where"), step("unsubscribe", "all"))
        turn = _end(talk, Reply(key="subscribe.done", values=values, presses=presses))
        return replace(turn, durable=True)


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """/dung stops everything at once; a button takes it back."""

    subscribers: Subscribers

    async def __call__(self, message: Message, talk: Talk) -> Turn:
        if message.group and not message.admin:
            return _end(talk, Reply(key="subscribe.admins"))
        stopped = await self.subscribers.stop(message.chat, message.at)
        key = "subscribe.stopped" if stopped else "subscribe.nothing"
        turn = _end(talk, Reply(key=key, presses=(step(FLOW, "where"),)))
        return replace(turn, durable=True)


@dataclass(frozen=True, slots=True)
class Received:
    """ "Đã nhận ✓" under a warning: counted, and a sign that the person is there."""

    subscribers: Subscribers

    async def __call__(self, message: Message, talk: Talk) -> Turn:
        verb, broadcast = step_of(message.text, RECEIVED)
        if verb and not message.group:
            await self.subscribers.seen(broadcast, message.chat)
        return Turn(replies=(Reply(key="subscribe.thanks"),), talk=talk)


def _ask(talk: Talk, place: str, reply: Reply, data: dict[str, Value] | None = None) -> Turn:
    """Go on at a step; what was chosen so far stays unless it is given anew."""
    kept = talk.data if talk.flow == FLOW and data is None else data or {}
    offered = coming_back(reply.presses)
    talk = replace(talk, flow=FLOW, step=place, data=kept, offered=offered)
    return Turn(replies=(reply,), talk=talk)


def _end(talk: Talk, reply: Reply) -> Turn:
    offered = coming_back(reply.presses) or talk.offered
    talk = replace(talk, flow=None, step=None, data={}, offered=offered)
    return Turn(replies=(reply,), talk=talk)
