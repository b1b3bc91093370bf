"""The chat in which a tip is told: the honest warning first, then piece by piece, each sealed as it comes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from handlers.errors import Errand
from handlers.flows import say
from handlers.limits import Quota
from handlers.message import Chat, Kind, Message, Reply, Talk, Turn, Value
from handlers.ports import Codes, Drafts, Take, Trail
from handlers.presses import CALL, FLOW, PAGE, Press, step, step_of
from handlers.receipt import digits_of, last_group, shown
from handlers.tips import (
    FILES,
    LONGEST,
    PIECES,
    SHORTEST,
    Code,
    Draft,
    Head,
    Police,
    Taken,
    Unfit,
    route,
)
from knowledge.areas import Areas

NAME = "tip"
PAGE_PRESS = str(Press(PAGE, "bao-tin"))
POLICE_PRESS = str(Press(CALL, "113"))
CANCEL = step(NAME, "cancel")
TELLING = tuple(step(NAME, verb) for verb in ("send", "look", "urgent", "household", "cancel"))
ENDING = ("look", "send", "known", "code", "nocode")  # what a full draft still allows
KNOWN_BY = ("few", "many", "skip")
TICKS: Mapping[str, dict[str, object]] = {"household": {"household": True}}


@dataclass(frozen=True, slots=True, kw_only=True)
class TipFlow:
    """Takes a tip; every field that the answer needs is a port of the message's transaction.

    `warned` are the channels whose warning names what their platform sees; `link_only` those in whose
    chat no tip is ever taken; `with_files` those that bring files.
    """

    drafts: Drafts
    areas: Areas
    codes: Codes
    take: Take
    trail: Trail
    begun: Quota
    sent: Quota
    warned: frozenset[str] = frozenset({"telegram", "web", "terminal"})
    link_only: frozenset[str] = frozenset({"zalo_oa"})
    with_files: frozenset[str] = frozenset({"telegram"})

    async def __call__(self, message: Message, talk: Talk) -> Turn:
        if message.group or message.chat.channel in self.link_only:
            key = "tip.group" if message.group else "tip.link_only"
            return say(key, Talk(), (PAGE_PRESS,))
        self.trail.said(message)
        verb, argument = self._pressed(message)
        if verb == "cancel":
            return await self._cancel(message)
        if verb == "wipe":
            return self._wipe(message.chat)
        if talk.flow != NAME or talk.step is None:
            return await self._open(message, verb)
        if talk.step in ("place", "police"):
            return await self._routed(message, talk, verb, argument)
        draft = await self.drafts.look(message.chat, message.at)
        if draft is None:
            return say("tip.lost", Talk(), (str(Press(FLOW, NAME)),))
        return await self._told(message, talk, draft, verb, argument)

    # where it happened, and who may open it

    async def _open(self, message: Message, verb: str) -> Turn:
        """The warning and the first question; a draft that was left is gone on with."""
        units = [area.id for area in (*self.areas.communes, self.areas.province)]
        if not await self.drafts.able(units):
            return say("tip.closed", Talk(), (POLICE_PRESS,))
        if await self.drafts.look(message.chat, message.at):
            return say("tip.resume", at("pieces"), TELLING)
        if verb:
            return say("tip.lost", Talk(), (str(Press(FLOW, NAME)),))
        channel = message.chat.channel
        warning = f"tip.warning_{channel if channel in self.warned else 'web'}"
        presses = (step(NAME, "province"), PAGE_PRESS, CANCEL)
        turn = say("tip.ask_place", at("place"), presses)
        return replace(turn, replies=(Reply(key=warning), *turn.replies))

    async def _routed(self, message: Message, talk: Talk, verb: str, argument: str) -> Turn:
        match verb:
            case "province":
                return await self._begin(message, self.areas.province.id, Police.NO)
            case "in" if argument in self.areas:
                return self._ask_police(argument)
            case "police" if talk.step == "police" and argument in tuple(Police):
                return await self._begin(message, str(talk.data["place"]), Police(argument))
        if talk.step == "police":
            return self._ask_police(str(talk.data["place"]))
        found = dict.fromkeys(self.areas.commune(a.id) for a in self.areas.find(message.text))
        communes = [area for area in found if area]
        if len(communes) == 1:
            return self._ask_police(communes[0].id)
        key = "tip.which_place" if communes else "tip.place_unknown"
        choices = tuple(step(NAME, "in", area.id) for area in communes)
        return say(key, at("place"), (*choices, step(NAME, "province"), CANCEL))

    def _ask_police(self, place: str) -> Turn:
        presses = tuple(step(NAME, "police", each) for each in Police)
        talk = at("police", place=place)
        return say("tip.ask_police", talk, (*presses, CANCEL), place=self.areas[place].name)

    async def _begin(self, message: Message, place: str, police: Police) -> Turn:
        places = [area.id for area in self.areas.above(place)]
        way = route(places, police, await self.drafts.able(places))
        if way is None:
            return say("tip.closed", Talk(), (POLICE_PRESS,))
        if not self.begun.take(message.chat, message.at):
            return say("tip.too_often", Talk(), (PAGE_PRESS, POLICE_PRESS))
        head = Head(where=place, police=police, channel="chat", sealed_by="server")
        await self.drafts.begin(message.chat, way, head, message.at)
        receiver = self.areas[way.unit].name
        if message.chat.channel in self.with_files:
            return say("tip.tell", at("pieces"), TELLING, receiver=receiver)
        return say("tip.tell_words", at("pieces"), (*TELLING, PAGE_PRESS), receiver=receiver)

    # what happened

    async def _told(
        self, message: Message, talk: Talk, draft: Draft, verb: str, argument: str
    ) -> Turn:
        if draft.pieces >= PIECES and verb not in ENDING:
            return say("tip.full", at("pieces"), TELLING)
        match verb:
            case "look":
                values = {"texts": draft.texts, "files": draft.files}
                return say("tip.counts", at("pieces"), TELLING, **values)
            case "urgent":
                await self.drafts.hurry(message.chat)
                await self.drafts.add(message.chat, "option", {"urgent": True}, message.at)
                return say("tip.urgent", at("pieces"), (POLICE_PRESS, *TELLING))
            case tick if tick in TICKS:
                await self.drafts.add(message.chat, "option", TICKS[tick], message.at)
                return say(f"tip.{tick}", at("pieces"), TELLING)
            case "more":
                return say("tip.more", at("pieces"), TELLING)
            case "send":
                return self._hint(draft)
            case "known" if argument in KNOWN_BY:
                return await self._known(message, argument)
            case "code":
                return await self._show_code(message)
            case "nocode":
                return await self._send(message, draft, code=False)
        if talk.step == "code":
            return await self._typed_back(message, draft)
        if message.attachment:
            return await self._file(message, draft)
        return await self._words(message, draft)

    async def _words(self, message: Message, draft: Draft) -> Turn:
        text = message.text
        if message.kind is Kind.PRESS or not text:
            return say("tip.no_words", at("pieces"), TELLING)
        if len(text) > LONGEST:
            return say("tip.too_long", at("pieces"), TELLING, limit=LONGEST)
        await self._seal_words(message)
        return say("tip.sealed", at("pieces"), TELLING, count=draft.texts + draft.files + 1)

    async def _seal_words(self, message: Message) -> None:
        enough = sum(map(str.isalnum, message.text)) >= SHORTEST
        body = {"text": message.text}
        await self.drafts.add(message.chat, "part", body, message.at, enough=enough)

    async def _file(self, message: Message, draft: Draft) -> Turn:
        """A file, and the words under it."""
        if draft.files >= FILES:
            return say("tip.too_many_files", at("pieces"), TELLING, limit=FILES)
        attachment = message.attachment
        if attachment and message.brought is None:
            raise Errand(lambda: self.take(attachment))
        if message.text:
            await self._seal_words(message)
        match message.brought:
            case Taken() as file:
                await self.drafts.attach(message.chat, file, message.at)
                key = "tip.voice_sealed" if message.kind is Kind.VOICE else "tip.file_sealed"
                return say(key, at("pieces"), TELLING, count=draft.texts + draft.files + 1)
            case Unfit() as reason:
                return say(f"tip.file_{reason}", at("pieces"), TELLING)
        raise TypeError("an errand brought neither a file nor a reason")

    # sending it

    def _hint(self, draft: Draft) -> Turn:
        if not draft.enough and not draft.files:
            return say("tip.too_little", at("pieces"), TELLING)
        presses = (*(step(NAME, "known", each) for each in KNOWN_BY), step(NAME, "more"))
        return say("tip.hint", at("pieces"), presses)

    async def _known(self, message: Message, by: str) -> Turn:
        if message.brought is not None and by != "skip":  # before the errand it would be dropped
            await self.drafts.add(message.chat, "option", {"known_by": by}, message.at)
        return await self._show_code(message)

    async def _show_code(self, message: Message) -> Turn:
        """A code that was never shown before; what follows it in the ledger does not hold it."""
        code = message.brought
        if not isinstance(code, Code):
            raise Errand(self.codes.fresh)
        await self.drafts.offer(message.chat, code, message.at)
        presses = tuple(step(NAME, verb) for verb in ("code", "nocode", "more", "cancel"))
        turn = say("tip.code_ask", at("code"), presses)
        return replace(
            turn, replies=(_fleeting("tip.code", code=shown(code.digits)), *turn.replies)
        )

    async def _typed_back(self, message: Message, draft: Draft) -> Turn:
        digits = digits_of(message.text)  # the whole code will do
        typed = last_group(digits) if digits else message.text.replace(" ", "")
        if draft.offered and await self.drafts.kept(message.chat, typed):
            return await self._send(message, draft, code=True)
        presses = tuple(step(NAME, verb) for verb in ("code", "nocode", "more", "cancel"))
        return say("tip.code_wrong", at("code"), presses)

    async def _send(self, message: Message, draft: Draft, *, code: bool) -> Turn:
        if not draft.enough and not draft.files:
            return say("tip.too_little", at("pieces"), TELLING)
        if not self.sent.take(draft.unit, message.at):
            return say("tip.busy", at("code"), (step(NAME, "code"), POLICE_PRESS))
        await self.drafts.send(message.chat, message.at, code=code)
        presses = (step(NAME, "wipe"),) if self.trail.left(message.chat) else ()
        turn = say("tip.sent" if code else "tip.sent_without_code", Talk(), presses)
        return replace(turn, durable=True, wipe=True)

    async def _cancel(self, message: Message) -> Turn:
        await self.drafts.drop(message.chat)
        self.trail.show_nothing(message.chat)
        return replace(say("tip.cancelled", Talk()), wipe=True)

    def _wipe(self, chat: Chat) -> Turn:
        self.trail.show_nothing(chat)
        return Turn(wipe=True)

    def _pressed(self, message: Message) -> tuple[str, str]:
        return step_of(message.text, NAME) if message.kind is Kind.PRESS else ("", "")


def at(here: str, /, **data: Value) -> Talk:
    """The talk of a step; nothing else of the chat is remembered while a tip is told."""
    return Talk(flow=NAME, step=here, data=data)


def _fleeting(key: str, **values: Value) -> Reply:
    return Reply(key=key, values=values, fleeting=True)
