"""What each chat remembers between two messages, under a mark instead of its name."""

import json
from datetime import UTC, date, datetime
from typing import Any

from bot.store.database import Database, Transaction
from bot.store.keyed import Keyed
from handlers.message import Chat, Subject, Talk

EMPTY = "{}"

_encode = json.JSONEncoder(ensure_ascii=False).encode


class Talks:
    """The port of handlers.ports."""

    def __init__(self, tx: Transaction, keyed: Keyed) -> None:
        self._tx = tx
        self._keyed = keyed

    async def load(self, chat: Chat) -> Talk:
        """The chat's talk; the upsert also holds the row until the transaction ends."""
        row = await self._tx.one(
            "INSERT INTO talk (chat, state, at) VALUES ($1, $2, 0)"
            " ON CONFLICT (chat) DO UPDATE SET at = talk.at RETURNING state",
            self._mark(chat),
            EMPTY,
        )
        return from_json(row["state"] if row else EMPTY)

    async def save(self, chat: Chat, talk: Talk, at: datetime) -> None:
        await self._tx.run(
            "UPDATE talk SET state = $1, at = $2 WHERE chat = $3",
            to_json(talk),
            int(at.timestamp()),
            self._mark(chat),
        )

    async def forget(self, chat: Chat) -> None:
        await self._tx.run("DELETE FROM talk WHERE chat = $1", self._mark(chat))

    def _mark(self, chat: Chat) -> str:
        return self._keyed(chat.channel, chat.account, chat.id)


async def seen_talk(database: Database, keyed: Keyed, chat: Chat) -> Talk:
    """What a chat remembers, only read: where nothing can be written, that is still to be had."""
    mark = keyed(chat.channel, chat.account, chat.id)
    rows = await database.read("SELECT state FROM talk WHERE chat = $1", mark)
    return from_json(rows[0]["state"] if rows else EMPTY)


async def forget_idle(tx: Transaction, before: datetime) -> int:
    """Forget the chats that were last heard of before an instant; how many there were."""
    return await tx.run("DELETE FROM talk WHERE at < $1", int(before.timestamp()))


def to_json(talk: Talk) -> str:
    """A talk as text; what is empty is left out."""
    subject = talk.subject
    state: dict[str, Any] = {
        "flow": talk.flow,
        "step": talk.step,
        "data": dict(talk.data),
        "album": talk.album,
        "offered": list(talk.offered),
        "at": talk.at.timestamp() if talk.at else None,
        "lang": talk.lang if talk.lang != Talk().lang else None,
        "held": talk.held,
        "subject": subject
        and {
            "article": subject.article,
            "topic": subject.topic,
            "slots": dict(subject.slots),
            "on": subject.on.isoformat() if subject.on else None,
        },
    }
    return _encode({key: value for key, value in state.items() if value})


def from_json(state: str) -> Talk:
    """The talk of a text; a new one where another version of the program wrote what we can't read."""
    try:
        return _talk(json.loads(state))
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return Talk()


def _talk(raw: dict[str, Any]) -> Talk:
    return Talk(
        flow=_word(raw.get("flow")),
        step=_word(raw.get("step")),
        data=dict(raw.get("data", {})),
        subject=_subject(raw["subject"]) if "subject" in raw else None,
        album=_word(raw.get("album")) or "",
        offered=tuple(str(each) for each in raw.get("offered", ())),
        at=datetime.fromtimestamp(raw["at"], UTC) if "at" in raw else None,
        lang=str(raw.get("lang", Talk().lang)),
        held=raw.get("held") is True,
    )


def _subject(raw: dict[str, Any]) -> Subject:
    return Subject(
        article=str(raw["article"]),
        topic=str(raw["topic"]),
        slots=dict(raw.get("slots", {})),
        on=date.fromisoformat(raw["on"]) if raw.get("on") else None,
    )


def _word(raw: Any) -> str | None:
    if raw is None or isinstance(raw, str):
        return raw
    raise TypeError
