"""The short conversations that are not questions: greeting, help, privacy, and the doors that are not open yet."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from handlers.answer import Answer
from handlers.ask import FIRST, OTHERS, calls, remember
from handlers.message import Message, Reply, Talk, Turn, Value
from handlers.presses import FLOW, GROUP, PAGE, TOPIC, Press, article_press, coming_back
from knowledge.article import Article
from knowledge.load import Knowledge
from knowledge.topics import GROUPS

FOLLOWED = timedelta(minutes=10)  # how long "còn ô tô thì sao?" means the last question
SHOWN = 8  # articles listed under a topic

HOME = tuple(str(Press(GROUP, group)) for group in (*FIRST, OTHERS))
WAYS_ON = HOME[:4]  # four buttons for whoever sent no words

COMMANDS: Mapping[str, str] = {
    "hoi": "ask",
    "khancap": "emergency",
    "baotin": "tip",
    "traloi": "status",
    "canhbao": "subscribe",
    "dung": "unsubscribe",
    "camket": "pledge",
    "chithi": "directive",
    "quyenriengtu": "privacy",
    "trogiup": "help",
    "lienket": "link",
    "phat": "broadcast",
    "duyet": "broadcast",
}
"""The chat commands and the flow that each opens (DESIGN §3); /start greets."""

REPLIES: Mapping[str, Reply] = {
    "ask": Reply(key="start.asked"),
    "emergency": Reply(
        key="emergency.numbers", presses=calls("113", "114", "115", "111", "112"), urgent=True
    ),
    "tip": Reply(key="tip.how", presses=(*calls("113"), str(Press(PAGE, "bao-tin")))),
    "status": Reply(key="status.how", presses=(str(Press(PAGE, "bao-tin")),)),
    "subscribe": Reply(key="subscribe.where"),
    "unsubscribe": Reply(key="subscribe.how_to_stop"),
    "pledge": Reply(key="pledge.where"),
    "directive": Reply(key="directive.intro"),
    "privacy": Reply(key="privacy", presses=(str(Press(FLOW, "forget")),)),
    "help": Reply(key="help.text", presses=HOME),
    "human": Reply(key="human.text", presses=calls("113", "114", "115")),
    "broadcast": Reply(key="announce.stranger"),
}
"""What each flow says first."""


def say(key: str, talk: Talk, presses: tuple[str, ...] = (), **values: Value) -> Turn:
    """A turn of one text; its buttons may be typed as numbers."""
    reply = Reply(key=key, values=values, presses=presses)
    return Turn(replies=(reply,), talk=replace(talk, offered=coming_back(presses) or talk.offered))


def open_flow(flow: str, message: Message, talk: Talk) -> Turn:
    """The first words of a flow; help for one that does not exist."""
    reply = REPLIES.get(flow, REPLIES["help"])
    return Turn(
        replies=(reply,), talk=replace(talk, offered=coming_back(reply.presses) or talk.offered)
    )


def greet(message: Message, talk: Talk) -> Turn:
    """Who answers here (a machine), how to tell it from a swindler, and where to begin."""
    if message.group:
        return say("start.group", talk)
    return say("start.greeting", talk, HOME)


def welcome(message: Message, talk: Talk) -> Turn:
    """The greeting of somebody who has just opened the chat, with the offer to take warnings first."""
    if message.group:
        return greet(message, talk)
    return say("start.greeting", talk, (str(Press(FLOW, "subscribe")), *WAYS_ON))


def accused(talk: Talk) -> Turn:
    """Somebody named an offender: safety first, the sealed way, nothing kept, not even the subject."""
    ways = (str(Press(FLOW, "tip")), str(Press(PAGE, "bao-tin")))
    presses = (*calls("113", "111"), *ways)
    return Turn(
        replies=(Reply(key="accusation.text", presses=presses),),
        talk=Talk(offered=coming_back(presses)),
    )


def forget(message: Message) -> Turn:
    """Forget the chat, and say so."""
    return Turn(replies=(Reply(key="privacy.deleted"),), forget=True, wipe=True)


def answered(talk: Talk, answer: Answer, reply: Reply) -> Turn:
    """A turn that shows an article, remembered as the subject."""
    return Turn(replies=(reply,), talk=remember(talk, answer, (reply,)))


def further(press: Press, talk: Talk) -> Turn:
    """The buttons last shown, from one of them on: what a channel with few buttons had no room for."""
    first = str(press).partition(":")[2]
    if first not in talk.offered:
        return say("ask.expired", talk, HOME)
    rest = talk.offered[talk.offered.index(first) :]
    return Turn(replies=(Reply(key="ask.further", presses=rest),), talk=talk)


def topics(group: str, knowledge: Knowledge, talk: Talk) -> Turn:
    """The topics of a group that have articles; a group of one topic shows its articles at once."""
    if group == OTHERS:
        others = tuple(str(Press(GROUP, each)) for each in GROUPS if each not in FIRST)
        return say("help.topics", talk, others)
    written = {a.topic for a in knowledge.articles.values() if a.lang == talk.lang}
    found = [topic for topic in GROUPS.get(group, ()) if topic in written]
    if len(found) == 1:
        return articles(found[0], knowledge, talk)
    if not found:
        return say("ask.expired", talk, HOME)
    return say("help.topics", talk, tuple(str(Press(TOPIC, topic)) for topic in found))


def articles(topic: str, knowledge: Knowledge, talk: Talk) -> Turn:
    """The articles of a topic, the broad ones first."""
    found = [a for a in knowledge.articles.values() if a.topic == topic and a.lang == talk.lang]
    if not found:
        return say("ask.expired", talk, HOME)
    texts = knowledge.texts.in_language(talk.lang)
    broad_first = sorted(found, key=lambda article: (len(article.slots), not article.choices))
    presses = tuple(article_press(article.id) for article in broad_first[:SHOWN])
    return say("help.topic", talk, presses, topic=texts(f"topic.{topic}"))


def stated(article: Article) -> dict[str, Value]:
    """What an article's own slots say, as if the person had said it: a pressed row is a subject."""
    return {name: value for name, value in article.slots.items() if isinstance(value, str)}


def recent(talk: Talk, at: datetime) -> bool:
    """Whether the last message is near enough for a follow-up."""
    return talk.at is not None and at - talk.at <= FOLLOWED
