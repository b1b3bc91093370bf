"""What became of a tip, for whoever holds its code: state, answers, and a way to tell more."""

from dataclasses import dataclass, replace

from handlers.ask import local_day
from handlers.errors import Errand
from handlers.flows import say
from handlers.limits import Quota
from handlers.message import Kind, Message, Reply, Talk, Turn
from handlers.ports import Codes, Take, Tips, Trail, Visits
from handlers.presses import FLOW, PAGE, Press, step, step_of
from handlers.receipt import digits_of
from handlers.tips import LONGEST, Code, Report, Taken, Unfit

NAME = "status"
AGAIN = (step(NAME, "done"),)
TELLING = (step(NAME, "more"), step(NAME, "done"))


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusFlow:
    """Opens what waits under a receipt. Which tip a chat looks at is remembered in `visits` alone."""

    tips: Tips
    codes: Codes
    take: Take
    trail: Trail
    visits: Visits
    tries: Quota
    link_only: frozenset[str] = frozenset({"zalo_oa"})

    async def __call__(self, message: Message, talk: Talk) -> Turn:
        if message.group or message.chat.channel in self.link_only:
            key = "tip.group" if message.group else "status.link_only"
            return say(key, Talk(), (str(Press(PAGE, "bao-tin")),))
        self.trail.said(message)
        verb, _ = step_of(message.text, NAME) if message.kind is Kind.PRESS else ("", "")
        match verb:
            case "done":
                return self._done(message)
            case "more":
                return say("status.more", _at("more"), AGAIN)
        if digits := digits_of(message.text):
            return await self._look(message, digits)
        if talk.flow == NAME and talk.step == "more":
            return await self._follow(message)
        if talk.flow == NAME and talk.step == "code" and message.kind is not Kind.PRESS:
            return say("status.mistyped", _at("code"), AGAIN)
        return say("status.ask", _at("code"), AGAIN)

    async def _look(self, message: Message, digits: str) -> Turn:
        code = message.brought
        if not isinstance(code, Code):
            if not self.tries.take(message.chat, message.at):
                return say("status.too_often", Talk())
            raise Errand(lambda: self.codes.of(digits))
        report = await self.tips.report(code, local_day(message.at))
        if report is None:
            return replace(say("status.unknown", _at("code"), AGAIN), wipe=True)
        self.visits.enter(message.chat, report.tip, message.at)
        turn = say("status.found", _at("more"), TELLING)
        return replace(turn, replies=(*_shown(report), *turn.replies), wipe=True)

    async def _follow(self, message: Message) -> Turn:
        """More words, or a file, to the tip that this chat has just opened."""
        tip = self.visits.of(message.chat, message.at)
        if tip is None:
            return say("status.ask_again", _at("code"), AGAIN)
        if message.attachment:
            return await self._file(message, tip)
        if message.kind is Kind.PRESS or not message.text:
            return say("status.no_words", _at("more"), AGAIN)
        if len(message.text) > LONGEST:
            return say("tip.too_long", _at("more"), AGAIN, limit=LONGEST)
        return await self._sealed(await self._words(message, tip))

    async def _words(self, message: Message, tip: str) -> bool:
        return await self.tips.follow(tip, "follow", {"text": message.text}, message.at)

    async def _file(self, message: Message, tip: str) -> Turn:
        attachment = message.attachment
        if attachment and message.brought is None:
            raise Errand(lambda: self.take(attachment))
        match message.brought:
            case Taken() as file:
                well = await self.tips.attach(tip, file, message.at)
                return await self._sealed(
                    well and (not message.text or await self._words(message, tip))
                )
            case Unfit() as reason:
                return say(f"tip.file_{reason}", _at("more"), AGAIN)
        raise TypeError("an errand brought neither a file nor a reason")

    async def _sealed(self, well: bool) -> Turn:
        if not well:
            return say("status.unknown", _at("code"), AGAIN)
        return replace(say("status.sealed", _at("more"), AGAIN), durable=True, wipe=True)

    def _done(self, message: Message) -> Turn:
        self.visits.leave(message.chat)
        self.trail.show_nothing(message.chat)
        presses = (str(Press(FLOW, NAME)),)
        return replace(say("status.done", Talk(), presses), wipe=True)


def _shown(report: Report) -> tuple[Reply, ...]:
    """The state, then each answer: said once, kept nowhere."""
    state = Reply(key=f"status.is.{report.state}", fleeting=True)
    answers = tuple(
        Reply(key="status.answer", values={"text": text}, fleeting=True) for text in report.answers
    )
    return (state, *(answers or (Reply(key="status.no_answer", fleeting=True),)))


def _at(place: str) -> Talk:
    return Talk(flow=NAME, step=place)
