"""What is still answered while nothing can be stored, on a full disk: danger, and questions that stand alone."""

from dataclasses import dataclass, replace

from handlers.answer import Answerer, Outcome
from handlers.ask import local_day, reply_to
from handlers.limits import Limits, Verdict
from handlers.message import Kind, Message, Reply, Talk
from handlers.router import in_english, language

ALONE = (Outcome.ANSWER, Outcome.CHOOSE)


@dataclass(frozen=True, slots=True)
class Unkept:
    """Answers without a memory. Whatever else a message may be waits until it can be stored."""

    answerer: Answerer
    limits: Limits

    def __call__(self, message: Message, talk: Talk) -> Reply | None:
        """The reply, kept nowhere; None where the message has to come again."""
        if message.kind is not Kind.TEXT or message.text.startswith("/"):
            return None
        today = local_day(message.at)
        answer = self.answerer.in_danger(message.text)
        if answer is None:
            if talk.flow or self.limits.ask(message.chat, message.at) is not Verdict.ANSWER:
                return None
            answer = self.answerer.safely(message.text, today=today, subject=talk.subject)
            if answer.outcome not in ALONE:
                return None
        reply = replace(reply_to(answer, today), fleeting=True)
        return in_english(reply) if language(message, talk) == "en" else reply
