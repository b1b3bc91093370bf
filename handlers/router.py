"""Leads a message to whoever answers it: danger first, then a button, a command, and else the question."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from hashlib import blake2b

from handlers import flows
from handlers.answer import Answer, Answerer, Outcome
from handlers.ask import Ask, article_reply, clauses_reply, local_day, reply_to
from handlers.lately import Lately
from handlers.limits import Allowance, Limits, Verdict
from handlers.message import Flow, Kind, Message, Reply, Talk, Turn
from handlers.ports import Questions
from handlers.presses import Press, read_press
from handlers.receipt import looks_like_code
from handlers.subscribe import LINK
from handlers.suspicion import WAITING
from knowledge.followup import is_followup
from knowledge.language import english
from knowledge.triage import accusation, courtesy, fragment, keepable, mask

MEDIA = {
    Kind.VOICE: "media.voice",
    Kind.PHOTO: "media.photo",
    Kind.STICKER: "media.sticker",
    Kind.OTHER: "media.other",
}
OF_PLACES = frozenset({"subscribe", "pledge"})  # they ask for a commune: a story is none


@dataclass(frozen=True, slots=True, kw_only=True)
class Router:
    """Answers one message; built for each, because its ports belong to the message's transaction.

    `conversations` makes the flows of several steps, by name: one runs on while `Talk.flow` names it.
    They are made where one is asked for: most messages are questions.
    """

    answerer: Answerer
    questions: Questions
    limits: Limits
    allowance: Allowance
    lately: Lately
    conversations: Callable[[], Mapping[str, Flow]] = dict

    async def __call__(self, message: Message, talk: Talk) -> Turn:
        """The turn of a message. What waits for the rest of a sentence says so by `hold`."""
        album = mark(message.album)
        if album and album == talk.album and not talk.flow:
            return Turn(talk=talk)  # one of several pictures: the first was answered
        lang = language(message, talk)
        turn = await self._turn(message, talk if talk.lang == lang else replace(talk, lang=lang))
        if lang == "en":
            turn = replace(turn, replies=tuple(map(in_english, turn.replies)))
        after = replace(turn.talk, at=message.at, lang=lang, album=album, held=turn.hold)
        return replace(turn, talk=after)

    def _conversation(self, name: str | None) -> Flow | None:
        return self.conversations().get(name) if name else None

    async def _turn(self, message: Message, talk: Talk) -> Turn:
        match message.kind:
            case Kind.LEAVE:
                return await self._left(message, talk)
            case Kind.JOIN:
                return flows.welcome(message, talk)
            case Kind.PRESS:
                return await self._pressed(read_press(message.text), message, talk)
            case kind if kind in MEDIA and not message.text and not talk.flow:
                return flows.say(MEDIA[kind], talk, flows.WAYS_ON)
        if message.text.startswith("/"):
            return await self._command(message, _idle(talk))
        if message.text.startswith(f"#{LINK}"):  # Zalo's QR codes carry words to be sent
            linked = await self._linked(message.text[1:], message, _idle(talk))
            return linked or flows.greet(message, talk)
        if going_on := self._conversation(talk.flow):
            return await self._goes_on(going_on, message, talk)
        if looks_like_code(message.text) and (status := self._conversation("status")):
            return await status(message, replace(talk, flow="status", step="code", data={}))
        if payload := typed_choice(message.text, talk):
            return await self._pressed(read_press(payload), message, talk)
        return await self._words(message, talk)

    async def _goes_on(self, flow: Flow, message: Message, talk: Talk) -> Turn:
        """The next step of a conversation; danger told in it is answered with the number first.

        Where only a place is asked for, danger or somebody accused ends the asking.
        """
        if payload := typed_choice(message.text, talk):
            message = replace(message, kind=Kind.PRESS, text=payload)
        told = message.kind is not Kind.PRESS
        danger = self.answerer.in_danger(message.text) if told else None
        if talk.flow in OF_PLACES and danger:
            return await Ask(self.questions)(message, _idle(talk), danger)
        if talk.flow in OF_PLACES and message.kind is Kind.TEXT and accusation(message.text):
            return flows.accused(talk)
        turn = await flow(message, talk)
        if danger is None:
            return turn
        return replace(turn, replies=(reply_to(danger, local_day(message.at)), *turn.replies))

    async def _open(self, flow: str, message: Message, talk: Talk) -> Turn:
        """The first step of a conversation, or the one answer of a flow that has no steps."""
        if opened := self._conversation(flow):
            return await opened(message, replace(talk, flow=flow, step=None, data={}))
        return flows.open_flow(flow, message, talk)

    async def _words(self, message: Message, talk: Talk, audience: str | None = None) -> Turn:
        """Danger before any limit; then courtesy, pieces of a sentence, and whole questions."""
        text, today = message.text, local_day(message.at)
        if suspicion := self._awaited(message, talk):
            return self._limited(message, talk) or await self._suspected(suspicion, message, talk)
        known = self.answerer.remembered.find(text, today, audience)
        if known is None:
            if danger := self.answerer.in_danger(text):
                return await Ask(self.questions)(message, talk, danger)
            if len(text) > self.allowance.characters:
                return flows.say("ask.too_long", talk, limit=self.allowance.characters)
            if polite := courtesy(text):
                turn = flows.say(f"start.{polite}", talk, flows.HOME)
                return replace(turn, hold=polite == "hello")
            if fragment(text):
                answer = self._answer(message, talk, audience)
                return replace(await self._turn_of(answer, message, talk), hold=True)
        if refusal := self._limited(message, talk):
            return refusal
        if known is None:
            known = self._answer(message, talk, audience)
            if not is_followup(text):
                self.answerer.remembered.keep(text, today, audience, known)
        if known.article and not known.accused and not known.suspect:
            self.lately.keep(message.chat, text, known.article.id, message.at)
        return await self._turn_of(known, message, talk)

    def _awaited(self, message: Message, talk: Talk) -> Answer | None:
        """A look at the message that was asked for a moment ago, or is forwarded; None for anything else."""
        asked_for = talk.flow == WAITING and flows.recent(talk, message.at)
        if not (asked_for or message.forwarded) or len(message.text) > self.allowance.characters:
            return None
        return self.answerer.suspicion(message.text, awaited=True)

    async def _suspected(self, suspicion: Answer, message: Message, talk: Talk) -> Turn:
        """Danger that the message tells of may be its reader's: the number comes first."""
        turn = await Ask(self.questions)(message, talk, suspicion)
        if danger := self.answerer.in_danger(message.text):
            first = reply_to(danger, local_day(message.at))
            turn = replace(turn, replies=(first, *turn.replies))
        return turn

    def _limited(self, message: Message, talk: Talk) -> Turn | None:
        match self.limits.ask(message.chat, message.at):
            case Verdict.ANSWER:
                return None
            case Verdict.NOTICE:
                return flows.say("ask.too_fast", talk)
            case Verdict.SILENCE:
                return Turn(talk=talk)

    def _answer(self, message: Message, talk: Talk, audience: str | None) -> Answer:
        subject = talk.subject if flows.recent(talk, message.at) else None
        today = local_day(message.at)
        return self.answerer.safely(message.text, today=today, audience=audience, subject=subject)

    async def _turn_of(self, answer: Answer, message: Message, talk: Talk) -> Turn:
        if answer.accused:
            return flows.accused(talk)
        if answer.outcome is Outcome.FLOW:
            return await self._open(str(answer.flow), message, talk)
        return await Ask(self.questions)(message, talk, answer)

    async def _unhelpful(self, message: Message, article: str, today: date) -> None:
        """Keep the question behind a 👎, masked, if it asks of rules and tells of nobody."""
        asked = self.lately.take(message.chat, article, message.at)
        if asked and keepable(asked):
            await self.questions.unanswered(mask(asked), today, article)

    async def _command(self, message: Message, talk: Talk) -> Turn:
        name, _, rest = message.text[1:].partition(" ")
        rest = rest.strip()
        match name.lower():
            case "start":
                return await self._linked(rest, message, talk) or flows.greet(message, talk)
            case "hoi" if rest:
                return await self._words(replace(message, text=rest), talk)
            case "chithi" if rest:
                return await self._words(replace(message, text=rest), talk, "cadre")
            case "quyenriengtu" if rest:
                return await self._forget(message, talk)
            case command:
                return await self._open(flows.COMMANDS.get(command, "help"), message, talk)

    async def _left(self, message: Message, talk: Talk) -> Turn:
        """The door was shut on us: nothing more is sent, nothing of the chat is kept."""
        if stop := self._conversation("unsubscribe"):
            await stop(replace(message, admin=True), talk)
        return Turn(forget=True)

    async def _forget(self, message: Message, talk: Talk) -> Turn:
        """Forget the chat; a conversation of privacy knows what else is kept of it."""
        if privacy := self._conversation("privacy"):
            return await privacy(replace(message, text="/quyenriengtu xoa"), talk)
        return flows.forget(message)

    async def _linked(self, payload: str, message: Message, talk: Talk) -> Turn | None:
        """A deep link that carries a commune, "/start cb-suoi-guong", or an article."""
        if payload.startswith(LINK) and (subscribe := self._conversation("subscribe")):
            return await subscribe(message, talk)
        article = self.answerer.knowledge.articles.get(payload)
        if article is None:
            return None
        answer = Answer(outcome=Outcome.ANSWER, article=article)
        return flows.answered(talk, answer, reply_to(answer, local_day(message.at)))

    async def _pressed(self, press: Press | None, message: Message, talk: Talk) -> Turn:
        knowledge = self.answerer.knowledge
        today = local_day(message.at)
        match press:
            case Press(kind="a" | "m", target=id) if id in knowledge.articles:
                article = knowledge.articles[id]
                reply = article_reply(article, today, press.day, more=press.kind == "m")
                answer = Answer(
                    outcome=Outcome.ANSWER,
                    article=article,
                    on=press.day,
                    slots=flows.stated(article),
                )
                return flows.answered(talk, answer, reply)
            case Press(kind="u" | "d" as kind, target=id) if id in knowledge.articles:
                await self.questions.judged(id, kind == "u", today)
                if kind == "d":
                    await self._unhelpful(message, id, today)
                return flows.say("feedback.yes" if kind == "u" else "feedback.no", talk)
            case Press(kind="c", target=clause, at=directive):
                reply = clauses_reply(directive, (clause,), today, more=True)
                return Turn(replies=(reply,), talk=talk)
            case Press(kind="n"):
                return flows.further(press, talk)
            case Press(kind="g", target=group):
                return flows.topics(group, knowledge, talk)
            case Press(kind="t", target=topic):
                return flows.articles(topic, knowledge, talk)
            case Press(kind="f", target="forget"):
                return await self._forget(message, talk)
            case Press(kind="f", target=flow):
                return await self._open(flow, message, talk)
            case Press(kind="s", target=flow) if going_on := self._conversation(flow):
                return await going_on(message, talk)
        return flows.say("ask.expired", talk, flows.HOME)


def language(message: Message, talk: Talk) -> str:
    """What to answer in: the language of the words; where none were said, that of the last ones.

    In a conversation the name of a place says nothing of the language.
    """
    said = message.text.startswith("/") or not any(map(str.isalpha, message.text))
    if message.kind is not Kind.TEXT or said:
        return talk.lang
    if english(message.text):
        return "en"
    return talk.lang if talk.flow else "vi"


def mark(album: str) -> str:
    """A mark of pictures that came together, from which their platform's name can't be read back."""
    return blake2b(album.encode(), digest_size=8).hexdigest() if album else ""


def in_english(reply: Reply) -> Reply:
    """The reply, to be put into English words where there are any."""
    return replace(reply, values={**reply.values, "lang": "en"})


def typed_choice(text: str, talk: Talk) -> str | None:
    """The button that a typed number means: "2" is the second of those last shown, on every channel."""
    if not text.isdecimal() or len(text) > 2:
        return None
    place = int(text) - 1
    return talk.offered[place] if 0 <= place < len(talk.offered) else None


def _idle(talk: Talk) -> Talk:
    """The same talk in no conversation."""
    return replace(talk, flow=None, step=None, data={})
