"""Answers a question in a chat: the short answer first, buttons to narrow it, kindness where there is none."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from handlers.answer import Answer, Outcome
from handlers.message import Message, Reply, Subject, Talk, Turn, Value
from handlers.ports import Questions
from handlers.presses import (
    CALL,
    CLAUSE,
    DOWN,
    FLOW,
    GROUP,
    MORE,
    UP,
    Press,
    article_press,
    coming_back,
)
from handlers.suspicion import WAITING, suspicion_reply
from knowledge.article import Article
from knowledge.topics import GROUPS
from knowledge.triage import keepable, mask

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
FIRST = tuple(GROUPS)[:4]  # groups on the first screen
OTHERS = "more"  # the button that leads to the other groups


def local_day(at: datetime) -> date:
    """The day in Việt Nam: the law of a day begins at midnight there."""
    return at.astimezone(HERE).date()


@dataclass(frozen=True, slots=True)
class Ask:
    """Turns an answer into replies; keeps a masked question that found none."""

    questions: Questions

    async def __call__(self, message: Message, talk: Talk, answer: Answer) -> Turn:
        today = local_day(message.at)
        if answer.outcome is Outcome.FALLBACK and keepable(message.text):
            await self.questions.unanswered(mask(message.text), today)
        replies = (reply_to(answer, today),)
        return Turn(replies=replies, talk=remember(talk, answer, replies))


def reply_to(answer: Answer, today: date) -> Reply:
    """The reply that an answer deserves (not for flows, which have their own)."""
    match answer.outcome:
        case Outcome.ANSWER if answer.suspect:
            return suspicion_reply(answer.flags)
        case Outcome.ANSWER if answer.article:
            return article_reply(answer.article, today, answer.on)
        case Outcome.ANSWER if answer.tet:
            return Reply(key=f"tet.{answer.tet.asked}", values=dict(answer.tet.values))
        case Outcome.ANSWER:
            return clauses_reply(str(answer.directive), answer.clauses, today)
        case Outcome.CHOOSE:
            presses = tuple(article_press(a.id, answer.on) for a in answer.choices)
            return Reply(key="ask.choose", presses=presses)
        case Outcome.EMERGENCY if answer.emergency:
            danger = answer.emergency
            values: dict[str, Value] = {"number": danger.number, "kind": danger.kind}
            return Reply(key="emergency", values=values, presses=calls(danger.number), urgent=True)
        case _:
            return fallback()


def fallback() -> Reply:
    """What is said where no answer is sure: what we can do, and a person to turn to."""
    presses = (*(str(Press(GROUP, group)) for group in (*FIRST, OTHERS)), str(Press(FLOW, "human")))
    return Reply(key="ask.fallback", presses=presses)


def article_reply(article: Article, today: date, on: date | None, *, more: bool = False) -> Reply:
    """An article's short answer, or the whole of it, with what can be done next."""
    values: dict[str, Value] = {"article": article.id, "today": today.isoformat()}
    if on:
        values["on"] = on.isoformat()
    if more:
        values["part"] = "more"
    version = article.on(on or today)
    narrower = tuple(article_press(id, on) for id in (article.related if more else article.choices))
    reading = () if more or version is None else (article_press(article.id, on, MORE),)
    thumbs = (str(Press(UP, article.id)), str(Press(DOWN, article.id)))
    presses = (*narrower, *reading, *(action_press(a) for a in article.actions), *thumbs)
    return Reply(key="article", values=values, presses=presses)


def clauses_reply(
    directive: str, clauses: tuple[str, ...], today: date, *, more: bool = False
) -> Reply:
    """Clauses of a directive in short, each with a button for the whole."""
    values: dict[str, Value] = {
        "directive": directive,
        "clauses": " ".join(clauses),
        "today": today.isoformat(),
    }
    if more:
        values["part"] = "more"
        return Reply(key="clauses", values=values)
    presses = tuple(str(Press(CLAUSE, clause, directive)) for clause in clauses)
    return Reply(key="clauses", values=values, presses=presses)


def action_press(action: str) -> str:
    """The button of an article's action: "call-113" rings, others open a flow."""
    kind, dash, number = action.partition("-")
    return str(Press(CALL, number)) if dash and kind == "call" else str(Press(FLOW, action))


def calls(*numbers: str) -> tuple[str, ...]:
    return tuple(str(Press(CALL, number)) for number in numbers)


def remember(talk: Talk, answer: Answer, replies: tuple[Reply, ...]) -> Talk:
    """The talk after an answer: its subject, and the buttons that may be typed as numbers."""
    offered = coming_back(press for reply in replies for press in reply.presses)
    waiting = WAITING if answer.suspect and answer.flags is None else None
    talk = replace(talk, flow=waiting, step=None, data={})
    about = answer.article or (answer.choices[0] if answer.choices else None)
    if about is None:
        return replace(talk, offered=offered)
    subject = Subject(article=about.id, topic=about.topic, slots=answer.slots, on=answer.on)
    return replace(talk, subject=subject, offered=offered)
